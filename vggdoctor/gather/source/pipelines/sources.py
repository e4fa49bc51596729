"""Where pictures come from: decoders, stored arrays, Keras' own data sets."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from vggdoctor.evidence import Fact, Pipeline, Role, SourceKind, Step, known, unknown
from vggdoctor.gather.source.facts import Arguments, call_of, pair, text
from vggdoctor.gather.source.interpreter.values import Element, Item, Placeholder, Result, Symbol, Value, constant
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.pipelines import labels
from vggdoctor.gather.source.pipelines.effect import step
from vggdoctor.gather.source.pipelines.origins import cuts_of, listing_of

DECODERS = words(
    """imread load_img open decode_jpeg decode_png decode_image decode_bmp decode_gif decode_and_crop_jpeg imdecode
    read_image dcmread ReadImage read_file load_sample_image"""
)
CAMERAS = ("cv2.VideoCapture", "imutils.video.")
"""Whose ``read`` gives frames in BGR order; cv2's in a pair with whether there was one."""

STORED = words(
    """numpy.load pickle.load joblib.load h5py.File numpy.genfromtxt numpy.loadtxt scipy.io.loadmat numpy.fromfile
    pandas.read_pickle"""
)


def colour_mode(value: Result, arguments: Arguments) -> Fact[str]:
    if value.name == "load_img":
        if constant(value.keywords.get("grayscale"), False) is True:
            return known("grayscale", value.place)
        return arguments.fact("color_mode", "rgb", text)
    return known("rgb") if value.function.startswith("cv2.") else unknown("the pictures' own modes")


def keras_dataset(value: Result) -> Pipeline | None:
    name = value.function.split(".")[-2]
    if name not in labels.IMAGE_SETS:
        return None
    return Pipeline(
        kind=known(SourceKind.ARRAYS, value.place), start_range=known((0.0, 255.0)), array_dtype=known("uint8"),
        held_in_memory=known(True, value.place), size=known((28, 28) if "mnist" in name else (32, 32)),
        color_mode=known("grayscale" if "mnist" in name else "rgb"), classes=known(labels.IMAGE_SETS[name], value.place),
        pictures=known(50000 if "cifar" in name else 60000), loader=call_of(value), ready_made=name,
        places=(value.place,) if value.place else (),
    )  # fmt: skip


def file_name(value: Result) -> str:
    for argument in value.arguments:
        if isinstance(argument, Result) and argument.name == "open" and argument.arguments:
            argument = argument.arguments[0]
        if isinstance(plain := constant(argument), str):
            return plain
    return ""


def is_frame(value: Result) -> bool:
    """Whether this is ``camera.read()``."""
    if value.function != ".read":
        return False
    owner = value.receiver
    while isinstance(owner, Result) and owner.function == ".start":
        owner = owner.receiver
    return isinstance(owner, Result) and owner.function.startswith(CAMERAS)


def decoded(value: Result) -> Pipeline:
    arguments = Arguments(value, "load_img" if value.name == "load_img" else value.name)
    base = _container(value)
    found: list[Step] = []
    if is_frame(value):
        found.append(step(Role.COLOUR_ORDER, "bgr_source", value))
    elif value.function in {"cv2.imread", "cv2.imdecode"}:
        flag = value.arguments[1] if len(value.arguments) > 1 else value.keywords.get("flags")
        name = flag.name if isinstance(flag, Symbol) else ""
        grey = constant(flag) == 0 or name.endswith("GRAYSCALE")
        if not name.endswith("COLOR_RGB"):
            found.append(step(Role.COLOUR_ORDER, "to_grey" if grey else "bgr_source", value))
    size: Fact[Any] = unknown("the pictures' own sizes")
    if value.name == "load_img" and "target_size" in arguments:
        size = arguments.fact("target_size", ..., pair)
    path = value.arguments[0] if value.arguments and not is_frame(value) else None
    is_array = base.kind.is_(SourceKind.ARRAYS) and base.loader is None
    uncertain_range = value.function.startswith(("matplotlib.", "pydicom."))
    return structs.replace(
        base,
        size=size,
        interpolation=arguments.fact("interpolation", "nearest", text) if size.known else unknown("it is not resized here"),
        color_mode=colour_mode(value, arguments),
        start_range=unknown("depends on the file's format", value.place) if uncertain_range else known((0.0, 255.0)),
        array_dtype=known("uint8"),
        steps=tuple(found),
        listing=listing_of(path) if is_array else base.listing,
        cuts=cuts_of(path) if is_array else base.cuts,
        places=(*base.places, *((value.place,) if value.place else ())),
    )


def _container(value: Result) -> Pipeline:
    """The dataset whose element is the path (or bytes) that is decoded, else plain arrays."""
    current: Value | None = value
    for _ in range(12):
        if isinstance(current, Placeholder) and isinstance(current.payload, Pipeline):
            return current.payload
        if isinstance(current, Result):
            current = (
                current.receiver if current.function.startswith(".") else (current.arguments[0] if current.arguments else None)
            )
        elif isinstance(current, Item | Element):
            current = current.of
        else:
            break
    return Pipeline(kind=known(SourceKind.ARRAYS, value.place), held_in_memory=unknown("not read"))
