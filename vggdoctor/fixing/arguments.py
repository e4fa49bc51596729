"""The arguments of a call: by keyword, by position, or inside a dictionary that is unpacked."""

from __future__ import annotations

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.edits import Add, Drop, Replace
from vggdoctor.fixing.names import Names
from vggdoctor.fixing.signatures import FORMER_NAMES, PARAMETERS
from vggdoctor.fixing.tree import Tree


class Arguments:
    """The arguments of one call in a file."""

    def __init__(self, tree: Tree, names: Names, call: cst.Call) -> None:
        self.tree, self.call = tree, call
        callee = names.meaning(call.func) or ""
        if not callee and isinstance(call.func, cst.Attribute | cst.Name):
            callee = call.func.value if isinstance(call.func, cst.Name) else call.func.attr.value
        self._parameters = PARAMETERS.get(callee.rpartition(".")[2], ())

    def set(self, name: str, source: str) -> Add | Replace | None:
        """What gives the call ``name=source``; None if it has just that.

        Raises RepairError if it cannot be told whether the call has the argument already.
        """
        index = self._index(name)
        if index is not None:
            return self._replaced(index, name, source)
        entry = self._unpacked(name)
        if entry is not None:
            start, end = self.tree.span(entry.value)
            return None if self._same(start, end, source) else Replace(start, end, source)
        if any(isinstance(arg.value, cst.GeneratorExp) and not arg.value.lpar for arg in self.call.args):
            raise RepairError(f"{name} cannot be added beside a bare generator expression")
        return Add(self.call, name, f"{name}={source}")

    def removed(self, name: str) -> Drop:
        """What takes the argument away.

        Raises RepairError if the call does not have it, or if others by position come after it.
        """
        index = self._index(name)
        if index is None:
            where = " (it may come with the unpacked **)" if any(arg.star == "**" for arg in self.call.args) else ""
            raise RepairError(f"the call has no argument {name}{where}")
        if self.call.args[index].keyword is None and any(not arg.keyword for arg in self.call.args[index + 1 :]):
            raise RepairError(f"{name} is given by position with others after it")
        return Drop(self.call, index)

    def _index(self, name: str) -> int | None:
        known = (name, *FORMER_NAMES.get(name, ()))
        for index, arg in enumerate(self.call.args):
            if arg.keyword is not None and arg.keyword.value in known:
                return index
        positional = [arg for arg in self.call.args if arg.keyword is None and arg.star != "**"]
        if name not in self._parameters:
            if len(positional) > len(self._parameters) > 0:
                raise RepairError(f"whether {name} is given by position is not clear: Keras' versions differ")
            return None
        wanted = self._parameters.index(name)
        star = next((index for index, arg in enumerate(positional) if arg.star == "*"), None)
        if star is not None and star <= wanted:
            raise RepairError(f"{name} may come with the unpacked *{self.tree.text(positional[star].value)}")
        return wanted if wanted < len(positional) else None

    def _replaced(self, index: int, name: str, source: str) -> Replace | None:
        arg = self.call.args[index]
        start, end = self.tree.span(arg)
        if arg.keyword is not None:
            keyword_end = self.tree.span(arg.keyword)[1]
            value = self.tree.skip(self.tree.skip(keyword_end) + 1)
            if arg.keyword.value != name:
                between = self.tree.document.text[keyword_end:value]
                return Replace(start, end, f"{name}{between}{source}")
            start = value
        return None if self._same(start, end, source) else Replace(start, end, source)

    def _same(self, start: int, end: int, source: str) -> bool:
        text = self.tree.document.text[start:end]
        return "".join(text.split()).replace("'", '"') == "".join(source.split()).replace("'", '"')

    def _unpacked(self, name: str) -> cst.DictElement | None:
        """The entry of an unpacked dictionary display that gives the argument.

        Raises RepairError if an unpacked value is not known.
        """
        for arg in self.call.args:
            if arg.star != "**":
                continue
            display = self._display(arg.value)
            if display is None:
                raise RepairError(f"{name} may come with the unpacked **{self.tree.text(arg.value)}")
            for element in display.elements:
                key = element.key if isinstance(element, cst.DictElement) else None
                if not isinstance(key, cst.SimpleString):
                    raise RepairError(f"{name} may come with the unpacked **{self.tree.text(arg.value)}")
                if key.evaluated_value == name and isinstance(element, cst.DictElement):
                    return self._only_here(element, arg)
        return None

    def _display(self, value: cst.BaseExpression) -> cst.Dict | None:
        if isinstance(value, cst.Dict):
            return value
        if not isinstance(value, cst.Name):
            return None
        bindings = list(self.tree.scope(value)[value.value])
        node = getattr(bindings[0], "node", None) if len(bindings) == 1 else None
        target = self.tree.parent(node) if isinstance(node, cst.CSTNode) else None
        assign = self.tree.parent(target) if isinstance(target, cst.AssignTarget) else None
        changed = any(isinstance(self.tree.parent(use), cst.Subscript | cst.Attribute) for use in self._uses(value.value))
        return assign.value if isinstance(assign, cst.Assign) and isinstance(assign.value, cst.Dict) and not changed else None

    def _only_here(self, element: cst.DictElement, arg: cst.Arg) -> cst.DictElement:
        if isinstance(arg.value, cst.Name) and len(self._uses(arg.value.value)) > 2:
            raise RepairError(f"{arg.value.value} is used in other places too")
        return element

    def _uses(self, name: str) -> list[cst.Name]:
        return [use for use in self.tree.of(cst.Name) if use.value == name]
