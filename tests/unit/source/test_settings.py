"""Values that come from files of settings, and from Keras Tuner."""

from __future__ import annotations

import json

import pytest
from reading import read_files, stage

from vggdoctor.evidence import Stage

TRAIN = """
    from keras import Sequential, applications, layers, optimizers, utils
    {read}
    base = getattr(applications, cfg["model"]["backbone"])(include_top=False, pooling="avg", input_shape=(*cfg["size"], 3))
    model = Sequential([base, layers.Dense(cfg["model"]["classes"], activation="softmax")])
    model.compile(optimizers.Adam(float(cfg["rate"])), "categorical_crossentropy")
    model.fit(utils.image_dataset_from_directory("d", image_size=tuple(cfg["size"])), epochs=3)
"""
YAML = "model:\n  backbone: ResNet50\n  classes: 4\nsize: [96, 96]\nrate: 1e-4\n"
JSON = json.dumps({"model": {"backbone": "ResNet50", "classes": 4}, "size": [96, 96], "rate": 1e-4})
TOML = 'size = [96, 96]\nrate = 1e-4\n[model]\nbackbone = "ResNet50"\nclasses = 4\n'


def trained(read: str, settings: dict[str, str], folder: str = "") -> Stage:
    (found,) = read_files({f"{folder}train.py": TRAIN.format(read=read), **settings}).stages
    return found


@pytest.mark.parametrize(
    ("read", "name", "text"),
    [
        ("import yaml; cfg = yaml.safe_load(open('c.yaml'))", "c.yaml", YAML),
        ("import yaml; from pathlib import Path; cfg = yaml.safe_load(Path('conf/c.yml').read_text())", "conf/c.yml", YAML),
        ("import json\n    with open('c.json') as f: cfg = json.load(f)", "c.json", JSON),
        ("import json; cfg = json.loads(open('c.json').read())", "c.json", JSON),
        ("import tomllib\n    with open('c.toml', 'rb') as f: cfg = tomllib.load(f)", "c.toml", TOML),
        ("import os, yaml; cfg = yaml.safe_load(open(os.path.join(os.path.dirname(__file__), 'c.yaml')))", "c.yaml", YAML),
    ],
)
def test_settings_are_read_from_their_file(read: str, name: str, text: str) -> None:
    found = trained(read, {name: text})
    assert found.model.backbone.value.application == "ResNet50"
    assert (found.model.output.units.value, found.train.size.value) == (4, (96, 96))
    assert found.compiled.value.optimizer.value.learning_rate.value == 1e-4


def test_a_file_beside_the_script_is_found() -> None:
    found = trained("import yaml; cfg = yaml.safe_load(open('c.yaml'))", {"src/c.yaml": YAML}, folder="src/")
    assert found.model.output.units.value == 4


def test_settings_may_be_attributes() -> None:
    program = """
        from omegaconf import OmegaConf
        from keras import Sequential, layers, utils
        cfg = OmegaConf.load("c.yaml")
        model = Sequential([layers.Dense(cfg.model.classes)])
        model.fit(utils.image_dataset_from_directory("d", image_size=cfg.size), epochs=cfg.get("epochs", 7))
    """
    (found,) = read_files({"train.py": program, "c.yaml": YAML}).stages
    assert (found.model.output.units.value, found.train.size.value, found.epochs.value) == (4, (96, 96), 7)


@pytest.mark.parametrize(
    "text", ["a: [", "a: &a [x, x]\nb: &b [*a, *a]\nsize: !!python/object:os.system {}", "- 1", "#" * 70_000]
)
def test_files_that_cannot_be_used_leave_values_unknown(text: str) -> None:
    found = trained("import yaml; cfg = yaml.safe_load(open('c.yaml'))", {"c.yaml": text})
    assert not found.train.size.known


def test_repetition_without_end_is_cut_off() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join(['*l' + str(n - 1)] * 9)}]\n" for n in range(1, 12))
    found = trained("import yaml; cfg = yaml.safe_load(open('c.yaml'))", {"c.yaml": "l0: &l0 [1]\n" + levels + YAML})
    assert not found.train.size.known


