"""Makes a Matplotlib SVG fit for a page: themed by the page's colours, accessible, and within a strict security policy."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_LENGTH = re.compile(r"-?\d+\.\d{3,}")


def clean(source: str, prefix: str, title: str, description: str, palette: dict[str, str]) -> str:
    """The drawing as one inline ``<svg>`` element.

    ``palette`` maps the colours drawn with (``#rrggbb``) to names of CSS variables of the page. Style attributes, which the
    policy forbids, become presentation attributes. Ids are kept where something refers to them, with ``prefix``, so that drawings
    on one page do not clash.
    """
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(source)
    _drop(root, f"{{{SVG}}}metadata", f"{{{SVG}}}style")
    used = _references(root)
    for element in root.iter():
        _inline_style(element)
        _rename(element, used, prefix)
        _recolour(element, palette)
        _round(element)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    _describe(root, prefix, title, description)
    return ElementTree.tostring(root, encoding="unicode")


def _drop(root: ElementTree.Element, *tags: str) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in tags:
                parent.remove(child)


def _references(root: ElementTree.Element) -> set[str]:
    found: set[str] = set()
    for element in root.iter():
        for value in element.attrib.values():
            found.update(re.findall(r"url\(#([^)]+)\)", value))
        if element.get(XLINK_HREF, "").startswith("#"):
            found.add(element.get(XLINK_HREF, "")[1:])
    return found


def _inline_style(element: ElementTree.Element) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            size = re.search(r"([\d.]+)px", value)
            if size:
                element.set("font-size", size[1])
        elif name and name != "font-family":
            element.set(name, value)


def _rename(element: ElementTree.Element, used: set[str], prefix: str) -> None:
    name = element.attrib.pop("id", None)
    if name in used:
        element.set("id", f"{prefix}-{name}")
    for key, value in element.attrib.items():
        if "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{prefix}-"))
    if XLINK_HREF in element.attrib:
        element.set("href", f"#{prefix}-{element.attrib.pop(XLINK_HREF)[1:]}")


def _recolour(element: ElementTree.Element, palette: dict[str, str]) -> None:
    for key in ("fill", "stroke"):
        variable = palette.get(element.get(key, "").lower())
        if variable:
            element.set(key, f"var({variable})")


def _round(element: ElementTree.Element) -> None:
    for key in ("d", "x", "y", "width", "height", "transform", "points"):
        if key in element.attrib:
            element.set(key, _LENGTH.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), element.attrib[key]))


def _describe(root: ElementTree.Element, prefix: str, title: str, description: str) -> None:
    root.set("role", "img")
    root.set("class", "figure")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-description")
    for name, text in (("description", description), ("title", title)):
        element = ElementTree.Element(f"{{{SVG}}}{'desc' if name == 'description' else 'title'}", {"id": f"{prefix}-{name}"})
        element.text = text
        root.insert(0, element)
