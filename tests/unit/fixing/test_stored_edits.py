"""The edits of a patch, as programs read them, give the patched file."""

from hypothesis import given
from hypothesis import strategies as some

from vggdoctor.fixing import Patch
from vggdoctor.fixing.stored import edits
from vggdoctor.schema import Edit

TEXTS = some.lists(some.sampled_from(["a", "b", "é = 1", "", "\r", "\f"]), max_size=8).map("\n".join)


def applied(text: str, changes: tuple[Edit, ...]) -> str:
    starts = [0] + [index + 1 for index, character in enumerate(text) if character == "\n"]
    for edit in reversed(changes):
        start, end = starts[edit.line - 1] + edit.column - 1, starts[edit.end_line - 1] + edit.end_column - 1
        assert 0 <= start <= end <= len(text)
        text = text[:start] + edit.text + text[end:]
    return text


@given(TEXTS, TEXTS)
def test_edits_give_the_new_text(old: str, new: str) -> None:
    patch = Patch({"train.py": new}, "", originals={"train.py": old})
    assert applied(old, edits(patch)) == new


def test_a_byte_order_mark_is_no_character() -> None:
    patch = Patch({"train.py": "\ufeffx\nb\n"}, "", originals={"train.py": "\ufeffa\nb\n"})
    assert edits(patch) == (Edit("train.py", 1, 1, 2, 1, "x\n"),)


def test_only_the_lines_that_differ_are_changed() -> None:
    patch = Patch({"b.py": "1\nnew\n3\n", "a.py": "1"}, "", originals={"b.py": "1\n2\n3\n", "a.py": "1\n"})
    assert edits(patch) == (Edit("b.py", 2, 1, 3, 1, "new\n"), Edit("a.py", 1, 1, 2, 1, "1"))
