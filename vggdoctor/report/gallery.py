"""The exhibits of one document: each distinct one once, and no more than there is room for."""

from __future__ import annotations

import re

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.schema import Exhibit, Matrix, PictureRow, Pictures, Shown

_BASE64 = re.compile("[A-Za-z0-9+/]+={0,2}")


class Picture(Struct, frozen=True):
    """An exhibit as it is shown. ``kind``: drawing (``svg``), photographs (``rows``, and how many were left out), table, repeated
    (``id`` is that of the earlier one), or words where there is no room left."""

    kind: str
    id: str
    description: str
    svg: Markup = Markup("")
    rows: tuple[PictureRow, ...] = ()
    more: int = 0


class Gallery:
    """``drawings`` and ``photographs``: how many more of each the document has room for. ``drawn`` is filled with what was drawn,
    for the next try of the same document."""

    def __init__(self, drawings: int, photographs: int, drawn: dict[tuple[str, str], Markup] | None = None) -> None:
        self.drawings = drawings
        self.photographs = photographs
        self.drawn = {} if drawn is None else drawn
        self.shown: dict[str, str] = {}

    def show(self, exhibit: Exhibit) -> Picture:
        from vggdoctor.report import figures

        key, name = repr(exhibit), f"figure-{len(self.shown) + 1}"
        description = figures.describe(exhibit)
        if key in self.shown:
            return Picture("repeated", self.shown[key], description)
        picture = self._photographs(exhibit, name, description) if isinstance(exhibit, Pictures) else None
        if isinstance(exhibit, Matrix):
            picture = Picture("table", name, description)
        elif not isinstance(exhibit, Pictures) and self.drawings > 0:
            self.drawings -= 1
            if (name, key) not in self.drawn:
                self.drawn[name, key] = Markup(figures.draw(exhibit, name))
            picture = Picture("drawing", name, description, svg=self.drawn[name, key])
        if picture is None:
            return Picture("words", "", description)
        self.shown[key] = name
        return picture

    def _photographs(self, exhibit: Pictures, name: str, description: str) -> Picture | None:
        rows: list[PictureRow] = []
        for row in exhibit.rows:
            if len(row.pictures) > self.photographs:
                break
            self.photographs -= len(row.pictures)
            rows.append(replace(row, pictures=tuple(map(_harmless, row.pictures))))
        return Picture("photographs", name, description, rows=tuple(rows), more=exhibit.total - len(rows)) if rows else None


def _harmless(shown: Shown) -> Shown:
    """Without its picture where that cannot be one."""
    return shown if _BASE64.fullmatch(shown.jpeg) else replace(shown, jpeg="")
