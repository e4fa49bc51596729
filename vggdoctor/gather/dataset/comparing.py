"""Which pictures are in a split twice, and which are in two splits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set

import numpy as np
import numpy.typing as npt

from vggdoctor.evidence import Duplicates, Overlap, Pair, PictureFile, Selection
from vggdoctor.evidence.dataset import Likeness
from vggdoctor.gather.dataset.alike import Alike, Kind, groups
from vggdoctor.gather.dataset.counting import Walked
from vggdoctor.gather.dataset.facts import Facts
from vggdoctor.gather.dataset.naming import original
from vggdoctor.gather.dataset.selection import Places, Taken

LISTED = 12
"""Pairs named for each finding; more are counted but not named (ours)."""

PAIRS = (("train", "validation"), ("train", "test"), ("validation", "test"))
"""Roles of two sets that must not share pictures."""

ACROSS_CLASSES = 0.95
"""Correlation of near copies from which two classes are said to hold one picture: that is rare, so it takes more to believe it
(ours; of eight such pairs of flutes between 0.81 and 0.92 all were different flutes, while copies of one photograph lie at 0.95
to 1)."""

Origin = tuple[int, str]
"""The class of a file, and the name of the picture that it was made of."""

Shown = Callable[[str], str]
"""A path as people should see it."""


class Copies:
    """The pictures that are there more than once, among all files of the table."""

    def __init__(self, facts: Facts, pairs: Sequence[Alike], shown: Shown) -> None:
        label = facts.files.label
        pairs = [
            pair
            for pair in pairs
            if pair.kind != "near" or label[pair.first] == label[pair.second] or pair.correlation >= ACROSS_CLASSES
        ]
        self._facts = facts
        self._shown = shown
        self._exact = [pair for pair in pairs if pair.kind != "near"]
        self._leader = {file: group[0] for group in groups(self._exact) for file in group}
        self._members = {group[0]: group for group in groups(self._exact)}
        self._near: dict[int, list[Alike]] = defaultdict(list)
        for pair in pairs:
            if pair.kind == "near":
                for file in {self._first(pair.first), self._first(pair.second)}:
                    self._near[file].append(pair)
        self._groups = groups(list(pairs))

    def duplicates(self, walked: Walked) -> Duplicates:
        """What stands in one split more than once."""
        places = _union(walked.classes.values())
        here = self._mask(places)
        inside = [[file for file in group if here[file]] for group in self._groups]
        inside = [group for group in inside if len(group) > 1]
        exact = sum(max(0, sum(bool(here[file]) for file in group) - 1) for group in self._members.values())
        pairs = sorted(self._pairs_within(inside), key=_order)
        conflicting = [pair for pair in pairs if pair.first.label != pair.second.label]
        return Duplicates(
            split=walked.split.path,
            examined=self._examined(places),
            groups=dict(sorted(Counter(map(len, inside)).items())),
            exact=exact,
            near=sum(len(group) - 1 for group in inside) - exact,
            conflicts=len(conflicting),
            pairs=tuple(pair for pair in pairs if pair not in conflicting)[:LISTED],
            conflicting=tuple(conflicting[:LISTED]),
        )

    def overlap(self, learned: Places, judged: Places, *, one_labelling: bool) -> tuple[Counter[Likeness], int, list[Pair]]:
        """How many of ``judged`` are in ``learned`` too, in which way, how many under another class (if both are labelled in
        one way), and the pairs."""
        here = self._mask(learned)
        counts: Counter[Likeness] = Counter({"same file": int(np.count_nonzero(here[judged]))})
        relabelled = 0
        pairs: list[Pair] = []
        others: list[int] = []
        for file in judged:
            place = int(file)
            if here[place]:
                if len(pairs) < LISTED:
                    pairs.append(Pair(first=self._file(place), second=self._file(place), likeness="same file"))
                continue
            found = self._match(place, here)
            if found is None:
                others.append(place)
                continue
            pair = self._pair(found, place)
            counts[pair.likeness] += 1
            relabelled += one_labelling and pair.first.label != pair.second.label
            pairs.append(pair)
        named = list(self._by_name(learned, judged, others))
        counts["by name"] = len(named)
        pairs += named[:LISTED]
        return counts, relabelled, sorted(pairs, key=_order)[:LISTED]

    def _by_name(self, learned: Places, judged: Places, others: list[int]) -> Iterator[Pair]:
        """Files whose names say that they were made of one of ``learned``, or it of them, where the original is on one side
        alone: numbers that begin anew in each folder make names that say nothing."""
        learned_made, judged_made = self._versions(learned), self._versions(judged)
        if not learned_made and not judged_made:
            return
        concerned = learned_made.keys() | judged_made.keys()
        learned_plain, judged_plain = self._originals(learned, concerned), self._originals(judged, concerned)
        for place in others:
            key, is_made = self._original(place)
            if is_made:
                twin = learned_plain.get(key) if key not in judged_plain else None
            else:
                twin = learned_made.get(key) if key not in learned_plain else None
            if twin is not None:
                yield Pair(first=self._file(twin), second=self._file(place), likeness="by name")

    def _versions(self, places: Places) -> dict[Origin, int]:
        """The files that are marked as made of another, by that."""
        named = ((*self._original(int(place)), int(place)) for place in places)
        return {key: place for key, is_made, place in named if is_made}

    def _originals(self, places: Places, wanted: Set[Origin]) -> dict[Origin, int]:
        """The files that others may have been made of, as far as they are ``wanted``."""
        named = ((*self._original(int(place)), int(place)) for place in places)
        return {key: place for key, is_made, place in named if not is_made and key in wanted}

    def _original(self, place: int) -> tuple[Origin, bool]:
        stem, is_made = original(self._facts.files.paths[place])
        return (self._facts.files.label[place], stem), is_made

    def _match(self, place: int, here: npt.NDArray[np.bool_]) -> Alike | None:
        """How a file is the same picture as one of those that are ``here``; None if it is not."""
        first = self._first(place)
        twin = next((file for file in self._members.get(first, ()) if here[file]), None)
        if twin is not None:
            return Alike(twin, place, self._kind(twin, place))
        for pair in sorted(self._near.get(first, ()), key=lambda pair: pair.difference):
            other = pair.second if self._first(pair.first) == first else pair.first
            twin = next((file for file in self._members.get(self._first(other), (other,)) if here[file]), None)
            if twin is not None:
                return Alike(twin, place, "near", pair.change, pair.difference, pair.correlation)
        return None

    def _pairs_within(self, inside: Iterable[list[int]]) -> Iterator[Pair]:
        """For each picture of a split the surest pair of each two classes that it stands in, at least one."""
        for group in inside:
            members = set(group)
            found: dict[tuple[str, str], Pair] = {}
            for alike in self._direct(members):
                pair = self._pair(alike, alike.second)
                first, second = sorted((pair.first.label, pair.second.label))
                found.setdefault((first, second), pair)
            conflicts = [pair for (first, second), pair in found.items() if first != second]
            yield from conflicts[:1] or list(found.values())[:1]

    def _direct(self, members: set[int]) -> Iterator[Alike]:
        """Pairs of files of a group, exact ones first, those of different classes before others."""
        label = self._facts.files.label
        firsts = sorted({self._first(file) for file in members})
        for first in firsts:
            twins = sorted(file for file in self._members.get(first, ()) if file in members)
            for twin in sorted(twins[1:], key=lambda file: label[file] == label[twins[0]]):
                yield Alike(twins[0], twin, self._kind(twins[0], twin))
        for first in firsts:
            for pair in self._near.get(first, ()):
                ends = [self._inside(end, members) for end in (pair.first, pair.second)]
                if ends[0] is not None and ends[1] is not None:
                    yield Alike(ends[0], ends[1], "near", pair.change, pair.difference, pair.correlation)

    def _inside(self, file: int, members: set[int]) -> int | None:
        """The file, or an exact copy of it, among ``members``."""
        if file in members:
            return file
        return next((twin for twin in self._members.get(self._first(file), ()) if twin in members), None)

    def _kind(self, first: int, second: int) -> Kind:
        rows = self._facts.rows
        same = all(rows[name][first] == rows[name][second] for name in ("byte_hash", "bytes"))
        return "same bytes" if same and rows["byte_hash"][first] else "same pixels"

    def _first(self, file: int) -> int:
        return self._leader.get(file, file)

    def _pair(self, alike: Alike, second: int) -> Pair:
        return Pair(
            first=self._file(alike.first),
            second=self._file(second),
            likeness=alike.kind,
            change=alike.change,
            difference=round(alike.difference, 2),
            correlation=round(alike.correlation, 3),
        )

    def _file(self, place: int) -> PictureFile:
        files = self._facts.files
        return PictureFile(self._shown(files.paths[place]), files.splits[files.split[place]], files.labels[files.label[place]])

    def _mask(self, places: Places) -> npt.NDArray[np.bool_]:
        mask = np.zeros(len(self._facts), np.bool_)
        mask[places] = True
        return mask

    def _examined(self, places: Places) -> int:
        return int(np.count_nonzero(self._facts.rows["seen"][places]))

    def overlaps(self, taken: Sequence[Taken], walked: Sequence[Walked]) -> list[Overlap]:
        """What a training is judged (or chosen) by and learns from as well; then the folders that are named as such splits and
        that no training reads so."""
        selections = list(dict.fromkeys(each.selection for each in taken))
        found = []
        compared = set()
        for learned, judged in _judged(taken):
            places = (selections.index(learned.selection), selections.index(judged.selection))
            found.append(self._in_use(learned, judged, places))
            compared.add((learned.selection.split, judged.selection.split))
        for first, second in _siblings(walked):
            if (first.split.path, second.split.path) not in compared:
                found.append(self._beside(first, second))
        return [overlap for overlap in found if overlap.shared or overlap.by_name]

    def _in_use(self, learned: Taken, judged: Taken, selections: tuple[int, int]) -> Overlap:
        assert learned.places is not None
        assert judged.places is not None
        classes = [{folder.name for folder in each.selection.classes} for each in (learned, judged)]
        counts, relabelled, pairs = self.overlap(learned.places, judged.places, one_labelling=classes[0] == classes[1])
        return Overlap(
            learned=learned.selection.name,
            judged=judged.selection.name,
            learned_role=learned.selection.role,
            judged_role=judged.selection.role,
            selections=selections,
            examined=self._examined(judged.places),
            files=counts["same file"],
            exact=counts["same bytes"] + counts["same pixels"],
            near=counts["near"],
            by_name=counts["by name"],
            relabelled=relabelled,
            pairs=tuple(pairs),
        )

    def _beside(self, learned: Walked, judged: Walked) -> Overlap:
        places = _union(judged.classes.values())
        same = set(learned.classes) == set(judged.classes)
        counts, relabelled, pairs = self.overlap(_union(learned.classes.values()), places, one_labelling=same)
        return Overlap(
            learned=learned.split.path,
            judged=judged.split.path,
            learned_role=learned.split.role,
            judged_role=judged.split.role,
            examined=self._examined(places),
            files=counts["same file"],
            exact=counts["same bytes"] + counts["same pixels"],
            near=counts["near"],
            by_name=counts["by name"],
            relabelled=relabelled,
            pairs=tuple(pairs),
        )


def _judged(taken: Sequence[Taken]) -> Iterator[tuple[Taken, Taken]]:
    """(what is learned from or chosen by, what is judged by) of each training, where both are determined."""
    seen = set()
    for learned in taken:
        for judged in taken:
            roles = (learned.selection.role, judged.selection.role)
            pair = (learned.selection, judged.selection)
            is_pair = learned.stage == judged.stage and roles in PAIRS and not _one_pipeline(*pair)
            if is_pair and pair not in seen and learned.places is not None and judged.places is not None:
                seen.add(pair)
                yield learned, judged


def _one_pipeline(first: Selection, second: Selection) -> bool:
    """Whether a program reads one set under two roles: then it is no matter of the files."""
    return first.split == second.split and first.subset == second.subset


def _siblings(walked: Sequence[Walked]) -> Iterator[tuple[Walked, Walked]]:
    """Splits in one folder, (train, validation), (train, test) and (validation, test) by their roles."""
    for first in walked:
        for second in walked:
            is_beside = first.folder.path.parent == second.folder.path.parent
            if is_beside and (first.split.role, second.split.role) in PAIRS:
                yield first, second


def _union(classes: Iterable[Sequence[int]]) -> Places:
    return np.concatenate([np.empty(0, np.int64), *(np.asarray(places, np.int64) for places in classes)])


def _order(pair: Pair) -> tuple[int, float, str, str]:
    rank = ("same file", "same bytes", "same pixels", "near", "by name").index(pair.likeness)
    return max(rank, 2), pair.difference, pair.first.path, pair.second.path
