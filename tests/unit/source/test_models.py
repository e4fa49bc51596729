"""Networks in all forms, and what of them trains."""

from __future__ import annotations

import pytest
from reading import GENERATOR, stage, stages

HEAD = """
import keras, tensorflow as tf
from keras import layers
from keras.applications import VGG16, ResNet50, vgg16, resnet
from keras.layers import *
from keras.models import Model, Sequential
"""
COMPILE = """
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, epochs=1)
"""


def model(body: str):
    return stage(HEAD, body, COMPILE).model


@pytest.mark.parametrize(
    ("freeze", "trainable", "first"),
    [
        ("", "all", None),
        ("base.trainable = False", "none", None),
        ("for layer in base.layers:\n    layer.trainable = False", "none", None),
        ("for layer in base.layers[:-4]:\n    layer.trainable = False", "some", "block5_conv1"),
        ("for layer in base.layers[:15]:\n    layer.trainable = False\nfor layer in base.layers[15:]:\n"
         "    layer.trainable = True",
         "some", "block5_conv1"),
        ("for layer in base.layers:\n    layer.trainable = layer.name.startswith('block5')", "some", "block5_conv1"),
        ("for i, layer in enumerate(base.layers):\n    if i < 11:\n        layer.trainable = False", "some", "block4_conv1"),
        ("[setattr(layer, 'trainable', False) for layer in base.layers]", "none", None),
        ("base.trainable = True\nset_trainable = False\nfor layer in base.layers:\n    if layer.name == 'block5_conv1':\n"
         "        set_trainable = True\n    if set_trainable:\n        layer.trainable = True\n    else:\n"
          "        layer.trainable = False",
         "some", "block5_conv1"),
        ("for layer in base.layers[:-1]:\n    layer.trainable = False", "none", None),
        ("base.get_layer('block1_conv1').trainable = False", "some", "block1_conv2"),
        ("def freeze(net, upto):\n    for layer in net.layers[:upto]:\n        layer.trainable = False\nfreeze(base, 17)", "some",
         "block5_conv3"),
    ],
)  # fmt: skip
def test_freezing(freeze: str, trainable: str, first: str | None) -> None:
    body = f'base = VGG16(include_top=False, pooling="avg")\n{freeze}\nmodel = Sequential([base, Dense(3, activation="softmax")])'
    backbone = model(body).backbone.value
    assert (backbone.trainable.value, backbone.trainable_from.get(None)) == (trainable, first)


def test_freezing_through_the_whole_model_reaches_the_backbone() -> None:
    body = """
        base = VGG16(include_top=False, input_shape=(224, 224, 3))
        model = Model(base.input, Dense(2, activation="softmax")(Flatten()(base.output)))
        for layer in model.layers[:19]:
            layer.trainable = False
    """
    assert model(body).backbone.value.trainable.value == "none"


def test_part_of_a_network_whose_layers_have_no_names_here() -> None:
    body = """
        base = ResNet50(include_top=False, pooling="avg")
        for layer in base.layers:
            if isinstance(layer, BatchNormalization):
                layer.trainable = False
        model = Sequential([base, Dense(2, activation="softmax")])
    """
    backbone = model(body).backbone.value
    assert (backbone.trainable.value, backbone.trainable_from.known) == ("some", False)


def test_freezing_by_an_argument_is_unknown() -> None:
    body = """
        import sys
        base = VGG16(include_top=False, pooling="avg")
        if "--freeze" in sys.argv:
            base.trainable = False
        model = Sequential([base, Dense(2, activation="softmax")])
    """
    assert not model(body).backbone.value.trainable.known


def test_what_trains_is_fixed_at_the_first_fit_after_compile() -> None:
    body = """
        base = VGG16(include_top=False, pooling="avg")
        base.trainable = False
        model = Sequential([base, Dense(3, activation="softmax")])
        model.compile("adam", "categorical_crossentropy")
        model.fit(x, y, epochs=1)
        base.trainable = True
        model.fit(x, y, epochs=2)
        model.compile("sgd", "categorical_crossentropy")
        model.fit(x, y, epochs=3)
    """
    found = stages(HEAD, body)
    assert [each.model.backbone.value.trainable.value for each in found] == ["none", "none", "all"]
    assert [each.follows for each in found] == [None, 0, 1]


