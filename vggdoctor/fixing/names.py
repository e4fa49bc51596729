"""How a file spells a name of a library at some place, and the import that it needs where it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, count

import libcst as cst
from libcst.metadata import Assignment as Binding
from libcst.metadata import (
    BaseAssignment,
    BuiltinAssignment,
    ClassScope,
    ComprehensionScope,
    GlobalScope,
    ImportAssignment,
    Scope,
)

from vggdoctor.backbones import FAMILIES
from vggdoctor.fixing.edits import Add, Import
from vggdoctor.fixing.sequences import WIDTH
from vggdoctor.fixing.tree import Tree

SHORT_NAMES = {"numpy": "np", "tensorflow": "tf", "pandas": "pd"}
"""Packages that everybody imports under another name."""
WHOLE_PACKAGES = {"keras", "tensorflow", "numpy", "pandas", "os", "math", "random"}
"""Packages whose modules are reached through the package itself; of others only a module that was imported."""

_KERAS = re.compile(r"^(tensorflow\.(python\.)?keras|keras\.api|tf_keras)(?=\.|$)")
_MOVED = (
    (re.compile(r"^keras\.layers\.experimental\.preprocessing\."), "keras.layers."),
    (
        re.compile(r"^keras\.layers\.(core|convolutional|pooling|normalization|advanced_activations|noise)\."),
        "keras.layers.",
    ),
    (re.compile(r"^keras\.preprocessing\.(image_dataset_from_directory)$"), r"keras.utils.\1"),
    (re.compile(r"^keras\.preprocessing\.image\.(load_img|img_to_array|array_to_img|save_img)$"), r"keras.utils.\1"),
    (re.compile(r"^keras\.utils\.np_utils\."), "keras.utils."),
    (re.compile(r"^keras\.applications\.resnet50\."), "keras.applications.resnet."),
    (re.compile(r"^keras\.models\.(Model|Sequential)$"), r"keras.\1"),
    (re.compile(r"^keras\.layers\.Input$"), "keras.Input"),
)
_CONSTRUCTORS = {f"keras.applications.{family.name}.{name}": name for family in FAMILIES.values() for name in family.applications}


def canonical(name: str) -> str:
    """The one name of a Keras object that has many: ``tensorflow.keras.models.Model`` is ``keras.Model``."""
    name = _KERAS.sub("keras", name)
    for pattern, replacement in _MOVED:
        name = pattern.sub(replacement, name)
    return f"keras.applications.{_CONSTRUCTORS[name]}" if name in _CONSTRUCTORS else name


class Names:
    """The names of one file. ``keras`` is how its imports should spell the package where the file itself does not show it."""

    def __init__(self, tree: Tree, keras: str) -> None:
        self.tree = tree
        self._keras = keras
        self._aliases: dict[str, str] = {}
        self._new: dict[str, str] = {}
        self._extended: dict[cst.CSTNode, str] = {}
        self._taken = {node.value for node in tree.of(cst.Name) if not self._is_attribute(node)}

    def spell(self, target: str, at: cst.CSTNode) -> tuple[str, tuple[Add | Import, ...]]:
        """An expression that means ``target`` at the node ``at``, and what must be imported for it."""
        target = _KERAS.sub("keras", target)
        scope, position = self.tree.scope(at), self.tree.first(at)
        reached = self._reached(target, scope, position)
        if reached:
            return reached, ()
        root = target.split(".")[0]
        module = target.rpartition(".")[0]
        if root in WHOLE_PACKAGES - {"keras"} or not module:
            alias, request = self._import(root, "", SHORT_NAMES.get(root, root), scope, position)
            return alias + target[len(root) :], (request,)
        alias, request = self._import(module, target.rpartition(".")[2], "", scope, position)
        return alias, (request,)

    def new(self, name: str) -> str:
        """``name`` for a variable of the repairs', numbered if the file has that name; the same each time it is asked for."""
        if name not in self._new:
            candidates = chain([name], (f"{name}_{number}" for number in count(2)))
            self._new[name] = next(candidate for candidate in candidates if candidate not in self._taken)
            self._taken.add(self._new[name])
        return self._new[name]

    @property
    def given(self) -> set[str]:
        """The names that imports and new variables of the repairs have."""
        return {*self._aliases.values(), *self._new.values()}

    def meaning(self, node: cst.BaseExpression) -> str | None:
        """What a dotted name stands for (``keras.callbacks.EarlyStopping``), None if it is not the name of a library."""
        dotted = _dotted(node)
        if dotted is None:
            return None
        head, _, rest = dotted.partition(".")
        meaning = self._means(head, self.tree.scope(node), self.tree.span(node)[0])
        return canonical(f"{meaning}.{rest}" if rest else meaning) if meaning else None

    def _reached(self, target: str, scope: Scope, position: int) -> str | None:
        wanted = canonical(target)
        exact: list[str] = []
        through: list[str] = []
        for name in sorted(_visible(scope)):
            meaning = self._means(name, scope, position)
            if meaning is None:
                continue
            if canonical(meaning) == wanted:
                exact.append(name)
            known = canonical(meaning)
            through += [name + form[len(known) :] for form in {target, wanted} if self._reaches(known, form)]
            if known == "tensorflow" and target.startswith("keras.") and self._writes_keras_through_tensorflow():
                through.append(f"{name}.{target}")
        if exact:
            return next((name for name in exact if name == target.rpartition(".")[2]), exact[0])
        return min(through, key=lambda spelled: (spelled.count("."), len(spelled)), default=None)

    def _reaches(self, meaning: str, form: str) -> bool:
        """Whether ``form`` can be written through a name that stands for ``meaning``."""
        if form.split(".")[0] in WHOLE_PACKAGES:
            return form.startswith(meaning + ".")
        return form.rpartition(".")[0] == meaning

    def _writes_keras_through_tensorflow(self) -> bool:
        """Whether ``tf.keras`` is this file's way; not where it imports from Keras' modules and has ``tf`` for other things."""
        return not any(self._keras_imports()) or any(
            isinstance(node.value, cst.Name) and node.attr.value == "keras" and self.meaning(node) == "keras"
            for node in self.tree.of(cst.Attribute)
            if not isinstance(self.tree.parent(node), cst.ImportAlias | cst.ImportFrom | cst.Import)
        )

    def _keras_imports(self) -> Iterator[cst.ImportFrom]:
        for statement in self.tree.of(cst.ImportFrom):
            if canonical(_module_of(statement)).split(".")[0] == "keras":
                yield statement

    def _means(self, name: str, scope: Scope, position: int, depth: int = 5) -> str | None:
        """What a name is bound to where it is used; None if unbound, bound to several things, or not yet bound there."""
        bindings = scope[name]
        meanings = [self._bound_to(binding, name, depth) for binding in bindings]
        known = [meaning for meaning in meanings if meaning is not None]
        if not known or len(known) < len(meanings) or len(set(map(canonical, known))) > 1:
            return None
        return known[0] if any(self._is_before(binding, scope, position) for binding in bindings) else None

    def _bound_to(self, binding: BaseAssignment, name: str, depth: int) -> str | None:
        if isinstance(binding, BuiltinAssignment) or not isinstance(binding, Binding) or depth == 0:
            return None
        node = binding.node
        if isinstance(binding, ImportAssignment):
            return _imported(node, name)
        target = self.tree.parent(node)
        assign = self.tree.parent(target) if isinstance(target, cst.AssignTarget) else None
        if not isinstance(assign, cst.Assign):
            return None
        dotted = _dotted(assign.value)
        if dotted is None or dotted.split(".")[0] == name:
            return None
        head, _, rest = dotted.partition(".")
        meaning = self._means(head, binding.scope, self.tree.span(assign)[0], depth - 1)
        return None if meaning is None else f"{meaning}.{rest}" if rest else meaning

    def _is_before(self, binding: BaseAssignment, scope: Scope, position: int) -> bool:
        if not isinstance(binding, Binding) or _flow(binding.scope) is not _flow(scope):
            return True
        node = binding.node
        return self.tree.span(node)[0] < position if self.tree.has(node) else False

    def _import(self, module: str, name: str, short: str, scope: Scope, position: int) -> tuple[str, Add | Import]:
        target = canonical(f"{module}.{name}" if name else module)
        imports = [node for node in self._top_imports() if self.tree.span(node)[0] < position]
        if not imports and not isinstance(_flow(scope), GlobalScope):
            imports = list(self._top_imports())
        kin = _most_like(module, imports)
        alias = self._aliases.get(target) or self._free(f"{module}.{name}" if name else module, name or short)
        self._aliases[target] = alias
        self._taken.add(alias)
        renamed = name if alias == name else f"{name} as {alias}"
        same = next((node for node in reversed(kin) if self._extends(node, module, renamed)), None) if name else None
        if same is not None:
            self._extended[same] = f"{self._extended.get(same, '')}, {renamed}"
            return alias, Add(same, renamed, renamed)
        at, after = self._place(kin or imports, position, module)
        return alias, Import(at, after, self._spelled(module, kin), name, alias)

    def _free(self, target: str, name: str) -> str:
        """``name``, or one that tells its module too where the file uses ``name`` for something else."""
        parts = target.split(".")
        qualified = f"{parts[-2]}_{name}" if len(parts) > 1 else f"{name}_"
        candidates = chain([name, qualified], (f"{qualified}_{number}" for number in count(2)))
        return next(candidate for candidate in candidates if self._is_free(candidate, target))

    def _is_free(self, name: str, target: str) -> bool:
        return name not in self._taken or self._always_means(name, target)

    def _always_means(self, name: str, target: str) -> bool:
        scopes = {self.tree.scope(node) for node in self.tree.of(cst.Name) if node.value == name and not self._is_attribute(node)}
        bindings = [binding for scope in scopes for binding in scope[name]]
        return bool(bindings) and all(
            (meaning := self._bound_to(binding, name, 5)) is not None and canonical(meaning) == canonical(target)
            for binding in bindings
        )

    def _top_imports(self) -> Iterator[cst.ImportFrom | cst.Import]:
        for line in self.tree.module.body:
            for statement in line.body if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(statement, cst.Import | cst.ImportFrom):
                    yield statement

    def _place(self, imports: list[cst.ImportFrom | cst.Import], position: int, module: str) -> tuple[int, bool]:
        """Where a new import goes, and whether after that line: after its kin (among them, where they are in order), else the
        docstring, else before all code."""
        document = self.tree.document
        modules = [_modules(node)[0] for node in imports]
        if modules == sorted(modules) and len(modules) > 1 and (earlier := self._earlier(imports, module)):
            return document.line_end(self.tree.span(earlier[-1])[1]), True
        if imports:
            return document.line_end(self.tree.span(imports[-1])[1]), True
        body = self.tree.module.body
        if self.tree.module.get_docstring() is not None and not document.is_notebook:
            return document.line_end(self.tree.span(body[0])[1]), True
        part = document.part_of(position)
        first = next(line for line in body if self.tree.first(line) >= part.start)
        return document.line_start(self.tree.first(first)), False

    def _earlier(self, imports: list[cst.ImportFrom | cst.Import], module: str) -> list[cst.ImportFrom | cst.Import]:
        spelled = self._spelled(module, imports)
        return [node for node in imports if _modules(node)[0] <= spelled]

    def _extends(self, node: cst.ImportFrom | cst.Import, module: str, addition: str) -> bool:
        """Whether an import takes another name of ``module``: it imports from it, and its line stays short or is in brackets."""
        return (
            isinstance(node, cst.ImportFrom)
            and _KERAS.sub("keras", _module_of(node)) == module
            and takes_one_more(self.tree, node, addition + self._extended.get(node, ""))
        )

    def _spelled(self, module: str, kin: list[cst.ImportFrom | cst.Import]) -> str:
        """The module as the file's other imports would spell it."""
        if module.split(".")[0] != "keras":
            return module
        for name in (name for statement in reversed(kin) for name in _modules(statement)):
            root = _KERAS.match(name)
            if root or name.split(".")[0] == "keras":
                return (root[0] if root else "keras") + module[len("keras") :]
        return self._keras + module[len("keras") :]

    def _is_attribute(self, node: cst.Name) -> bool:
        parent = self.tree.parent(node)
        return (isinstance(parent, cst.Attribute) and parent.attr is node) or (
            isinstance(parent, cst.Arg) and parent.keyword is node
        )


