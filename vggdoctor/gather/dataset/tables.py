"""Reads the CSV files that name pictures and their labels."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from vggdoctor.evidence import Table
from vggdoctor.gather.dataset.loaders import Loader

MOST_ROWS = 1_000_000
"""Rows of a table that are read (ours): beyond, its rows count as unknown."""
SUFFIXES = ("", ".jpg", ".png", ".jpeg")
"""Ends that programs add to an identifier to make a file's name of it."""
TRIED = 1_000
"""Rows by which that end is found (ours)."""
NAMING = 0.5
"""Part of the rows that must name files that are there, for the column to count as one of names (ours)."""


class Row(Struct, frozen=True):
    """``path`` is that of the file, empty where there is none that the loader takes; ``label`` as written."""

    path: str
    label: str


def rows_of(table: Table, folder: Path, bases: Sequence[Path], loader: Loader) -> list[Row] | str:
    """The rows of a table, in their order, or why they are not known. Never raises."""
    file = next((base / table.file for base in bases if (base / table.file).is_file()), None)
    if file is None:
        return f"the table {table.file} is not here"
    try:
        with open(file, newline="", encoding="utf-8-sig") as opened:
            reader = csv.DictReader(opened)
            absent = [name for name in (table.files, table.labels) if name not in (reader.fieldnames or ())]
            if absent:
                return f"{table.file} has no column {absent[0]!r}"
            rows = islice(reader, MOST_ROWS + 1)
            names = [(row[table.files] or "", row[table.labels] or "") for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return f"{table.file} cannot be read: {error}"
    if not names or len(names) > MOST_ROWS:
        return f"{table.file} has {f'over {MOST_ROWS:,} rows' if names else 'no row'}"
    tried = names[:TRIED]
    found = {end: sum(_is_there(folder, name + end, loader) for name, _ in tried) for end in SUFFIXES}
    end = max(found, key=found.__getitem__)
    if found[end] < NAMING * len(tried):
        return f"the column {table.files!r} of {table.file} does not name files in {folder.name}"
    return [
        Row(os.path.join(folder, name + end) if _is_there(folder, name + end, loader) else "", label) for name, label in names
    ]


def _is_there(folder: Path, name: str, loader: Loader) -> bool:
    return bool(name) and loader.takes(name) and os.path.isfile(os.path.join(folder, name))
