"""Where pictures come from: decoders, stored arrays, Keras' own data sets."""

from __future__ import annotations

from vggdoctor.evidence import Fact, Pipeline, SourceKind, known, unknown
from vggdoctor.gather.source import labels
from vggdoctor.gather.source.facts import Arguments, call_of, text
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.values import Result, constant

DECODERS = words(
    """imread load_img open decode_jpeg decode_png decode_image decode_bmp decode_gif decode_and_crop_jpeg imdecode
    read_image dcmread read_file load_sample_image"""
)


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
        pictures=known(50000 if "cifar" in name else 60000), loader=call_of(value), places=(value.place,) if value.place else (),
    )  # fmt: skip


def file_name(value: Result) -> str:
    for argument in value.arguments:
        if isinstance(argument, Result) and argument.name == "open" and argument.arguments:
            argument = argument.arguments[0]
        if isinstance(plain := constant(argument), str):
            return plain
    return ""
