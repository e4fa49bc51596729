"""The way of the pictures, in all common kinds."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, operations, stage

from vggdoctor.evidence import Role, SourceKind
from vggdoctor.schema import Location

FLOW = '.flow_from_directory("d", target_size=(224, 224)), epochs=1)'


def generator(arguments: str, before: str = "") -> list[str]:
    """The steps of ImageDataGenerator with these arguments."""
    head = "from keras.preprocessing.image import ImageDataGenerator\nfrom keras.applications.vgg16 import preprocess_input\n"
    return operations(stage(FROZEN_VGG, head + before, f"model.fit(ImageDataGenerator({arguments}){FLOW}").train)


def test_steps_of_a_generator_are_in_the_order_of_their_effect() -> None:
    found = generator("rescale=1/255, preprocessing_function=preprocess_input, horizontal_flip=True, rotation_range=0")
    assert found == ["flip", "preprocess_input:vgg16", "affine*0.00392+0"]


def test_a_generator_without_arguments_has_no_steps() -> None:
    assert generator("") == []


def test_a_function_of_the_project_is_followed_whatever_its_name() -> None:
    assert generator("preprocessing_function=preprocess_input", "def preprocess_input(x):\n    return x / 127.5 - 1\n") == [
        "affine*0.00784+0",
        "affine*1-1",
    ]


def test_a_choice_of_functions_leaves_the_pipeline_incomplete() -> None:
    program = """
        from keras.preprocessing.image import ImageDataGenerator
        from keras.applications import vgg16, mobilenet_v2
        chosen = vgg16.preprocess_input if big() else mobilenet_v2.preprocess_input
        model.fit(ImageDataGenerator(preprocessing_function=chosen).flow_from_directory("d"), epochs=1)
    """
    train = stage(FROZEN_VGG, program).train
    assert not train.complete.known
    assert train.steps[-1].role is Role.UNKNOWN


def test_defaults_of_keras_count_as_known() -> None:
    train = stage(
        FROZEN_VGG,
        'from keras.preprocessing.image import ImageDataGenerator\nmodel.fit(ImageDataGenerator().flow_from_directory("d"))',
    ).train
    assert (train.size.value, train.batch_size.value, train.shuffle.value) == ((256, 256), 32, True)
    assert (train.label_form.value, train.interpolation.value, train.complete.value) == ("one-hot", "nearest", True)


def test_places_are_those_of_the_source() -> None:
    train = stage(
        "from keras.preprocessing.image import ImageDataGenerator\n"
        "from keras.applications import VGG16\n"
        "m = VGG16()\n"
        "gen = ImageDataGenerator(rescale=1./255)\n"
        'data = gen.flow_from_directory("é", batch_size=8)\n'
        "m.fit(data, epochs=1)"
    ).train
    step = train.steps[0]
    assert step.spelling == "rescale=1./255"
    assert step.places[0] == Location("train.py", 4, 4, 34, 40)
    assert (step.argument, step.argument_of) == ("rescale", Location("train.py", 4, 4, 7, 41))
    assert train.batch_size.place == Location("train.py", 5, 5, 48, 49)
    assert (train.generator.assigned_to, train.loader.assigned_to) == ("gen", "data")


def test_entries_out_of_a_dictionary_are_not_arguments_to_change() -> None:
    program = """
        from keras.preprocessing.image import ImageDataGenerator
        settings = dict(rescale=1/255)
        model.fit(ImageDataGenerator(**settings).flow_from_directory("d"), epochs=1)
    """
    (step,) = stage(FROZEN_VGG, program).train.steps
    assert (step.operation, step.argument_of) == ("affine", None)


ARRAYS = """
import cv2, os
import numpy as np
from PIL import Image
from keras.preprocessing.image import load_img, img_to_array, ImageDataGenerator
from keras.applications.vgg16 import preprocess_input
from keras.utils import to_categorical
from sklearn.model_selection import train_test_split
data, labels = [], []
for file in os.listdir("d"):
"""
REST = """
    data.append(image)
    labels.append(0)
