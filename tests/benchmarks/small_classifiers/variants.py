"""What is changed in the three sound programs: harmless things that look odd, and the classic faults."""

from __future__ import annotations

from tests.benchmarks.faults.program import Fault

_SOFTMAX = 'layers.Dense(4, activation="softmax")'
_SCALED = "x_train = x_train / 255.0\nx_val = x_val / 255.0\n"
_LOSS = 'loss="sparse_categorical_crossentropy"'
_RATE = "learning_rate=1e-3"
_EPOCHS = "epochs=30"
_LABELS = "x_val, y_val = draw(400, seed=2)\n"
_HEAD = '        layers.Dense(64, activation="relu"),\n'

STRIPES_ODD = (
    Fault(
        "standardised",
        (),
        (
            (
                _SCALED,
                "mean, spread = x_train.mean(), x_train.std()\n"
                + _SCALED.replace("/ 255.0", "- mean) / spread").replace("= x", "= (x"),
            ),
        ),
    ),
    Fault(
        "logits",
        (),
        ((_SOFTMAX, "layers.Dense(4)"), (_LOSS, "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)")),
    ),
    Fault("softmax-by-layer", (), ((_SOFTMAX, "layers.Dense(4),\n        layers.Softmax()"),)),
    Fault("no-bias", (), (("layers.Conv2D(32, 3, ", "layers.Conv2D(32, 3, use_bias=False, "),)),
    Fault("tiny-rate", (), ((_RATE, "learning_rate=5e-5"), (_EPOCHS, "epochs=1500"))),
    Fault(
        "batchnorm",
        (),
        (
            (
                'layers.Conv2D(16, 3, activation="relu")',
                'layers.Conv2D(16, 3, use_bias=False),\n        layers.BatchNormalization(),\n        layers.Activation("relu")',
            ),
        ),
    ),
)
"""Sound, and odd."""

STRIPES_FAULTY = (
    Fault("unscaled", ("unscaled-input",), ((_SCALED, ""),)),
    Fault("linear-output", ("output-loss-mismatch",), ((_SOFTMAX, "layers.Dense(4)"),)),
    Fault("relu-output", ("output-loss-mismatch",), ((_SOFTMAX, 'layers.Dense(4, activation="relu")'),)),
    Fault("three-units", ("output-units-mismatch",), ((_SOFTMAX, 'layers.Dense(3, activation="softmax")'),)),
    Fault("rate-1", ("learning-rate-divergence", "high-learning-rate"), ((_RATE, "learning_rate=1.0"),)),
    Fault("rate-1e-7", ("low-learning-rate",), ((_RATE, "learning_rate=1e-7"),)),
    Fault(
        "zeros",
        ("poor-initialization",),
        (('Dense(64, activation="relu"', 'Dense(64, activation="relu", kernel_initializer="zeros"'),),
    ),
    Fault("linear-hidden", ("linear-hidden-layers",), ((_HEAD, "        layers.Dense(64),\n"),)),
    Fault(
        "labels-scaled", ("output-loss-mismatch",), ((_LABELS, _LABELS + "y_train = y_train / 255.0\ny_val = y_val / 255.0\n"),)
    ),
    Fault(
        "penalty",
        ("strong-regularization",),
        (('Dense(64, activation="relu"', 'Dense(64, activation="relu", kernel_regularizer=keras.regularizers.l2(5.0)'),),
    ),
    Fault("dropout", ("strong-regularization",), (("Dropout(0.3)", "Dropout(0.97)"),)),
    Fault(
        "sorted",
        ("sequential-split", "unshuffled-training"),
        (
            (
                "x_train, y_train = draw(1200, seed=1)\n",
                "x_train, y_train = draw(1200, seed=1)\norder = y_train.argsort()\nx_train, y_train = x_train[order], y_train[order]\n",  # noqa: E501
            ),
            ("validation_data=(x_val, y_val)", "validation_split=0.25"),
        ),
    ),
)

_TABLE_SOFTMAX = 'keras.layers.Dense(5, activation="softmax")'
_SCALER = "x_train = scaler.transform(x_train)\nx_val = scaler.transform(x_val)\n"
_TABLE_RATE = "learning_rate=3e-3"
_TABLE_HIDDEN = 'keras.layers.Dense(64, activation="relu")'

