"""Which files each pipeline of the program takes, as its own loader would choose them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.evidence import ClassFolder, Cut, Pipeline, Recipe, Selection, SourceKind
from vggdoctor.gather.dataset.counting import Walked, printable
from vggdoctor.gather.dataset.facts import Files
from vggdoctor.gather.dataset.folders import directory_of
from vggdoctor.gather.dataset.loaders import GENERATOR, loader_of
from vggdoctor.gather.dataset.tables import rows_of

Places = npt.NDArray[np.int64]
"""Places of files in the table, shape (files,)."""

LISTED = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff")
"""Ends of the files that imutils' list_images takes; other ways of listing take these, too."""

RECHOSEN = ("take", "skip", "shard", "filter", "split_dataset", "concatenate", "sample_from_datasets")
"""Methods of a dataset after which it no longer has the files of its loader."""


class Taken(Struct, frozen=True):
    """The files of one pipeline: ``stage`` is the index of the training that it belongs to; ``places`` is None where the
    selection is not determined."""

    stage: int
    selection: Selection
    places: Places | None


class UndeterminedError(Exception):
    """Why it is not known which files a pipeline takes; ``share`` of the folder, where that at least is."""

    def __init__(self, reason: str, share: float | None = None) -> None:
        super().__init__(reason)
        self.share = share


class Use(Struct, frozen=True):
    """A pipeline in its part in a training."""

    stage: int
    role: str
    pipeline: Pipeline


def uses(recipe: Recipe) -> Iterator[Use]:
    """Training and validation data of every stage, then what its network is evaluated on."""
    for index, stage in enumerate(recipe.stages):
        yield Use(index, "train", stage.train)
        if stage.validation.value is not None:
            yield Use(index, "validation", stage.validation.value)
    for evaluation in recipe.evaluations:
        if evaluation.stage is not None and evaluation.pipeline.value is not None:
            yield Use(evaluation.stage, "test", evaluation.pipeline.value)


def select(recipe: Recipe, walked: Sequence[Walked], files: Files, bases: Sequence[Path] = ()) -> list[Taken]:
    """The files of every pipeline whose folder is among those that were gone through; tables are looked for in ``bases``."""
    held_back = {use.stage: use.pipeline for use in uses(recipe) if use.role == "validation" and _is_rows(use.pipeline)}
    taken = []
    for use in uses(recipe):
        place = _walked_for(use.pipeline, walked)
        if place is None:
            continue
        try:
            classes, absent = _chosen(use, place, files, held_back.get(use.stage), bases)
            taken.append(Taken(use.stage, replace(_selection(use, place, classes), absent=absent), _joined(classes)))
        except UndeterminedError as doubt:
            taken.append(Taken(use.stage, _selection(use, place, {}, str(doubt), doubt.share), None))
    return taken


def _selection(
    use: Use, walked: Walked, classes: dict[str, Places], undetermined: str = "", share: float | None = None
) -> Selection:
    pipeline = use.pipeline
    return Selection(
        role=use.role,
        split=walked.split.path,
        loader=pipeline.loader.function.rpartition(".")[2] if pipeline.loader else "",
        directory=pipeline.directory.value or "",
        pattern=pipeline.listing.value.pattern if pipeline.listing.value else "",
        subset=pipeline.subset.value,
        validation_split=pipeline.validation_split.value,
        seed=pipeline.seed.value,
        shuffle=pipeline.shuffle.value,
        classes=tuple(ClassFolder(name=printable(name), files=len(places)) for name, places in classes.items()),
        undetermined=undetermined,
        share=share,
    )


def _joined(classes: dict[str, Places]) -> Places:
    return np.concatenate([np.empty(0, np.int64), *classes.values()])


def _walked_for(pipeline: Pipeline, walked: Sequence[Walked]) -> Walked | None:
    directory = directory_of(pipeline)
    if directory:
        matches = [each for each in walked if directory in each.folder.named]
        return matches[0] if len(matches) == 1 else None
    return walked[0] if pipeline.picture_loop is not None and len(walked) == 1 else None


