"""From a loop that reads all pictures into one list to batches that are read when they are wanted. Loads LibCST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import GlobalScope

from vggdoctor.errors import RepairError
from vggdoctor.fixing.names import Names
from vggdoctor.fixing.one_picture import makes_array, of_one, operand
from vggdoctor.fixing.picture_loop import Reading, assigned, enclosing_loops, method, reading_of
from vggdoctor.fixing.tree import Tree
from vggdoctor.schema import (
    Change,
    InsertStatements,
    LoadInBatches,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    SetArgument,
)

LOADER, BATCHES = "load_picture", "PictureBatches"
"""What the new function and the new class are called."""

DEFAULT_BATCH = "32"
"""The batch size of fit, evaluate, predict and flow where none is given (Keras 3.15.1)."""

CLASS = """\
class {batches}(${{keras.utils.PyDataset}}):
    def __init__(self, paths, labels, batch_size, shuffle=False{parameter}):
        super().__init__()
        self.paths, self.labels = paths, labels
        self.batch_size, self.shuffle = batch_size, shuffle{keep}
        self.order = ${{numpy.arange}}(len(paths))
        self.on_epoch_end()

    def __len__(self):
        return -(-len(self.order) // self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        pictures = [{loader}(self.paths[row]) for row in rows]{augment}
        return ${{numpy.stack}}(pictures), self.labels[rows]

    def on_epoch_end(self):
        if self.shuffle:
            ${{numpy.random.shuffle}}(self.order)
"""
AUGMENT = """
        if self.generator:
            pictures = [self.generator.standardize(self.generator.random_transform(picture)) for picture in pictures]"""


@dataclass
class _Rework:
    """What has been understood so far. ``labels`` maps the name of each array of pictures to that of its labels, if known.

    ``explained`` holds the uses of those names that the rework takes care of, or that paths serve as well as pictures.
    """

    tree: Tree
    names: Names
    reading: Reading
    labels: dict[str, str] = field(default_factory=dict)
    explained: set[cst.CSTNode] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    has_generator: bool = False


def changes(tree: Tree, names: Names, change: LoadInBatches) -> tuple[Change, ...]:
    """The single changes that make up the rework.

    Raises RepairError, with the reason, where the loop or the use of its arrays is not of a shape that is surely understood.
    """
    if any(node.value in (LOADER, BATCHES) for node in tree.of(cst.Name)):
        raise RepairError(f"the file has a {LOADER} or {BATCHES} of its own")
    reading = reading_of(tree, names, change.loop)
    work = _Rework(tree, names, reading)
    picture = _convert(work)
    _follow_splits(work)
    fit = tree.call(change.fit, "")
    for call in tree.of(cst.Call):
        if method(call) in {"fit", "fit_generator"}:
            _feed_fit(work, call)
        elif method(call) in {"predict", "evaluate"}:
            _feed(work, call, shuffle="")
    if not any(isinstance(done, ReplaceExpression) and tree.place(fit).contains(done.at) for done in work.changes):
        raise RepairError("fit is not given the array that the loop makes")
    _refuse_other_uses(work)
    return (*reading.changes(), _definitions(work, picture), *work.changes)


def _definitions(work: _Rework, picture: str) -> InsertStatements:
    outer = enclosing_loops(work.tree, work.reading.loop)[-1]
    given = work.has_generator
    batches = CLASS.format(
        batches=BATCHES,
        loader=LOADER,
        parameter=", generator=None" if given else "",
        keep="\n        self.generator = generator" if given else "",
        augment=AUGMENT if given else "",
    )
    gap = "\n\n\n" if isinstance(work.tree.scope(outer), GlobalScope) else "\n\n"
    # Blank lines at the ends of a source are dropped unless they hold a space.
    blank = gap[1:].replace("\n", "\n ")
    before = work.tree.document.text[: work.tree.span(outer)[0]].rstrip(" \t")
    first = "" if before.endswith("\n\n") else blank.lstrip("\n") + "\n"
    return InsertStatements(
        work.tree.place(outer), first + gap.join([work.reading.function(LOADER, picture), batches.rstrip("\n")]) + blank
    )


def _convert(work: _Rework) -> str:
    """Folds what is done to the array behind the loop into the reading of one picture; gives that picture's expression."""
    tree, names, reading = work.tree, work.names, work.reading
    name, picture, converted = reading.target, tree.text(reading.picture), reading.stacked is not None
    if reading.stacked is not None:
        picture = reading.stacked_picture(names)
    work.labels[name] = ""
    for statement in _statements_after(work):
        target, value = assigned(statement)
        changed = None if value is None else of_one(tree, names, value, name, picture)
        if target is not None and value is not None and changed is not None:
            makes = makes_array(tree, names, value) and not converted
            if not converted and not makes:
                continue
            work.explained |= {target, *_uses(tree, value, name)}
            if makes:
                work.changes.append(ReplaceExpression(tree.place(value), f"${{numpy.array}}({name})"))
            elif target.value != name:
                work.changes.append(ReplaceExpression(tree.place(value), name))
            else:
                work.changes.append(RemoveStatement(tree.place(statement)))
            name, picture, converted = target.value, changed, True
            work.labels[name] = ""
        elif converted and isinstance(statement, cst.AugAssign) and _is_division(statement, name):
            picture = f"{operand(picture)} / {tree.text(statement.value)}"
            work.explained.add(statement.target)
            work.changes.append(RemoveStatement(tree.place(statement)))
        elif converted and any(_uses(tree, statement, name)):
            break
    if not converted:
        raise RepairError(f"{reading.target} is not made an array with np.array")
    work.explained.add(reading.holder)
    return picture


def _is_division(statement: cst.AugAssign, name: str) -> bool:
    is_name = isinstance(statement.target, cst.Name) and statement.target.value == name
    return is_name and isinstance(statement.operator, cst.DivideAssign) and isinstance(statement.value, cst.Integer | cst.Float)


def _follow_splits(work: _Rework) -> None:
    """Adds the names that train_test_split gives the parts."""
    for statement in _statements_after(work):
        if not isinstance(statement, cst.Assign) or not isinstance(statement.value, cst.Call):
            continue
        call, target = statement.value, statement.targets[0].target
        if not isinstance(target, cst.Tuple) or not (work.names.meaning(call.func) or "").endswith(".train_test_split"):
            continue
        given = [arg.value for arg in call.args if arg.keyword is None]
        parts = [element.value for element in target.elements if isinstance(element.value, cst.Name)]
        if len(given) == 2 and len(parts) == 4 and isinstance(given[0], cst.Name) and given[0].value in work.labels:
            work.labels |= {parts[0].value: parts[2].value, parts[1].value: parts[3].value}
            work.explained |= {given[0], parts[0], parts[1]}


def _feed_fit(work: _Rework, call: cst.Call) -> None:
    flow = _feed(work, call, shuffle=", shuffle=True")
    validation = _argument(call, "validation_data")
    if not isinstance(validation, cst.Tuple) or len(validation.elements) != 2:
        return
    pictures, labels = (element.value for element in validation.elements)
    if isinstance(pictures, cst.Name) and pictures.value in work.labels:
        source = _batches(pictures.value, work.tree.text(labels), _batch_size(work, flow or call))
        work.explained.add(pictures)
        work.changes.append(SetArgument(work.tree.place(call), "validation_data", source))


def _feed(work: _Rework, call: cst.Call, shuffle: str) -> cst.Call | None:
    """Gives batches to a call that is given the array, or a flow over it; returns the flow."""
    x = _argument(call, "x", 0) or _argument(call, "generator")
    if isinstance(x, cst.Call):
        _feed_flow(work, x)
        return x
    if not isinstance(x, cst.Name) or x.value not in work.labels:
        return None
    tree, place = work.tree, work.tree.place(call)
    y = None if method(call) == "predict" else _argument(call, "y", 1)
    labels = tree.text(y) if y is not None else work.labels[x.value]
    if not labels:
        raise RepairError(f"the labels of {x.value} are not known")
    if _argument(call, "sample_weight") is not None:
        raise RepairError("sample weights go with the arrays")
    work.explained.add(x)
    split = _argument(call, "validation_split")
    if split is not None:
        _hold_back(work, call, x, labels, tree.text(split))
    else:
        work.changes.append(ReplaceExpression(tree.place(x), _batches(x.value, labels, _batch_size(work, call), shuffle)))
    if y is not None:
        work.changes.append(RemoveArgument(place, "y"))
    if _argument(call, "batch_size") is not None:
        work.changes.append(RemoveArgument(place, "batch_size"))
    return None


def _feed_flow(work: _Rework, flow: cst.Call) -> None:
    """An ImageDataGenerator goes on transforming, now the pictures of one batch."""
    pictures, labels = _argument(flow, "x", 0), _argument(flow, "y", 1)
    if not isinstance(pictures, cst.Name) or pictures.value not in work.labels:
        return
    others = {arg.keyword.value for arg in flow.args if arg.keyword} - {"x", "y", "batch_size", "shuffle", "seed"}
    if labels is None or others or not isinstance(flow.func, cst.Attribute) or method(flow) != "flow":
        raise RepairError("flow is called in a way that is not understood")
    order = _argument(flow, "shuffle")
    shuffle = f", shuffle={'True' if order is None else work.tree.text(order)}"
    text = _batches(pictures.value, work.tree.text(labels), _batch_size(work, flow), shuffle)
    work.explained.add(pictures)
    work.has_generator = True
    generator = work.tree.text(flow.func.value)
    work.changes.append(ReplaceExpression(work.tree.place(flow), f"{text[:-1]}, generator={generator})"))


def _hold_back(work: _Rework, call: cst.Call, x: cst.Name, labels: str, share: str) -> None:
    """What validation_split does to arrays: the last rows are for validation."""
    place, size = work.tree.place(call), _batch_size(work, call)
    training = _batches(f"{x.value}[:held_back]", f"{labels}[:held_back]", size, ", shuffle=True")
    validation = _batches(f"{x.value}[held_back:]", f"{labels}[held_back:]", size)
    work.changes += [
        InsertStatements(place, f"held_back = int(len({x.value}) * (1 - {share}))"),
        ReplaceExpression(work.tree.place(x), training),
        RemoveArgument(place, "validation_split"),
        SetArgument(place, "validation_data", validation),
    ]


def _batches(paths: str, labels: str, size: str, rest: str = "") -> str:
    return f"{BATCHES}({paths}, {labels}, {size}{rest})"


def _batch_size(work: _Rework, call: cst.Call) -> str:
    given = _argument(call, "batch_size")
    return DEFAULT_BATCH if given is None else work.tree.text(given)


def _argument(call: cst.Call, name: str, position: int | None = None) -> cst.BaseExpression | None:
    for index, arg in enumerate(call.args):
        if arg.keyword is None and index == position and not arg.star:
            return arg.value
        if arg.keyword is not None and arg.keyword.value == name:
            return arg.value
    return None


def _statements_after(work: _Rework) -> Iterator[cst.CSTNode]:
    """The assignments of the same scope behind the loop, in order."""
    outer = enclosing_loops(work.tree, work.reading.loop)[-1]
    end = work.tree.span(outer)[1]
    scope = work.tree.scope(outer)
    assignments = [*work.tree.of(cst.Assign), *work.tree.of(cst.AugAssign)]
    for statement in sorted(assignments, key=work.tree.span):
        if work.tree.span(statement)[0] >= end and work.tree.scope(statement) is scope:
            yield statement


def _uses(tree: Tree, within: cst.CSTNode, name: str) -> Iterator[cst.Name]:
    start, end = tree.span(within)
    for node in tree.of(cst.Name):
        if node.value == name and start <= tree.span(node)[0] and tree.span(node)[1] <= end:
            yield node


def _refuse_other_uses(work: _Rework) -> None:
    """Raises RepairError where an array is used in a way that needs the pictures themselves."""
    tree = work.tree
    outer = enclosing_loops(tree, work.reading.loop)[-1]
    scope, begin = tree.scope(outer), tree.span(outer)[0]
    for node in tree.of(cst.Name):
        if node.value not in work.labels or node in work.explained or _is_harmless(tree, node):
            continue
        is_own = tree.scope(node) is not scope and node.value in tree.scope(node)._assignments
        if not is_own and (tree.scope(node) is not scope or tree.span(node)[0] >= begin):
            raise RepairError(f"{node.value} is used in another way too, at {tree.place(node)}")


def _is_harmless(tree: Tree, node: cst.Name) -> bool:
    """The name of an attribute or keyword, or a use that wants no more than the number of pictures."""
    parent = tree.parent(node)
    above = tree.parent(parent) if parent is not None else None
    if isinstance(parent, cst.Attribute):
        return parent.attr is node or (parent.attr.value == "shape" and isinstance(above, cst.Subscript))
    if isinstance(parent, cst.Arg):
        is_length = isinstance(above, cst.Call) and isinstance(above.func, cst.Name) and above.func.value == "len"
        return parent.keyword is node or is_length
    return False