RINGS_ODD = (
    Fault(
        "selu",
        (),
        (
            (_TABLE_HIDDEN, 'keras.layers.Dense(64, activation="selu", kernel_initializer="lecun_normal")'),
            (
                'keras.layers.Dense(32, activation="relu")',
                'keras.layers.Dense(32, activation="selu", kernel_initializer="lecun_normal")',
            ),
        ),
    ),
    Fault("softmax-by-name", (), ((_TABLE_SOFTMAX, 'keras.layers.Dense(5),\n        keras.layers.Activation("softmax")'),)),
    Fault("no-bias", (), ((_TABLE_SOFTMAX, 'keras.layers.Dense(5, activation="softmax", use_bias=False)'),)),
    Fault(
        "normalisation-layer",
        (),
        (
            (_SCALER, "normalise = keras.layers.Normalization()\nnormalise.adapt(x_train)\n"),
            ("        keras.Input((12,)),\n", "        keras.Input((12,)),\n        normalise,\n"),
        ),
    ),
    Fault(
        "one-hot",
        (),
        (
            (_LOSS, 'loss="categorical_crossentropy"'),
            (
                "scaler = ",
                "y_train, y_val_numbers = keras.utils.to_categorical(y_train), y_val\ny_val = keras.utils.to_categorical(y_val)\nscaler = ",  # noqa: E501
            ),
            ("classification_report(y_val,", "classification_report(y_val_numbers,"),
        ),
    ),
    Fault("momentum", (), (("Adam(learning_rate=3e-3)", "SGD(learning_rate=0.05, momentum=0.9)"),)),
)
RINGS_FAULTY = (
    Fault("unscaled", ("unscaled-input",), ((_SCALER, ""),)),
    Fault(
        "sigmoid-one-unit",
        ("output-units-mismatch", "output-loss-mismatch"),
        ((_TABLE_SOFTMAX, 'keras.layers.Dense(1, activation="sigmoid")'),),
    ),
    Fault("softmax-of-one", ("output-loss-mismatch",), ((_TABLE_SOFTMAX, 'keras.layers.Dense(1, activation="softmax")'),)),
    Fault("mean-squared", ("output-loss-mismatch",), ((_LOSS, 'loss="mse"'),)),
    Fault("rate-30", ("learning-rate-divergence", "high-learning-rate"), ((_TABLE_RATE, "learning_rate=30.0"),)),
    Fault("rate-1e-8", ("low-learning-rate",), ((_TABLE_RATE, "learning_rate=1e-8"),)),
    Fault(
        "ones",
        ("poor-initialization",),
        ((_TABLE_HIDDEN, 'keras.layers.Dense(64, activation="relu", kernel_initializer="ones")'),),
    ),
    Fault(
        "linear",
        ("linear-hidden-layers",),
        ((_TABLE_HIDDEN, "keras.layers.Dense(64)"), ('keras.layers.Dense(32, activation="relu")', "keras.layers.Dense(32)")),
    ),
    Fault("labels-scaled", ("output-loss-mismatch",), (("scaler = ", "y_train = y_train / 4\ny_val = y_val / 4\nscaler = "),)),
    Fault(
        "penalty",
        ("strong-regularization",),
        ((_TABLE_HIDDEN, 'keras.layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.l1(1.0))'),),
    ),
    Fault("two-epochs", ("too-few-epochs",), (("epochs=80", "epochs=2"),)),
)

_SIGMOID = 'Dense(1, activation="sigmoid")'
_BINARY = 'loss="binary_crossentropy"'
_BINARY_LABELS = "x_val, y_val = collect(800, seed=2)\n"

DEFAULTS_ODD = (
    Fault("tanh", (), (('Dense(32, activation="relu")', 'Dense(32, activation="tanh")'),)),
    Fault(
        "two-softmax-units",
        (),
        (
            (_SIGMOID, 'Dense(2, activation="softmax")'),
            (_BINARY, 'loss="sparse_categorical_crossentropy"'),
            ("(model.predict(x_val) > 0.5).astype(int)", "model.predict(x_val).argmax(axis=1)"),
        ),
    ),
    Fault(
        "one-logit",
        (),
        ((_SIGMOID, "Dense(1)"), (_BINARY, "loss=tf.keras.losses.BinaryCrossentropy(from_logits=True)"), ("> 0.5", "> 0")),
    ),
    Fault("rmsprop", (), (("import Adam", "import RMSprop"), ("Adam(", "RMSprop("))),
)
DEFAULTS_FAULTY = (
    Fault("softmax-of-one", ("output-loss-mismatch",), ((_SIGMOID, 'Dense(1, activation="softmax")'),)),
    Fault("categorical-of-one", ("output-loss-mismatch",), ((_BINARY, 'loss="categorical_crossentropy"'),)),
    Fault("relu-output", ("output-loss-mismatch",), ((_SIGMOID, 'Dense(1, activation="relu")'),)),
    Fault(
        "labels-of-1-and-2",
        ("output-loss-mismatch",),
        ((_BINARY_LABELS, _BINARY_LABELS + "y_train = y_train + 1\ny_val = y_val + 1\n"),),
    ),
    Fault("rate-10", ("learning-rate-divergence", "high-learning-rate"), ((_RATE, "learning_rate=10.0"),)),
    Fault("rate-1e-6", ("low-learning-rate",), ((_RATE, "learning_rate=1e-6"),)),
    Fault(
        "zeros",
        ("poor-initialization",),
        (('Dense(64, activation="relu"', 'Dense(64, activation="relu", kernel_initializer="zeros"'),),
    ),
    Fault(
        "imbalanced",
        ("class-imbalance",),
        (
            (
                "model = Sequential()",
                "kept = (y_train == 0) | (np.arange(len(y_train)) % 40 == 0)\nx_train, y_train = x_train[kept], y_train[kept]\nmodel = Sequential()",  # noqa: E501
            ),
        ),
    ),
)

VARIANTS: dict[str, tuple[Fault, ...]] = {
    "stripes": (*STRIPES_ODD, *STRIPES_FAULTY),
    "rings": (*RINGS_ODD, *RINGS_FAULTY),
    "defaults": (*DEFAULTS_ODD, *DEFAULTS_FAULTY),
}
"""By the sound program that they change; those without a cause are sound, too."""
