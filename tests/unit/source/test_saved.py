"""Which training predict and evaluate belong to, also through files."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, GENERATOR, read_files, read_text

from vggdoctor.evidence import Evaluation, Recipe

TRAIN = FROZEN_VGG + GENERATOR + "model.fit(train, epochs=3)\n"
PREDICT = """
from keras.models import load_model
from keras.utils import img_to_array, load_img
network = load_model({path})
network.predict(img_to_array(load_img("a.jpg", target_size=(224, 224)))[None])
"""


def evaluation(recipe: Recipe) -> Evaluation:
    (found,) = recipe.evaluations
    return found


def across(save: str, load: str) -> Evaluation:
    """predict in one file, the training in another."""
    return evaluation(read_files({"train.py": TRAIN + save, "predict.py": PREDICT.format(path=load)}))


def test_a_network_that_was_trained_just_now() -> None:
    found = evaluation(read_text(TRAIN + "model.evaluate(train)\n"))
    assert (found.stage, found.loaded_from) == (0, "")


@pytest.mark.parametrize(
    ("save", "load"),
    [
        ('model.save("net.h5")', '"net.h5"'),
        ('model.save("out/net.keras")', '"../out/net.keras"'),
        ('model.save("net.h5")', 'f"{FOLDER}/net.h5" if False else "models/net.h5"'),
        ('from pathlib import Path\nimport sys\nmodel.save(Path(sys.argv[1]) / "net.h5")', '"net.h5"'),
        (
            'from keras.callbacks import ModelCheckpoint\nmodel.fit(train, callbacks=[ModelCheckpoint("net.h5", "val_loss")])',
            '"net.h5"',
        ),
    ],
)
def test_a_network_that_was_saved_and_loaded_in_another_file(save: str, load: str) -> None:
    found = across(save, load)
    assert found.stage is not None
    assert found.loaded_from.endswith(("net.h5", "net.keras"))


def test_a_file_in_another_folder_than_the_program() -> None:
    recipe = read_files(
        {"training/train.py": TRAIN + 'model.save("net.h5")', "web/app.py": PREDICT.format(path='"../training/net.h5"')}
    )
    assert evaluation(recipe).stage == 0


def test_a_file_that_this_project_does_not_write() -> None:
    found = across('model.save("net.h5")', '"other.h5"')
    assert (found.stage, found.loaded_from) == (None, "other.h5")


def test_weights_that_are_loaded_into_a_network() -> None:
    loading = FROZEN_VGG + 'model.load_weights("w.h5")\nmodel.predict(0)\n'
    recipe = read_files({"train.py": TRAIN + 'model.save_weights("w.h5")', "predict.py": loading})
    assert evaluation(recipe).stage == 0


def test_two_networks_in_files_of_one_name() -> None:
    other = TRAIN.replace("Dense(2", "Dense(5")
    files = {
        "a/train.py": TRAIN + 'model.save("a/net.h5")',
        "b/train.py": other + 'model.save("b/net.h5")',
        "app.py": PREDICT.format(path='"net.h5"'),
        "app_b.py": PREDICT.format(path='"/data/b/net.h5"'),
    }
    recipe = read_files(files)
    found = {each.place.path: each.stage for each in recipe.evaluations}
    assert found["app.py"] is None
    assert found["app_b.py"] is not None
    assert recipe.stages[found["app_b.py"]].place.path == "b/train.py"


def test_a_function_of_a_web_page_gives_predict_its_network() -> None:
    app = """
    from keras.models import load_model
    from keras.utils import img_to_array, load_img
    network = load_model("net.h5")
    def guess(path, model):
        picture = img_to_array(load_img(path, target_size=(224, 224))) / 255
        return model.predict(picture[None])
    @app.route("/")
    def page():
        return str(guess("a.jpg", network))
    """
    recipe = read_files({"train.py": TRAIN + 'model.save("net.h5")', "app.py": app})
    found = evaluation(recipe)
    assert found.stage == 0
    assert found.pipeline.value is not None
    assert [step.operation for step in found.pipeline.value.steps] == ["affine"]


@pytest.mark.parametrize(
    ("reading", "channels"),
    [
        ("ok, frame = cv2.VideoCapture(0).read()", ["bgr_source"]),
        ("frame = VideoStream(src=0).start().read()", ["bgr_source"]),
        ('frame = cv2.imread("a.png", cv2.IMREAD_COLOR_RGB)', []),
        ('frame = cv2.imread("a.png", 0)', ["to_grey"]),
    ],
)
def test_where_a_frame_comes_from(reading: str, channels: list[str]) -> None:
    text = TRAIN + f"import cv2\nfrom imutils.video import VideoStream\n{reading}\nmodel.predict(frame[None])\n"
    pipeline = evaluation(read_text(text)).pipeline.value
    assert pipeline is not None
    assert pipeline.start_range.value == (0.0, 255.0)
    assert [step.operation for step in pipeline.steps] == channels
