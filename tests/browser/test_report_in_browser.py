from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_samples import DIFF, empty, hostile, long, sample

from vggdoctor.report import html
from vggdoctor.schema import AuditResult

DOCUMENTS: dict[str, Callable[[], AuditResult]] = {"sample": sample, "hostile": hostile, "long": long, "empty": empty}
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1400, "height": 900}
VISIBLE = """element => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility() && box.bottom >= 0 && box.top < innerHeight;
}"""


class Visit:
    """A page with the document open, and all that the browser complained about or asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    paths = {name: folder / f"{name}.html" for name in DOCUMENTS}
    for name, path in paths.items():
        path.write_text(html.render(DOCUMENTS[name]()), encoding="utf-8")
    return paths


@pytest.fixture
def visit(browser: Any, files: dict[str, Path]) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def open_document(name: str, viewport: dict[str, int] = DESK, **options: Any) -> Visit:
        contexts.append(browser.new_context(viewport=viewport, **options))
        visited = Visit(contexts[-1].new_page())
        visited.page.goto(files[name].as_uri())
        return visited

    yield open_document
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_asks_for_nothing_and_complains_of_nothing(name: str, visit: Callable[..., Visit], files: dict[str, Path]) -> None:
    visited = visit(name)
    visited.page.wait_for_load_state("networkidle")
    assert visited.complaints == []
    assert [url for url in visited.requests if not url.startswith("data:image/jpeg")] == [files[name].as_uri()]
    broken = "[...document.images].filter(image => !image.complete || image.naturalWidth === 0).length"
    assert visited.page.evaluate(broken) == 0


@pytest.mark.parametrize("name", ["sample", "long"])
def test_every_link_leads_to_what_it_names(name: str, visit: Callable[..., Visit]) -> None:
    page = visit(name, reduced_motion="reduce").page
    targets = page.eval_on_selector_all("a[href]", "links => [...new Set(links.map(link => link.getAttribute('href')))]")
    assert len(targets) > 10
    assert all(target.startswith("#") for target in targets)
    for target in targets if name == "sample" else [*targets[:15], *targets[-15:]]:
        page.evaluate("target => { location.hash = ''; location.hash = target; }", target)
        assert page.locator(target).evaluate(VISIBLE), target


def test_a_link_to_a_folded_finding_opens_it(visit: Callable[..., Visit]) -> None:
    page = visit("long", reduced_motion="reduce").page
    page.locator("details.more > summary").click()
    page.locator("a[href='#finding-150']").first.click()
    assert page.locator("#finding-150").evaluate(VISIBLE)


def test_the_button_copies_the_diff_that_git_applies(visit: Callable[..., Visit]) -> None:
    page = visit("sample").page
    button = page.locator("button[data-copy='diff-1']")
    button.focus()
    page.keyboard.press("Enter")
    page.locator("button[data-copy='diff-1']", has_text="Copied").wait_for(timeout=2000)
    page.evaluate("document.body.append(document.createElement('textarea'))")
    page.locator("textarea").focus()
    page.keyboard.press("Control+V")
    assert page.locator("textarea").input_value() == DIFF


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_phone_shows_all_without_scrolling_sideways(name: str, visit: Callable[..., Visit]) -> None:
    page = visit(name, PHONE).page
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "viewport"), [("sample", DESK), ("sample", PHONE), ("hostile", DESK), ("empty", DESK)])
def test_no_serious_barrier_is_found(name: str, viewport: dict[str, int], scheme: str, visit: Callable[..., Visit]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(name, viewport, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [
        (violation["id"], [node["html"] for node in violation["nodes"][:3]])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ] == []


def test_dark_is_dark_and_light_is_light(visit: Callable[..., Visit]) -> None:
    def brightness(scheme: str, of: str) -> float:
        colour = visit("sample", color_scheme=scheme).page.evaluate(f"getComputedStyle(document.body).{of}")
        return sum(map(float, colour.removeprefix("rgb(").removesuffix(")").split(","))) / 3

    assert brightness("dark", "backgroundColor") < 60 < 180 < brightness("dark", "color")
    assert brightness("light", "color") < 60 < 220 < brightness("light", "backgroundColor")


def test_drawings_take_their_colours_from_the_scheme(visit: Callable[..., Visit]) -> None:
    def text(scheme: str) -> str:
        page = visit("sample", color_scheme=scheme).page
        return page.evaluate("getComputedStyle(document.querySelector('svg.figure text')).fill")

    assert text("light") != text("dark")


def test_paper_shows_what_is_folded_and_no_buttons(visit: Callable[..., Visit]) -> None:
    page = visit("sample", color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.locator(".contents").is_hidden()
    assert page.locator("button").first.is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(35, 38, 43)"
    folded = page.locator("details:not([open]) p").first
    assert folded.evaluate("element => element.checkVisibility() && element.getBoundingClientRect().height > 0")
    page.set_viewport_size({"width": 700, "height": 1000})
    assert page.evaluate("[...document.querySelectorAll('.diff pre')].every(pre => pre.scrollWidth <= pre.clientWidth + 1)")
    document = page.pdf(format="A4")
    assert document.startswith(b"%PDF")
    assert document.count(b"/Type /Page\n") + document.count(b"/Type /Page ") > 1


def test_reads_without_script(visit: Callable[..., Visit]) -> None:
    page = visit("sample", java_script_enabled=False).page
    assert page.locator("#diff-1").is_visible()
    assert page.locator("button").first.is_hidden()
    page.locator("details.background > summary").first.click()
    assert page.locator("details.background p").first.is_visible()


def test_the_keyboard_reaches_the_verdict_first(visit: Callable[..., Visit]) -> None:
    page = visit("sample").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_screen_reader_finds_landmarks_and_every_picture_has_words(visit: Callable[..., Visit]) -> None:
    page = visit("sample").page
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    assert page.get_by_role("article").count() == 4
    assert page.get_by_role("img", name="Values that enter block1_conv1").count() == 1
    nameless = "[...document.querySelectorAll('img, svg[role=img]')].filter(e => !(e.alt || e.getAttribute('aria-labelledby')))"
    assert page.evaluate(f"{nameless}.length") == 0


def test_hostile_names_do_nothing(visit: Callable[..., Visit]) -> None:
    visited = visit("hostile")
    page = visited.page
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    for link in page.locator("a:visible:not(.skip)").all():
        assert not (link.get_attribute("href") or "").lower().startswith("javascript")
        link.click()
    for button in page.locator("button:visible").all():
        button.click()
    page.wait_for_timeout(200)
    assert visited.complaints == []
    assert page.locator("script").count() == 1
    assert page.evaluate("[...document.images].every(image => image.src.startsWith('data:image/jpeg;base64,'))")
