import re

import msgspec
import pytest
from report_samples import HOSTILE, empty, hostile, long, outcome, rescale_finding, sample

from vggdoctor.report import markdown
from vggdoctor.report.comparison import compare
from vggdoctor.schema import Fix, Safety


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("rescale=`1/255` [x](y) *a* _b_", r"rescale=`1/255` \[x\](y) \*a\* \_b\_"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("0.4467", "0.4467"),
        ("a | b", r"a \| b"),
        ("in code `a | b`", "in code `a ¦ b`"),
        ("thanks @everyone", "thanks @\u200beveryone"),
        ("<b>\nnext", r"\<b\> next"),
    ],
)
def test_text_is_taken_for_nothing_else(text: str, written: str) -> None:
    assert markdown.escaped(text) == written


def test_code_ends_where_it_should() -> None:
    assert markdown.code("a`b``c") == "```a`b``c```"
    assert markdown.code("`") == "`` ` ``"
    assert markdown.code("") == ""


def test_a_fence_is_longer_than_any_in_the_diff() -> None:
    diff = "--- a/a.md\n+++ b/a.md\n@@ -1 +1 @@\n-````\n+x\n"
    finding = msgspec.structs.replace(rescale_finding(), fix=Fix(title="t", safety=Safety.SAFE, diff=diff))
    text = markdown.render(empty(outcomes=(outcome(finding, "t", "data"),)))
    assert f"`````diff\n{diff}`````\n" in text


def test_nothing_hostile_gets_through() -> None:
    text = markdown.render(hostile())
    without_code = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)
    assert "script" in without_code
    assert not re.search(r"(?<!\\)<(?!/?(details|summary|b|code)>)", without_code)
    assert not re.search("[\x00\u202e\udc80]", text)
    assert "](" not in without_code


def test_a_comment_stays_short_enough_to_be_posted() -> None:
    text = markdown.render(long(400))
    assert len(text) <= markdown.MAXIMUM_CHARACTERS
    assert "and 100 more" in text
    assert "more are in the HTML report" in text
    assert "train.py:100" in text


def test_a_comparison_names_what_is_new_and_what_is_gone() -> None:
    before, after = sample(), msgspec.structs.replace(sample(), outcomes=sample().outcomes[:2])
    text = markdown.render_comparison(compare(after, before))
    assert text.startswith("## vggdoctor: before and after\n\n**0 findings gone, 2 new, 2 as before.**")
    assert "- new 🔴 `train.py:9` `rescale-only-preprocessing`: VGG16 with ImageNet weights" in text
    assert HOSTILE not in markdown.render_comparison(compare(before, hostile()))