def takes_one_more(tree: Tree, node: cst.ImportFrom, addition: str) -> bool:
    """Whether an import has names in brackets, or stays short with one more."""
    if isinstance(node.names, cst.ImportStar):
        return False
    length = tree.span(node)[1] - tree.document.line_start(tree.span(node)[0]) + len(addition) + 2
    return node.lpar is not None or length <= WIDTH


def _visible(scope: Scope) -> set[str]:
    names: set[str] = set()
    here = scope
    while True:
        names |= {binding.name for binding in here.assignments if "." not in binding.name}
        if here.parent is here:
            return names
        here = here.parent


def _flow(scope: Scope) -> Scope:
    """The function or module in whose order of lines a scope's code runs."""
    while isinstance(scope, ClassScope | ComprehensionScope):
        scope = scope.parent
    return scope


def _imported(node: cst.CSTNode, name: str) -> str | None:
    """What an import statement binds ``name`` to."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            if alias.evaluated_alias == name:
                return alias.evaluated_name
            if alias.asname is None and alias.evaluated_name.split(".")[0] == name:
                return name
    if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar) and not node.relative:
        for alias in node.names:
            if (alias.evaluated_alias or alias.evaluated_name) == name:
                return f"{_module_of(node)}.{alias.evaluated_name}"
    return None


def _dotted(node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        head = _dotted(node.value)
        return f"{head}.{node.attr.value}" if head else None
    return None


def _module_of(node: cst.ImportFrom) -> str:
    return (_dotted(node.module) or "") if node.module is not None and not node.relative else ""


def _modules(node: cst.ImportFrom | cst.Import) -> list[str]:
    return [_module_of(node)] if isinstance(node, cst.ImportFrom) else [alias.evaluated_name for alias in node.names]


def _most_like(module: str, imports: list[cst.ImportFrom | cst.Import]) -> list[cst.ImportFrom | cst.Import]:
    """The imports that share most with one of ``module``, none if they share nothing."""
    scores = [max(_common(canonical(module), canonical(name)) for name in _modules(node)) for node in imports]
    return [node for node, score in zip(imports, scores, strict=True) if score and score == max(scores)]


def _common(left: str, right: str) -> int:
    """How many leading parts two dotted names share."""
    count = 0
    for one, other in zip(left.split("."), right.split("."), strict=False):
        if one != other:
            break
        count += 1
    return count
