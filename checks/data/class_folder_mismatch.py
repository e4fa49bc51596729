"""class-folder-mismatch: the folders that become classes are not those that are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.training.programs import DATASETS, GENERATORS
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, OutputNames, Pipeline, Recipe, Selection
from vggdoctor.schema import (
    Confidence,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

ARGUMENTS = {"flow_from_directory": "classes", "image_dataset_from_directory": "class_names"}
"""Loaders that make a class of each folder, with the argument that names the folders."""
STRAY = re.compile(r"^(\..*|__macosx|@eadir|__pycache__|\$recycle\.bin|lost\+found)$", re.IGNORECASE)
"""Folders that programs leave behind, and that nobody means as a class."""
SPLITS = re.compile(r"^(train|training|val|valid|validation|test|testing|eval)([_-]?(set|data|images))?$", re.IGNORECASE)
NAMED = 4
"""Folders that a message names (ours)."""


class Reading(Struct, frozen=True):
    """One pipeline of a training that makes classes of folders, and the classes that it gets."""

    role: str
    pipeline: Pipeline
    selection: Selection

    @property
    def place(self) -> Location | None:
        return self.pipeline.loader.place if self.pipeline.loader else None

    @property
    def classes(self) -> tuple[ClassFolder, ...]:
        """Those that the call asks for, all of them where it names none."""
        wanted = self.pipeline.class_names
        names = wanted.value if wanted.known and wanted.locations else None
        return tuple(folder for folder in self.selection.classes if names is None or folder.name in names)


class ClassFolderMismatch(Check):
    """The folders that a loader makes classes of are not those that are meant.

    What it finds
        A folder of training that validation or test lacks, or the other way round; folders without a picture; a folder that some
        program left behind and that became a class (.ipynb_checkpoints, __MACOSX); a folder that is one level too high, so that
        the classes are called train and test, or one too low or too deep, so that there is only one; names of the outputs,
        written by hand, in another order than that of the folders.

    Why it hurts
        Class numbers are the places of the folders in their order. One folder more or less moves all that come after it: the
        network learns gulls as number 3, and validation calls them 4. With one class, or with train and test for classes,
        there is nothing to learn at all, and the loss may still fall. With names in another order every answer is shown, or
        counted, under the wrong name: the network looks bad, and is not.

    How it is measured
        The folders on disk, as the loaders of Keras 3.15.1 list them (flow_from_directory takes hidden folders too), where
        neither classes nor class_names is given. Parts that validation_split cuts from one folder have the same classes by
        themselves. Empty folders of all sets alike are a warning: they cost a unit of the output. Hand-written lists and
        dictionaries count where they hold the names of the folders, all of them, and are indexed by argmax or the like, laid
        beside predictions, or given to scikit-learn as target_names; nothing is said unless all trainings have one order.

    The fix
        classes= (flow_from_directory) or class_names= (image_dataset_from_directory) with the names that are meant, in all
        calls. Names of outputs are put into the loader's order. A wrong level of folder, or a class without pictures, is yours to
        set right.

    References
        Keras, image_dataset_from_directory, class_names: https://keras.io/api/data_loading/image/
    """

    id = "class-folder-mismatch"
    title = "Folders that become the wrong classes"
    area = "data"
    severity = Severity.ERROR
    requires = ("recipe", "dataset")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(self._all(evidence))

    def _all(self, evidence: Evidence) -> Iterator[Said]:
        assert evidence.dataset is not None
        for training in _trainings(evidence.recipe, evidence.dataset):
            if not training:
                yield NotApplicable("no loader makes classes of folders")
            for reading in training:
                if reading.selection.undetermined:
                    yield Undetermined(f"the classes of {reading.selection.name} are not known: {reading.selection.undetermined}")
                elif finding := self._wrong_level(reading) or self._stray(reading, training):
                    yield finding
                    break
            else:
                yield from self._differing(training)
        yield from self._misnamed(evidence.recipe, evidence.dataset)

    def _misnamed(self, recipe: Recipe, dataset: DatasetEvidence) -> Iterator[Finding]:
        order = _one_order(recipe, dataset)
        for written in recipe.output_names:
            meant = _in_order(written, order)
            wrong = [number for number, (one, other) in enumerate(zip(written.names, meant, strict=False)) if one != other]
            if not wrong:
                continue
            first = wrong[0]
            yield self.finding(
                f"{written.name} calls output {first} {written.names[first]}, and the loader numbers the folders otherwise: "
                f"{first} is {meant[first]}. {len(wrong)} of {len(meant)} names stand at another's place.",
                written.place,
                written.used,
                confidence=Confidence.HIGH if set(written.names) == set(order) else Confidence.MEDIUM,
                measured={"names at another's place": Measure(len(wrong)), "classes": Measure(len(meant))},
            )

    def _wrong_level(self, reading: Reading) -> Finding | None:
        names = [folder.name for folder in reading.classes]
        splits = [name for name in names if SPLITS.match(name)]
        if len(splits) >= 2:
            parts = _listed(splits)
            message = f"The classes of {reading.selection.split} are its parts, {parts}: the folder is one level too high."
        elif len(names) == 1 and reading.pipeline.label_form.get("") != "none":
            message = f"{reading.selection.split} has one class folder, {names[0]}: there is nothing to tell apart."
        else:
            return None
        return self.finding(message, reading.place, measured={"classes": Measure(len(names))})

    def _stray(self, reading: Reading, training: list[Reading]) -> Finding | None:
        stray = [folder.name for folder in reading.classes if STRAY.match(folder.name)]
        if not stray:
            return None
        places = [reading.place, *(each.place for each in training)]
        return self.finding(
            f"{_listed(stray)} in {reading.selection.split} {'is' if len(stray) == 1 else 'are'} taken for a class: there are "
            f"{len(reading.classes)} classes instead of {len(reading.classes) - len(stray)}, and the numbers of the others move.",
            *places,
            measured={"classes": Measure(len(reading.classes)), "stray folders": Measure(len(stray))},
        )

    def _differing(self, training: list[Reading]) -> Iterator[Finding]:
        train = next((each for each in training if each.role == "train"), None)
        if train is None:
            return
        known = {folder.name: folder.files for folder in train.classes}
        empty = [name for name, files in known.items() if not files]
        for other in training:
            names = {folder.name: folder.files for folder in other.classes}
            if other.selection.subset or other is train:
                continue
            if names.keys() != known.keys() and not other.selection.undetermined:
                yield self._folders_differ(train, other, set(known), set(names))
            elif unlearned := [name for name in empty if names.get(name)]:
                verb = "has" if len(unlearned) == 1 else "have"
                message = f"{_listed(unlearned)} {verb} pictures for {other.role} and none for training."
                measured = {"classes without training": Measure(len(unlearned))}
                yield self.finding(message, train.place, other.place, measured=measured)
                empty = [name for name in empty if name not in unlearned]
        if empty and len(empty) < len(known):
            verb = "holds no picture and counts" if len(empty) == 1 else "hold no picture and count"
            message = f"{_listed(empty)} in {train.selection.split} {verb} as a class."
            measured = {"empty classes": Measure(len(empty))}
            yield self.finding(message, train.place, severity=Severity.WARNING, measured=measured)

    def _folders_differ(self, train: Reading, other: Reading, known: set[str], names: set[str]) -> Finding:
        only = [(f"only {train.role} has", sorted(known - names)), (f"only {other.role} has", sorted(names - known))]
        parts = [f"{who} {_listed(folders)}" for who, folders in only if folders]
        same = {name.casefold() for name in known} == {name.casefold() for name in names}
        hint = "; they differ in capitals alone" if same else ""
        return self.finding(
            f"{train.selection.split} has {len(known)} classes and {other.selection.split} {len(names)}: {', '.join(parts)}"
            f"{hint}, so the same number stands for different classes.",
            train.place,
            other.place,
            measured={f"classes for {train.role}": Measure(len(known)), f"classes for {other.role}": Measure(len(names))},
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        if evidence.dataset is None:
            return None
        for written in evidence.recipe.output_names:
            if "names at another's place" in finding.measured and finding.locations[:1] == (written.place,):
                names = _in_order(written, _one_order(evidence.recipe, evidence.dataset))
                source = _numbered(names) if written.by_number else _display(names)
                return Repair(
                    "Name the outputs in the loader's order", (ReplaceExpression(written.place, source),), Safety.REVIEW
                )
        if "stray folders" not in finding.measured:
            return None
        for training in _trainings(evidence.recipe, evidence.dataset):
            concerned = [each for each in training if each.place in finding.locations]
            names = [folder.name for each in concerned[:1] for folder in each.classes if not STRAY.match(folder.name)]
            if len(names) >= 2 and all(set(names) <= {folder.name for folder in each.classes} for each in concerned):
                changes = [
                    SetArgument(each.place, ARGUMENTS[each.selection.loader], _display(names)) for each in concerned if each.place
                ]
                return Repair("Name the folders that are classes", tuple(dict.fromkeys(changes)), Safety.REVIEW)
        return None


def _trainings(recipe: Recipe, dataset: DatasetEvidence) -> Iterator[list[Reading]]:
    """The readings of each stage: training first, then validation, then what its network is evaluated on."""
    for index, stage in enumerate(recipe.stages):
        pipelines = [("train", stage.train), ("validation", stage.validation.value)]
        pipelines += [("test", each.pipeline.value) for each in recipe.evaluations if each.stage == index]
        readings = []
        for role, pipeline in pipelines:
            selection = dataset.selection_for(pipeline, role) if pipeline else None
            if pipeline and selection and selection.loader in ARGUMENTS:
                readings.append(Reading(role, pipeline, selection))
        yield readings


def _one_order(recipe: Recipe, dataset: DatasetEvidence) -> tuple[str, ...]:
    """The classes in the order of the outputs, if every training of the program has this one; else none."""
    orders = set()
    for training in _trainings(recipe, dataset):
        train = next((each for each in training if each.role == "train" and not each.selection.undetermined), None)
        orders.add(tuple(folder.name for folder in train.selection.classes) if train else ())
    return orders.pop() if len(orders) == 1 else ()


def _in_order(written: OutputNames, order: tuple[str, ...]) -> list[str]:
    """What is written, in the order of the outputs; nothing where these are not the same classes."""
    by_folder = {_plain(name): name for name in written.names}
    folders = [_plain(name) for name in order]
    return [by_folder[name] for name in folders] if len(set(folders)) == len(order) and by_folder.keys() == set(folders) else []


def _plain(name: str) -> str:
    """As people and folders alike may write it: ``Hot_dog`` and ``hot dog`` are one."""
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return shown + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _display(names: list[str]) -> str:
    return "[" + ", ".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names) + "]"


def _numbered(names: list[str]) -> str:
    return "{" + ", ".join(f"{number}: {_display([name])[1:-1]}" for number, name in enumerate(names)) + "}"


FIT = "model.fit(train, validation_data=val, epochs=20)\n"
TWO = GENERATORS.replace("Dense(12", "Dense(2")
COMPILED = 'model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])\n' + FIT


def _scanned(train: dict[str, int], validation: dict[str, int], loader: str = "flow_from_directory") -> DatasetEvidence:
    sets = {"train": ("birds/train", train), "validation": ("birds/validation", validation)}
    selections = tuple(
        Selection(
            role=role,
            split=path,
            loader=loader,
            directory=path,
            classes=tuple(ClassFolder(name=name, files=files) for name, files in classes.items()),
        )
        for role, (path, classes) in sets.items()
    )
    pictures = sum(train.values()) + sum(validation.values())
    return DatasetEvidence(splits=(), pictures=pictures, examined=pictures, selections=selections)


BOTH = {"gulls": 90, "terns": 110}
DIGITS = {str(number): 50 for number in sorted(range(11), key=str)}

SHOWN = FIT + "names = {}\nfor scores in model.predict(val):\n    print(names[scores.argmax()])\n"

ClassFolderMismatch.GOOD = (
    Case(
        name="names of the outputs in the order of the folders",
        source=TWO + SHOWN.replace("{}", '["Gulls", "Terns"]'),
        dataset=_scanned(BOTH, BOTH),
    ),
    Case(
        name="another order that nothing looks up by an output",
        source=TWO + FIT + 'names = ["terns", "gulls"]\nfor name in names:\n    print(name, model.predict(val).argmax())\n',
        dataset=_scanned(BOTH, BOTH),
    ),
    Case(name="the same folders", source=GENERATORS + FIT, dataset=_scanned(BOTH, {"gulls": 9, "terns": 11})),
    Case(
        name="the classes are named in the call",
        source=GENERATORS.replace("batch_size=32)", 'batch_size=32, classes=["gulls", "terns"])') + FIT,
        dataset=_scanned({".ipynb_checkpoints": 1, **BOTH}, BOTH),
    ),
)
ClassFolderMismatch.BAD = (
    Case(
        name="names of the outputs in another order",
        source=TWO + SHOWN.replace("{}", '["terns", "gulls"]'),
        dataset=_scanned(BOTH, BOTH),
        lines=(17, 19),
        severity=Severity.ERROR,
        fixed=TWO + SHOWN.replace("{}", '["gulls", "terns"]'),
        says="names calls output 0 terns, and the loader numbers the folders otherwise: 0 is gulls",
    ),
    Case(
        name="a dictionary of class numbers as people count, not as texts are sorted",
        source=TWO.replace("Dense(2", "Dense(11") + SHOWN.replace("{}", repr({n: str(n) for n in range(11)})),
        dataset=_scanned(DIGITS, DIGITS),
        lines=(17, 19),
        fixed=TWO.replace("Dense(2", "Dense(11") + SHOWN.replace("{}", repr(dict(enumerate(DIGITS)))),
        says="names calls output 2 2, and the loader numbers the folders otherwise: 2 is 10. 9 of 11 names",
    ),
    Case(
        name="a folder that a notebook left behind",
        source=TWO + FIT,
        dataset=_scanned({".ipynb_checkpoints": 1, **BOTH}, BOTH),
        lines=(9, 10),
        severity=Severity.ERROR,
        fixed=TWO.replace(
            'train", target_size=(224, 224), batch_size=32)',
            f'train", target_size=(224, 224), batch_size=32,\n{" " * 39}classes=["gulls", "terns"])',
        ).replace(
            'validation", target_size=(224, 224), batch_size=32)',
            f'validation", target_size=(224, 224), batch_size=32,\n{" " * 32}classes=["gulls", "terns"])',
        )
        + FIT,
        says=".ipynb_checkpoints in birds/train is taken for a class: there are 3 classes instead of 2",
    ),
    Case(
        name="a class that validation lacks",
        source=GENERATORS + FIT,
        dataset=_scanned({**BOTH, "waders": 40}, BOTH),
        lines=(9, 10),
        severity=Severity.ERROR,
        says="birds/train has 3 classes and birds/validation 2: only train has waders",
    ),
    Case(
        name="the folder above the parts",
        source=DATASETS.replace("shells/train", "birds/train").replace("shells/val", "birds/validation") + COMPILED,
        dataset=_scanned({"train": 200, "test": 40}, BOTH, "image_dataset_from_directory"),
        lines=(3,),
        says="the folder is one level too high",
    ),
    Case(
        name="a class without pictures in all sets",
        source=GENERATORS + FIT,
        dataset=_scanned({**BOTH, "waders": 0}, {**BOTH, "waders": 0}),
        lines=(9,),
        severity=Severity.WARNING,
        says="waders in birds/train holds no picture",
    ),
    Case(
        name="a class without training pictures",
        source=GENERATORS + FIT,
        dataset=_scanned({**BOTH, "waders": 0}, {**BOTH, "waders": 12}),
        lines=(9, 10),
        says="waders has pictures for validation and none for training",
    ),
)
