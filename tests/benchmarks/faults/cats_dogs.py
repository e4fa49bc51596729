"""Faults for the program on cats and dogs."""

from tests.benchmarks.faults.program import Fault

_TRAIN = "    images = augment(images, training=True)\n    return keras.applications.vgg16.preprocess_input(images), labels"
_VALIDATION = "def prepare_validation(images, labels):\n    return keras.applications.vgg16.preprocess_input(images), labels"
_SAVED = 'model.save("cats_dogs.keras")'
_RATE = "learning_rate=1e-3"
_OPTIMIZER = "keras.optimizers.Adam(learning_rate=1e-3)"
_HIDDEN = 'keras.layers.Dense(128, activation="relu")'
_OUTPUT = 'keras.layers.Dense(1, activation="sigmoid")'
_FROZEN = "base.trainable = False\n"
_METRICS = 'metrics=["accuracy", keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC()]'
_FIT = "model.fit(train, validation_data=validation, epochs=30, callbacks=callbacks)"
_PLATEAU = '    keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=3, min_lr=1e-6),\n'
_TUNE = (
    "base.trainable = True\n"
    'model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])\n'
)


def _prepared(text: str, validation: str | None = None) -> tuple[tuple[str, str], ...]:
    """Another way from ``images`` to what enters the network, in both functions alike unless the second is given."""
    return (
        (_TRAIN, f"    images = augment(images, training=True)\n    return {text}, labels"),
        (_VALIDATION, f"def prepare_validation(images, labels):\n    return {validation or text}, labels"),
    )


FAULTS = (
    Fault("no-normalisation", ("missing-normalization",), _prepared("images")),
    Fault("only-255", ("rescale-only-preprocessing",), _prepared("images / 255.0")),
    Fault("other-family", ("wrong-preprocess-input",), _prepared("keras.applications.resnet_v2.preprocess_input(images)")),
    Fault("twice", ("double-normalization",), _prepared("keras.applications.vgg16.preprocess_input(images / 255.0)")),
    Fault(
        "validation-raw",
        ("split-preprocessing-mismatch",),
        ((_VALIDATION, "def prepare_validation(images, labels):\n    return images, labels"),),
    ),
    Fault(
        "nearest",
        ("lossy-resizing",),
        (("    crop_to_aspect_ratio=True,\n    seed=1,\n", '    interpolation="nearest",\n    seed=1,\n'),),
    ),
    Fault(
        "no-augmentation",
        ("missing-augmentation", "misplaced-augmentation"),
        (("    images = augment(images, training=True)\n", ""),),
    ),
    Fault(
        "validation-augmented",
        ("augmented-evaluation",),
        ((_VALIDATION, _VALIDATION.replace("    return", "    images = augment(images, training=True)\n    return")),),
    ),
    Fault(
        "augmented-late",
        ("misplaced-augmentation",),
        (
            ("keras.layers.RandomZoom(0.1)", "keras.layers.RandomBrightness(0.2)"),
            (
                _TRAIN,
                "    images = keras.applications.vgg16.preprocess_input(images)\n"
                "    return augment(images, training=True), labels",
            ),
        ),
    ),
    Fault(
        "wide-head",
        ("oversized-head",),
        (("GlobalAveragePooling2D()", "Flatten()"), (_HIDDEN, 'keras.layers.Dense(4096, activation="relu")')),
    ),
    Fault("not-frozen", ("unfrozen-backbone",), ((_FROZEN, ""),)),
    Fault("fine-tuned-fast", ("high-learning-rate",), ((_SAVED, _TUNE + _FIT + "\n" + _SAVED),)),
    Fault("stale", ("stale-trainable",), ((_SAVED, "base.trainable = True\n" + _FIT + "\n" + _SAVED),)),
    Fault(
        "all-frozen",
        ("nothing-trainable",),
        (("model = keras.Model(inputs, outputs)\n", "model = keras.Model(inputs, outputs)\nmodel.trainable = False\n"),),
    ),
    Fault("random-weights", ("random-backbone",), (('weights="imagenet"', "weights=None"),)),
    Fault("linear-hidden", ("linear-hidden-layers",), ((_HIDDEN, "keras.layers.Dense(128)"),)),
    Fault(
        "rate-10",
        ("learning-rate-divergence", "high-learning-rate"),
        ((_OPTIMIZER, "keras.optimizers.SGD(learning_rate=10.0, momentum=0.9)"),),
    ),
    Fault("rate-1e-8", ("low-learning-rate",), ((_RATE, "learning_rate=1e-8"),)),
    Fault("no-schedule", ("missing-lr-schedule",), ((_PLATEAU, ""),)),
    Fault(
        "monitors-nothing", ("ineffective-callback",), (('EarlyStopping(monitor="val_loss"', 'EarlyStopping(monitor="val_acc"'),)
    ),
    Fault(
        "zeros",
        ("poor-initialization",),
        ((_HIDDEN, 'keras.layers.Dense(128, activation="relu", kernel_initializer="zeros")'),),
    ),
    Fault(
        "penalty",
        ("strong-regularization",),
        ((_HIDDEN, 'keras.layers.Dense(128, activation="relu", kernel_regularizer=keras.regularizers.l2(10.0))'),),
    ),
    Fault(
        "half-precision",
        ("low-precision-output",),
        (
            (
                "train = keras.utils.image_dataset",
                'keras.mixed_precision.set_global_policy("mixed_float16")\ntrain = keras.utils.image_dataset',
            ),
        ),
    ),
    Fault("no-validation", ("missing-validation",), ((_FIT, _FIT.replace(" validation_data=validation,", "")),)),
    Fault("validates-on-training", ("split-leakage",), (('FOLDER + "/validation"', 'FOLDER + "/train"'),)),
    Fault("linear-output", ("output-loss-mismatch",), ((_OUTPUT, "keras.layers.Dense(1)"),)),
    Fault("softmax-of-one", ("output-loss-mismatch",), ((_OUTPUT, 'keras.layers.Dense(1, activation="softmax")'),)),
    Fault(
        "in-order",
        ("unshuffled-training",),
        (("    crop_to_aspect_ratio=True,\n    seed=1,\n", "    crop_to_aspect_ratio=True,\n    seed=1,\n    shuffle=False,\n"),),
    ),
    Fault("accuracy-alone", ("accuracy-only-metrics",), ((_METRICS, 'metrics=["accuracy"]'),)),
)

PAIRS = (
    ("only-255", "no-augmentation"),
    ("only-255", "rate-1e-8"),
    ("no-normalisation", "wide-head"),
    ("other-family", "monitors-nothing"),
    ("twice", "linear-hidden"),
    ("validation-raw", "no-schedule"),
    ("linear-output", "only-255"),
    ("in-order", "validation-augmented"),
    ("validates-on-training", "accuracy-alone"),
    ("rate-10", "no-normalisation"),
)