def _chosen(
    use: Use, walked: Walked, files: Files, rows_held_back: Pipeline | None, bases: Sequence[Path]
) -> tuple[dict[str, Places], int]:
    """(the files by class, rows of a table that name none). Raises UndeterminedError."""
    pipeline = use.pipeline
    loader = pipeline.loader.function.rpartition(".")[2] if pipeline.loader else ""
    for call in pipeline.chain:
        if call.function.rpartition(".")[2] in RECHOSEN:
            raise UndeterminedError(f"{call.function.rpartition('.')[2]} chooses among the pictures of the loader")
    if loader == "image_dataset_from_directory":
        return of_dataset(pipeline, _classes(pipeline, walked, files)), 0
    if loader == "flow_from_directory":
        return of_generator(pipeline, _classes(pipeline, walked, files)), 0
    if pipeline.kind.is_(SourceKind.DATAFRAME):
        return of_table(use, walked, files, bases)
    try:
        return of_list(use, walked, files, rows_held_back), 0
    except UndeterminedError as doubt:
        raise UndeterminedError(str(doubt), _share(use, rows_held_back)) from doubt


def _is_rows(pipeline: Pipeline) -> bool:
    """Whether it is the part of arrays that fit holds back itself."""
    return pipeline.kind.is_(SourceKind.ARRAYS) and bool(pipeline.validation_split.value) and pipeline.subset.is_("validation")


def _share(use: Use, rows_held_back: Pipeline | None) -> float | None:
    """The part of the rows that a hand-made list gives to this use, where it is known."""
    share = 1.0
    for cut in use.pipeline.cuts.get(()):
        test, train = cut.test_size.get(None), cut.train_size.get(None)
        if not cut.test_size.known or isinstance(test, int) or isinstance(train, int):
            return None
        held = test if test is not None else 1 - train if train is not None else 0.25
        share *= held if cut.held_back else 1 - held
    if rows_held_back is not None and use.role in ("train", "validation"):
        held = rows_held_back.validation_split.value or 0.0
        return share * (held if use.role == "validation" else 1 - held)
    return share if use.pipeline.cuts.known else None


def of_list(use: Use, walked: Walked, files: Files, rows_held_back: Pipeline | None) -> dict[str, Places]:
    """The files of a sorted list of a whole folder, cut by train_test_split, and by fit, which holds the last rows back
    (keras/src/ trainers/data_adapters/array_data_adapter.py, 3.15.1). Raises UndeterminedError for any other list."""
    listing, cuts = use.pipeline.listing.value, use.pipeline.cuts.value
    if listing is None or cuts is None or not listing.pattern.endswith("/**") or not listing.ordered.is_(True):
        raise UndeterminedError("the order of a hand-made list is not known")
    everything = [place for places in walked.classes.values() for place in places]
    if not all(files.paths[place].lower().endswith(LISTED) for place in everything):
        raise UndeterminedError("whether all files of the folder are in a hand-made list is not known")
    by_text = sorted(everything, key=lambda place: files.paths[place])
    if by_text != sorted(everything, key=lambda place: PurePath(files.paths[place]).parts):
        raise UndeterminedError("sorting paths and sorting texts give two orders")
    rows = np.array(by_text, np.int64)
    for cut in cuts:
        rows = rows[divided(len(rows), cut)]
    if rows_held_back is not None and use.role in ("train", "validation"):
        first = math.floor(len(rows) * (1 - (rows_held_back.validation_split.value or 0.0)))
        rows = rows[:first] if use.role == "train" else rows[first:]
    labels = np.array([files.label[place] for place in rows])
    return {name: rows[labels == number] for number, name in enumerate(files.labels) if name in walked.classes}


def of_table(use: Use, walked: Walked, files: Files, bases: Sequence[Path]) -> tuple[dict[str, Places], int]:
    """As ``flow_from_dataframe`` chooses (keras/src/legacy/preprocessing/image.py, 3.15.1): rows that name no file are left out,
    then the first ``validation_split`` of them are held back. Raises UndeterminedError."""
    table, cuts = use.pipeline.table.value, use.pipeline.cuts.value
    if table is None or cuts is None:
        raise UndeterminedError("the rows of the table are not known", _share(use, None))
    read = rows_of(table, walked.folder.path, [*bases, walked.folder.path.parent], GENERATOR)
    if isinstance(read, str):
        raise UndeterminedError(read, _share(use, None))
    rows = np.arange(len(read))
    try:
        for cut in cuts:
            rows = rows[divided(len(rows), cut)]
    except UndeterminedError as doubt:
        raise UndeterminedError(str(doubt), _share(use, None)) from doubt
    known = {os.path.normpath(files.paths[place]): place for places in walked.classes.values() for place in places}
    named = [(known.get(os.path.normpath(read[row].path)), read[row].label) for row in rows if read[row].path]
    taken = [(place, label) for place, label in named if place is not None]
    absent = sum(not read[row].path for row in rows)
    split, subset = _part(use.pipeline)
    first, last = {"training": (split, 1.0), "validation": (0.0, split)}.get(subset or "", (0.0, 1.0))
    taken = taken[int(first * len(taken)) : int(last * len(taken))]
    labels = sorted({label for _, label in taken})
    return {label: np.array([place for place, other in taken if other == label], np.int64) for label in labels}, absent


