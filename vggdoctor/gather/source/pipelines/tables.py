"""The table behind flow_from_dataframe: the file that it was read from, and the splits that its rows came through."""

from __future__ import annotations

from vggdoctor.evidence import Cut, Fact, Table, known, unknown
from vggdoctor.gather.source.facts import Arguments
from vggdoctor.gather.source.interpreter.values import Item, Result, Value, constant
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.pipelines.origins import cut

_SAME_ROWS = words("reset_index copy rename astype")
"""Methods of a table that leave its rows and their order."""
_DEPTH = 30


def of_frame(flow: Arguments) -> tuple[Fact[Table], Fact[tuple[Cut, ...]]]:
    """Where the rows of ``dataframe`` come from; unknown where they are chosen, made or ordered in any other way. Columns that
    the program writes into the table are taken to name the same pictures."""
    cuts: list[Cut] = []
    value: Value | None = flow.get("dataframe")
    for _ in range(_DEPTH):
        position = constant(value.index) if isinstance(value, Item) else None
        if isinstance(value, Item) and isinstance(value.of, Result) and value.of.name == "train_test_split":
            if not isinstance(position, int) or not 0 <= position // 2 < len(value.of.arguments):
                break
            cuts.append(cut(value.of, position))
            value = value.of.arguments[position // 2]
        elif isinstance(value, Result) and value.function.startswith(".") and value.name in _SAME_ROWS:
            value = value.receiver
        elif isinstance(value, Result) and value.function == "pandas.read_csv":
            return _read(value, flow), known(tuple(reversed(cuts)), value.place)
        else:
            break
    return unknown("where the rows of the table come from is not known"), unknown("how the rows are chosen is not known")


def _read(call: Result, flow: Arguments) -> Fact[Table]:
    file = constant(call.arguments[0]) if call.arguments else None
    files, labels = flow.constant("x_col", "filename"), flow.constant("y_col", "class")
    if set(call.keywords) or call.unsure or not isinstance(file, str):
        return unknown("how the table is read is not known", call.place)
    if not isinstance(files, str) or not isinstance(labels, str):
        return unknown("which columns are read is not known", call.place)
    return known(Table(file=file, files=files, labels=labels), call.place)
