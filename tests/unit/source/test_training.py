"""compile and fit: optimizers, losses, callbacks and the other arguments, of every age of Keras."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, read_text, stage, stages

from vggdoctor.evidence import Compile
from vggdoctor.schema import Location

IMPORTS = """
import keras, tensorflow as tf
from keras import optimizers
from keras.optimizers import *
from keras.callbacks import *
"""


def compiled(arguments: str, before: str = "") -> Compile:
    found = stage(FROZEN_VGG, IMPORTS, before, f"model.compile({arguments})\nmodel.fit(x, y, epochs=1)").compiled
    assert found.value is not None
    return found.value


@pytest.mark.parametrize(
    ("written", "name", "rate", "default"),
    [
        ("'adam'", "adam", 1e-3, True),
        ("'SGD'", "sgd", 1e-2, True),
        ("Adam(lr=1e-4)", "adam", 1e-4, False),
        ("Adam(0.01)", "adam", 0.01, False),
        ("optimizers.RMSprop(learning_rate=2e-5)", "rmsprop", 2e-5, False),
        ("tf.keras.optimizers.legacy.SGD(learning_rate=1e-4, momentum=0.9)", "sgd", 1e-4, False),
        ("keras.optimizers.get('nadam')", "nadam", 1e-3, True),
        ("tf.train.AdamOptimizer(0.5)", "adam", 0.5, False),
        ("Adam()", "adam", 1e-3, True),
        ("Adam", "adam", 1e-3, True),
    ],
)
def test_optimizers(written: str, name: str, rate: float, default: bool) -> None:
    found = compiled(f"optimizer={written}, loss='categorical_crossentropy'").optimizer.value
    assert (found.name, found.learning_rate.value, found.rate_is_default) == (name, rate, default)
    assert (found.schedule.known, found.schedule.value) == (True, None)


def test_a_schedule_object() -> None:
    before = "plan = keras.optimizers.schedules.ExponentialDecay(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.9)"
    found = compiled("Adam(plan), 'categorical_crossentropy'", before).optimizer.value
    assert (found.schedule.value.name, found.learning_rate.value) == ("ExponentialDecay", 0.1)


@pytest.mark.parametrize(
    ("written", "name", "logits"),
    [
        ("'binary_crossentropy'", "binary_crossentropy", False),
        ("'mse'", "mean_squared_error", False),
        ("keras.losses.CategoricalCrossentropy(from_logits=True)", "categorical_crossentropy", True),
        ("keras.losses.SparseCategoricalCrossentropy()", "sparse_categorical_crossentropy", False),
        ("keras.losses.categorical_crossentropy", "categorical_crossentropy", False),
        ("tf.losses.BinaryCrossentropy(True)", "binary_crossentropy", True),
        ("lambda a, b: a - b", "custom", None),
    ],
)
def test_losses(written: str, name: str, logits: bool | None) -> None:
    found = compiled(f"'adam', loss={written}").loss.value
    assert (found.name, found.from_logits.get(None)) == (name, logits)


def test_metrics_and_the_list_that_holds_them() -> None:
    found = compiled("'adam', 'binary_crossentropy', metrics=['acc', keras.metrics.AUC(name='a'), keras.metrics.F1Score()]")
    assert [metric.name for metric in found.metrics.value] == ["accuracy", "auc", "f1_score"]
    assert found.metrics_display is not None
    assert compiled("'adam', 'binary_crossentropy'").metrics.value == ()


def test_callbacks_appended_to_a_list() -> None:
    program = """
        class Mine(Callback):
            def on_epoch_end(self, epoch, logs=None):
                self.model.optimizer.lr = 0.1
        stop = EarlyStopping(monitor="val_acc", patience=3)
        callbacks = [stop]
        callbacks.append(ReduceLROnPlateau(factor=0.5))
        callbacks += [Mine()]
        model.fit(x, y, 8, 3, callbacks=callbacks)
    """
    found = stage(FROZEN_VGG, IMPORTS, program)
    named = [(each.name, each.changes_rate) for each in found.callbacks.value]
    assert named == [("EarlyStopping", False), ("ReduceLROnPlateau", True), ("Mine", True)]
    assert found.callbacks.value[0].settings == {"monitor": "val_acc", "patience": 3}
    assert found.callbacks_display is not None


def test_callbacks_that_are_not_known() -> None:
    assert not stage(FROZEN_VGG, "from other import hooks\nmodel.fit(x, y, epochs=1, callbacks=hooks())").callbacks.known


def test_fit_generator_and_the_names_of_former_ages() -> None:
    program = """
        from keras.preprocessing.image import ImageDataGenerator
        flow = ImageDataGenerator().flow_from_directory("d")
        model.fit_generator(generator=flow, samples_per_epoch=2000, nb_epoch=5, validation_data=flow, class_weight={0: 1, 1: 3})
    """
    found = stage(FROZEN_VGG, program)
    assert (found.method, found.epochs.value, found.class_weight.value) == ("fit_generator", 5, True)
    assert found.validation.value is not None
    assert found.train.directory.value == "d"


def test_defaults_of_fit() -> None:
    found = stage(FROZEN_VGG, "model.fit(x, y)")
    assert (found.epochs.value, found.callbacks.value, found.class_weight.value) == (1, (), False)
    assert found.validation.known and found.validation.value is None


def test_a_display_is_where_it_stands() -> None:
    found = stage(
        "from keras.applications import VGG16\nm = VGG16()\nm.compile('adam', 'mse', ['acc'])\nm.fit(x, y, callbacks=[])"
    )
    assert found.compiled.value.metrics_display == Location("train.py", 3, 3, 26, 33)
    assert found.callbacks_display == Location("train.py", 4, 4, 23, 25)


def test_one_fit_reached_twice_with_the_same_settings_is_one_stage() -> None:
    program = "def go(n):\n    model.fit(x, y, epochs=n)\ngo(2)\ngo(2)\nfor fold in range(3):\n    go(2)"
    assert stage(FROZEN_VGG, program).epochs.value == 2


def test_evaluations_of_keras_and_of_scikit_learn() -> None:
    program = """
        from sklearn.metrics import classification_report
        from keras.preprocessing.image import ImageDataGenerator
        test = ImageDataGenerator().flow_from_directory("test", shuffle=False)
        model.fit(test)
        model.evaluate(test)
        def report():
            print(classification_report(test.classes, model.predict(test).argmax(1)))
    """
    found = read_text(FROZEN_VGG + "\n" + "\n".join(line[8:] for line in program.split("\n"))).evaluations
    assert [each.name for each in found] == ["evaluate", "predict", "sklearn.metrics.classification_report"]
    assert found[0].pipeline.value.shuffle.value is False


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import torch\nmodel.fit(x)", "PyTorch"),
        ("print('hello')", "does not use Keras"),
        ("from keras.models import Sequential\nmodel = Sequential()", "no call of fit"),
        ("from keras.models import Sequential\nfrom keras.layers import Dense\nm = Sequential([Dense(1)])\n"
         "m.compile('adam', 'mse')\n"
         "m.fit(table, prices, epochs=3)", "regression"),
        ("from keras.models import Sequential\nfrom keras.layers import Dense, Embedding\n"
         "m = Sequential([Embedding(9, 9), Dense(1, 'sigmoid')])\nm.compile('adam', 'binary_crossentropy')\n"
          "m.fit(words, y, epochs=3)",
         "not on pictures"),
        ("from keras.models import Model\nfrom keras.layers import *\ni = Input((8, 8, 3))\nm = Model(i, Conv2D(3, 3)(i))\n"
         "m.compile('adam', 'binary_crossentropy')\nm.fit(a, b, epochs=3)", "output is a picture"),
        ("from sklearn.svm import SVC\nimport keras\nSVC().fit(x, y)", "no call of fit"),
    ],
)  # fmt: skip
def test_what_is_out_of_scope_is_said(program: str, said: str) -> None:
    recipe = read_text(program)
    assert recipe.stages == ()
    assert said in recipe.scope_note


def test_a_fit_that_is_given_nothing_is_no_training() -> None:
    assert stages(FROZEN_VGG, "model.fit()") == ()
    assert stages(FROZEN_VGG, "model.fit(*data, epochs=2)") != ()


def test_rows_that_are_shuffled_in_every_epoch_are_one_training() -> None:
    loop = """
        from sklearn.utils import shuffle
        a, c = np.load("x.npy"), np.load("y.npy")
        for epoch in range(20):
            a, c = shuffle(a, c)
            for i in range(0, len(a), 4):
                model.train_on_batch(a[i:i + 4], c[i:i + 4])
    """
    assert len(stages(FROZEN_VGG, "import numpy as np", loop)) == 1


def test_the_callback_that_only_watches_is_none_of_the_callbacks() -> None:
    fit = "import vggdoctor\nmodel.fit(x, y, callbacks=[vggdoctor.Callback(), keras.callbacks.EarlyStopping()])"
    found = stage(FROZEN_VGG, "import keras", fit)
    assert [use.name for use in found.callbacks.value] == ["EarlyStopping"]