def divided(rows: int, cut: Cut) -> Places:
    """The places that one side of scikit-learn's train_test_split takes, in its order (ShuffleSplit in sklearn/model_selection/
    _split.py, 1.9): of a random permutation the first are held back. Raises UndeterminedError if they are not known."""
    test, train = cut.test_size.value, cut.train_size.value
    if not (cut.test_size.known and cut.train_size.known and cut.shuffled.known) or not cut.stratified.is_(False):
        raise UndeterminedError("how train_test_split deals the rows out is not known")
    if test is None and train is None:
        test = 0.25
    held = math.ceil(test * rows) if isinstance(test, float) else test
    kept = math.floor(train * rows) if isinstance(train, float) else train
    held = rows - (kept or 0) if held is None else held
    kept = rows - held if kept is None else kept
    if cut.shuffled.value:
        seed = cut.random_state.value
        if not isinstance(seed, int):
            raise UndeterminedError("train_test_split has no random_state: every run cuts anew")
        order = np.random.RandomState(seed).permutation(rows)
        return order[:held] if cut.held_back else order[held : held + kept]
    return np.arange(kept, kept + held) if cut.held_back else np.arange(kept)


def _classes(pipeline: Pipeline, walked: Walked, files: Files) -> dict[str, Places]:
    """All files that the pipeline's own loader takes, by class, in its order."""
    loader = loader_of(pipeline.loader.function) if pipeline.loader else walked.folder.loader
    names: Sequence[str] = pipeline.class_names.get(()) or [name for name in walked.classes if loader.is_class(name)]
    absent = [name for name in names if name not in walked.classes]
    if absent:
        raise UndeterminedError(f"there is no folder {absent[0]!r} in {walked.split.path}")
    takes_all = loader.suffixes == walked.folder.loader.suffixes
    return {
        name: np.array(
            [place for place in walked.classes[name] if takes_all or loader.takes(PurePath(files.paths[place]).name)], np.int64
        )
        for name in names
    }


def of_dataset(pipeline: Pipeline, classes: dict[str, Places]) -> dict[str, Places]:
    """As ``image_dataset_from_directory`` chooses (keras/src/utils/dataset_utils.py, 3.15.1): all files are shuffled with the
    seed, then the last ``int(validation_split * n)`` are held back; ``[:-0]`` and all, where that is 0. Raises
    UndeterminedError."""
    split, subset = _part(pipeline)
    if not split:
        return classes
    if not pipeline.shuffle.known:
        raise UndeterminedError("whether the files are shuffled before they are cut is not known", _of(split, subset))
    order = _joined(classes)
    labels = np.repeat(np.arange(len(classes)), [len(places) for places in classes.values()])
    if pipeline.shuffle.value:
        seed = pipeline.seed.value
        if not isinstance(seed, int) or not 0 <= seed < 2**32:
            raise UndeterminedError("the seed of the split is not known", _of(split, subset))
        for values in (order, labels):
            np.random.RandomState(seed).shuffle(values)
    held = int(split * len(order))
    part = slice(None, -held) if subset == "training" else slice(-held, None)
    return {name: order[part][labels[part] == number] for number, name in enumerate(classes)}


def of_generator(pipeline: Pipeline, classes: dict[str, Places]) -> dict[str, Places]:
    """As ``flow_from_directory`` chooses (keras/src/legacy/preprocessing/image.py, 3.15.1): the first ``validation_split`` of
    each class, in the order of the names, are held back. Raises UndeterminedError."""
    split, subset = _part(pipeline)
    if not split or subset is None:
        return classes
    first, last = (split, 1.0) if subset == "training" else (0.0, split)
    return {name: places[int(first * len(places)) : int(last * len(places))] for name, places in classes.items()}


def _part(pipeline: Pipeline) -> tuple[float, str | None]:
    """(validation_split, subset). Raises UndeterminedError."""
    if not pipeline.subset.known:
        raise UndeterminedError("subset is not known")
    subset = pipeline.subset.value
    if subset is None:
        return 0.0, None
    split = pipeline.validation_split.value
    if not pipeline.validation_split.known or not isinstance(split, float) or not 0 < split < 1 or math.isnan(split):
        raise UndeterminedError("validation_split is not known")
    if subset not in ("training", "validation"):
        raise UndeterminedError(f"subset is {subset!r}")
    return split, subset


def _of(split: float, subset: str | None) -> float:
    return split if subset == "validation" else 1 - split
