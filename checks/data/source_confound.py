"""source-confound: something beside the picture's content tells the classes apart."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.class_counts import wilson
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Selection, Split, Trait
from vggdoctor.schema import Finding, Location, Measure, NotApplicable, Severity, Undetermined

HALF_WAY = 0.5
"""Part of the way from guessing to always being right that a property must go, at the lower end of its interval, to be reported
(ours)."""
LEAST = 10
"""Examined pictures of each class below which nothing is said (ours)."""
VALUES = 3
"""Values of a property that the message names a class (ours)."""
CLASSES = 3
"""Classes that the message names (ours)."""


class SourceConfound(Check):
    """The file itself tells the class: its format, colour mode, size or brightness.

    What it finds
        A training folder in which one property of the files, without a look at what they show, tells the classes apart: all
        X-rays with findings in colour and all others in grey, one class in PNG, or taken from one site of one picture size.

    Why it hurts
        The network takes the easiest way. Borders of one scanner, the noise of JPEG, or the sharpness of pictures that were
        enlarged from one size, are easier than what the picture shows. Validation from the same folders rewards it, and the
        accuracy is gone with the first picture from elsewhere.

    How it is measured
        Each picture's class is guessed from the others of the same value (leave one out), every class counting the same. It is
        told if the guess is right more than half of the way from chance to always, at the lower end of Wilson's
        95 % interval: 75 % for two classes. Values are format, colour mode, size in pixels, and mean brightness in 16 steps. A
        class that is rightly brighter (day and night) is found as well: which of the two it is, you can tell.

    The fix
        Bring all classes through one way: the same sources for each class, one format, one colour mode, the same size and crop
        before the pictures are stored. Resizing at load time does not take the traces of a source away.

    References
        Good, 1953, The population frequencies of species: https://doi.org/10.1093/biomet/40.3-4.237
        DeGrave et al., 2021, AI for radiographic COVID-19 detection selects shortcuts: https://doi.org/10.1038/s42256-021-00338-7
        Torralba and Efros, 2011, Unbiased look at dataset bias: https://doi.org/10.1109/CVPR.2011.5995347
    """

    id = "source-confound"
    title = "The files tell the classes apart without a look at the pictures"
    area = "data"
    severity = Severity.NOTE
    requires = ("dataset",)

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        dataset = evidence.dataset
        assert dataset is not None
        judged = [split.path for split in dataset.splits if split.role in ("train", "unknown")]
        traits = [trait for trait in dataset.traits if trait.split in judged]
        if not traits:
            yield NotApplicable("there is no training folder of a few classes")
        measured = [(trait, _told(trait.counts)) for trait in traits]
        if traits and all(told is None for _, told in measured):
            yield Undetermined(f"fewer than {LEAST} pictures of each class were examined")
        for path in judged:
            told = {t.name: (t, share) for t, share in measured if t.split == path and share is not None and _is_far(t, share)}
            if told:
                yield self._found(path, told, evidence)

    def _found(self, path: str, told: dict[str, tuple[Trait, float]], evidence: Evidence) -> Finding:
        name, (trait, share) = max(told.items(), key=lambda item: item[1][1])
        others = [other for other in told if other != name]
        also = f" ({' and '.join(others)} too)" if others else ""
        return self.finding(
            f"In {path} the {name} of a file alone{also} gives its class in {share:.0%} of cases, where guessing gives "
            f"{1 / len(trait.counts):.0%}: {_values(trait)}.",
            _loader(path, evidence),
            measured={f"right by {other}": Measure(round(part, 3)) for other, (_, part) in told.items()},
        )


def _told(counts: dict[str, dict[str, int]]) -> float | None:
    """Share of the pictures, mean over the classes, whose class is guessed right by that of the others with the same value, each
    class counting the same; a tie counts its part. None for fewer than two classes, or too few pictures of one."""
    totals = {label: sum(values.values()) for label, values in counts.items()}
    if len(totals) < 2 or min(totals.values()) < LEAST:
        return None
    shares = []
    for label, values in counts.items():
        right = sum(number * _right(value, label, counts, totals) for value, number in values.items())
        shares.append(right / totals[label])
    return sum(shares) / len(shares)


def _right(value: str, label: str, counts: dict[str, dict[str, int]], totals: dict[str, int]) -> float:
    """Chance that a picture of class ``label`` with this value is guessed right when it is left out. Where no other has the
    value, the classes are rated by how many of their values occur once: the chance of yet another one (Good, 1953)."""

    def rate(other: str, number: int) -> float:
        own = other == label
        return (number - own) / (totals[other] - own)

    rates = {other: rate(other, theirs.get(value, 0)) for other, theirs in counts.items()}
    if not any(rates.values()):
        rates = {other: rate(other, sum(number == 1 for number in theirs.values())) for other, theirs in counts.items()}
    best = max(rates.values())
    tied = [other for other, found in rates.items() if found == best]
    return (label in tied) / len(tied)


def _is_far(trait: Trait, share: float) -> bool:
    chance = 1 / len(trait.counts)
    pictures = sum(sum(values.values()) for values in trait.counts.values())
    return wilson(round(share * pictures), pictures)[0] > chance + HALF_WAY * (1 - chance)


def _values(trait: Trait) -> str:
    """``covid RGB 24, L 1; normal L 23, RGB 2``."""
    shown = []
    for label, values in list(trait.counts.items())[:CLASSES]:
        most = sorted(values.items(), key=lambda item: -item[1])[:VALUES]
        shown.append(f"{label} " + ", ".join(f"{_value(trait, value)}: {number}" for value, number in most))
    return "; ".join(shown) + ("; ..." if len(trait.counts) > CLASSES else "")


def _value(trait: Trait, value: str) -> str:
    if trait.name != "brightness" or not value.isdigit():
        return value
    return f"{int(value) * 16} to {int(value) * 16 + 15}"


def _loader(path: str, evidence: Evidence) -> Location | None:
    for stage in evidence.recipe.stages:
        selection = evidence.dataset.selection_for(stage.train, "train") if evidence.dataset else None
        if selection and selection.split == path and stage.train.loader:
            return stage.train.loader.place
    return None


FIT = "model.fit(train, validation_data=val, epochs=20)\n"
CLASSES_OF_BOTH = (ClassFolder(name="gulls", files=60), ClassFolder(name="terns", files=60))


def _scanned(name: str, gulls: dict[str, int], terns: dict[str, int]) -> DatasetEvidence:
    return DatasetEvidence(
        splits=(Split(path="birds/train", role="train", classes=CLASSES_OF_BOTH),),
        pictures=120,
        examined=120,
        selections=(
            Selection(
                role="train", split="birds/train", loader="flow_from_directory", directory="birds/train", classes=CLASSES_OF_BOTH
            ),
        ),
        traits=(Trait(split="birds/train", name=name, counts={"gulls": gulls, "terns": terns}),),
    )


SourceConfound.GOOD = (
    Case(name="one format", source=GENERATORS + FIT, dataset=_scanned("format", {"JPEG": 60}, {"JPEG": 60})),
    Case(
        name="every picture has a size of its own",
        source=GENERATORS + FIT,
        dataset=_scanned("size", {f"{n} x 300": 1 for n in range(60)}, {f"{n} x 400": 1 for n in range(60)}),
    ),
    Case(
        name="a little brighter",
        source=GENERATORS + FIT,
        dataset=_scanned("brightness", {"06": 20, "07": 25, "08": 15}, {"06": 12, "07": 24, "08": 24}),
    ),
)
SourceConfound.BAD = (
    Case(
        name="one class in colour, one in grey",
        source=GENERATORS + FIT,
        dataset=_scanned("colour mode", {"RGB": 58, "L": 2}, {"L": 57, "RGB": 3}),
        lines=(9,),
        severity=Severity.NOTE,
        says="the colour mode of a file alone gives its class in 96% of cases, where guessing gives 50%: gulls RGB: 58, L: 2",
    ),
    Case(
        name="one class of one size",
        source=GENERATORS + FIT,
        dataset=_scanned("size", {"299 x 299": 60}, {f"{400 + n} x 300": 1 for n in range(60)}),
        lines=(9,),
        says="the size of a file alone",
    ),
)
