"""What the live source of a fit is, in the terms of the evidence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
import tensorflow as tf
from keras.src.legacy.preprocessing import image as legacy

from vggdoctor.evidence import Call, Fact, Origin, Pipeline, Role, SourceKind, Step, known, unknown
from vggdoctor.gather.capture.observe_labels import form_of_vectors
from vggdoctor.gather.capture.recognise import of_picture_function
from vggdoctor.gather.capture.session import Made, Observer, made, place_of

RANDOM_ARGUMENTS = {
    "rotation_range": "rotation", "width_shift_range": "translation", "height_shift_range": "translation", "shear_range": "shear",
    "zoom_range": "zoom", "channel_shift_range": "colour", "horizontal_flip": "flip", "vertical_flip": "flip",
    "brightness_range": "brightness",
}  # fmt: skip
"""ImageDataGenerator's random arguments in order of effect (keras/src/legacy/preprocessing/image.py, apply_transform)."""
AFTER_RESCALE = (
    "samplewise_center",
    "samplewise_std_normalization",
    "featurewise_center",
    "featurewise_std_normalization",
    "zca_whitening",
)
"""In order of effect after preprocessing_function and rescale (the same file, standardize)."""
PARTS = ("Take", "Skip", "Filter", "Shard")
"""Parts of the names of tf.data's classes that leave elements out."""
TRIAL_SIZE = (32, 32)
COUNTED_LABELS = 5_000_000
"""Label arrays up to this many values are counted (ours)."""


def of_source(x: Any, y: Any, batch: tuple[Any, ...] | None, given: dict[str, Any], observer: Observer) -> Pipeline:
    """The pipeline behind what fit is given. ``batch``: its first batch (pictures, labels, ...), None if it could not be drawn.

    ``given``: fit's arguments by name.
    """
    if isinstance(x, (legacy.DirectoryIterator, legacy.DataFrameIterator)):
        return _files_iterator(x, observer)
    if isinstance(x, legacy.NumpyArrayIterator):
        return _array_iterator(x, observer)
    if isinstance(x, tf.data.Dataset):
        return _dataset(x, batch, observer)
    if isinstance(x, keras.utils.PyDataset):
        return _sequence(x, batch)
    if is_array(x):
        return _arrays(x, y, given)
    return _generator(x, batch)


def is_array(x: Any) -> bool:
    """Whether x holds all rows at once: an array, a tensor, or a list of rows."""
    return hasattr(x, "shape") or (isinstance(x, list) and bool(x) and (hasattr(x[0], "shape") or isinstance(x[0], list)))


def _files_iterator(x: Any, observer: Observer) -> Pipeline:
    generator = x.image_data_generator
    names = tuple(sorted(x.class_indices, key=x.class_indices.get)) if getattr(x, "class_indices", None) else ()
    classes = getattr(x, "classes", None)
    counts = _counts(np.asarray(classes), names) if x.class_mode in {"binary", "categorical", "sparse"} else unknown(_NO_CLASSES)
    is_folder = isinstance(x, legacy.DirectoryIterator)
    return msgspec.structs.replace(
        _common(x, generator, observer),
        kind=_known(SourceKind.DIRECTORY if is_folder else SourceKind.DATAFRAME),
        directory=_directory(x.directory, observer),
        size=_known(tuple(int(side) for side in x.target_size), _argument(observer, x, "target_size")),
        color_mode=_known(x.color_mode),
        interpolation=_known(x.interpolation),
        label_form=_label_form_of_mode(x.class_mode, _argument(observer, x, "class_mode")),
        classes=_known(len(names)) if names else unknown(_NO_CLASSES),
        class_names=_known(names) if names else unknown(_NO_CLASSES),
        class_counts=counts,
        pictures=_known(int(x.samples)),
        validation_split=_known(float(generator._validation_split) if generator._validation_split else None),
        subset=_known(made_of.given.get("subset") if (made_of := made(x)) else None),
        start_range=_known((0.0, 255.0)),
        steps=generator_steps(generator, observer),
        held_in_memory=_known(False),
    )


def _array_iterator(x: Any, observer: Observer) -> Pipeline:
    return msgspec.structs.replace(
        _common(x, x.image_data_generator, observer),
        kind=_known(SourceKind.ARRAYS),
        size=_known((int(x.x.shape[1]), int(x.x.shape[2]))),
        **_labels(x.y),
        pictures=_known(int(x.n)),
        steps=generator_steps(x.image_data_generator, observer),
        complete=unknown("what was done to the arrays before they were given to flow is not to be seen on them"),
        held_in_memory=_known(True),
        array_shape=_known(tuple(int(side) for side in x.x.shape)),
        array_dtype=_known((record.given.get("x") if (record := made(x)) else "") or str(x.x.dtype)),
    )


