"""The first lines of the child: ``python boot.py REQUEST.json``.

The walls must stand before any thread is started and any package is imported (Landlock binds the calling thread and what it
starts), so the two modules that build them are loaded as plain files; only then does the package come in.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent


def load(name: str) -> ModuleType:
    """The module of this folder as a plain file, without the packages around it."""
    spec = importlib.util.spec_from_file_location(f"_vggdoctor_{name}", HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def boot(request: str) -> None:
    """Confine this process to the scratch folder that the request names, then run the user's script."""
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() != HERE]
    order = json.loads(Path(request).read_text(encoding="utf-8"))
    fetcher = None
    if not order["offline"]:
        fetcher = load("fetch").start(order["base"], order["store"])
    guard = load("guard").Guard(tuple(filter(None, (order["base"], order["features"]))))
    missing = guard.raise_it(load("landlock").restrict)
    os.chdir(order["base"])
    from vggdoctor.gather.capture.child import main

    main(request, guard, missing, fetcher)


if __name__ == "__main__":
    boot(sys.argv[1])
