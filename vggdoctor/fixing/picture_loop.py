"""A loop or comprehension that reads one picture after another into a list, taken apart. Loads LibCST."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.names import Names
from vggdoctor.fixing.tree import Tree
from vggdoctor.schema import Change, Location, RemoveStatement, ReplaceExpression

READERS = {
    "cv2.imread",
    "keras.utils.load_img",
    "PIL.Image.open",
    "imageio.imread",
    "matplotlib.pyplot.imread",
    "matplotlib.image.imread",
    "skimage.io.imread",
}
"""Functions that decode the picture file whose path is their first argument."""

STACKING = {"numpy.array", "numpy.asarray", "numpy.stack"}
"""Functions that make one array of a list of pictures."""


@dataclass
class Reading:
    """``loop`` is the statement, ``steps`` what makes ``picture`` from the file at ``path`` in it, ``holder`` the list.

    ``stacked``: the call in ``loop`` itself that makes a comprehension's list an array, None where that comes later.
    """

    tree: Tree
    loop: cst.CSTNode
    steps: list[cst.Assign]
    path: cst.BaseExpression
    holder: cst.Name
    picture: cst.BaseExpression
    stacked: cst.Call | None = None

    @property
    def target(self) -> str:
        return self.holder.value

    def changes(self) -> list[Change]:
        """The list collects paths; what made the pictures leaves the loop."""
        path = self.tree.text(self.path)
        if self.stacked is not None:
            pictures = self.stacked.args[0].value
            (start, end), (first, last) = self.tree.span(pictures), self.tree.span(self.picture)
            text = self.tree.document.text
            paths = f"{text[start:first]}{path}{text[last:end]}"
            return [ReplaceExpression(self.tree.place(self.stacked), f"${{numpy.array}}({paths})")]
        removals: list[Change] = [RemoveStatement(self.tree.place(step)) for step in self.steps]
        return [*removals, ReplaceExpression(self.tree.place(self.picture), path)]

    def stacked_picture(self, names: Names) -> str:
        """What the call that makes a comprehension's list an array does to one picture."""
        picture = self.tree.text(self.picture)
        if self.stacked is None or names.meaning(self.stacked.func) == "numpy.stack":
            return picture
        (start, end), (first, last) = self.tree.span(self.stacked), self.tree.span(self.stacked.args[0].value)
        text = self.tree.document.text
        return f"{text[start:first]}{picture}{text[last:end]}"

    def function(self, name: str, picture: str) -> str:
        """The source of a function that makes one picture; ``picture`` is the expression that it returns."""
        parameter = self.path.value if isinstance(self.path, cst.Name) else "path"
        lines = [self._with_parameter(step, self.tree.text(step), parameter) for step in self.steps]
        if not self.steps:
            picture = self._with_parameter(self.picture, picture, parameter, self.tree.text(self.path))
        body = "\n".join([*lines, f"return {picture}"])
        return f"def {name}({parameter}):\n{textwrap.indent(body, '    ')}"

    def _with_parameter(self, node: cst.CSTNode, text: str, parameter: str, path: str = "") -> str:
        if path:
            return text.replace(path, parameter)
        (start, end), (first, last) = self.tree.span(node), self.tree.span(self.path)
        if not (start <= first and last <= end):
            return textwrap.dedent(text)
        return text[: first - start] + parameter + text[last - start :]


def enclosing_loops(tree: Tree, loop: cst.CSTNode) -> list[cst.CSTNode]:
    """The loop and those around it in the same scope, from the inside out."""
    loops: list[cst.CSTNode] = [loop]
    here = tree.parent(loop)
    while here is not None and not isinstance(here, cst.FunctionDef | cst.ClassDef | cst.Module):
        if isinstance(here, cst.BaseCompoundStatement):
            if not isinstance(here, cst.For):
                raise RepairError("the loop stands inside another block")
            loops.append(here)
        here = tree.parent(here)
    return loops


def reading_of(tree: Tree, names: Names, place: Location) -> Reading:
    """The parts of the loop at a location.

    Raises RepairError where they are not all of a shape that is surely understood.
    """
    loop = tree.statement(place)
    own = _own_readers(tree, names)
    calls = [call for call in tree.of(cst.Call) if _is_within(tree, call, loop) and _reads(names, call, own)]
    if len(calls) != 1 or not calls[0].args or calls[0].args[0].keyword is not None:
        raise RepairError(f"the loop does not read a picture just once, by its path: {len(calls)} readings are in it")
    path = calls[0].args[0].value
    if isinstance(loop, cst.Assign):
        return _comprehension(tree, names, loop, path)
    if not isinstance(loop, cst.For) or not isinstance(loop.body, cst.IndentedBlock):
        raise RepairError(f"there is no loop at {place}")
    made: set[str] = set()
    steps: list[cst.Assign] = []
    found: tuple[cst.Name, cst.BaseExpression] | None = None
    for statement in _statements(loop):
        reads = _is_within(tree, calls[0], statement)
        if not (reads or _names_in(tree, statement, path) & made):
            continue
        target, _ = assigned(statement)
        if isinstance(statement, cst.BaseCompoundStatement):
            raise RepairError("the picture is read or used inside a condition or other block")
        if target is not None and isinstance(statement, cst.Assign):
            steps.append(statement)
            made.add(target.value)
        elif found is None and (found := _appended(statement)):
            continue
        else:
            raise RepairError(f"the picture is also used at {tree.place(statement)}")
    if found is None:
        raise RepairError("the loop does not append the picture to a list")
    reading = Reading(tree, loop, steps, path, *found)
    _refuse_other_inputs(reading, made)
    return reading