def _common(x: Any, generator: Any, observer: Observer) -> Pipeline:
    maker = made(generator)
    loader = made(x)
    steps_known = all(step.role is not Role.UNKNOWN for step in generator_steps(generator, observer))
    return Pipeline(
        batch_size=_known(int(x.batch_size), _argument(observer, x, "batch_size")),
        shuffle=_known(bool(x.shuffle), _argument(observer, x, "shuffle")),
        seed=_known(None if x.seed is None else int(x.seed)),
        complete=_known(True) if steps_known else unknown("a preprocessing function of its own is not understood"),
        generator=_call(maker),
        loader=_call(loader),
        places=_places(loader),
    )


def generator_steps(generator: Any, observer: Observer) -> tuple[Step, ...]:
    """What an ImageDataGenerator does, in order of effect: random transforms, preprocessing_function, rescale,
    standardisation.
    """
    call = place_of(generator)
    steps: list[Step] = []

    def step(argument: str, role: Role, operation: str, **more: Any) -> Step:
        place = observer.places.argument(call, argument)
        written = observer.places.written(place) or repr(getattr(generator, argument))
        return Step(
            role=role,
            operation=operation,
            spelling=f"{argument}={written}",
            places=tuple(spot for spot in (place or call,) if spot),
            argument_of=call,
            argument=argument,
            **more,
        )

    for argument, operation in RANDOM_ARGUMENTS.items():
        if _is_active(argument, getattr(generator, argument)):
            steps.append(step(argument, Role.AUGMENTATION, operation, **_strength(argument, getattr(generator, argument))))
    function = generator.preprocessing_function
    if function is not None:
        found = of_picture_function(function, TRIAL_SIZE)
        if found is None:
            reason = f"{getattr(function, '__name__', 'the function')} does something else than a known normalisation"
            steps.append(step("preprocessing_function", Role.UNKNOWN, "unknown", reason=reason))
        for one in found or ():
            steps.append(
                step("preprocessing_function", one.role, one.operation, scale=one.scale, offset=one.offset, family=one.family)
            )
    if generator.rescale:
        steps.append(step("rescale", Role.NORMALIZATION, "affine", scale=float(generator.rescale), offset=0.0))
    steps += [step(name, Role.NORMALIZATION, "standardize") for name in AFTER_RESCALE if getattr(generator, name)]
    return tuple(steps)


def _strength(argument: str, value: Any) -> dict[str, Any]:
    """The direction of a flip, the share of a shift; shifts of 1 and more are pixels."""
    if argument.endswith("_flip"):
        return {"direction": argument.removesuffix("_flip")}
    is_share = argument.endswith("_shift_range") and isinstance(value, float) and 0 < value < 1
    return {"amount": value} if is_share else {}


def _is_active(argument: str, value: Any) -> bool:
    if argument == "zoom_range":
        return tuple(value) != (1, 1)
    return bool(np.any(value)) if value is not None else False


def _dataset(x: Any, batch: tuple[Any, ...] | None, observer: Observer) -> Pipeline:
    chain = list(_upstream(x))
    loader = next(
        (found for found in map(made, chain) if found and found.function.endswith("image_dataset_from_directory")), None
    )
    spec = x.element_spec
    pictures = spec[0] if isinstance(spec, tuple) and spec else spec
    shape = tuple(getattr(pictures, "shape", ()) or ())
    common = Pipeline(
        kind=_known(SourceKind.TF_DATA),
        size=_known((int(shape[1]), int(shape[2])))
        if len(shape) == 4 and shape[1] and shape[2]
        else unknown("not in the dataset's shape"),
        batch_size=_dataset_batch(chain, batch),
        label_form=_label_form_of_batch(batch),
        complete=unknown("functions mapped over a dataset are not followed on the live object"),
        held_in_memory=_known(any(type(one).__name__ == "_TensorSliceDataset" and _is_large(one) for one in chain)),
        places=_places(made(x)),
    )
    if loader is None:
        return _unseen_folder(chain, common, observer)
    given = loader.given
    names = tuple(given.get("observed_class_names") or ())
    labels = given.get("observed_labels")
    return msgspec.structs.replace(
        common,
        kind=_known(SourceKind.DIRECTORY),
        directory=_directory(given.get("directory"), observer),
        size=_known(tuple(int(side) for side in given["image_size"])),
        batch_size=_known(given["batch_size"]),
        shuffle=_known(bool(given["shuffle"])),
        color_mode=_known(given["color_mode"]),
        interpolation=_known(given["interpolation"]),
        label_form=_label_form_of_mode({"int": "sparse"}.get(given["label_mode"], given["label_mode"])),
        classes=_known(len(names)) if names else unknown(_NO_CLASSES),
        class_names=_known(names) if names else unknown(_NO_CLASSES),
        class_counts=_counts(np.asarray(labels), names) if labels is not None and names else unknown(_NO_CLASSES),
        pictures=_known(len(given["observed_files"])) if given.get("observed_files") else unknown("the loader does not tell"),
        validation_split=_known(given["validation_split"]),
        subset=_known(given["subset"]),
        seed=_known(given["seed"]),
        start_range=_known((0.0, 255.0)),
        held_in_memory=_known(False),
        loader=_call(loader),
        places=_places(loader),
    )


