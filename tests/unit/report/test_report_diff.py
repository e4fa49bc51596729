from report_samples import DIFF

from vggdoctor.report.diff import parse


def test_lines_carry_the_numbers_of_their_own_side() -> None:
    lines = parse(DIFF)
    assert "\n".join(line.text for line in lines) + "\n" == DIFF
    assert [(line.kind, line.number) for line in lines[:6]] == [
        ("file", None),
        ("file", None),
        ("hunk", None),
        ("context", 3),
        ("context", 4),
        ("added", 5),
    ]
    assert [(line.kind, line.number) for line in lines[9:13]] == [("removed", 8), ("removed", 9), ("added", 9), ("added", 10)]


def test_marks_the_words_that_differ() -> None:
    old, new = parse(DIFF)[10], parse(DIFF)[12]
    assert [piece.text for piece in old.pieces if piece.changed] == ["rescale", "1./255"]
    assert [piece.text for piece in new.pieces if piece.changed] == ["preprocessing_function", "preprocess_input"]


def test_a_removed_comment_line_is_not_taken_for_a_file_header() -> None:
    diff = "--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1 @@\n--- old comment\n select\n--- a/r.sql\n+++ b/r.sql\n@@ -1 +1 @@\n-a\n+b\n"
    assert [line.kind for line in parse(diff)] == [
        *("file", "file", "hunk", "removed", "context"),
        *("file", "file", "hunk", "removed", "added"),
    ]


def test_lines_with_little_in_common_are_not_marked() -> None:
    lines = parse("--- a\n+++ b\n@@ -1 +1 @@\n-import os\n+model.fit(train, epochs=3)\n")
    assert not any(piece.changed for line in lines for piece in line.pieces)
