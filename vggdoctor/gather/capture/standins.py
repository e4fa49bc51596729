"""Harmless answers to what waits for people, opens windows, reaches for services, or only decorates."""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import re
import sys
import webbrowser
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import keras

from vggdoctor.gather.capture.session import Session, replace_everywhere

DECORATION = {
    "seaborn", "livelossplot", "visualkeras", "pydot", "pydot_ng", "pydotplus", "graphviz", "ann_visualizer", "plotly", "bokeh",
    "altair",
    "wandb", "mlflow", "neptune", "comet_ml", "termcolor", "colorama", "rich", "prettytable", "tabulate", "pyfiglet", "playsound",
    "keras_tqdm", "ipywidgets", "ipdb", "colored", "yellowbrick", "scikitplot", "mlxtend", "winsound", "pyttsx3", "gtts",
    "lolviz",
    "netron", "tensorboard_plugin_profile", "dvclive", "clearml", "missingno", "folium", "cufflinks", "torchviz", "eli5",
    "shap", "lime",
    "patchify", "IPython", "tkinter", "kaggle_secrets", "watermark", "pkg_resources", "gradio", "streamlit", "humanize",
}  # fmt: skip
"""Modules that plot, report or decorate: without them the training is the same."""
SERVICES = {"google.colab", "kaggle_datasets", "google_drive_downloader", "gdown", "kaggle", "opendatasets", "wget"}
"""Modules that fetch data or mount drives: the audit works with what is here."""
PATIENCE = 50
"""Times that one question is answered before the script is told that nobody is there (ours)."""
QUIETENED = {"cv2", "matplotlib.pyplot"}
INTERACTIVE_CV2 = ("imshow", "waitKey", "destroyAllWindows", "destroyWindow", "namedWindow", "startWindowThread")


def install(session: Session) -> None:
    """Put the answers in place."""

    asked: Counter[str] = Counter()

    def answer(prompt: object = "") -> str:
        text = str(prompt).strip()
        asked[text] += 1
        if asked[text] > PATIENCE:
            raise EOFError(f"the script asked {text!r} {PATIENCE} times; nobody is here to answer")
        reply = "y" if re.search(r"\by(es)?\s*/\s*no?\b", text, re.IGNORECASE) else ""
        session.journal.notice(f"the script asked {text!r}: answered with {reply or 'an empty line'}")
        return reply

    builtins.input = answer
    builtins.get_ipython = lambda: Inert("get_ipython")  # type: ignore[attr-defined]
    builtins.display = lambda *args, **kwargs: None  # type: ignore[attr-defined]
    vars(builtins).update(exit=sys.exit, quit=sys.exit)
    webbrowser.open = lambda *args, **kwargs: False
    sys.meta_path.append(_Finder(session))
    sys.meta_path.insert(0, _AfterImport())
    for name in QUIETENED & sys.modules.keys():  # Keras itself imports them where they are installed
        _quieten(sys.modules[name])
    replace_everywhere(keras.utils.plot_model, lambda *args, **kwargs: None)
    replace_everywhere(keras.utils.model_to_dot, lambda *args, **kwargs: Inert("dot"))


class Inert:
    """Takes every use and does nothing: callable, iterable (over what it is given, else over nothing), a context, any
    attribute.
    """

    def __init__(self, name: str = "", items: Any = ()) -> None:
        self._name = name
        self._items = items

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and callable(args[0]) and not kwargs:  # used as a decorator
            return args[0]
        given = next((one for one in args if hasattr(one, "__iter__") and not isinstance(one, str)), kwargs.get("iterable", ()))
        return Inert(self._name, given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(f"{self._name}.{name}")

    def __getitem__(self, key: Any) -> Any:
        return Inert(self._name)

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __str__(self) -> str:
        return ""


class InertModule(ModuleType):
    """A module all of whose names are inert; classes derived from them are plain ones."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(f"{self.__name__}.{name}")


class Progress:
    """tqdm without the bar: iterable over what it is given, and countable by hand."""

    def __init__(self, iterable: Any = None, *args: Any, total: Any = None, **kwargs: Any) -> None:
        self._iterable = iterable
        self.total = total
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable if self._iterable is not None else ())

    def __len__(self) -> int:
        return len(self._iterable) if self._iterable is not None else int(self.total or 0)

    def update(self, n: int = 1) -> None:
        self.n += n

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes last: makes stand-ins for modules that are not installed and that do not matter for the training."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        top = fullname.split(".")[0]
        is_service = any(
            fullname == name or fullname.startswith(name + ".") or name.startswith(fullname + ".") for name in SERVICES
        )
        if top != "tqdm" and top not in DECORATION and not is_service:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        top = spec.name.split(".")[0]
        module = InertModule(spec.name)
        if top == "tqdm":
            module.__dict__.update(
                tqdm=Progress,
                tqdm_notebook=Progress,
                trange=lambda *args, **kwargs: Progress(range(*args)),
                auto=module,
                notebook=module,
            )
        if spec.name != "google":
            self._session.journal.notice(
                f"the module {top if top != 'google' else spec.name} is not installed: its calls had no effect"
            )
        return module

    def exec_module(self, module: ModuleType) -> None:
        return None


class _AfterImport(importlib.abc.MetaPathFinder):
    """Comes first: lets the regular finders work, then quietens modules that open windows."""

    def __init__(self) -> None:
        self._busy = False

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if self._busy or fullname not in QUIETENED:
            return None
        self._busy = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._busy = False
        if spec is None or spec.loader is None:
            return spec
        original = spec.loader.exec_module

        def execute(module: ModuleType) -> None:
            original(module)
            _quieten(module)

        spec.loader.exec_module = execute  # type: ignore[method-assign]
        return spec


def _quieten(module: ModuleType) -> None:
    """No windows: what would open one closes the figure instead, so that they do not pile up in memory."""
    if module.__name__ == "cv2":
        counter = itertools.count()
        for name in INTERACTIVE_CV2:
            # -1: no key was pressed; every now and then Escape, which ends the usual loops
            answer = (lambda *args: 27 if next(counter) % 10 == 9 else -1) if name == "waitKey" else (lambda *args: None)
            setattr(module, name, answer)
    else:
        close = module.close
        vars(module).update(show=lambda *args, **kwargs: close("all"), pause=lambda *args, **kwargs: None)
