"""The drawings of one document: each distinct exhibit once, and no more than there is room for."""

from __future__ import annotations

from markupsafe import Markup
from msgspec import Struct

from vggdoctor.schema import Exhibit, Pictures


class Picture(Struct, frozen=True):
    """``svg`` is None where the exhibit is not drawn; ``same_as`` is the id of the earlier drawing of the same exhibit."""

    id: str
    description: str
    svg: Markup | None = None
    same_as: str = ""


class Gallery:
    def __init__(self, room: int) -> None:
        self.room = room
        self.drawn: dict[str, str] = {}

    def show(self, exhibit: Exhibit) -> Picture:
        """The exhibit as a drawing, as a reference to an earlier one, or in words where the room is used up."""
        from vggdoctor.report import figures

        key, name = repr(exhibit), f"figure-{len(self.drawn) + 1}"
        description = figures.describe(exhibit)
        if isinstance(exhibit, Pictures):
            return Picture("", description)
        if key in self.drawn:
            return Picture(self.drawn[key], description, same_as=self.drawn[key])
        if len(self.drawn) >= self.room:
            return Picture("", description)
        self.drawn[key] = name
        return Picture(name, description, svg=Markup(figures.draw(exhibit, name)))
