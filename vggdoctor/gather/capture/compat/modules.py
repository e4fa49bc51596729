"""Modules of Keras 1 and 2 that are no more, as views on the present ones."""

from __future__ import annotations

import builtins
import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from vggdoctor.gather.capture.compat import graphs
from vggdoctor.gather.capture.compat.graphs import LOST
from vggdoctor.gather.capture.session import Session

ROOTS = ("keras._tf_keras.keras", "tensorflow.python.keras", "tensorflow.keras", "keras")
"""The public namespaces that a program can reach Keras through, longest first."""
INTERNALS = "tensorflow.python.keras"
PACKAGES = {"keras_applications": "keras.applications", "keras_preprocessing": "tensorflow.keras.preprocessing"}
"""Packages that became part of Keras."""
MOVED = {
    "layers.experimental": ("layers",), "layers.experimental.preprocessing": ("layers",), "layers.core": ("layers",),
    "layers.convolutional": ("layers",), "layers.pooling": ("layers",), "layers.normalization": ("layers",),
    "layers.noise": ("layers",),
    "layers.advanced_activations": ("layers",), "layers.merge": ("layers",), "layers.recurrent": ("layers",),
    "layers.embeddings": ("layers",), "layers.wrappers": ("layers",), "layers.local": ("layers",),
    "layers.preprocessing": ("layers",),
    "layers.preprocessing.image_preprocessing": ("layers",), "utils.np_utils": ("utils",), "utils.generic_utils": ("utils",),
    "utils.data_utils": ("utils",), "utils.vis_utils": ("utils",), "utils.layer_utils": ("utils",),
    "utils.image_utils": ("utils",),
    "utils.training_utils": ("utils",), "optimizers.legacy": ("optimizers",), "optimizers.experimental": ("optimizers",),
    "optimizer_v2": ("optimizers",), "optimizers.optimizer_v2": ("optimizers",), "optimizer_v1": ("optimizers",),
    "engine": ("layers", "models"), "engine.topology": ("layers", "models"), "engine.training": ("models",),
    "engine.base_layer": ("layers",),
    "engine.input_layer": ("layers",), "engine.sequential": ("models",), "callbacks.callbacks": ("callbacks",),
    "backend.tensorflow_backend": ("backend",), "preprocessing.image_dataset": ("utils",),
    "applications.resnet_v1": ("applications.resnet",),
    "preprocessing.image": ("preprocessing.image",), "wrappers.scikit_learn": ("wrappers",),
    "mixed_precision.experimental": ("mixed_precision",), "objectives": ("losses",), "utils.visualize_util": ("utils",),
    "utils.io_utils": ("utils",), "utils.multi_gpu_utils": ("utils",), "constraints.maxnorm": ("constraints",),
}  # fmt: skip
"""Module under a root -> where its names are today, under the same root."""
MOVED_NAMES = {
    ("layers", "experimental"): "layers.experimental", ("optimizers", "legacy"): "optimizers.legacy",
    ("optimizers", "experimental"): "optimizers.experimental", ("utils", "np_utils"): "utils.np_utils",
}  # fmt: skip
"""(module, attribute) that was a module."""
ELSEWHERE = {
    "preprocessing": "tensorflow.keras.preprocessing",
    "preprocessing.image": "tensorflow.keras.preprocessing.image",
    "backend": "keras.src.legacy.backend",
}
"""Area -> a module that still has the names which the area's public module lost."""
RENAMED = {
    "BatchNormalizationV1": "BatchNormalization", "MaxPool2D": "MaxPooling2D", "RandomHeight": "RandomZoom",
    "RandomWidth": "RandomZoom",
    "set_policy": "set_global_policy", "plot": "plot_model",
    "CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU", "Merge": "Concatenate", "adam": "Adam", "sgd": "SGD", "rmsprop": "RMSprop",
}  # fmt: skip