TUNED = """
    import keras_tuner as kt
    from keras import Sequential, applications, layers, optimizers, utils
    def build(hp):
        base = applications.VGG16(include_top=False, pooling="avg", input_shape=(64, 64, 3))
        base.trainable = hp.Boolean("tune")
        head = layers.Dense(hp.Int("units", 32, 128, step=32), activation=hp.Choice("act", ["relu", "elu"]))
        model = Sequential([base, head, layers.Dense(4)])
        model.compile(optimizers.Adam(hp.Choice("rate", [1e-3, 1e-4])), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model
"""
SEARCH = """
    train = utils.image_dataset_from_directory("d", image_size=(64, 64))
    tuner.search(train, epochs=5, validation_data=train)
"""


def test_a_search_fits_the_network_that_it_builds() -> None:
    found = stage(TUNED, "tuner = kt.RandomSearch(build, objective='val_accuracy', max_trials=3)", SEARCH)
    assert (found.method, found.epochs.value, found.model.output.units.value) == ("search", 5, 4)
    assert found.compiled.value.optimizer.value.name == "adam"
    assert not found.compiled.value.optimizer.value.learning_rate.known
    assert not found.model.backbone.value.trainable.known


def test_a_hypermodel_is_a_class() -> None:
    program = """
        class Mine(kt.HyperModel):
            def build(self, hp):
                return build(hp)
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, batch_size=hp.Fixed("batch", 8), **kwargs)
        tuner = kt.Hyperband(Mine(), objective="val_loss")
    """
    found = stage(TUNED, program, SEARCH)
    assert (found.method, found.epochs.value, found.model.output.units.value) == ("fit", 5, 4)


@pytest.mark.parametrize("best", ["tuner.get_best_models(1)[0]", "tuner.hypermodel.build(tuner.get_best_hyperparameters()[0])"])
def test_the_best_network_is_one_that_was_built(best: str) -> None:
    made = f"tuner = kt.RandomSearch(build)\n{best}.fit(utils.image_dataset_from_directory('d'), epochs=2)"
    assert stage(TUNED, made).model.output.units.value == 4


def test_settings_in_a_dictionary_of_ones_own_with_attributes() -> None:
    program = """
        import yaml
        from keras import Sequential, layers, utils
        class Settings(dict):
            def __getattr__(self, name):
                value = self[name]
                return Settings(value) if isinstance(value, dict) else value
            @classmethod
            def read(cls, path):
                with open(path) as file:
                    return cls(yaml.safe_load(file))
        class Plain:
            def __init__(self, given):
                self.__dict__.update(given)
        cfg, plain = Settings.read("c.yaml"), Plain({"epochs": 7})
        model = Sequential([layers.Dense(cfg.model.classes)])
        model.fit(utils.image_dataset_from_directory("d", image_size=cfg.size), epochs=plain.epochs)
    """
    (found,) = read_files({"train.py": program, "c.yaml": YAML}).stages
    assert (found.model.output.units.value, found.train.size.value, found.epochs.value) == (4, (96, 96), 7)


def test_a_module_whose_name_is_put_together_is_found() -> None:
    program = """
        from importlib import import_module
        from keras import utils
        kind = "small"
        model = import_module(f"nets.{kind}_net").build()
        model.fit(utils.image_dataset_from_directory("d"), epochs=7)
    """
    net = "from keras import Sequential, layers\ndef build():\n    return Sequential([layers.Dense({})])\n"
    files = {"train.py": program, "nets/small_net.py": net.format(3), "nets/large_net.py": net.format(9)}
    (found,) = read_files(files).stages
    assert found.model.output.units.value == 3


def test_the_default_of_a_field_may_be_made_by_a_function() -> None:
    program = """
        from dataclasses import dataclass, field
        from keras import Sequential, layers, utils
        @dataclass
        class Settings:
            names: list = field(default_factory=lambda: ["a", "b", "c"])
        model = Sequential([layers.Dense(len(Settings().names))])
        model.fit(utils.image_dataset_from_directory("d"))
    """
    assert read_files({"train.py": program}).stages[0].model.output.units.value == 3
