import re
from html.parser import HTMLParser

import msgspec
import pytest
from report_samples import DIFF, empty, hostile, long, outcome, rescale_finding, sample, schedule_finding

from vggdoctor.report import html
from vggdoctor.schema import Outcome, Severity, Status

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """The document as a browser nests it: tags with attributes, and the text of each region."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unclosed: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unclosed.append(tag)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.tags if "id" in attributes]


@pytest.fixture(scope="module")
def document() -> str:
    return html.render(sample())


@pytest.fixture(scope="module")
def page(document: str) -> Page:
    return Page(document)


def text_of(document: str) -> str:
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", "", document, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_is_well_nested_and_its_links_lead_somewhere(page: Page) -> None:
    assert (page.open, page.unclosed) == ([], [])
    targets = [link["href"] or "" for link in page.of("a")]
    assert len(targets) > 10
    assert {target.removeprefix("#") for target in targets} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_parts_come_in_the_order_in_which_a_reader_needs_them(document: str) -> None:
    order = ["verdict-title", "causes", "findings", "finding-1", "finding-4", "fine", "beside", "unexamined", "training", "audit"]
    places = [document.index(f'id="{name}"') for name in order]
    assert places == sorted(places)


def test_has_landmarks_and_names_for_screen_readers(page: Page) -> None:
    for landmark in ("header", "nav", "main", "footer"):
        assert page.of(landmark)
    assert page.of("html")[0]["lang"] == "en"
    assert page.of("nav")[0]["aria-label"]
    drawings = [svg for svg in page.of("svg") if svg.get("class") == "figure"]
    assert len(drawings) == 5
    for svg in drawings:
        assert svg["role"] == "img"
        assert set((svg["aria-labelledby"] or "").split()) <= set(page.ids)
    assert page.of("img") and all(picture["alt"] for picture in page.of("img"))


def test_policy_admits_only_its_own_style_and_script(document: str, page: Page) -> None:
    policy = next(meta["content"] or "" for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
        assert len(blocks) == 1
        assert html._hash(blocks[0]) in policy


def test_asks_nothing_of_the_network_and_breaks_no_policy(page: Page) -> None:
    for tag, attributes in page.tags:
        assert tag not in {"iframe", "link", "object", "embed", "base", "form"}
        for name, value in attributes.items():
            assert name not in {"style", "srcset", "action"}
            assert name != "src" or (value or "").startswith("data:image/jpeg;base64,")
            assert not name.startswith("on")
            assert name != "href" or (value or "").startswith("#")


def test_names_the_worst_fault_with_its_place_and_measured_gain_first(document: str) -> None:
    start = text_of(document[document.index('id="verdict-title"') : document.index('id="causes"')])
    assert "2 errors hold this model back, first of all this: A pretrained backbone gets pictures" in start
    assert "only rescaled (train.py:9)." in start
    assert "All fixes together: balanced accuracy in the probe 50 % → 94 % (+44 points" in start
    assert "capture partial : the second fit was not reached" in start


def test_shows_each_finding_in_full(document: str) -> None:
    text = text_of(document[document.index('id="finding-1"') : document.index('id="finding-2"')])
    for said in (
        "rescale-only-preprocessing",
        "train.py:9 also train.py:10",
        ["151.1", "expected", "maximum"][0],
        "Why it hurts The convolutions of VGG16",
        "Safe: keeps what the program does but for the fault.",
        "Proved.",
        "95 % interval +8 to +16",
        "high: observed",
        "# vggdoctor: ignore[rescale-only-preprocessing] your reason at the end of line 9",
        "5e0d1c2ba9f14c77",
    ):
        assert said in text, said


def test_the_diff_on_the_page_is_the_diff_to_apply(document: str) -> None:
    block = re.search(r'<pre[^>]*id="diff-1"[^>]*><code>(.*?)</code></pre>', document, re.DOTALL)
    assert block
    shown = re.sub(r"<[^>]+>", "", block[1])
    assert shown.replace("&#34;", '"').replace("&gt;", ">") == DIFF
    assert '<span class="added" data-n="5">' in block[1]
    assert "<mark>rescale</mark>" in block[1]


def test_says_what_was_not_examined_and_why(document: str) -> None:
    text = text_of(document[document.index('id="unexamined"') : document.index('id="training"')])
    assert "accuracy-only-metrics Metrics come from a file that was not found." in text
    assert "acme-house-rules The check crashed. KeyError" in text
    assert "capture: partial" in text


def test_claims_no_gain_that_was_not_measured() -> None:
    finding = rescale_finding()
    assert finding.fix
    untried = msgspec.structs.replace(finding, fix=msgspec.structs.replace(finding.fix, verdict=None))
    text = text_of(html.render(empty(outcomes=(outcome(untried, "t", "preprocessing"),))))
    assert "The fixes were not tried in this audit, so no gain was measured" in text
    assert "This fix was not tried." in text
    assert "→" not in text


def test_nothing_judged_is_not_a_pass() -> None:
    text = text_of(html.render(empty(outcomes=(Outcome(check="a-b", status=Status.NOT_RUN, reason="no probe"),))))
    assert "Nothing could be judged: no probe." in text
    assert "looked for and not found" not in text


def test_several_reasons_are_a_list_and_notices_are_said_once() -> None:
    outcomes = (Outcome(check="a-b", status=Status.NOT_RUN, reason="no loss; no metric; no loss"),)
    document = html.render(empty(outcomes=outcomes, notices=("as before", "as before")))
    assert re.findall(r"<li>(No .*?)</li>", document) == ["No loss.", "No metric."]
    assert document.count("As before.") == 1


def test_everything_hostile_is_escaped() -> None:
    document = html.render(hostile())
    page = Page(document)
    assert len(page.of("script")) == len(page.of("style")) == 1
    assert {(picture["src"] or "").split(",")[0] for picture in page.of("img")} == {"data:image/jpeg;base64"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert (page.open, page.unclosed) == ([], [])
    assert not re.search("[\x00\u202e\ud800-\udfff]", document)
    assert "\\u202e" in document
    document.encode()


def test_a_long_report_stays_small_and_says_what_it_leaves_out() -> None:
    document = html.render(long(400))
    page = Page(document)
    assert len(document.encode()) <= html.MAXIMUM_BYTES
    assert {link["href"] for link in page.of("a")} <= {f"#{name}" for name in page.ids}
    assert document.count('class="severity error"') >= 200
    assert "train.py:200" in document
    assert "report.json" in text_of(document)


def test_is_the_same_bytes_each_time(document: str) -> None:
    assert html.render(sample()) == document


def test_a_symptom_leads_to_its_cause_and_other_measurements_are_told() -> None:
    symptom = msgspec.structs.replace(schedule_finding(), symptom_of="rescale-only-preprocessing", severity=Severity.ERROR)
    cause = outcome(rescale_finding(), "Only rescaled", "preprocessing")
    text = html.render(empty(outcomes=(outcome(symptom, "No schedule", "training"), cause)))
    second = text[text.index('id="finding-2"') :]
    assert 'It follows from <a href="#finding-1">Only rescaled</a>: correct that first.' in second
    assert second.index("No schedule") < second.index("It follows from")
    together = text_of(html.render(sample()))
    assert "loss 0.9 → 0.3 (better by 0.6, 95 % interval +0.4 to +0.8)" in together
    assert "Correcting it has gained +2 points of accuracy elsewhere (Smith, 2017)." in together


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        (
            "A, 2019: https://a.org/x\nB and C,\na book: https://b.org",
            ["A, 2019: https://a.org/x", "B and C, a book: https://b.org"],
        ),
        ("- Keras, `preprocess_input`\n- Simonyan, 2015", ["Keras, `preprocess_input`", "Simonyan, 2015"]),
        ("A book", ["A book"]),
    ],
)
def test_references_are_taken_apart(text: str, listed: list[str]) -> None:
    assert html.references(text) == listed
