"""Direction, strength and expected values of random transforms; augmenters that nothing reads; how pictures are resized."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, read_files, read_text, stage

from vggdoctor.evidence import Role, Step

FLOW = '.flow_from_directory("data", target_size=(224, 224))\n'


def of_generator(arguments: str) -> list[Step]:
    made = f"from keras.preprocessing.image import ImageDataGenerator\ntrain = ImageDataGenerator({arguments}){FLOW}"
    return list(stage(FROZEN_VGG, made, "model.fit(train)").train.having(Role.AUGMENTATION))


def of_layer(call: str) -> Step:
    text = f"""
    import keras
    from keras import layers
    model = keras.Sequential([keras.Input((64, 64, 3)), layers.{call}, layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(2)])
    model.compile("adam", "categorical_crossentropy")
    model.fit(keras.utils.image_dataset_from_directory("data", image_size=(64, 64)))
    """
    (found,) = stage(text).model.input_steps
    return found


def test_arguments_of_the_generator() -> None:
    found = of_generator("horizontal_flip=True, vertical_flip=True, width_shift_range=0.5, height_shift_range=20")
    assert [(step.direction, step.amount) for step in found] == [("horizontal", None), ("vertical", None), ("", 0.5), ("", None)]


@pytest.mark.parametrize(
    ("call", "direction"),
    [
        ('RandomFlip("horizontal")', "horizontal"),
        ("RandomFlip()", "both"),
        ('RandomFlip(mode="vertical")', "vertical"),
        ("RandomFlip(HOW)", ""),
    ],
)
def test_direction_of_a_layer(call: str, direction: str) -> None:
    assert of_layer(call).direction == direction


@pytest.mark.parametrize(
    ("call", "values"),
    [
        ("RandomBrightness(0.2)", (0.0, 255.0)),
        ("RandomContrast(0.2, value_range=(0, 1))", (0.0, 1.0)),
        ("RandomBrightness(0.2, value_range=RANGE)", None),
        ("RandomRotation(0.2)", None),
    ],
)
def test_the_values_that_a_layer_expects(call: str, values: tuple[float, float] | None) -> None:
    assert of_layer(call).value_range == values


@pytest.mark.parametrize(("call", "amount"), [("RandomTranslation(0.5, 0.1)", 0.5), ("RandomTranslation((-0.6, 0.2), 0.1)", 0.6)])
def test_strength_of_a_shift(call: str, amount: float) -> None:
    assert of_layer(call).amount == amount


def test_a_cache_stands_among_the_steps() -> None:
    text = """
    import tensorflow as tf
    train = tf.keras.utils.image_dataset_from_directory("d").map(lambda x, y: (tf.image.random_flip_up_down(x), y)).cache()
    """
    steps = stage(FROZEN_VGG, text, "model.fit(train)").train.steps
    assert [(step.operation, step.direction) for step in steps] == [("flip", "vertical"), ("cache", "")]


@pytest.mark.parametrize(
    ("reading", "method"),
    [
        ("load_img(p, target_size=(224, 224))", "nearest"),
        ('load_img(p, target_size=(224, 224), interpolation="bicubic")', "bicubic"),
        ("load_img(p)", None),
        ("load_img(p).resize((224, 224))", "bicubic"),
        ("load_img(p).resize((224, 224), Image.NEAREST)", "nearest"),
        ("cv2.resize(cv2.imread(p), (224, 224))", "bilinear"),
        ("cv2.resize(cv2.imread(p), (224, 224), interpolation=cv2.INTER_NEAREST)", "nearest"),
        ('tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(p)), [224, 224], method="nearest")', "nearest"),
        ("tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(p)), [224, 224])", "bilinear"),
    ],
)
def test_how_pictures_are_resized(reading: str, method: str | None) -> None:
    text = f"""
    import cv2, numpy as np, tensorflow as tf
    from glob import glob
    from PIL import Image
    from keras.utils import load_img
    x = np.array([np.array({reading}) for p in glob("d/*.jpg")])
    model.fit(x, np.load("y.npy"))
    """
    assert stage(FROZEN_VGG, text).train.interpolation.value == method


USED = 'aug = keras.Sequential([keras.layers.RandomFlip("horizontal")])\n'


@pytest.mark.parametrize(
    ("files", "uses"),
    [
        ({"train.py": f"import keras\n{USED}"}, [False]),
        ({"train.py": f"import keras\n{USED}x = aug(x)\n"}, [True]),
        ({"train.py": f"import keras\n{USED}", "other.py": "from train import aug\n"}, [True]),
        ({"train.py": f"import keras\n{USED}def broken(:\n"}, [True]),
        ({"train.py": "import keras\nhead = keras.Sequential([keras.layers.Dense(3)])\n"}, []),
        ({"train.py": "from keras.preprocessing.image import ImageDataGenerator\ng = ImageDataGenerator(rescale=1/255)\n"}, []),
        (
            {"train.py": "from keras.preprocessing.image import ImageDataGenerator\ng = ImageDataGenerator(zoom_range=0.2)\n"},
            [False],
        ),
    ],
)
def test_augmenters_and_whether_their_names_are_read(files: dict[str, str], uses: list[bool]) -> None:
    trained = FROZEN_VGG + "model.fit(0, epochs=3)\n"
    recipe = read_files({path: text + trained if path == "train.py" else text for path, text in files.items()})
    assert [augmenter.used for augmenter in recipe.augmenters] == uses


@pytest.mark.parametrize(
    ("made", "cut"),
    [("Model(base.input, base.get_layer('block3_pool').output)", True), ("Model(base.input, base.output)", False)],
)
def test_whether_the_backbone_is_cut(made: str, cut: bool) -> None:
    text = f"""
    model = Sequential([{made}, Flatten(), Dense(2)])
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, y)
    """
    backbone = read_text(FROZEN_VGG + "\n" + text.replace("\n    ", "\n")).stages[0].model.backbone.value
    assert backbone is not None
    assert backbone.is_cut.value is cut
