import base64
import io

import numpy as np
from PIL import Image

from vggdoctor.backbones import Mode
from vggdoctor.gather.probe.modes import preprocess
from vggdoctor.gather.probe.thumbnails import MOST, SIDE, arrivals

CLASSES = np.array([0] * 20 + [1] * 3)


def pixels(jpeg: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(jpeg))), dtype=float)


def photographs() -> np.ndarray:
    """(23, 120, 160, 3) of 0..255: a red left half, a blue right half, with a black and a white corner; one has no white."""
    rgb = np.zeros((23, 120, 160, 3), "float32")
    rgb[:, :, :80, 0] = 200
    rgb[:, :, 80:, 2] = 200
    rgb[:, :20, :20] = 0
    rgb[1:, -20:, -20:] = 255
    return rgb


def test_right_input_is_seen_as_it_is() -> None:
    found = arrivals(preprocess(photographs(), Mode.CAFFE), Mode.CAFFE, CLASSES)
    assert len(found) == MOST
    assert [arrival.label for arrival in found] == [0] * 5 + [1] * 3
    for text in (found[0].seen, found[0].plain):
        picture = pixels(text)
        assert picture.shape == (72, SIDE, 3)
        assert picture[40, 20, 0] > 150 > 60 > picture[40, 20, 2]
        assert picture[40, 80, 2] > 150 > 60 > picture[40, 80, 0]


def test_pictures_that_were_only_rescaled_look_grey_to_the_family_and_right_when_brought_back() -> None:
    (first, *_) = arrivals(photographs() / 255, Mode.CAFFE, CLASSES)
    assert pixels(first.seen).std(axis=(0, 1)).max() < 6
    assert not first.spread
    assert pixels(first.plain)[40, 20, 0] > 150


def test_values_that_tell_nothing_of_their_making_are_spread() -> None:
    (first, *_) = arrivals(photographs() * 7 - 3, None, None)
    assert (first.seen, first.spread, first.label) == ("", True, None)
    assert pixels(first.plain).max() > 180


def test_what_is_no_picture_has_none() -> None:
    assert arrivals(np.zeros((4, 10)), None, None) == ()
    assert arrivals(np.zeros((4, 8, 8, 5)), Mode.TF, None) == ()
