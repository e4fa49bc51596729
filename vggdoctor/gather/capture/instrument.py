"""Lets Keras' objects remember the user's line, and puts the recorders in place."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import keras
from keras.src.legacy.preprocessing import image as legacy
from keras.src.ops.operation import Operation
from keras.src.utils import image_dataset_utils

from vggdoctor.gather.capture import compat
from vggdoctor.gather.capture.applications import Applications
from vggdoctor.gather.capture.fitting import Fitting
from vggdoctor.gather.capture.observe_pipeline import labels_of
from vggdoctor.gather.capture.session import Made, Session, mark, replace_everywhere
from vggdoctor.gather.capture.tape import Tape

GENERATOR = "keras.preprocessing.image.ImageDataGenerator"
FOLDER_LOADER = "keras.utils.image_dataset_from_directory"


def install(session: Session) -> None:
    """Instrument the Keras that is loaded in this process, once."""
    applications = Applications(session)
    _mark_operations(session, applications)
    _mark_new(session, keras.callbacks.Callback, "keras.callbacks.Callback")
    _mark_new(session, keras.losses.Loss, "keras.losses.Loss")
    _mark_new(session, keras.metrics.Metric, "keras.metrics.Metric")
    _mark_new(session, keras.optimizers.schedules.LearningRateSchedule, "keras.optimizers.schedules.LearningRateSchedule")
    optimizers = {id(value): value for value in vars(keras.optimizers).values() if inspect.isclass(value)}
    for value in optimizers.values():
        if issubclass(value, keras.optimizers.Optimizer):
            _mark_init(session, value, f"keras.optimizers.{value.__name__}")
    _mark_init(session, legacy.ImageDataGenerator, GENERATOR)
    for flow in ("flow", "flow_from_directory", "flow_from_dataframe"):
        _mark_result(session, flow)
    _mark_folder_loader(session)
    fitting = Fitting(session, applications)
    Tape(session, fitting)
    session.at_end.append(fitting.finish)
    compat.install(session)


def _mark_operations(session: Session, applications: Applications) -> None:
    original = Operation.__new__

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made_now = original(cls, *args, **kwargs)
        if not session.inside:
            mark(made_now, Made(cls.__name__, session.places.of_caller(cls.__name__)))
            if applications.created is not None and isinstance(made_now, keras.layers.Layer):
                applications.created.append(made_now)
        return made_now

    Operation.__new__ = staticmethod(new)


def _mark_new(session: Session, base: Any, function: str) -> None:
    """Every object of ``base`` and its subclasses, the user's own included, remembers its place."""
    original = base.__new__

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made_now = object.__new__(cls) if original is object.__new__ else original(cls, *args, **kwargs)
        if not session.inside:
            mark(made_now, Made(function, session.places.of_caller(cls.__name__), dict(kwargs)))
        return made_now

    base.__new__ = staticmethod(new)


def _mark_init(session: Session, cls: Any, function: str) -> None:
    original = cls.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if not session.inside and type(self) is cls:
            dropped = compat.optimizer_arguments(session, kwargs) if issubclass(cls, keras.optimizers.Optimizer) else {}
            given = dict(list(signature.bind_partial(self, *args, **kwargs).arguments.items())[1:])
            given.update(given.pop("kwargs", {}), **dropped)
            mark(self, Made(function, session.places.of_caller(cls.__name__), given))
        original(self, *args, **kwargs)

    cls.__init__ = init


def _mark_result(session: Session, flow: str) -> None:
    original = getattr(legacy.ImageDataGenerator, flow)
    signature = inspect.signature(original)

    @functools.wraps(original)
    def flowing(self: Any, *args: Any, **kwargs: Any) -> Any:
        place = session.places.of_caller(flow)
        iterator = original(self, *args, **kwargs)
        given = dict(list(signature.bind(self, *args, **kwargs).arguments.items())[1:])
        given = {name: value if name != "x" else str(getattr(value, "dtype", "")) for name, value in given.items()}
        mark(iterator, Made(f".{flow}", place, given))
        return iterator

    setattr(legacy.ImageDataGenerator, flow, flowing)


def _mark_folder_loader(session: Session) -> None:
    original = image_dataset_utils.image_dataset_from_directory
    signature = inspect.signature(original)

    @functools.wraps(original)
    def load(*args: Any, **kwargs: Any) -> Any:
        place = session.places.of_caller("image_dataset_from_directory")
        result = original(*args, **kwargs)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        subsets = (
            zip(("training", "validation"), result, strict=True)
            if isinstance(result, tuple)
            else [(kwargs.get("subset"), result)]
        )
        for subset, dataset in subsets:
            files = tuple(getattr(dataset, "file_paths", ()) or ())
            names = tuple(getattr(dataset, "class_names", ()) or ())
            observed = {
                "subset": subset,
                "observed_files": files,
                "observed_class_names": names,
                "observed_labels": labels_of(files, names) if bound.arguments.get("labels") == "inferred" else None,
            }
            mark(dataset, Made(FOLDER_LOADER, place, {**bound.arguments, **observed}))
        return result

    replace_everywhere(original, load)