@pytest.mark.parametrize(
    "body",
    [
        'model = Sequential()\nmodel.add(VGG16(include_top=False))\nmodel.add(Flatten())\n'
         'model.add(Dense(5, activation="softmax"))',
        'base = VGG16(include_top=False)\nx = Flatten()(base.output)\n'
         'model = Model(inputs=base.input, outputs=Dense(5, "softmax")(x))',
        'i = keras.Input((224, 224, 3))\nb = VGG16(include_top=False)\nx = layers.Flatten()(b(i, training=False))\n'
        'model = keras.Model(i, layers.Activation("softmax")(layers.Dense(5)(x)))',
        'base = VGG16(include_top=False, input_tensor=Input((224, 224, 3)))\n'
         'head = Sequential([Flatten(), Dense(5, "softmax")])\n'
        'model = Model(input=base.input, output=head(base.output))',
        'full = VGG16()\nmodel = Model(full.input, Dense(5, activation="softmax")(full.get_layer("fc2").output))',
        'full = VGG16()\nmodel = Model(full.input, Dense(5, activation=tf.nn.softmax)(full.layers[-2].output))',
        'full = VGG16()\nmodel = Sequential()\nfor layer in full.layers[:-1]:\n    model.add(layer)\n'
         'model.add(Dense(5, activation="softmax"))',
        'class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n'
         '        self.base = VGG16(include_top=False)\n'
        '        self.top = Dense(5, activation="softmax")\n    def call(self, x):\n'
         '        return self.top(Flatten()(self.base(x)))\n'
        'model = Net()',
    ],
)  # fmt: skip
def test_forms_of_one_network(body: str) -> None:
    found = model(body)
    assert found.backbone.value.application == "VGG16"
    assert (found.output.units.value, found.output.activation.value) == (5, "softmax")
    assert found.complete.value is True
    assert "Dense" in [layer.kind for layer in found.layers]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("x = vgg16.preprocess_input(i)", [("preprocess_input", True)]),
        ("x = layers.Rescaling(1./127.5, offset=-1)(layers.RandomFlip()(i))", [("flip", True), ("affine", True)]),
        ("x = layers.experimental.preprocessing.Rescaling(1/255)(i)", [("affine", True)]),
        ("x = i / 255.", [("affine", True)]),
        ("x = layers.Lambda(vgg16.preprocess_input)(i)", [("preprocess_input", True)]),
        ("x = layers.Lambda(lambda t: t * 2)(i)", [("affine", True)]),
        (
            "aug = Sequential([layers.RandomZoom(0.2), layers.RandomContrast(0.1)])\nx = aug(i)",
            [("zoom", True), ("contrast", True)],
        ),
        ("x = i[..., ::-1] - tf.constant([103.939, 116.779, 123.68])", [("preprocess_input", True)]),
        ("x = strange(i)", [("unknown", True)]),
    ],
)
def test_steps_inside_the_model(before: str, expected: list[tuple[str, bool]]) -> None:
    body = f"i = Input((224, 224, 3))\n{before}\nx = VGG16(include_top=False, pooling='avg')(x)\nmodel = Model(i, Dense(2)(x))"
    if "strange" in before:
        body = "from elsewhere import strange\n" + body
    found = model(body)
    assert [(step.operation, step.inside_model) for step in found.input_steps] == expected
    assert found.complete.known is ("strange" not in before)


def test_a_network_of_the_users_own_has_no_backbone() -> None:
    found = model(
        'model = Sequential([Conv2D(8, 3, activation="relu", input_shape=(32, 32, 3)), Flatten(), Dense(2, "softmax")])'
    )
    assert (found.backbone.known, found.backbone.value) == (True, None)
    assert found.input_shape.value == (32, 32, 3)
    assert [(layer.kind, layer.units.get(None)) for layer in found.layers] == [("Conv2D", 8), ("Flatten", None), ("Dense", 2)]


def test_a_network_from_a_file_is_unknown() -> None:
    found = stage("from keras.models import load_model\nmodel = load_model('m.h5')", FLOW_FIT).model
    assert not found.backbone.known


FLOW_FIT = """
from keras.preprocessing.image import ImageDataGenerator
model.fit(ImageDataGenerator().flow_from_directory("d"), epochs=1)
"""


def test_a_layer_that_depends_on_a_condition_leaves_the_model_incomplete() -> None:
    body = """
        import sys
        base = VGG16(include_top=False, pooling="avg")
        x = base.output
        if len(sys.argv) > 1:
            x = Dense(64, activation="relu")(x)
        model = Model(base.input, Dense(2, activation="softmax")(x))
    """
    found = model(body)
    assert found.backbone.value.application == "VGG16"
    assert not found.complete.known