def _unseen_folder(chain: list[Any], common: Pipeline, observer: Observer) -> Pipeline:
    """What image_dataset_from_directory leaves on its result, where nobody saw the call; nothing for a part of that result."""
    names = [type(one).__name__ for one in chain]
    index = next((index for index, one in enumerate(chain) if getattr(one, "file_paths", None)), None)
    if index is None or any(part in name for name in names[:index] for part in PARTS):
        return common
    files = tuple(os.path.abspath(file) for file in chain[index].file_paths)
    classes = tuple(getattr(chain[index], "class_names", ()) or ())
    labels = labels_of(files, classes)
    folders = {os.path.dirname(os.path.dirname(file)) for file in files}
    if labels is None or len(folders) != 1:
        return common
    return msgspec.structs.replace(
        common,
        kind=_known(SourceKind.DIRECTORY),
        directory=_directory(folders.pop(), observer),
        classes=_known(len(classes)),
        class_names=_known(classes),
        class_counts=_counts(np.asarray(labels), classes),
        pictures=_known(len(files)),
        start_range=_known((0.0, 255.0)),
        held_in_memory=_known(False),
    )


def labels_of(files: tuple[str, ...], names: tuple[str, ...]) -> list[int] | None:
    """The class of each file by the folder it lies in; None if some lie deeper."""
    index = {name: number for number, name in enumerate(names)}
    labels = [index.get(file.replace("\\", "/").split("/")[-2], -1) for file in files]
    return None if -1 in labels or not labels else labels


def _upstream(dataset: Any) -> Iterator[Any]:
    """A dataset and those that it was made from, last first."""
    waiting = [dataset]
    while waiting:
        current = waiting.pop(0)
        yield current
        waiting += list(getattr(current, "_inputs", list)() or ())


def _is_large(dataset: Any) -> bool:
    """Whether the rows that a from_tensor_slices holds are pictures rather than paths."""
    return any(len(spec.shape) >= 3 for spec in tf.nest.flatten(dataset.element_spec))


def _dataset_batch(chain: list[Any], batch: tuple[Any, ...] | None) -> Fact[Any]:
    for one in chain:
        size = getattr(one, "_batch_size", None)
        if size is not None:
            return _known(int(size))
    rows = len(batch[0]) if batch is not None and hasattr(batch[0], "__len__") else None
    return _known(rows) if rows else unknown("the dataset is not batched in a way that is known")


def _sequence(x: Any, batch: tuple[Any, ...] | None) -> Pipeline:
    rows = _rows(batch)
    return Pipeline(
        kind=_known(SourceKind.SEQUENCE),
        size=_size(batch),
        batch_size=_known(rows) if rows else unknown("no batch could be drawn"),
        label_form=_label_form_of_batch(batch),
        complete=unknown("what a PyDataset of its own does is not to be seen from outside"),
        loader=_call(made(x)),
        places=_places(made(x)),
    )


def _generator(x: Any, batch: tuple[Any, ...] | None) -> Pipeline:
    rows = _rows(batch)
    return Pipeline(
        kind=_known(SourceKind.GENERATOR),
        size=_size(batch),
        batch_size=_known(rows) if rows else unknown("no batch could be drawn"),
        label_form=_label_form_of_batch(batch),
        complete=unknown("what a Python generator does is not to be seen from outside"),
    )