def _statements(loop: cst.For) -> list[cst.CSTNode]:
    """The statements of the loop's body, those of one line apart; a block counts as one."""
    statements: list[cst.CSTNode] = []
    for line in loop.body.body:
        statements += line.body if isinstance(line, cst.SimpleStatementLine) else [line]
    return statements


def _own_readers(tree: Tree, names: Names) -> set[str]:
    """Functions of the file that decode the picture whose path is their first argument."""
    found = set()
    for function in tree.of(cst.FunctionDef):
        first = function.params.params[0].name.value if function.params.params else ""
        for call in tree.of(cst.Call):
            argument = call.args[0].value if call.args else None
            is_first = isinstance(argument, cst.Name) and argument.value == first
            if is_first and _is_within(tree, call, function) and names.meaning(call.func) in READERS:
                found.add(function.name.value)
    return found


def _reads(names: Names, call: cst.Call, own: set[str]) -> bool:
    return names.meaning(call.func) in READERS or (isinstance(call.func, cst.Name) and call.func.value in own)


def _comprehension(tree: Tree, names: Names, statement: cst.Assign, path: cst.BaseExpression) -> Reading:
    """``holder = [picture for ...]``, or an array of that."""
    holder, value = assigned(statement)
    stacked = value if isinstance(value, cst.Call) and names.meaning(value.func) in STACKING and value.args else None
    listed = stacked.args[0].value if stacked else value
    if holder is None or not isinstance(listed, cst.ListComp):
        raise RepairError("the pictures are read in a way that is not understood")
    reading = Reading(tree, statement, [], path, holder, listed.elt, stacked)
    _refuse_other_inputs(reading, set())
    return reading


def assigned(statement: cst.CSTNode) -> tuple[cst.Name | None, cst.BaseExpression | None]:
    """Target and value of ``name = value``, else two Nones."""
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target = statement.targets[0].target
        if isinstance(target, cst.Name):
            return target, statement.value
    return None, None


def method(call: cst.Call) -> str:
    """The name of the method that is called, empty for a function."""
    return call.func.attr.value if isinstance(call.func, cst.Attribute) else ""


def _appended(statement: cst.CSTNode) -> tuple[cst.Name, cst.BaseExpression] | None:
    """List and item of ``list.append(item)``."""
    call = statement.value if isinstance(statement, cst.Expr) else None
    if not isinstance(call, cst.Call) or method(call) != "append" or len(call.args) != 1:
        return None
    holder = call.func.value if isinstance(call.func, cst.Attribute) else None
    return (holder, call.args[0].value) if isinstance(holder, cst.Name) else None


def _refuse_other_inputs(reading: Reading, made: set[str]) -> None:
    """Raises RepairError where a picture is made from something else that changes in the loop."""
    tree = reading.tree
    changing = {
        node.value
        for loop in enclosing_loops(tree, reading.loop)
        for node in tree.of(cst.Name)
        if _is_within(tree, node, loop) and _is_bound(tree, node) and node is not reading.holder
    }
    for node in (*reading.steps, reading.picture):
        strangers = (_names_in(tree, node, reading.path) - made) & changing
        if strangers:
            raise RepairError(f"the picture also depends on {sorted(strangers)[0]}, which changes in the loop")


def _is_bound(tree: Tree, node: cst.Name) -> bool:
    """Whether a name is given a value here: by an assignment, or as the variable of a loop."""
    parent = tree.parent(node)
    while isinstance(parent, cst.Element | cst.Tuple | cst.List):
        node, parent = parent, tree.parent(parent)  # type: ignore[assignment]
    return isinstance(parent, cst.AssignTarget) or (isinstance(parent, cst.For | cst.CompFor) and parent.target is node)


def _names_in(tree: Tree, node: cst.CSTNode, path: cst.BaseExpression) -> set[str]:
    """The names in a statement or expression, those of the path left off."""
    found = set()
    for name in tree.of(cst.Name):
        parent = tree.parent(name)
        is_other = (isinstance(parent, cst.Attribute) and parent.attr is name) or (
            isinstance(parent, cst.Arg) and parent.keyword is name
        )
        if _is_within(tree, name, node) and not is_other and not _is_within(tree, name, path):
            found.add(name.value)
    return found


def _is_within(tree: Tree, inner: cst.CSTNode, outer: cst.CSTNode) -> bool:
    (start, end), (first, last) = tree.span(outer), tree.span(inner)
    return start <= first and last <= end
