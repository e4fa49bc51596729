"""How measurements are shown, in one place: the same evidence gives the same picture in a finding and in the report's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from vggdoctor.backbones import FAMILIES, RANGES, Mode
from vggdoctor.evidence import Arrival, DatasetEvidence, InputContract, Predictions, ProbeEvidence, RateRange, TrainingRun
from vggdoctor.schema import Bars, Curve, Exhibit, Histogram, Matrix, PictureRow, Pictures, Shown

INPUT_UNIT = "input value"
MOST_CLASSES = 12
"""Of a confusion matrix; beyond, the most frequent mistakes are listed (ours)."""
MOST_MISTAKES = 15
FEWEST_RATES = 3
"""Below that there is no course to see."""
WIDE = 20.0
"""Ratio of the largest to the smallest loss beyond which the axis is logarithmic (ours)."""
ROLES = {"train": "training"}


def arriving(contract: InputContract, mode: Mode | None = None, names: Sequence[str] = ()) -> tuple[Exhibit, ...]:
    """What enters the backbone: its histogram against the range that the family expects, and the pictures themselves.

    ``mode``: what must be fed, where it is not the family's usual one. ``names``: of the classes, in the order of their numbers.
    """
    family = FAMILIES.get(contract.family)
    mode = mode or (family.mode if family else None)
    shown: list[Exhibit] = []
    if contract.edges:
        shown.append(
            Histogram(
                title=f"Values at {contract.tensor}, {_role(contract)}",
                unit=INPUT_UNIT,
                edges=contract.edges,
                counts={f"channel {n}": tuple(map(float, row)) for n, row in enumerate(contract.counts)},
                expected=RANGES[mode] if mode else None,
                expected_label=f"what the weights of {contract.family} expect" if mode else "",
            )
        )
    if contract.arrivals:
        shown.append(_arrivals(contract, names))
    return tuple(shown)


def losses(title: str, runs: Mapping[str, TrainingRun]) -> Curve:
    """The loss of short trainings, each under its name, against that of guessing."""
    chance = next((run.chance_loss for run in runs.values() if run.chance_loss is not None), None)
    return Curve(
        title=title,
        x_label="step",
        y_label="loss before the step",
        x={name: tuple(float(step) for step in range(1, len(run.losses) + 1)) for name, run in runs.items()},
        y={name: run.losses for name, run in runs.items()},
        levels={} if chance is None else {"guessing": chance},
        y_log=_is_wide([loss for run in runs.values() for loss in run.losses]),
    )


def rate_range(tested: RateRange) -> Curve | None:
    """The loss at growing rates, with the rate that is set, the largest stable and the steepest one marked; None for too few."""
    if len(tested.rates) < FEWEST_RATES:
        return None
    marks = {"rate that is set": tested.user_rate}
    marks |= {"largest stable": tested.largest_stable} if tested.largest_stable else {}
    marks |= {"steepest": tested.steepest} if tested.steepest else {}
    return Curve(
        title="Loss after one step at each rate",
        x_label="learning rate",
        y_label="loss",
        x={"range test": tested.rates},
        y={"range test": tested.losses},
        x_log=True,
        y_log=_is_wide(tested.losses),
        marks=marks,
    )


def class_counts(counts: Mapping[str, int]) -> Bars:
    return Bars("Training pictures in each class", "pictures", {name: float(count) for name, count in counts.items()})


def training_folders(dataset: DatasetEvidence) -> tuple[Exhibit, ...]:
    """Pictures in each class folder of the one split that is trained on; nothing where that is not clear."""
    splits = [split for split in dataset.splits if split.role == "train"] or list(dataset.splits)
    if len(splits) != 1:
        return ()
    counts = {folder.name: folder.files for folder in splits[0].classes if folder.files}
    return (class_counts(counts),) if len(counts) > 1 else ()


def confusion(title: str, seen: Predictions, names: Sequence[str] = ()) -> Exhibit | None:
    """Which class was taken for which; of many classes, the most frequent mistakes. None where the answers are not known."""
    if not seen.answers:
        return None
    size = len(seen.actual)
    labels = tuple(names) if len(names) == size and len(set(names)) == size else tuple(f"class {n}" for n in range(size))
    if size <= MOST_CLASSES:
        counts = [[0] * size for _ in range(size)]
        for label, answer in zip(seen.labels, seen.answers, strict=True):
            counts[label][answer] += 1
        return Matrix(title, rows="is", columns="taken for", names=labels, counts=tuple(map(tuple, counts)))
    mistakes: dict[str, float] = {}
    for label, answer in zip(seen.labels, seen.answers, strict=True):
        if label != answer:
            name = f"{labels[label]} taken for {labels[answer]}"
            mistakes[name] = mistakes.get(name, 0.0) + 1
    frequent = sorted(mistakes.items(), key=lambda item: -item[1])[:MOST_MISTAKES]
    return Bars(f"{title}: most frequent mistakes", "pictures", dict(frequent)) if frequent else None


def before_and_after(before: ProbeEvidence, after: ProbeEvidence, names: Sequence[str] = ()) -> tuple[Exhibit, ...]:
    """The runs with the user's own settings, and where validation pictures went, of two probes with one seed."""
    probes = {"before": before, "after the fixes": after}
    runs = {name: run for name, probe in probes.items() for run in probe.runs[:1] if run.label == "user"}
    shown: list[Exhibit | None] = []
    if len(runs) == len(probes):
        shown.append(losses("Loss of one short training before and after", runs))
    for name, probe in probes.items():
        for seen in probe.predictions[:1]:
            shown.append(confusion(f"Validation pictures after the short training, {name}", seen, names))
    return tuple(exhibit for exhibit in shown if exhibit is not None)


def _is_wide(values: Iterable[float | None]) -> bool:
    """Whether small values could not be told apart on a linear axis that holds the large ones."""
    finite = [value for value in values if value is not None]
    return bool(finite) and min(finite) > 0 and max(finite) > WIDE * min(finite)


def _role(contract: InputContract) -> str:
    return ROLES.get(contract.role, contract.role)


def _arrivals(contract: InputContract, names: Sequence[str]) -> Pictures:
    """As the weights see them, and in ordinary colours below where that is not the same."""
    title = f"What the network sees at {contract.tensor}, {_role(contract)}"
    seen = [arrival.seen for arrival in contract.arrivals]
    captions = [_label(arrival, names) for arrival in contract.arrivals]
    note = f"As the weights of {contract.family} see them: the values read as the pixels that they were trained on"
    if seen == [arrival.plain for arrival in contract.arrivals]:
        right = PictureRow(tuple(map(_shown, seen, captions)), f"{note}; they look as they should")
        return Pictures(title, (right,), total=1)
    rows = [PictureRow(tuple(Shown(path="", jpeg=jpeg) for jpeg in seen), note)] if all(seen) else []
    spread = any(arrival.spread for arrival in contract.arrivals)
    note = "The same pictures, their values spread over all shades" if spread else "The same pictures in ordinary colours"
    rows.append(
        PictureRow(tuple(_shown(arrival.plain, of) for arrival, of in zip(contract.arrivals, captions, strict=True)), note)
    )
    return Pictures(title, tuple(rows), total=len(rows))


def _shown(jpeg: str, caption: str) -> Shown:
    return Shown(path="", caption=caption, jpeg=jpeg)


def _label(arrival: Arrival, names: Sequence[str]) -> str:
    if arrival.label is None:
        return ""
    return names[arrival.label] if arrival.label < len(names) else f"class {arrival.label}"
