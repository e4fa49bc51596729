"""Where the files of a hand-made way of reading are listed, and by which splits their rows were divided."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import structs

from vggdoctor.evidence import Cut, Fact, Listing, Pipeline, known, unknown
from vggdoctor.gather.source.facts import fact_of
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Element,
    Item,
    Items,
    Known,
    OneOf,
    Operation,
    Result,
    Slice,
    Unknown,
    Value,
    constant,
)
from vggdoctor.gather.source.names import words

_DEPTH = 30
_SAME = words(
    "list sorted tuple set array asarray str Path PurePath fspath tqdm iter reversed enumerate as_posix resolve numpy decode"
)
"""Calls that leave the files of a list what they are."""
_MIXING = words("shuffle permutation sample")
_LISTERS = words("glob iglob rglob listdir scandir iterdir walk list_images list_files")


def listing_of(path: Value | None) -> Fact[Listing]:
    """Where the files are listed that ``path`` is one of."""
    found = _pattern(path, _DEPTH) if path is not None else None
    if found is None or "*" not in found:
        return unknown("no list of files is in sight")
    ordered = known(True) if _is_sorted(path, _DEPTH) else unknown("nothing in sight sorts them")
    return known(Listing(pattern=re.sub(r"\*\*+(/\*+)*$", "**", re.sub(r"/+", "/", found)), ordered=ordered))


def together(pipelines: Sequence[Pipeline]) -> Pipeline:
    """The first of pipelines that do the same, with what is known of the files of all: one way for each class folder."""
    first = pipelines[0]
    cuts = first.cuts if all(each.cuts == first.cuts for each in pipelines) else unknown("how the rows are chosen differs")
    return structs.replace(first, listing=_shared([each.listing for each in pipelines]), cuts=cuts)


def _shared(listings: Sequence[Fact[Listing]]) -> Fact[Listing]:
    """One pattern for several that differ in the names of folders."""
    found = [each.value for each in listings if each.value is not None]
    parts = [each.pattern.split("/") for each in found]
    if len(found) < len(listings) or len({len(part) for part in parts}) > 1:
        return unknown("files are listed in several ways")
    joined = "/".join(names[0] if len(set(names)) == 1 else "*" for names in zip(*parts, strict=True))
    return structs.replace(listings[0], value=structs.replace(found[0], pattern=joined))


def _pattern(value: Value | None, depth: int) -> str | None:
    """A glob for what a value may be; None where too little is known."""
    if value is None or not depth:
        return None
    if isinstance(value, Known):
        return str(value.value)
    if isinstance(value, Unknown):
        pieces = [_any_if_unknown(part, depth - 1) for part in value.parts]
        return "".join(pieces) if pieces else None
    if isinstance(value, Operation) and value.operator in {"Add", "Div"}:
        sides = [_any_if_unknown(side, depth - 1) for side in (value.left, value.right)]
        return ("/" if value.operator == "Div" else "").join(sides)
    if isinstance(value, OneOf):
        found = {_pattern(option, depth - 1) for option in value.options}
        return found.pop() if len(found) == 1 else "*"
    if isinstance(value, Result):
        return _listed(value, depth)
    return _inner_pattern(value, depth)


def _any_if_unknown(value: Value, depth: int) -> str:
    found = _pattern(value, depth)
    return "*" if found is None else found


def _inner_pattern(value: Value, depth: int) -> str | None:
    """The pattern of what an element, item, list or attribute comes from."""
    if isinstance(value, Items):
        return _pattern(value.more or (value.items[0] if value.items else None), depth - 1)
    if isinstance(value, Item) and isinstance(value.of, Element):
        walked = value.of.of
        if isinstance(walked, Result) and walked.name == "walk":
            return _pattern(walked, depth - 1) if constant(value.index) == 0 else "*"
    split = _split_of(value)
    if split is not None:
        return _pattern(split[0].arguments[split[1] // 2], depth - 1)
    return _pattern(value.of, depth - 1) if isinstance(value, Item | Element | Attribute) else None


def _listed(call: Result, depth: int) -> str | None:
    first = call.arguments[0] if call.arguments else None
    if call.name in {"listdir", "scandir"}:
        return "*"
    if call.name in _LISTERS:
        root = _pattern(call.receiver, depth - 1) if call.function.startswith(".") else None
        given = _pattern(first, depth - 1)
        if call.name == "iterdir":
            return f"{root}/*" if root else None
        if call.name in {"list_images", "walk"}:
            return f"{given}/**" if given else None
        if root is not None and given is not None:
            return f"{root}/**/{given}" if call.name == "rglob" else f"{root}/{given}"
        return given
    if call.name in _SAME | _MIXING:
        return _pattern(call.receiver if call.function.startswith(".") else first, depth - 1)
    return None


def _is_sorted(value: Value | None, depth: int) -> bool:
    while value is not None and depth:
        depth -= 1
        if isinstance(value, Result) and value.name in _MIXING:
            return False
        if isinstance(value, Result) and value.name == "sorted":
            return True
        if isinstance(value, Result):
            value = value.receiver if value.function.startswith(".") else next(iter(value.arguments), None)
        elif isinstance(value, Items):
            value = value.more
        else:
            value = value.of if isinstance(value, Item | Element | Attribute) else None
    return False


def cuts_of(value: Value | None) -> Fact[tuple[Cut, ...]]:
    """The splits that a path, or a row, came through on its way from the list; unknown where something else may choose."""
    found: list[Cut] = []
    for _ in range(_DEPTH):
        split = _split_of(value)
        if split is not None:
            found.append(cut(*split))
            value = split[0].arguments[split[1] // 2]
        elif isinstance(value, Result) and value.name in _LISTERS:
            return known(tuple(reversed(found)))
        elif isinstance(value, Result) and value.name in _SAME | _MIXING:
            value = value.receiver if value.function.startswith(".") else next(iter(value.arguments), None)
        elif isinstance(value, Items):
            value = value.more
        elif isinstance(value, Unknown) and value.parts:
            value = next((part for part in reversed(value.parts) if not isinstance(part, Known)), None)
        elif isinstance(value, Operation):
            value = value.right
        elif isinstance(value, Element) or (isinstance(value, Item) and not is_choice(value.index)):
            value = value.of
        else:
            break
    return unknown("how the rows are chosen is not known")


def is_choice(index: Value) -> bool:
    """Whether an index takes some rows and leaves others: a part of a list, or a list of places."""
    if isinstance(index, Slice):
        return not all(isinstance(part, Known) and part.value is None for part in (index.lower, index.upper))
    return not isinstance(index, Known) and not (isinstance(index, Items) and index.kind == "tuple")


def _split_of(value: Value | None) -> tuple[Result, int] | None:
    """(the call of train_test_split, which of its results) where a value is one."""
    if isinstance(value, Item) and isinstance(value.of, Result) and value.of.name == "train_test_split":
        position = constant(value.index)
        if isinstance(position, int) and 0 <= position // 2 < len(value.of.arguments):
            return value.of, position
    return None


def cut(call: Result, position: int) -> Cut:
    """What train_test_split does to the rows of one of its results."""

    def given(name: str, default: object = None) -> Fact[object]:
        value = call.keywords.get(name)
        if value is not None:
            return fact_of(value, call.node_of(name))
        return unknown("some arguments are not known") if call.unsure else known(default)

    stratify = call.keywords.get("stratify")
    assert call.place is not None
    return Cut(
        place=call.place,
        held_back=position % 2 == 1,
        test_size=given("test_size"),  # type: ignore[arg-type]
        train_size=given("train_size"),  # type: ignore[arg-type]
        random_state=given("random_state"),  # type: ignore[arg-type]
        shuffled=given("shuffle", True),  # type: ignore[arg-type]
        stratified=known(stratify is not None and constant(stratify, "?") is not None),
    )
