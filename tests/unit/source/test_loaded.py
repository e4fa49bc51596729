"""Networks that the program saves and loads again."""

from __future__ import annotations

from reading import FROZEN_VGG, GENERATOR, read_files, stages

HEAD = FROZEN_VGG + GENERATOR + "from keras.models import load_model\n"
FIRST = "model.fit(train, epochs=1)\nmodel.save('first.keras')\n"


def test_a_network_that_was_saved_is_known_when_it_is_loaded() -> None:
    first, second = stages(HEAD, FIRST, "again = load_model('first.keras')\nagain.fit(train, epochs=5)")
    assert second.model.backbone.value.application == "VGG16"
    assert second.compiled.value.optimizer.value.name == "adam"
    assert (first.epochs.value, second.epochs.value, second.model.place.line) == (1, 5, second.place.line - 1)


def test_what_is_unfrozen_after_loading_does_train() -> None:
    change = "again = load_model('first.keras')\nagain.layers[0].trainable = True\nagain.fit(train, epochs=5)"
    _, second = stages(HEAD, FIRST, change)
    assert second.model.backbone.value.trainable.value == "all"
    assert second.model.trainable_changed.value is False


def test_it_may_be_another_script_that_loads_it() -> None:
    other = GENERATOR + "from keras.models import load_model\nnet = load_model('first.keras')\nnet.fit(train, epochs=5)\n"
    found = read_files({"a_train.py": HEAD + FIRST, "b_tune.py": other}).stages
    assert [stage.model.backbone.value.application for stage in found] == ["VGG16", "VGG16"]


def test_other_files_are_not_known() -> None:
    _, second = stages(HEAD, FIRST, "again = load_model('second.keras')\nagain.fit(train, epochs=5)")
    assert not second.model.backbone.known


def test_a_checkpoint_is_the_network_that_was_fitted() -> None:
    fit = "from keras.callbacks import ModelCheckpoint\nmodel.fit(train, epochs=1, callbacks=[ModelCheckpoint('best.keras')])\n"
    _, second = stages(HEAD, fit, "again = load_model('best.keras')\nagain.fit(train, epochs=5)")
    assert second.model.backbone.value.application == "VGG16"
    _, second = stages(
        HEAD, fit.replace("')]", "', save_weights_only=True)]"), "again = load_model('best.keras')\nagain.fit(train, epochs=5)"
    )
    assert not second.model.backbone.known
