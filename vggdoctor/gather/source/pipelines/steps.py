"""What one operation does to pictures: its steps, and the value that it was applied to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vggdoctor.evidence import Fact, Role, Step, known, unknown
from vggdoctor.gather.source.facts import Arguments, fact_of, pair
from vggdoctor.gather.source.interpreter.values import (
    Altered,
    Item,
    Items,
    Known,
    Operation,
    Result,
    Slice,
    Symbol,
    Value,
    constant,
    sequence,
)
from vggdoctor.gather.source.names import family_of_preprocess, words
from vggdoctor.gather.source.pipelines import transforms
from vggdoctor.gather.source.pipelines.arithmetic import of_operation
from vggdoctor.gather.source.pipelines.effect import Effect, not_understood, step

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator


def preprocess(call: Result) -> tuple[Step, ...] | None:
    """The steps of a preprocess_input of Keras, None if the function is none."""
    family = family_of_preprocess(call.function)
    if family is None:
        return None
    mode = constant(call.keywords.get("mode") or (call.arguments[2] if len(call.arguments) > 2 else None))
    if family == "imagenet_utils" and "mode" in call.keywords and mode is None:
        return (not_understood(call, "preprocess_input with a mode that is not known"),)
    if family == "imagenet_utils" and mode in {"tf", "torch"}:
        family = "mobilenet_v2" if mode == "tf" else "densenet"
    return (step(Role.NORMALIZATION, "preprocess_input", call, family=family),)


def preprocess_symbol(value: Value | None, **details: Any) -> Step | None:
    """The step of a preprocess_input that is handed over by name."""
    if isinstance(value, Symbol) and (family := family_of_preprocess(value.name)):
        return step(Role.NORMALIZATION, "preprocess_input", value, family=family, **details)
    return None


# arithmetic


# items


def of_item(value: Item, rank: int | None) -> Effect:
    """A selection: of pictures, or an order of rows, columns or channels. ``rank``: axes of what is indexed, if known."""
    parts = value.index.items if isinstance(value.index, Items) else (value.index,)
    if not isinstance(value.index, Items) or len(parts) < 2:
        return Effect(value.of)
    last = parts[-1]
    if not _turns(last):
        turned = any(_turns(part) for part in parts)
        return Effect(value.of, (step(Role.OTHER, "flip", value),) if turned else ())
    from_end = isinstance(parts[0], Known) and parts[0].value is ...
    channels = from_end or len(parts) == 4 or (len(parts) == 3 and rank != 4)
    if channels:
        return Effect(value.of, (step(Role.COLOUR_ORDER, "bgr_to_rgb", value),))
    return Effect(value.of, (step(Role.OTHER, "flip", value),))


def _turns(part: Value) -> bool:
    """``::-1``, or the channels by number."""
    return bool(constant(part.step) == -1 if isinstance(part, Slice) else constant(part) == (2, 1, 0))


_STACKING = frozenset({"stack", "vstack", "expand_dims"})


def rank_of(value: Value, depth: int = 40) -> int | None:
    """Number of axes of a picture (3) or a batch of them (4), None if not known."""
    if depth == 0:
        return None
    if isinstance(value, Items):
        element = value.more if value.more is not None else (value.items[0] if value.items else None)
        inner = rank_of(element, depth - 1) if element is not None else None
        return inner + 1 if inner is not None else None
    if isinstance(value, Operation):
        return rank_of(value.left if not isinstance(value.left, Known) else value.right, depth - 1)
    if isinstance(value, Altered):
        return rank_of(value.of, depth - 1)
    if isinstance(value, Item):
        inner = rank_of(value.of, depth - 1)
        whole = isinstance(value.index, Items | Slice)
        return inner if whole or inner is None else inner - 1
    if not isinstance(value, Result):
        return None
    if value.name in {"imread", "load_img", "open", "imdecode"} or value.name.startswith("decode_"):
        return 3
    subject = _subject(value)
    inner = rank_of(subject, depth - 1) if subject is not None else None
    if value.name in _STACKING and inner is not None:
        return inner if isinstance(subject, Items) else inner + 1
    return inner


# calls

_SAME = words(
    """array asarray asanyarray ascontiguousarray stack vstack concatenate expand_dims squeeze reshape copy convert_to_tensor
    img_to_array astype cast identity append moveaxis set_shape ensure_shape numpy tolist to_numpy shuffle permutation
    batch prefetch cache shuffle repeat take skip unbatch with_options shard concatenate ravel fromarray constant Tensor
    rollaxis resize_with_crop_or_pad float32 uint8 array_to_img nan_to_num deepcopy iter list tuple as_numpy_iterator
    apply ignore_errors experimental_distribute_dataset get_next function_identity view memmap"""
)
_RANDOM = {
    "random_flip_left_right": "flip", "random_flip_up_down": "flip", "random_brightness": "brightness",
    "random_contrast": "contrast", "random_saturation": "colour", "random_hue": "colour", "random_crop": "crop",
    "random_rotation": "rotation", "random_shift": "translation", "random_zoom": "zoom", "random_shear": "shear",
    "random_jpeg_quality": "other", "stateless_random_flip_left_right": "flip", "stateless_random_flip_up_down": "flip",
    "stateless_random_brightness": "brightness", "stateless_random_contrast": "contrast", "stateless_random_crop": "crop",
    "stateless_random_saturation": "colour", "stateless_random_hue": "colour", "random_channel_shift": "colour",
    "apply_affine_transform": "other", "random_transform": "other", "augment_image": "other", "augment_images": "other",
}  # fmt: skip
_TURNS = {"fliplr", "flipud", "flip_left_right", "flip_up_down", "rot90", "mirror"}
_RESIZES = {"resize", "smart_resize", "imresize", "resize_images", "resize_with_pad", "resize_image_with_pad", "thumbnail"}
_GREY = {"COLOR_BGR2GRAY", "COLOR_RGB2GRAY"}
_SWAPS = {"COLOR_BGR2RGB", "COLOR_RGB2BGR"}


def of_call(run: Evaluator, call: Result) -> Effect | None:
    """The effect of an outside function or method on its first argument (or its object); None if it is not known."""
    steps = preprocess(call)
    if steps is not None:
        source = call.arguments[0] if call.arguments else call.keywords.get("x") or call.keywords.get("inputs")
        return Effect(source, steps) if source is not None else None
    handler = _HANDLERS.get(call.name)
    if handler is not None:
        return handler(call)
    subject = _subject(call)
    if subject is None:
        return None
    if call.name in _RANDOM:
        return Effect(subject, (step(Role.AUGMENTATION, _RANDOM[call.name], call, **transforms.of_function(call.name)),))
    if call.name in _RESIZES:
        return _resize(call, subject)
    if call.name in _SAME:
        return Effect(subject, dtype=_dtype(call))
    if call.name in _TURNS:
        return Effect(subject, (step(Role.OTHER, "flip", call),))
    return None


def _subject(call: Result) -> Value | None:
    if call.function.startswith(".") and call.receiver is not None:
        return call.receiver
    if call.arguments:
        return call.arguments[0]
    for name in ("x", "image", "images", "img", "src", "input", "a", "object", "value", "data", "arrays"):
        if name in call.keywords:
            return call.keywords[name]
    return None


def _dtype(call: Result) -> str | None:
    for value in (*call.arguments[:2], call.keywords.get("dtype")):
        if isinstance(value, Symbol) and value.name.rsplit(".", 1)[-1] in {"float32", "float64", "float16", "uint8", "float"}:
            return value.name.rsplit(".", 1)[-1]
        if isinstance(value, Known) and value.value in {"float32", "float64", "float16", "uint8", "float"}:
            return str(value.value)
    return "float32" if call.name == "img_to_array" else None


def _resize(call: Result, subject: Value) -> Effect:
    arguments = Arguments(call, "resize")
    method = call.function.startswith(".")
    given = (call.arguments[0] if call.arguments else call.keywords.get("size")) if method else arguments.get("size")
    place = call.node_of(0) if method else arguments.place("size")
    if call.name.endswith("_with_pad"):
        sides = [
            *call.arguments[1:3],
            *(call.keywords[name] for name in ("target_height", "target_width") if name in call.keywords),
        ]
        given, place = (sequence(sides, "tuple") if len(sides) == 2 else None), call.place
    if isinstance(given, Known) and given.value is None:
        size: Fact[tuple[int, int]] = unknown("resized by factors", call.place)
    else:
        size = fact_of(given, place, pair)
    turned = call.function.startswith("cv2.") or (method and call.name in {"resize", "thumbnail"})
    if turned and size.known and size.value is not None:
        size = Fact((size.value[1], size.value[0]), True, "", size.locations)
    effect = Effect(subject, (step(Role.GEOMETRY, "resize", call),), size=size, interpolation=_interpolation(call))
    if call.function.startswith("skimage.transform") and constant(call.keywords.get("preserve_range"), False) is not True:
        effect.settings["scale_if_integer"] = call
        effect.dtype = "float32"
    elif call.function.startswith(("tensorflow.", "keras.")):
        effect.dtype = "float32"
    return effect


_METHODS = {
    "INTER_LINEAR": "bilinear", "INTER_NEAREST": "nearest", "INTER_CUBIC": "bicubic", "INTER_AREA": "area", "NEAREST": "nearest",
    "NEAREST_NEIGHBOR": "nearest", "BILINEAR": "bilinear", "BICUBIC": "bicubic", "LANCZOS": "lanczos", "ANTIALIAS": "lanczos",
}  # fmt: skip


def _interpolation(call: Result) -> Fact[str]:
    """Defaults: bilinear in OpenCV, tf.image, keras.ops and skimage, bicubic in Pillow since version 7."""
    given = next((call.keywords[name] for name in ("interpolation", "method", "resample") if name in call.keywords), None)
    if call.function.startswith("."):
        given = given or (call.arguments[1] if len(call.arguments) > 1 else None)
    elif call.function.startswith("tensorflow.") and not call.name.endswith("_with_pad"):
        given = given or (call.arguments[2] if len(call.arguments) > 2 else None)
    if given is None:
        return known("bicubic" if call.function.startswith(".") else "bilinear", call.place)
    plain = constant(given)
    name = given.name.rsplit(".", 1)[-1] if isinstance(given, Symbol) else plain if isinstance(plain, str) else ""
    method = _METHODS.get(name.upper())
    return known(method, given.place or call.place) if method else unknown("a way of resizing that is not known", call.place)


def _cvt_color(call: Result) -> Effect | None:
    if len(call.arguments) < 2 and "code" not in call.keywords:
        return None
    code = call.arguments[1] if len(call.arguments) > 1 else call.keywords["code"]
    name = code.name.rsplit(".", 1)[-1] if isinstance(code, Symbol) else ""
    source = call.arguments[0]
    if name in _SWAPS:
        return Effect(source, (step(Role.COLOUR_ORDER, "bgr_to_rgb", call),))
    if name in _GREY:
        return Effect(source, (step(Role.COLOUR_ORDER, "to_grey", call),))
    if name in {"COLOR_GRAY2RGB", "COLOR_GRAY2BGR"}:
        return Effect(source, (step(Role.OTHER, "grey_to_colour", call),))
    match = re.fullmatch(r"COLOR_(\w+?)2(\w+)", name)
    if match and match[1] in {"BGR", "RGB"}:
        return Effect(source, (step(Role.OTHER, f"from_{match[1].lower()}", call),))
    if match and match[2] in {"BGR", "RGB"}:
        return Effect(source, (step(Role.OTHER, f"to_{match[2].lower()}", call),))
    return Effect(source, (not_understood(call, f"the colour conversion {name}"),))


def _convert(call: Result) -> Effect | None:
    """PIL's ``convert('RGB')``."""
    if call.receiver is None:
        return None
    mode = constant(call.arguments[0] if call.arguments else call.keywords.get("mode"))
    if mode in {"RGB", "RGBA"}:
        return Effect(call.receiver)
    if mode in {"L", "1"}:
        return Effect(call.receiver, (step(Role.COLOUR_ORDER, "to_grey", call),))
    return Effect(call.receiver, (not_understood(call, "a conversion of colours"),))