def install(session: Session) -> None:
    """Answer imports and attributes that the installed Keras no longer has."""
    sys.meta_path.append(_Finder(session))
    sys.meta_path.insert(0, _Finder(session, only=("keras.optimizers.legacy", "tensorflow.keras.optimizers.legacy")))
    sys.modules.pop("keras.optimizers.legacy", None)  # its names only raise
    graphs.install(session)
    _redirect_internals(session)
    for root in ("keras", "tensorflow.keras"):
        for area in (
            "layers",
            "optimizers",
            "utils",
            "preprocessing",
            "preprocessing.image",
            "backend",
            "metrics",
            "losses",
            "models",
        ):
            _answering(session, root, area)


def _redirect_internals(session: Session) -> None:
    """``from tensorflow.python.keras...`` in the user's code: some of these are loaded, and they are no Keras."""
    original = builtins.__import__

    def importing(name: str, *args: Any, **kwargs: Any) -> Any:
        wanted = args[2] if len(args) > 2 else kwargs.get("fromlist")
        if not name.startswith(INTERNALS) or not wanted or not session.places.is_users(sys._getframe(1).f_code.co_filename):
            return original(name, *args, **kwargs)
        return Alias(name, _sources_of(name) or (), session)

    builtins.__import__ = importing


class Alias(ModuleType):
    """A module that is no more: every name is looked up where it lives today, and its use recorded."""

    def __init__(self, name: str, sources: Sequence[str], session: Session) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._sources = tuple(sources)
        self._session = session

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _find(self._sources, name)
        self._session.supplied(f"{self.__name__}.{name}", f"{_public(self._sources[0])}.{RENAMED.get(name, name)}")
        return found


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of MOVED. ``only``: answer for these roots alone, before anybody else, when the user's code asks."""

    def __init__(self, session: Session, only: tuple[str, ...] = ()) -> None:
        self._session = session
        self._only = only

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if self._only and not (fullname.startswith(self._only) and self._session.asked_by_user()):
            return None
        if _sources_of(fullname) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return Alias(spec.name, _sources_of(spec.name) or (), self._session)

    def exec_module(self, module: ModuleType) -> None:
        return None


def _sources_of(fullname: str) -> tuple[str, ...] | None:
    """Full names of the present modules behind an old one; None if it is not one."""
    package, _, area = fullname.partition(".")
    if package in PACKAGES:
        return (f"{PACKAGES[package]}.{area}" if area else PACKAGES[package],)
    for root in ROOTS:
        if fullname != root and not fullname.startswith(root + "."):
            continue
        area = fullname[len(root) + 1 :]
        present = "tensorflow.keras" if root != "keras" else "keras"
        if area in MOVED:
            return tuple(f"{'tensorflow.keras' if 'preprocessing.image' in one else present}.{one}" for one in MOVED[area])
        if root == "tensorflow.python.keras":
            return (f"tensorflow.keras.{area}" if area else "tensorflow.keras",)
        return None
    return None


def _find(sources: Sequence[str], name: str) -> Any:
    for source in sources:
        module = importlib.import_module(source)
        for spelling in (name, RENAMED.get(name, name)):
            if spelling in vars(module):
                return vars(module)[spelling]
        if name in LOST.get(source.split("keras.")[-1], {}):
            return LOST[source.split("keras.")[-1]][name][1]
    raise AttributeError(f"neither {' nor '.join(map(_public, sources))} has {name}")


def _public(module: str) -> str:
    return module.replace("tensorflow.keras", "keras")


def _answering(session: Session, root: str, area: str) -> None:
    """Let a present module answer for names that it lost (PEP 562)."""
    module = importlib.import_module(f"{root}.{area}")

    def answer(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in LOST.get(area, {}):
            present, found = LOST[area][name]
            session.supplied(f"keras.{area}.{name}", present)
            return found
        if (area, name) in MOVED_NAMES:
            return importlib.import_module(f"{root}.{MOVED_NAMES[area, name]}")
        elsewhere = ELSEWHERE.get(area)
        for source in (elsewhere, f"{root}.{area}"):
            lost = importlib.import_module(source) if source else None
            for spelling in (name, RENAMED.get(name, name)):
                if lost is not None and spelling in vars(lost):
                    session.supplied(f"keras.{area}.{name}", f"{source}.{spelling}")
                    return vars(lost)[spelling]
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__getattr__ = answer  # type: ignore[method-assign]
    if area == "optimizers" and "legacy" in vars(module):
        del module.legacy