data = np.array(data)
labels = to_categorical(labels, 2)
trainX, testX, trainY, testY = train_test_split(data, labels)
model.fit(trainX, trainY, validation_data=(testX, testY), epochs=1)
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    image = cv2.imread(file)", ["bgr_source"]),
        ("    image = cv2.resize(cv2.imread(file)[..., ::-1], (64, 32))", ["bgr_source", "bgr_to_rgb", "resize"]),
        ("    image = cv2.imread(file, 0)", ["to_grey"]),
        ("    image = np.array(Image.open(file).convert('RGB').resize((64, 32))) / 255", ["resize", "affine*0.00392+0"]),
        ("    image = preprocess_input(img_to_array(load_img(file)))", ["preprocess_input:vgg16"]),
        ("    image = cv2.cvtColor(cv2.imread(file), cv2.COLOR_BGR2LAB)\n    image = cv2.cvtColor(image, cv2.COLOR_LAB2RGB)",
         ["bgr_source", "bgr_to_rgb"]),
        ("    image = cv2.imread(file)\n    if image is None:\n        continue\n"
         "    image = image / 255.0", ["bgr_source", "affine*0.00392+0"]),
        ("    image = cv2.imread(file)\n    if np.random.rand() < 0.5:\n"
         "        image = np.fliplr(image)", ["bgr_source", "flip"]),
        ("    image = img_to_array(load_img(file))\n    if np.random.rand() < 0.5:\n        image = image[:, ::-1, :]", ["flip"]),
        ("    image = img_to_array(load_img(file))[..., ::-1] - [103.939, 116.779, 123.68]", ["preprocess_input:vgg16"]),
    ],
)  # fmt: skip
def test_arrays_of_a_loop(body: str, expected: list[str]) -> None:
    found = stage(FROZEN_VGG, ARRAYS + body + REST)
    assert operations(found.train) == expected
    assert operations(found.validation.value) == expected
    assert (found.train.kind.value, found.train.held_in_memory.value) == (SourceKind.ARRAYS, True)
    assert (found.train.label_form.value, found.train.classes.value) == ("one-hot", 2)
    assert found.train.picture_loop is not None and found.train.complete.is_(True)


def test_sizes_are_height_and_width_whatever_the_library_takes() -> None:
    assert stage(FROZEN_VGG, ARRAYS + "    image = cv2.resize(cv2.imread(file), (64, 32))" + REST).train.size.value == (32, 64)


def test_paths_are_not_held_pictures() -> None:
    program = """
        import os, tensorflow as tf
        files = []
        for name in os.listdir("d"):
            files.append(os.path.join("d", name))
        def load(path):
            image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
            return tf.image.convert_image_dtype(tf.image.resize(tf.cast(image, tf.float32), (224, 224)), tf.float32)
        data = tf.data.Dataset.from_tensor_slices(files).map(load).shuffle(10).batch(8).prefetch(1)
        model.fit(data, epochs=1)
    """
    train = stage(FROZEN_VGG, program).train
    assert (train.kind.value, train.held_in_memory.value, train.batch_size.value) == (SourceKind.TF_DATA, False, 8)
    assert operations(train) == ["resize"]  # floats are not scaled again


def test_convert_image_dtype_scales_integers() -> None:
    program = """
        import tensorflow as tf
        def load(path):
            return tf.image.convert_image_dtype(tf.io.decode_jpeg(tf.io.read_file(path)), tf.float32)
        model.fit(tf.data.Dataset.list_files("d/*").map(load).batch(8), epochs=1)
    """
    assert operations(stage(FROZEN_VGG, program).train) == ["affine*0.00392+0"]


def test_maps_of_a_directory_dataset() -> None:
    program = """
        import tensorflow as tf
        from keras.applications.vgg16 import preprocess_input
        data = tf.keras.preprocessing.image_dataset_from_directory("d", image_size=(180, 180), label_mode="binary")
        augment = tf.keras.Sequential([tf.keras.layers.RandomFlip(), tf.keras.layers.RandomRotation(0.1)])
        data = data.map(lambda x, y: (augment(x, training=True), y), num_parallel_calls=tf.data.AUTOTUNE)
        data = data.map(lambda x, y: (preprocess_input(x), y)).cache().prefetch(2)
        model.fit(data, epochs=1)
    """
    train = stage(FROZEN_VGG, program).train
    assert [step for step in operations(train) if step != "cache"] == ["flip", "rotation", "preprocess_input:vgg16"]
    assert (train.label_form.value, train.classes.value, train.size.value) == ("binary", 2, (180, 180))


def test_halves_of_one_directory_know_their_subset() -> None:
    program = """
        import keras
        train, valid = keras.utils.image_dataset_from_directory("d", validation_split=0.2, subset="both", seed=1)
        model.fit(train, validation_data=valid, epochs=1)
    """
    found = stage(FROZEN_VGG, program)
    assert (found.train.subset.value, found.validation.value.subset.value) == ("training", "validation")


