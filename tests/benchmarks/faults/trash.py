"""Faults for the program on kinds of waste."""

from tests.benchmarks.faults.program import Fault

_FUNCTION = "    preprocessing_function=preprocess_input,\n"
_VALIDATION = "ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.25)"
_IMPORT = "from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input\n"
_AUGMENTED = (
    "    rotation_range=10,\n    width_shift_range=0.1,\n    height_shift_range=0.1,\n    zoom_range=0.1,\n"
    "    horizontal_flip=True,\n"
)
_OPTIMIZER = "Adam(learning_rate=1e-3)"
_HIDDEN = 'Dense(128, activation="relu")'
_OUTPUT = 'Dense(len(counts), activation="softmax")'
_WEIGHTED = "    class_weight=class_weight,\n"
_REPORT = (
    "predicted = model.predict(val_generator).argmax(axis=1)\nprint(classification_report(val_generator.classes, predicted))\n"
)
_COMPILED = "model.compile(\n"
_SAVED = 'model.save("trash.keras")'

FAULTS = (
    Fault(
        "no-normalisation",
        ("missing-normalization",),
        ((_FUNCTION, ""), (_VALIDATION, "ImageDataGenerator(validation_split=0.25)")),
    ),
    Fault(
        "only-255",
        ("rescale-only-preprocessing",),
        ((_FUNCTION, "    rescale=1.0 / 255,\n"), (_VALIDATION, "ImageDataGenerator(rescale=1.0 / 255, validation_split=0.25)")),
    ),
    Fault(
        "other-family",
        ("wrong-preprocess-input",),
        (
            (
                _IMPORT,
                "from tensorflow.keras.applications.mobilenet_v2 import preprocess_input\n"
                "from tensorflow.keras.applications.vgg16 import VGG16\n",
            ),
        ),
    ),
    Fault(
        "twice",
        ("double-normalization",),
        (
            (_FUNCTION, "    rescale=1.0 / 255,\n" + _FUNCTION),
            (_VALIDATION, _VALIDATION.replace("(", "(rescale=1.0 / 255, ", 1)),
        ),
    ),
    Fault("validation-raw", ("split-preprocessing-mismatch",), ((_VALIDATION, "ImageDataGenerator(validation_split=0.25)"),)),
    Fault(
        "two-sizes",
        ("input-size-mismatch", "split-preprocessing-mismatch"),
        (
            (
                "val_generator = val_datagen.flow_from_directory(\n    FOLDER,\n    target_size=SIZE,",
                "val_generator = val_datagen.flow_from_directory(\n    FOLDER,\n    target_size=(150, 150),",
            ),
        ),
    ),
    Fault("nearest", ("lossy-resizing",), (('    interpolation="bilinear",\n    subset="training",', '    subset="training",'),)),
    Fault("no-augmentation", ("missing-augmentation",), ((_AUGMENTED, ""),)),
    Fault("validation-augmented", ("augmented-evaluation",), (("val_datagen.flow", "train_datagen.flow"),)),
    Fault("unweighted", ("class-imbalance",), ((_WEIGHTED, ""),)),
    Fault(
        "word-weights",
        ("class-weight-ineffective",),
        (("class_weight = {label:", "class_weight = {str(label):"),),
    ),
    Fault(
        "shuffled-report",
        ("shuffled-evaluation",),
        (('    subset="validation",\n    shuffle=False,\n', '    subset="validation",\n'),),
    ),
    Fault("validates-on-training", ("split-leakage",), (('subset="validation"', 'subset="training"'),)),
    Fault("five-units", ("output-units-mismatch",), ((_OUTPUT, 'Dense(5, activation="softmax")'),)),
    Fault("mean-squared", ("output-loss-mismatch",), (('loss="categorical_crossentropy"', 'loss="mse"'),)),
    Fault(
        "sparse-loss", ("output-loss-mismatch",), (('loss="categorical_crossentropy"', 'loss="sparse_categorical_crossentropy"'),)
    ),
    Fault("linear-output", ("output-loss-mismatch",), ((_OUTPUT, "Dense(len(counts))"),)),
    Fault(
        "wide-head",
        ("oversized-head",),
        (
            ("import Dense, Dropout, GlobalAveragePooling2D", "import Dense, Dropout, Flatten"),
            ("GlobalAveragePooling2D(),", "Flatten(),"),
            (_HIDDEN, 'Dense(4096, activation="relu")'),
        ),
    ),
    Fault("not-frozen", ("unfrozen-backbone",), (("base.trainable = False\n", ""),)),
    Fault("all-frozen", ("nothing-trainable",), ((_COMPILED, "model.trainable = False\n" + _COMPILED),)),
    Fault("random-weights", ("random-backbone",), (('weights="imagenet"', "weights=None"),)),
    Fault(
        "rate-10",
        ("learning-rate-divergence", "high-learning-rate"),
        ((_OPTIMIZER, "SGD(learning_rate=10.0, momentum=0.9)"), ("import Adam\n", "import SGD\n")),
    ),
    Fault("rate-1e-8", ("low-learning-rate",), ((_OPTIMIZER, "Adam(learning_rate=1e-8)"),)),
    Fault(
        "no-schedule",
        ("missing-lr-schedule",),
        (
            ("import EarlyStopping, ReduceLROnPlateau", "import EarlyStopping"),
            ('    ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=3, min_lr=1e-6),\n', ""),
        ),
    ),
    Fault(
        "monitors-nothing", ("ineffective-callback",), (('EarlyStopping(monitor="val_loss"', 'EarlyStopping(monitor="val_acc"'),)
    ),
    Fault("no-validation", ("missing-validation",), (("    validation_data=val_generator,\n", ""),)),
    Fault(
        "few-steps",
        ("steps-mismatch",),
        (("    epochs=30,\n", "    epochs=30,\n    steps_per_epoch=len(train_generator) // BATCH,\n"),),
    ),
    Fault("zeros", ("poor-initialization",), ((_HIDDEN, 'Dense(128, activation="relu", kernel_initializer="zeros")'),)),
    Fault("dropout", ("strong-regularization",), (("Dropout(0.3)", "Dropout(0.95)"),)),
    Fault(
        "old-names",
        ("removed-keras-api",),
        (("model.fit(\n", "model.fit_generator(\n"), (_OPTIMIZER, "Adam(lr=1e-3)")),
    ),
    Fault(
        "accuracy-alone", ("accuracy-only-metrics",), ((_REPORT, ""), ("from sklearn.metrics import classification_report\n", ""))
    ),
)

PAIRS = (
    ("only-255", "unweighted"),
    ("only-255", "rate-1e-8"),
    ("no-normalisation", "wide-head"),
    ("other-family", "no-augmentation"),
    ("twice", "monitors-nothing"),
    ("validation-raw", "unweighted"),
    ("linear-output", "only-255"),
    ("shuffled-report", "no-schedule"),
    ("validates-on-training", "only-255"),
    ("mean-squared", "no-augmentation"),
)
