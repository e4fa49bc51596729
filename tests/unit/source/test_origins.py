"""Where the files of hand-made loops are listed, and the splits that their rows come through."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, stage

from vggdoctor.evidence import Pipeline

HEAD = """
    import argparse, glob, os, random, cv2, numpy as np
    from pathlib import Path
    from imutils import paths
    from sklearn.model_selection import train_test_split
    root, names = "data", ["a", "b"]
    x, y = [], []
"""
FIT = """
    model.fit(np.array(x), np.array(y), epochs=1)
"""


def trained(*parts: str) -> Pipeline:
    return stage(FROZEN_VGG, HEAD, *parts).train


@pytest.mark.parametrize(
    ("loop", "pattern", "ordered"),
    [
        ("for path in list(paths.list_images(root)): x.append(cv2.imread(path))", "data/**", None),
        ("for path in sorted(paths.list_images(root)): x.append(cv2.imread(path))", "data/**", True),
        ("for path in glob.glob('data/*/*.jpg'): x.append(cv2.imread(path))", "data/*/*.jpg", None),
        ("for path in glob.glob(os.path.join(root, '*', '*.png')): x.append(cv2.imread(path))", "data/*/*.png", None),
        ("for path in Path(root).rglob('*.jpg'): x.append(cv2.imread(str(path)))", "data/**/*.jpg", None),
        (
            "for name in os.listdir(root):\n        for f in os.listdir(os.path.join(root, name)):\n"
            "            x.append(cv2.imread(os.path.join(root, name, f)))",
            "data/*/*",
            None,
        ),
        (
            "for name in names:\n        for f in os.listdir(f'{root}/{name}'): x.append(cv2.imread(f'{root}/{name}/{f}'))",
            "data/*/*",
            None,
        ),
        (
            "for name in names:\n        for f in os.listdir(root + '/' + name): x.append(cv2.imread(root + '/' + name + f))",
            "data/*",
            None,
        ),
        ("for f in os.listdir(root): x.append(cv2.imread('%s/%s' % (root, f)))", "data/*", None),
        ("for r, _, fs in os.walk(root):\n        for f in fs: x.append(cv2.imread(os.path.join(r, f)))", "data/**", None),
        ("x = [cv2.imread(p) for p in sorted(glob.glob('data/*.jpg'))]", "data/*.jpg", True),
    ],
)
def test_lists_of_files(loop: str, pattern: str, ordered: bool | None) -> None:
    found = trained(loop, FIT).listing
    assert found.known
    assert (found.value.pattern, found.value.ordered.value) == (pattern, ordered)


def test_the_default_of_an_argument_counts() -> None:
    loop = """
    parser = argparse.ArgumentParser()
    parser.add_argument("-d", "--dataset", default="pictures")
    args = vars(parser.parse_args())
    for path in list(paths.list_images(args["dataset"])):
        x.append(cv2.imread(path))
    """
    assert trained(loop, FIT).listing.value.pattern == "pictures/**"


def test_paths_of_a_dataset() -> None:
    program = """
    import tensorflow as tf
    files = glob.glob("data/*/*.jpg")
    load = lambda path: tf.io.decode_jpeg(tf.io.read_file(path))
    model.fit(tf.data.Dataset.from_tensor_slices(files).map(load).batch(8))
    """
    found = trained(program)
    assert (found.listing.value.pattern, found.cuts.value) == ("data/*/*.jpg", ())
    assert not trained(program.replace(".map", ".take(9).map")).cuts.known


@pytest.mark.parametrize("loop", ["for path in elsewhere(): x.append(cv2.imread(path))", "x = np.load('x.npy')"])
def test_other_lists_are_not_known(loop: str) -> None:
    found = trained(loop, FIT)
    assert not (found.listing.known or found.cuts.known)


READ = "x = [cv2.imread(path) for path in glob.glob('data/*/*')]; y = [1 for _ in x]\n"


def test_splits_of_rows() -> None:
    split = "a, b, c, d = train_test_split(np.array(x), y, test_size=0.25, stratify=y, random_state=7)\n"
    program = READ + split + "e, f, g, h = train_test_split(a, c, train_size=100, shuffle=False)\n"
    found = stage(FROZEN_VGG, HEAD, program + "model.fit(e, g, validation_data=(b, d))")
    first, second = found.train.cuts.value
    assert (first.held_back, first.test_size.value, first.random_state.value, first.stratified.value) == (False, 0.25, 7, True)
    assert (second.train_size.value, second.test_size.value, second.shuffled.value) == (100, None, False)
    (held_back,) = found.validation.value.cuts.value
    assert (held_back.held_back, held_back.place) == (True, first.place)


def test_splits_of_paths() -> None:
    program = """
    files = glob.glob("data/*/*")
    train, val = train_test_split(files, test_size=0.1)
    model.fit(np.array([cv2.imread(path) for path in train]), y, validation_data=(np.array([cv2.imread(p) for p in val]), y))
    """
    found = stage(FROZEN_VGG, HEAD, program)
    assert [cut.held_back for cut in found.train.cuts.value] == [False]
    assert [cut.held_back for cut in found.validation.value.cuts.value] == [True]


@pytest.mark.parametrize("part", ["np.array(x)[:80]", "np.array(x)[np.random.permutation(80)]"])
def test_rows_chosen_otherwise_are_not_known(part: str) -> None:
    assert trained(READ, f"model.fit({part}, y)").cuts.known is False
    assert trained(READ, "model.fit(np.array(x)[:, :, :, ::-1], y)").cuts.value == ()