def test_a_sequence_class_and_a_python_generator() -> None:
    program = """
        import cv2, numpy as np
        from keras.utils import Sequence
        class Pictures(Sequence):
            def __getitem__(self, index):
                return np.array([cv2.imread(f) / 255 for f in files(index)]), np.array(labels(index))
        def endless():
            while True:
                yield np.stack([cv2.imread(f) for f in files(0)]), labels(0)
        model.fit(Pictures(), validation_data=endless(), epochs=1)
    """
    found = stage(FROZEN_VGG, program)
    assert (found.train.kind.value, operations(found.train)) == (SourceKind.SEQUENCE, ["bgr_source", "affine*0.00392+0"])
    valid = found.validation.value
    assert (valid.kind.value, operations(valid), valid.held_in_memory.value) == (SourceKind.GENERATOR, ["bgr_source"], False)


def test_an_array_from_a_file_is_unknown() -> None:
    train = stage(FROZEN_VGG, 'import numpy as np\nmodel.fit(np.load("x.npy") / 255, y, epochs=1)').train
    assert not train.complete.known
    assert not train.start_range.known


def test_rows_held_back_by_fit_are_the_validation() -> None:
    found = stage(
        FROZEN_VGG,
        "from keras.datasets import cifar10\n(x, y), _ = cifar10.load_data()\nmodel.fit(x / 255, y, validation_split=0.1)",
    )
    assert (found.validation.value.validation_split.value, operations(found.validation.value)) == (0.1, ["affine*0.00392+0"])


def test_features_of_a_backbone_belong_to_the_head_that_is_trained_on_them() -> None:
    program = """
        import numpy as np
        from keras.applications import VGG16
        from keras.models import Sequential
        from keras.layers import Dense, Flatten
        from keras.preprocessing.image import ImageDataGenerator
        base = VGG16(include_top=False)
        flow = ImageDataGenerator(rescale=1/255).flow_from_directory("d", class_mode=None, shuffle=False)
        np.save(open("features.npy", "wb"), base.predict_generator(flow, 10))
        features = np.load(open("features.npy", "rb"))
        head = Sequential([Flatten(), Dense(1, activation="sigmoid")])
        head.compile("rmsprop", "binary_crossentropy")
        head.fit(features, y, epochs=3)
    """
    found = stage(program)
    assert (found.model.backbone.value.application, found.model.backbone.value.trainable.value) == ("VGG16", "none")
    assert operations(found.train) == ["affine*0.00392+0"]


@pytest.mark.parametrize(
    ("labels", "form", "classes"),
    [
        ("[number for number, _ in enumerate(names())]", "integer", None),
        ("[int('cat' in path) for path in paths()]", "integer", None),
        ("[path == 'cat' for path in os.listdir('d')]", "integer", 2),
        ("np.eye(4)[[int(name) for name in names()]]", "one-hot", 4),
        ("np.unique(names(), return_inverse=True)[1]", "integer", None),
        ("pd.read_csv('t.csv')['label'].values", "integer", None),
        ("pd.read_csv('t.csv').sample(frac=1).iloc[:50].label", "integer", None),
        ("pd.read_csv('t.csv')[['a', 'b']].values", None, None),
        ("[[int(a), int(b)] for a, b in rows()]", None, None),
        ("np.argmax(scores(), axis=1)", "integer", None),
    ],
)
def test_forms_of_labels(labels: str, form: str | None, classes: int | None) -> None:
    program = f"import os, numpy as np, pandas as pd\nmodel.fit(np.load('x.npy'), {labels})"
    train = stage(FROZEN_VGG, program).train
    assert (train.label_form.value, train.classes.value) == (form, classes)


def test_names_compared_with_all_class_names_are_one_hot() -> None:
    program = """
        import tensorflow as tf
        def load(path):
            name = tf.strings.split(path, "/")[-2]
            return tf.io.decode_jpeg(tf.io.read_file(path)), tf.cast(name == tf.constant(["a", "b", "c"]), tf.float32)
        model.fit(tf.data.Dataset.list_files("d/*/*").map(load))
    """
    train = stage(FROZEN_VGG, program).train
    assert (train.label_form.value, train.classes.value) == ("one-hot", 3)
