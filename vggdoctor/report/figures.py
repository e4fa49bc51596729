"""Draws the exhibits of a finding with Matplotlib, as SVG that takes its colours from the page."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import is_color_like, to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from vggdoctor.report.svg import clean
from vggdoctor.report.text_safety import visible
from vggdoctor.report.wording import number
from vggdoctor.schema import Bars, Curve, Exhibit, Histogram, Matrix, Pictures

INK, MUTED, GRID, BAND, MARK = "#000001", "#000002", "#000003", "#000004", "#000005"
SERIES = ("#000011", "#000012", "#000013", "#000014")
PALETTE = {INK: "--ink", MUTED: "--muted", GRID: "--line", BAND: "--band", MARK: "--mark"} | {
    colour: f"--series-{index}" for index, colour in enumerate(SERIES, 1)
}
PAPER = dict(
    zip(
        (INK, MUTED, GRID, BAND, MARK, *SERIES),
        ("#1b1f24", "#59636e", "#d0d7de", "#cfe8d5", "#b35900", "#0969da", "#bc4c00", "#1a7f37", "#8250df"),
        strict=True,
    )
)
"""The colours on white."""
DASHES = ("-", "--", "-.", ":")
WIDTH = 5.2
"""Inches; narrow, so that its text is still legible on a phone."""
SLIVER = 0.08
"""Where the values fill less of the axis than this, channels cannot be told apart and are drawn as one (ours)."""
MARK_DASHES = ((0, (4, 2)), (0, (1, 1)), (0, (6, 2, 1, 2)))
MANY_POINTS = 24
"""Beyond, the noise of single steps hides the course, which a running mean shows."""
MOST_BARS = 24
LONGEST_LABEL = 28
SMALL = 9
LEGEND_WIDTH = 60
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "vggdoctor",
    "text.parse_math": False,
    "text.color": INK,
    "font.size": 10,
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
}


def draw(exhibit: Histogram | Curve | Bars, prefix: str) -> str:
    """One inline SVG; ``prefix`` makes its ids unique on the page. The same exhibit gives the same bytes."""
    with mpl.rc_context(STYLE):
        figure = _figure(exhibit)
        FigureCanvasSVG(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return clean(buffer.getvalue(), prefix, visible(exhibit.title), describe(exhibit), PALETTE)


def draw_png(exhibit: Histogram | Curve | Bars) -> bytes:
    """The same as PNG, on white, for where no page gives the colours."""
    with mpl.rc_context(STYLE):
        figure = _figure(exhibit)
        for artist in figure.findobj():
            for name in ("color", "facecolor", "edgecolor", "markeredgecolor", "markerfacecolor"):
                _paint(artist, name)
        buffer = io.BytesIO()
        FigureCanvasAgg(figure)
        figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _paint(artist: Any, name: str) -> None:
    """Give one colour of an artist its value on paper, if it is one of ours."""
    colour = getattr(artist, f"get_{name}", lambda: None)()
    if isinstance(colour, (str, tuple)) and is_color_like(colour):
        paper = PAPER.get(to_hex(colour))
        if paper:
            getattr(artist, f"set_{name}")(to_rgba(paper, to_rgba(colour)[3]))


def _figure(exhibit: Histogram | Curve | Bars) -> Figure:
    figure = Figure(figsize=(WIDTH, _height(exhibit)), layout="constrained")
    axes = figure.add_subplot()
    if isinstance(exhibit, Histogram):
        _histogram(axes, exhibit)
    elif isinstance(exhibit, Curve):
        _curve(axes, exhibit)
    else:
        _bars(axes, exhibit)
    return figure


def describe(exhibit: Exhibit) -> str:
    """What the picture shows, for those who cannot see it."""
    return visible(_describe(exhibit))


def _describe(exhibit: Exhibit) -> str:
    if isinstance(exhibit, Histogram):
        return _describe_histogram(exhibit)
    if isinstance(exhibit, Curve):
        return _describe_curve(exhibit)
    if isinstance(exhibit, Pictures):
        return _describe_pictures(exhibit)
    if isinstance(exhibit, Matrix):
        return _describe_matrix(exhibit)
    bars = sorted(exhibit.bars.items(), key=lambda item: -item[1])
    listed = "; ".join(f"{name}: {number(value)}" for name, value in bars[:MOST_BARS])
    return f"Bar chart, {exhibit.unit}. {listed}{'; ...' if len(bars) > MOST_BARS else ''}"


def _describe_pictures(exhibit: Pictures) -> str:
    rows = []
    for row in exhibit.rows:
        names = " and ".join(shown.path or shown.caption for shown in row.pictures if shown.path or shown.caption)
        rows.append(f"{row.note} ({names})" if row.note and names else row.note or names)
    more = exhibit.total - len(rows)
    return "; ".join(filter(None, rows)) + (f"; and {more} more" if more > 0 else "")


def _describe_matrix(exhibit: Matrix) -> str:
    parts = []
    for name, row in zip(exhibit.names, exhibit.counts, strict=True):
        met = ", ".join(f"{count} as {other}" for other, count in zip(exhibit.names, row, strict=True) if count)
        parts.append(f"{name}: {met or 'none'}")
    return f"Confusion matrix. {'; '.join(parts)}."


def _height(exhibit: Exhibit) -> float:
    return 0.9 + 0.26 * min(len(exhibit.bars), MOST_BARS + 1) if isinstance(exhibit, Bars) else 2.7


def _histogram(axes: Axes, exhibit: Histogram) -> None:
    low, high = exhibit.edges[0], exhibit.edges[-1]
    if exhibit.expected:
        label = _short(exhibit.expected_label or "expected range", 48)
        axes.axvspan(*exhibit.expected, color=BAND, linewidth=0, zorder=0, label=label)
        low, high = min(low, exhibit.expected[0]), max(high, exhibit.expected[1])
    met = _met(exhibit)
    is_sliver = met is not None and met[1] - met[0] < SLIVER * (high - low)
    counts = {"yours": tuple(map(sum, zip(*exhibit.counts.values(), strict=True)))} if is_sliver else exhibit.counts
    for index, (name, row) in enumerate(counts.items()):
        peak = max(row, default=0) or 1
        shares = [count / peak for count in row]
        colour = SERIES[index % len(SERIES)]
        axes.stairs(shares, exhibit.edges, fill=True, color=colour, alpha=0.18)
        axes.stairs(shares, exhibit.edges, color=colour, linestyle=DASHES[index % len(DASHES)], linewidth=1.4, label=_short(name))
    margin = 0.04 * ((high - low) or 1)
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(0, 1.08)
    if is_sliver and met:
        middle, on_left = sum(met) / 2, sum(met) / 2 > (low + high) / 2
        axes.annotate(f"yours: {number(met[0])} to {number(met[1])}", (middle, 0.6), xytext=(-9 if on_left else 9, 0),
                      textcoords="offset points", ha="right" if on_left else "left", color=INK)  # fmt: skip
    axes.yaxis.set_major_locator(NullLocator())
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(_short(exhibit.unit, 60))
    _legend(axes)


def _met(exhibit: Histogram) -> tuple[float, float] | None:
    """The outer edges of the bins that hold values; None if none does."""
    filled = [index for row in exhibit.counts.values() for index, count in enumerate(row) if count]
    return (exhibit.edges[min(filled)], exhibit.edges[max(filled) + 1]) if filled else None


def _curve(axes: Axes, exhibit: Curve) -> None:
    for index, (name, values) in enumerate(exhibit.y.items()):
        finite = [float("nan") if value is None else value for value in values]
        colour, dashes = SERIES[index % len(SERIES)], DASHES[index % len(DASHES)]
        if len(values) >= MANY_POINTS and not exhibit.x_log:
            axes.plot(exhibit.x[name], finite, color=colour, linewidth=0.9, alpha=0.35)
            axes.plot(exhibit.x[name], _running_mean(finite), linewidth=2, label=_short(name), color=colour, linestyle=dashes)
        else:
            marker = "o" if len(values) < MOST_BARS else None
            axes.plot(
                exhibit.x[name],
                finite,
                linewidth=1.8,
                marker=marker,
                markersize=3,
                label=_short(name),
                color=colour,
                linestyle=dashes,
            )
        _cross_not_finite(axes, exhibit, name, colour)
    if exhibit.x_log:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
    if exhibit.y_log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    for index, (name, value) in enumerate(exhibit.marks.items()):
        colour = MARK if index == 0 else MUTED
        label = f"{_short(name)}: {number(value)}"
        axes.axvline(value, color=colour, linewidth=1.4, linestyle=MARK_DASHES[index % len(MARK_DASHES)], label=label)
    for name, value in exhibit.levels.items():
        axes.axhline(value, color=MUTED, linewidth=1, linestyle=(0, (1, 2)))
        axes.annotate(_short(name), (1, value), xycoords=("axes fraction", "data"), xytext=(-2, 3), textcoords="offset points",
                      ha="right", color=MUTED, fontsize=SMALL)  # fmt: skip
    is_smoothed = any(len(values) >= MANY_POINTS for values in exhibit.y.values()) and not exhibit.x_log
    axes.set_xlabel(_short(exhibit.x_label, 60) + (" (bold: running mean)" if is_smoothed else ""))
    axes.set_ylabel(_short(exhibit.y_label, 40))
    if len(exhibit.y) + len(exhibit.marks) > 1:
        _legend(axes)


def _running_mean(values: list[float]) -> list[float]:
    """Over an eighth of the points up to each; not a number where one of them is not."""
    window = max(2, len(values) // 8)
    parts = [values[max(0, end - window) : end] for end in range(1, len(values) + 1)]
    return [sum(part) / len(part) for part in parts]


def _cross_not_finite(axes: Axes, exhibit: Curve, name: str, colour: str) -> None:
    lost = [x for x, y in zip(exhibit.x[name], exhibit.y[name], strict=False) if y is None]
    if lost:
        axes.plot(
            lost, [1.0] * len(lost), "x", color=colour, transform=axes.get_xaxis_transform(), clip_on=False, label="not finite"
        )


def _bars(axes: Axes, exhibit: Bars) -> None:
    ordered = sorted(exhibit.bars.items(), key=lambda item: -item[1])
    shown = ordered if len(ordered) <= MOST_BARS else [*ordered[: MOST_BARS // 2], ("...", 0.0), *ordered[-MOST_BARS // 2 :]]
    values = [value for _, value in shown]
    axes.barh(range(len(shown)), values, color=SERIES[0], height=0.62)
    for row, (name, value) in enumerate(shown):
        if name != "...":
            axes.annotate(
                number(value), (value, row), xytext=(4, 0), textcoords="offset points", va="center", color=MUTED, fontsize=9
            )
    axes.set_yticks(range(len(shown)), [_short(name) for name, _ in shown])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(_short(exhibit.unit, 60))
    axes.set_xlim(0, 1.12 * max([*values, 1.0]))


def _legend(axes: Axes) -> None:
    """Above the axes, in as many columns as there is room for."""
    labels = [str(label) for label in axes.get_legend_handles_labels()[1]]
    columns = next((count for count in range(len(labels), 1, -1) if _legend_width(labels, count) <= LEGEND_WIDTH), 1)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0, handlelength=1.8)


def _legend_width(labels: list[str], columns: int) -> int:
    """Characters, counting 6 for each line sample; Matplotlib fills column by column, the first ones one longer."""
    width = start = 0
    for column in range(columns):
        end = start + len(labels) // columns + (column < len(labels) % columns)
        width += 6 + max(map(len, labels[start:end]))
        start = end
    return width


def _short(text: str, longest: int = LONGEST_LABEL) -> str:
    """One line, with the middle left out where it is too long: names often differ at the end."""
    line = " ".join(visible(text).split())
    half = (longest - 1) // 2
    return line if len(line) <= longest else f"{line[:half]}…{line[-half:]}"


def _describe_histogram(exhibit: Histogram) -> str:
    met = _met(exhibit)
    values = f"values lie between {number(met[0])} and {number(met[1])}" if met else "there are no values"
    wanted = f"; expected are {number(exhibit.expected[0])} to {number(exhibit.expected[1])}" if exhibit.expected else ""
    return f"Histogram, {exhibit.unit}: {values}{wanted}."


def _describe_curve(exhibit: Curve) -> str:
    parts = []
    for name, values in exhibit.y.items():
        finite = [value for value in values if value is not None]
        lost = len(values) - len(finite)
        course = f"from {number(finite[0])} to {number(finite[-1])}" if finite else "no finite value"
        parts.append(f"{name}: {course}{f', {lost} not finite' if lost else ''}")
    parts += [f"{name} at {number(value)}" for name, value in {**exhibit.marks, **exhibit.levels}.items()]
    return f"Line chart of {exhibit.y_label} over {exhibit.x_label}. {'; '.join(parts)}."