def _scaled_if_integer(call: Result) -> Effect | None:
    """convert_image_dtype and img_as_float divide integers by 255 and leave floats alone."""
    source = _subject(call)
    if source is None:
        return None
    return Effect(source, settings={"scale_if_integer": call}, dtype="float32")


def _standardize(call: Result) -> Effect | None:
    source = _subject(call)
    return Effect(source, (step(Role.NORMALIZATION, "standardize", call),)) if source is not None else None


def _flip(call: Result) -> Effect | None:
    source = _subject(call)
    if source is None:
        return None
    axis = constant(call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("axis"))
    if axis == -1 or (axis == 2 and call.function == "numpy.flip" and rank_of(source) == 3):
        return Effect(source, (step(Role.COLOUR_ORDER, "bgr_to_rgb", call),))
    return Effect(source, (step(Role.OTHER, "flip", call),))


def _arithmetic(operator: str) -> Callable[[Result], Effect | None]:
    def handler(call: Result) -> Effect | None:
        if len(call.arguments) < 2:
            return None
        return of_operation(Operation(operator, call.arguments[0], call.arguments[1], spot=call.spot))

    return handler


def _crop(call: Result) -> Effect | None:
    source = _subject(call)
    return Effect(source, (step(Role.GEOMETRY, "crop", call),)) if source is not None else None