def _arrays(x: Any, y: Any, given: dict[str, Any]) -> Pipeline:
    shape = tuple(int(side) for side in np.shape(x))
    return msgspec.structs.replace(
        Pipeline(**_labels(y)),
        kind=_known(SourceKind.ARRAYS),
        size=_known(shape[1:3]) if len(shape) == 4 else unknown("the arrays are no pictures"),
        batch_size=_known(int(given.get("batch_size") or 32)),
        shuffle=_known(bool(given.get("shuffle", True))),
        pictures=_known(shape[0]),
        validation_split=_known(float(given["validation_split"]) if given.get("validation_split") else None),
        complete=unknown("what was done to the arrays before fit is not to be seen on them"),
        held_in_memory=_known(True),
        array_shape=_known(shape),
        array_dtype=_known(str(getattr(x, "dtype", "")).replace("<dtype: '", "").replace("'>", "") or "list"),
    )


def _labels(y: Any) -> dict[str, Any]:
    """``label_form``, ``classes`` and ``class_counts`` of an array of labels."""
    form = _label_form(y)
    if y is None or not form.known or form.is_("multi-hot") or np.size(y) > COUNTED_LABELS:
        return {"label_form": form, "classes": unknown("no labels to count"), "class_counts": unknown("no labels to count")}
    array = np.asarray(y)
    numbers = array.argmax(axis=1) if form.value == "one-hot" else array.ravel().astype(int)
    counts = np.bincount(numbers, minlength=array.shape[1] if form.value == "one-hot" else 0)
    named = {str(index): int(count) for index, count in enumerate(counts)}
    return {"label_form": form, "classes": _known(len(named)), "class_counts": _known(named)}


def _label_form(y: Any) -> Fact[Any]:
    """The form of some labels by their values."""
    if y is None:
        return unknown("the labels were not seen")
    array = np.asarray(y)
    if array.dtype.kind not in "biuf" or array.size == 0:
        return unknown("the labels are no numbers")
    if array.ndim == 2 and array.shape[1] > 1:
        return form_of_vectors(array)
    if array.ndim > 2 or not np.array_equal(array, np.round(array)) or array.min() < 0:
        return unknown("the labels are no class numbers")
    return _known("binary" if array.max() <= 1 else "integer")


def _label_form_of_batch(batch: tuple[Any, ...] | None) -> Fact[Any]:
    """As :func:`_label_form`, but a batch with classes 0 and 1 alone does not show that there are no more."""
    form = _label_form(batch[1] if batch and len(batch) > 1 else None)
    return unknown("the first batch holds classes 0 and 1 only") if form.is_("binary") else form


def _label_form_of_mode(mode: str | None, place: Any = None) -> Fact[Any]:
    form = {"categorical": "one-hot", "sparse": "integer", "binary": "binary", None: "none", "input": "none"}.get(mode)
    return _known(form, place) if form else unknown(f"class_mode {mode!r}")


def _counts(labels: Any, names: tuple[str, ...]) -> Fact[Any]:
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        return unknown(_NO_CLASSES)
    counts = np.bincount(labels, minlength=len(names))
    return _known({name: int(count) for name, count in zip(names, counts, strict=False)})


def _size(batch: tuple[Any, ...] | None) -> Fact[Any]:
    shape: tuple[int, ...] = np.shape(batch[0]) if batch else ()
    return _known((int(shape[1]), int(shape[2]))) if len(shape) == 4 else unknown("the batches are no pictures")


def _rows(batch: tuple[Any, ...] | None) -> int | None:
    shape = np.shape(batch[0]) if batch else ()
    return int(shape[0]) if shape else None


def _directory(path: Any, observer: Observer) -> Fact[Any]:
    """As the project knows it: relative to it where it lies in it."""
    if not isinstance(path, (str, os.PathLike)):
        return unknown("the loader was given no folder")
    text = Path(os.path.abspath(os.fspath(path)))
    for root in observer.roots:
        if text.is_relative_to(root):
            return _known(text.relative_to(root).as_posix())
    return _known(text.as_posix())


def _argument(observer: Observer, thing: Any, name: str) -> Any:
    return observer.places.argument(place_of(thing), name)


def _call(found: Made | None) -> Call | None:
    return Call(function=found.function, place=found.place) if found and found.place else None


def _places(found: Made | None) -> tuple[Any, ...]:
    return (found.place,) if found and found.place else ()


def _known(value: Any, *places: Any) -> Fact[Any]:
    return known(value, *places, origin=Origin.OBSERVED)


_NO_CLASSES = "the source has no classes"
