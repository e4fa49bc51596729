"""Records every network that keras.applications makes, and finds its weights without the user's network."""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import re
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras.src.utils import file_utils

from vggdoctor.backbones import FAMILIES
from vggdoctor.gather.capture.fetch import SOURCES
from vggdoctor.gather.capture.session import Session, replace_everywhere
from vggdoctor.gather.weights import FILE
from vggdoctor.schema import Location

OFFICIAL = re.compile(r"_weights_tf_dim_ordering_tf_kernels(_notop)?\.h5$")
"""Files of pretrained weights as Keras names them."""
RECORD = "_vggdoctor_built"
"""The attribute in which the layers of a network keep its record."""


def _is_official(weights: Any) -> bool:
    return isinstance(weights, str) and (weights == "imagenet" or OFFICIAL.search(weights) is not None)


class WeightsUnavailableError(Exception):
    """Pretrained weights are neither on this machine nor to be had from the network."""


@dataclass
class Built:
    """One network of keras.applications. ``layers``: those that the constructor made, inputs excluded, in order.
    ``pretrained``: they carry the published weights; ``substituted``: random ones, for want of those that were asked for;
    ``given``: all arguments by name.
    """

    application: str
    family: str
    place: Location | None
    given: dict[str, Any]
    model: Any
    layers: list[Any]
    pretrained: bool
    substituted: bool = False


class Applications:
    """All networks built. ``created`` collects new layers while a constructor runs, None otherwise."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._built: list[weakref.ref[Built]] = []
        self.created: list[Any] | None = None
        for family in FAMILIES.values():
            module = importlib.import_module(f"keras.src.applications.{family.name}")
            for application in family.applications:
                original = getattr(module, application, None)
                if original is not None:
                    replace_everywhere(original, self._recording(original, application, family.name))
        self._original_get_file = file_utils.get_file

        @functools.wraps(file_utils.get_file)
        def get_file(*args: Any, **kwargs: Any) -> Any:
            return self._get_file(*args, **kwargs)

        replace_everywhere(file_utils.get_file, get_file)

    @property
    def built(self) -> list[Built]:
        """The networks that the script still holds, or layers of them, in order."""
        return [built for reference in self._built if (built := reference()) is not None]

    def _recording(self, original: Any, application: str, family: str) -> Any:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def construct(*args: Any, **kwargs: Any) -> Any:
            if self.created is not None or self.session.inside:
                return original(*args, **kwargs)
            place = self.session.places.of_caller(application)
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            self.created = []
            try:
                model, loaded = self._build(original, application, bound)
                made = {id(layer) for layer in self.created}
            finally:
                self.created = None
            layers = [layer for layer in model.layers if id(layer) in made and type(layer).__name__ != "InputLayer"]
            given, official = dict(bound.arguments), _is_official(bound.arguments.get("weights"))
            built = Built(application, family, place, given, model, layers, loaded and official, substituted=not loaded)
            self._built.append(weakref.ref(built))
            for layer in (model, *layers):  # they keep it alive, and let it go with the network in scripts that build many
                object.__setattr__(layer, RECORD, built)
            return model

        return construct

    def _build(self, original: Any, application: str, bound: inspect.BoundArguments) -> tuple[Any, bool]:
        """The network, and whether it carries what ``weights`` asks for."""
        wanted = bound.arguments.get("weights")
        try:
            bound.arguments["weights"] = self._file_of(wanted)
            return original(*bound.args, **bound.kwargs), True
        except WeightsUnavailableError as problem:
            self.created = []
            bound.arguments["weights"] = None
            model = original(*bound.args, **bound.kwargs)
            self.session.journal.notice(
                f"{application} was built with random weights, not with {wanted!r}: {problem}. What the network computes, "
                "the losses of the probe and any gain are then those of an untrained network; what reaches its input is as in "
                "your training"
            )
            return model, False
        finally:
            bound.arguments["weights"] = wanted

    def _file_of(self, wanted: Any) -> Any:
        """The weights to load: a file that is not here is looked for on Keras' own shelf, by its name."""
        if not isinstance(wanted, str) or wanted == "imagenet" or os.path.exists(wanted):
            return wanted
        name = os.path.basename(wanted.replace("\\", "/"))
        if (self._shelf() / name).exists():
            return str(self._shelf() / name)
        if name == FILE and self.session.order.offline_weights:
            return self.session.order.offline_weights
        raise WeightsUnavailableError(f"the file {wanted} is not here")

    def _shelf(self) -> Path:
        return Path(self.session.order.base) / "keras" / "models"

    def _get_file(self, fname: Any = None, origin: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not (isinstance(fname, str) and isinstance(origin, str) and origin.startswith(SOURCES)):
            return self._original_get_file(fname, origin, *args, **kwargs)
        expected = kwargs.get("file_hash") or kwargs.get("md5_hash")
        shelf = self._shelf() / fname
        if shelf.exists() and (expected is None or _is_valid(shelf, expected)):
            return str(shelf)
        if fname == FILE and self.session.order.offline_weights:
            self.session.journal.notice("ImageNet weights of VGG16: from the package of the extra offline-weights")
            return self.session.order.offline_weights
        if self.session.fetch is None:
            raise WeightsUnavailableError(f"{fname} is not in Keras' cache and nothing is downloaded offline")
        problem = self.session.fetch(origin, fname)
        if problem:
            raise WeightsUnavailableError(f"{fname} could not be downloaded ({problem})")
        if expected is not None and not _is_valid(shelf, expected):
            raise WeightsUnavailableError(f"{fname} arrived damaged")
        return str(shelf)


def _is_valid(file: Path, expected: str) -> bool:
    return bool(file_utils.validate_file(str(file), expected))