def _harmless(call: Result) -> Effect | None:
    source = _subject(call)
    return Effect(source, (step(Role.OTHER, call.name, call),)) if source is not None else None


def _enhanced(call: Result) -> Effect | None:
    """PIL: ``ImageEnhance.Brightness(image).enhance(uniform(0.8, 1.2))``"""
    maker = call.receiver
    if not isinstance(maker, Result) or not maker.function.startswith("PIL.ImageEnhance.") or not maker.arguments:
        return None
    operation = {"Brightness": "brightness", "Contrast": "contrast", "Color": "colour"}.get(maker.name, "other")
    if isinstance(constant(call.arguments[0]) if call.arguments else None, int | float):
        return Effect(maker.arguments[0], (step(Role.OTHER, "filter", call),))
    return Effect(maker.arguments[0], (step(Role.AUGMENTATION, operation, call),))


def _equalized(call: Result) -> Effect | None:
    """``cv2.createCLAHE().apply(channel)``"""
    maker = call.receiver
    if isinstance(maker, Result) and maker.name == "createCLAHE" and call.arguments:
        return Effect(call.arguments[0], (step(Role.OTHER, "filter", call),))
    return None


_HANDLERS: dict[str, Callable[[Result], Effect | None]] = {
    "cvtColor": _cvt_color,
    "convert": _convert,
    "convert_image_dtype": _scaled_if_integer,
    "img_as_float": _scaled_if_integer,
    "img_as_float32": _scaled_if_integer,
    "per_image_standardization": _standardize,
    "flip": _flip,
    "divide": _arithmetic("Div"),
    "truediv": _arithmetic("Div"),
    "true_divide": _arithmetic("Div"),
    "multiply": _arithmetic("Mult"),
    "subtract": _arithmetic("Sub"),
    "central_crop": _crop,
    "crop_to_bounding_box": _crop,
    "crop": _crop,
    "transpose": _harmless,
    "clip": _harmless,
    "maximum": _harmless,
    "minimum": _harmless,
    "grayscale_to_rgb": _harmless,
    "clip_by_value": _harmless,
    "GaussianBlur": _harmless,
    "medianBlur": _harmless,
    "bilateralFilter": _harmless,
    "fastNlMeansDenoisingColored": _harmless,
    "equalizeHist": _harmless,
    "LUT": _harmless,
    "merge": _harmless,
    "split": _harmless,
    "filter2D": _harmless,
    "enhance": _enhanced,
    "apply": _equalized,
}
