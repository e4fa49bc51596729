"""What is changed in six more programs, which were written, and audited once, without sight of what the checks look at."""

from __future__ import annotations

from tests.benchmarks.faults.program import Fault

_SPARSE = "loss=tf.keras.losses.SparseCategoricalCrossentropy(),\n"
_SIGNAL_SOFTMAX = 'layers.Dense(3, activation="softmax")'
_SHUFFLED = "from_tensor_slices((x, y)).shuffle(len(x)).batch(BATCH)"

SIGNALS = (
    Fault(
        "label-smoothing",
        (),
        (
            (_SPARSE, "loss=tf.keras.losses.CategoricalCrossentropy(label_smoothing=0.1),\n"),
            (
                "train = tf.data",
                "y, y_test = tf.one_hot(y, 3), tf.one_hot(y_test, 3)\ntrain = tf.data",
            ),
        ),
    ),
    Fault("clipped", (), (("SGD(rate, momentum=0.9)", "SGD(rate, momentum=0.9, clipnorm=1.0)"),)),
    Fault(
        "labels-from-1",
        ("output-units-mismatch", "output-loss-mismatch"),
        ((' kinds.astype("int64")', ' kinds.astype("int64") + 1'),),
    ),
    Fault("no-from-logits", ("output-loss-mismatch",), ((_SIGNAL_SOFTMAX, "layers.Dense(3)"),)),
    Fault(
        "softmax-twice",
        ("output-loss-mismatch",),
        ((_SIGNAL_SOFTMAX + "(x)", 'layers.Softmax()(layers.Dense(3, activation="softmax")(x))'),),
    ),
    Fault(
        "sorted",
        ("unshuffled-training",),
        (
            ("train = tf.data", "order = np.argsort(y)\nx, y = x[order], y[order]\ntrain = tf.data"),
            (_SHUFFLED, "from_tensor_slices((x, y)).batch(BATCH)"),
        ),
    ),
)

_TOKEN_LAYER = "model.add(Bidirectional(LSTM(32)))"
_TOKEN_RATE = "learning_rate=0.002"

TOKENS = (
    Fault("gru", (), (("import LSTM,", "import GRU,"), (_TOKEN_LAYER, "model.add(GRU(48, reset_after=False))"))),
    Fault("tiny-rate", (), ((_TOKEN_RATE, "learning_rate=1e-4"), ("epochs=20", "epochs=200"))),
    Fault("dropout", ("strong-regularization",), (("mask_zero=True))\n", "mask_zero=True))\nmodel.add(Dropout(0.95))\n"),)),
    Fault(
        "integer-labels",
        ("output-loss-mismatch",),
        (("Y = to_categorical(topics, num_classes)", "Y = topics"), ("from keras.utils import to_categorical\n", "")),
    ),
    Fault("rate-2", ("learning-rate-divergence", "high-learning-rate"), ((_TOKEN_RATE, "learning_rate=2.0"),)),
    Fault("rate-2e-6", ("low-learning-rate",), ((_TOKEN_RATE, "learning_rate=0.000002"),)),
)

_FRAUD_SCALED = """\
train_features = scaler.fit_transform(train_features)
val_features = scaler.transform(val_features)
test_features = scaler.transform(test_features)
"""

FRAUD = (
    Fault(
        "no-weights",
        ("class-weight-ineffective", "class-imbalance"),
        (("    class_weight=dict(enumerate(weights)),\n", ""),),
    ),
    Fault("unscaled", ("unscaled-input",), ((_FRAUD_SCALED, ""),)),
    Fault(
        "constant",
        ("poor-initialization",),
        (
            ('Dense(48, activation="relu"', 'Dense(48, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)'),
            ('Dense(24, activation="relu"', 'Dense(24, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)'),
        ),
    ),
)

PRICES = (
    Fault(
        "sigmoid",
        ("output-loss-mismatch",),
        (("layers.Dense(1)]", 'layers.Dense(1, activation="sigmoid")]'), ('loss="mse"', 'loss="binary_crossentropy"')),
    ),
)

_TAGS_SIGMOID = 'layers.Dense(len(THINGS), activation="sigmoid")'

TAGS = (
    Fault(
        "logits",
        (),
        (
            (_TAGS_SIGMOID, "layers.Dense(len(THINGS))"),
            ('loss="binary_crossentropy"', "loss=keras.losses.BinaryCrossentropy(from_logits=True)"),
            ("> 0.5", "> 0"),
            ('"binary_accuracy"', "keras.metrics.BinaryAccuracy(threshold=0.0)"),
            ("AUC(multi_label=True", "AUC(multi_label=True, from_logits=True"),
        ),
    ),
    Fault(
        "softmax",
        ("output-loss-mismatch",),
        (
            (_TAGS_SIGMOID, 'layers.Dense(len(THINGS), activation="softmax")'),
            ('loss="binary_crossentropy"', 'loss="categorical_crossentropy"'),
        ),
    ),
)

SHAPES = (
    Fault("unscaled", ("unscaled-input",), ((" / 255.0", ""), ("Adam(1e-3)", "SGD(1e-2)"))),
    Fault("rate-1", ("learning-rate-divergence", "high-learning-rate"), (("Adam(1e-3)", "Adam(1.0)"),)),
    Fault(
        "relu-output", ("output-loss-mismatch",), (('Dense(CLASSES, activation="softmax")', 'Dense(CLASSES, activation="relu")'),)
    ),
)

UNSEEN: dict[str, tuple[Fault, ...]] = {
    "signals": SIGNALS,
    "tokens": TOKENS,
    "fraud": FRAUD,
    "prices": PRICES,
    "tags": TAGS,
    "shapes": SHAPES,
}
"""By the sound program that they change; those without a cause are sound, too."""
