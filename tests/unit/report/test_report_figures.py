import re
import xml.etree.ElementTree as ElementTree

import msgspec
import pytest
from report_samples import arriving, confusion, histogram, leaked, rate_finding

from vggdoctor.report import figures
from vggdoctor.report.gallery import Gallery
from vggdoctor.schema import Bars, Curve, Histogram

LOSSES, RATES = rate_finding().exhibits
WIDE = Histogram(
    title="Values",
    unit="pixel value",
    edges=tuple(float(edge) for edge in range(0, 256, 51)),
    counts={"red": (1.0, 4, 9, 4, 1), "green": (1.0, 3, 7, 3, 1)},
    expected=(-123.68, 151.06),
)
EXHIBITS = {
    "sliver": histogram(),
    "wide": WIDE,
    "losses": LOSSES,
    "rates": RATES,
    "never finite": Curve(title="t", x_label="step", y_label="loss", x={"a": (1.0, 2.0)}, y={"a": (None, None)}),
    "bars": Bars(title="t", unit="pictures", bars={"cat": 3.0, "dog": 12.0}),
    "no bars": Bars(title="t", unit="pictures", bars={}),
    "empty bins": Histogram(title="t", unit="u", edges=(0.0, 1.0), counts={"c": (0.0,)}),
}


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("}text")]


@pytest.mark.parametrize("name", EXHIBITS)
def test_a_drawing_keeps_to_the_page(name: str) -> None:
    svg = figures.draw(EXHIBITS[name], "figure-7")
    root = ElementTree.fromstring(svg)
    assert figures.draw(EXHIBITS[name], "figure-7") == svg
    assert not re.search(r"\bstyle=|<style|<metadata|#0000[0-9a-f]{2}\b", svg)
    identified = {element.get("id") for element in root.iter()} - {None}
    assert all(name.startswith("figure-7-") for name in identified if name)
    assert set(re.findall(r"(?:url\(|href=\")#([^\")]+)", svg)) <= identified
    assert len(svg) < 40_000


def test_colours_are_the_pages_own() -> None:
    assert {"var(--band)", "var(--series-1)", "var(--series-2)"} <= set(
        re.findall(r'(?:fill|stroke)="([^"]+)"', figures.draw(WIDE, "f"))
    )


def test_values_too_close_to_tell_channels_apart_are_named() -> None:
    assert "yours: 0 to 1" in words(figures.draw(histogram(), "f"))
    assert {"red", "green", "expected range"} <= set(words(figures.draw(WIDE, "f")))


def test_marks_levels_and_lost_values_are_labelled() -> None:
    assert {"yours: 0.01", "largest stable: 0.0003", "0.0001"} <= set(words(figures.draw(RATES, "f")))
    assert {"chance, ln 2", "not finite"} <= set(words(figures.draw(LOSSES, "f")))


def test_many_bars_show_both_ends() -> None:
    shown = words(figures.draw(Bars(title="t", unit="pictures", bars={f"c{n}": float(n) for n in range(1000)}), "f"))
    assert {"c999", "c988", "c0", "..."} <= set(shown)
    assert "c500" not in shown


def test_names_are_not_taken_for_formulas() -> None:
    assert "$\\alpha$ & <b>" in words(figures.draw(Bars(title="t", unit="u", bars={"$\\alpha$ & <b>": 1.0}), "f"))


def test_descriptions_tell_what_the_picture_shows() -> None:
    assert figures.describe(histogram()) == "Histogram, pixel value: values lie between 0 and 1; expected are −123.7 to 151.1."
    assert figures.describe(LOSSES) == (
        "Line chart of loss over step. 0.01 (yours): from 0.71 to 9.4, 2 not finite; 0.0001: from 0.71 to 0.46; "
        "chance, ln 2 at 0.693."
    )
    assert figures.describe(EXHIBITS["bars"]) == "Bar chart, pictures. dog: 12; cat: 3"
    assert "\\u202e" in figures.describe(msgspec.structs.replace(WIDE, unit="\u202e"))


def test_a_gallery_draws_each_exhibit_once_and_no_more_than_it_has_room_for() -> None:
    gallery = Gallery(drawings=2, photographs=0)
    first, again, second, third = (gallery.show(exhibit) for exhibit in (LOSSES, LOSSES, RATES, WIDE))
    assert first.svg and second.svg
    assert (again.kind, again.id) == ("repeated", first.id)
    assert (third.kind, third.svg, third.description) == ("words", "", figures.describe(WIDE))


def test_a_gallery_shows_whole_rows_of_photographs_and_counts_those_left_out() -> None:
    gallery = Gallery(drawings=0, photographs=5)
    shown = gallery.show(arriving())
    assert (shown.kind, len(shown.rows), shown.more) == ("photographs", 1, 1)
    assert gallery.show(leaked()).kind == "words"
    assert gallery.show(leaked()).description == (
        "byte for byte the same (data/train/cats/cat.1.jpg and data/validation/cats/cat.1.jpg); and 13 more"
    )


def test_a_confusion_matrix_is_told_in_words() -> None:
    assert figures.describe(confusion("t", (48, 2), (0, 0))) == ("Confusion matrix. cats: 48 as cats, 2 as dogs; dogs: none.")