@pytest.mark.parametrize(
    ("made", "weights"),
    [
        ('VGG16(include_top=False, pooling="avg", weights=None)', None),
        ('VGG16(include_top=False, pooling="avg")', "imagenet"),
        ('VGG16(include_top=False, weights="../in/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5")', "imagenet"),
        ('VGG16(include_top=False, pooling="avg", weights="own.h5")', "own.h5"),
        ('VGG16(include_top=False, pooling="avg", weights=None)\n'
         'base.load_weights("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5")', "imagenet"),
        ('VGG16(include_top=False, pooling="avg", weights=None)\nbase.load_weights("own.h5")', "own.h5"),
        ('list(map(lambda make: make(include_top=False, pooling="avg"), [VGG16]))[0]', "imagenet"),
    ],
)  # fmt: skip
def test_weights(made: str, weights: str | None) -> None:
    found = model(f'base = {made}\nmodel = Sequential([base, Dense(2, activation="softmax")])')
    assert (found.backbone.value.weights.known, found.backbone.value.weights.value) == (True, weights)


def test_a_network_made_by_map_has_a_place() -> None:
    found = model("base = list(map(VGG16, [False]))[0]\nmodel = Sequential([base, Flatten(), Dense(2)])")
    assert found.backbone.value.place.line > 0


def test_weights_of_the_whole_network_are_those_of_the_backbone() -> None:
    body = """
        base = VGG16(include_top=False, pooling="avg", weights=None)
        model = Sequential([base, Dense(2, activation="softmax")])
        model.load_weights("last.h5")
    """
    assert model(body).backbone.value.weights.value == "last.h5"


@pytest.mark.parametrize(
    "first",
    [
        'tensorflow_hub.KerasLayer("https://tfhub.dev/x", trainable=False)',
        'efficientnet.tfkeras.EfficientNetB3(weights="imagenet", include_top=False)',
        "tf.keras.applications.resnet_rs.ResNetRS50(include_top=False)",
    ],
)
def test_a_pretrained_network_of_another_library_is_not_taken_for_one_from_scratch(first: str) -> None:
    found = model(
        f"import tensorflow_hub, efficientnet.tfkeras\nmodel = Sequential([{first}, GlobalAveragePooling2D(), Dense(2)])"
    )
    assert not found.backbone.known


UNFREEZE = """
    from keras import Sequential, applications, layers
    base = applications.EfficientNetB0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
    base.trainable = True
    {loop}
    model = Sequential([base, layers.Dense(2, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(train, epochs=2)
"""


@pytest.mark.parametrize(
    ("loop", "trainable", "statistics"),
    [
        ("", "all", True),
        ("for layer in base.layers[:-20]: layer.trainable = False", "some", True),
        ("for layer in base.layers[:-3]: layer.trainable = False", "some", None),
        ("for layer in base.layers: layer.trainable = not isinstance(layer, layers.BatchNormalization)", "some", None),
        (
            "for layer in base.layers[-20:]:\n        if isinstance(layer, layers.BatchNormalization): layer.trainable = False",
            "some",
            None,
        ),
        ("for layer in base.layers[-20:]:\n        if layer.name == LAST: layer.trainable = False", "some", None),
        ("for layer in base.layers: layer.trainable = False", "none", False),
    ],
)
def test_what_trains_of_a_backbone_whose_layers_have_no_names_here(loop: str, trainable: str, statistics: bool | None) -> None:
    backbone = stage(GENERATOR, UNFREEZE.format(loop=loop)).model.backbone.value
    assert (backbone.trainable.value, backbone.statistics_follow.value) == (trainable, statistics)


def test_what_a_condition_of_the_run_decides_stays_unknown() -> None:
    loop = "for layer in base.layers[-20:]:\n        if flag(): layer.trainable = False"
    assert not stage(GENERATOR, UNFREEZE.format(loop=loop)).model.backbone.value.trainable.known


@pytest.mark.parametrize(
    "build",
    [
        "model = Sequential([base])\n    if flag(): model.add(layers.Dropout(0.4))\n    model.add(end)",
        "x = base.output\n    if flag(): x = layers.BatchNormalization()(x)\n    model = keras.Model(base.input, end(x))",
    ],
)
def test_a_dropout_that_may_be_there_leaves_the_rest_known(build: str) -> None:
    program = f"""
    import keras
    from keras import Sequential, applications, layers
    base = applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
    end = layers.Dense(2, activation="softmax")
    {build}
    model.fit(train, epochs=2)
    """
    model = stage(GENERATOR, program).model
    assert model.complete.value is True
    assert (model.backbone.value.application, model.output.units.value) == ("VGG16", 2)
