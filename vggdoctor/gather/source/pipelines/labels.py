"""The form of the labels that go with arrays."""

from __future__ import annotations

from vggdoctor.evidence import Fact, known, unknown
from vggdoctor.gather.source.facts import Arguments, fact_of, whole
from vggdoctor.gather.source.interpreter.values import (
    Altered,
    Attribute,
    Element,
    Item,
    Items,
    Missing,
    OneOf,
    Operation,
    Placeholder,
    Result,
    Slice,
    Unknown,
    Value,
    Yielded,
    constant,
)
from vggdoctor.gather.source.names import words

_SAME = words(
    """array asarray astype reshape squeeze ravel flatten cast concatenate stack vstack hstack append copy expand_dims
    convert_to_tensor values"""
)
_SAME_TABLE = words("sample reset_index drop sort_values dropna head tail copy query fillna")
_NUMBERS = words("int float argmax")
"""Functions that give a class number when what they are given is not known."""
_COMPARISONS = words("Eq NotEq Lt LtE Gt GtE In NotIn")
_ONE_HOT = frozenset({"to_categorical", "get_dummies", "one_hot", "OneHotEncoder"})
IMAGE_SETS = {"mnist": 10, "fashion_mnist": 10, "cifar10": 10, "cifar100": 100}


def form_of(value: Value | None, depth: int = 60) -> tuple[Fact[str], Fact[int]]:
    """(label form, number of classes) of what is given as y."""
    nothing: tuple[Fact[str], Fact[int]] = (unknown("the labels are not followed"), unknown("the labels are not followed"))
    if value is None or depth <= 0:
        return nothing
    if isinstance(value, Result):
        return _of_call(value, depth)
    if isinstance(value, Item):
        return _of_item(value, depth)
    if isinstance(value, Items):
        return _of_list(value, depth)
    if isinstance(value, OneOf):
        share = depth // len(value.options)  # so that the work stays bounded however often ways part
        forms = [form_of(option, share) for option in value.options if not isinstance(option, Missing)]
        first = forms[0] if forms else nothing
        return first if all(form[0].value == first[0].value and form[0].known for form in forms) else nothing
    if isinstance(value, Element | Altered):
        return form_of(value.of, depth - 1)
    if isinstance(value, Placeholder) and isinstance(value.payload, tuple):
        return value.payload
    if isinstance(value, Operation) and value.operator in _COMPARISONS:
        return _of_comparison(value)
    if isinstance(value, Attribute):
        return _of_attribute(value, depth)
    if isinstance(value, Unknown) and value.whole:
        return known("integer"), unknown("as many as occur")
    return nothing


def of_pair(value: Value) -> tuple[Fact[str], Fact[int]]:
    """The form of the second part of what a generator, a class or a dataset gives."""
    return form_of(value.items[1] if isinstance(value, Items) and len(value.items) > 1 else None)


def _of_call(call: Result, depth: int) -> tuple[Fact[str], Fact[int]]:
    if call.name in _ONE_HOT:
        arguments = Arguments(call, "to_categorical")
        count: Fact[int] = (
            arguments.fact("num_classes", ..., whole) if "num_classes" in arguments else unknown("as many as occur")
        )
        if call.name == "one_hot" and "depth" in call.keywords:
            count = Arguments(call, "one_hot").fact("depth", ..., whole)
        return known("one-hot", call.place), count
    if call.name in {"fit_transform", "transform"} and isinstance(call.receiver, Result):
        encoder = call.receiver.name
        if encoder == "LabelEncoder":
            return known("integer", call.place), unknown("as many as occur")
        if encoder in {"OneHotEncoder", "MultiLabelBinarizer"}:
            return known("one-hot", call.place) if encoder == "OneHotEncoder" else unknown("several labels a picture"), unknown(
                "as many as occur"
            )
        return unknown("LabelBinarizer gives one column for two classes, else one a class", call.place), unknown(
            "as many as occur"
        )
    if call.name in {"zeros", "ones", "empty", "full"}:
        shape = constant(call.arguments[0]) if call.arguments else None
        if "#stored" in call.attributes:
            return known("integer", call.place), unknown("as many as occur")
        if isinstance(shape, tuple) and len(shape) == 2 and isinstance(shape[1], int):
            return known("one-hot", call.place), known(shape[1], call.place)
        return known("integer", call.place), unknown("as many as occur")
    if call.name in _NUMBERS and not call.function.startswith("."):
        return known("integer", call.place), unknown("as many as occur")
    if call.name in _SAME:
        source = (
            call.receiver
            if call.function.startswith(".") and call.receiver is not None
            else (call.arguments[0] if call.arguments else None)
        )
        return form_of(source, depth - 1)
    return unknown("the labels are not followed", call.place), unknown("the labels are not followed")


def _of_item(value: Item, depth: int) -> tuple[Fact[str], Fact[int]]:
    position = constant(value.index)
    owner = value.of
    if isinstance(owner, Result) and owner.function == "numpy.eye" and owner.arguments:
        return known("one-hot", value.place), fact_of(owner.arguments[0], owner.place, whole)
    if isinstance(owner, Result) and owner.function == "numpy.unique" and position == 1:  # return_inverse
        return known("integer", owner.place), unknown("as many as occur")
    if _is_table(owner) and isinstance(position, str):
        return _of_column(value)
    if isinstance(owner, Result) and owner.name == "train_test_split" and isinstance(position, int):
        index = position // 2
        return form_of(owner.arguments[index] if index < len(owner.arguments) else None, depth - 1)
    if isinstance(owner, Result) and owner.name == "shuffle" and isinstance(position, int) and position < len(owner.arguments):
        return form_of(owner.arguments[position], depth - 1)
    if isinstance(owner, Item) and isinstance(owner.of, Result) and owner.of.name == "load_data":
        dataset = owner.of.function.split(".")[-2]
        if dataset in IMAGE_SETS:
            return known("integer", owner.of.place), known(IMAGE_SETS[dataset], owner.of.place)
    if isinstance(owner, Yielded) and isinstance(position, int):
        first = owner.values[0]
        return form_of(first.items[position] if isinstance(first, Items) and position < len(first.items) else None, depth - 1)
    return form_of(owner, depth - 1)


def _of_comparison(value: Operation) -> tuple[Fact[str], Fact[int]]:
    """``name == "cat"`` is a class number, 0 or 1; ``name == class_names`` one column a class."""
    names = value.right
    if isinstance(names, Result) and names.name in {"constant", "array"} and names.arguments:
        names = names.arguments[0]
    plain = constant(names)
    if isinstance(plain, tuple) and value.operator == "Eq":
        return known("one-hot", value.place), known(len(plain), value.place)
    if isinstance(plain, str | int | float):
        return known("integer", value.place), known(2, value.place)
    return unknown("the labels are not followed", value.place), unknown("the labels are not followed")


def _of_attribute(value: Attribute, depth: int) -> tuple[Fact[str], Fact[int]]:
    if value.name in {"values", "T"}:
        return form_of(value.of, depth - 1)
    if value.name in {"classes", "labels"} and isinstance(value.of, Result) and value.of.name.startswith("flow_from_"):
        return known("integer", value.place), unknown("as many as occur")
    return _of_column(value) if _is_table(value.of) else (unknown("the labels are not followed"), unknown("not followed"))


def _is_table(value: Value | None) -> bool:
    """Whether a value is a pandas table that is read from a file, or a part of its rows."""
    for _ in range(12):
        if isinstance(value, Result) and value.function == "pandas.read_csv":
            return "#stored" not in value.attributes
        if isinstance(value, Result) and value.name in _SAME_TABLE and value.function.startswith("."):
            value = value.receiver
        elif isinstance(value, Attribute) and value.name not in {"iloc", "loc"}:
            return False
        elif isinstance(value, Attribute) or (isinstance(value, Item) and isinstance(value.index, Slice | Item | Result)):
            value = value.of
        else:
            return False
    return False


def _of_column(value: Value) -> tuple[Fact[str], Fact[int]]:
    """One column of a table: what fit takes as it is, is a column of numbers."""
    return known("integer", value.place), unknown("as many as occur")


def _of_list(value: Items, depth: int) -> tuple[Fact[str], Fact[int]]:
    element = value.more if value.more is not None else (value.items[0] if value.items else None)
    plain = constant(element)
    if isinstance(plain, int):
        return known("integer", value.place), unknown("as many as occur")
    if isinstance(plain, tuple) and set(plain) <= {0, 1} and sum(plain) == 1:
        return known("one-hot", value.place), known(len(plain), value.place)
    if isinstance(element, OneOf):
        plains = [constant(option) for option in element.options]
        if all(isinstance(option, int) for option in plains):
            return known("integer", value.place), known(len(set(plains)), value.place)
    if isinstance(element, Items) and len(element.items) == 1 and element.more is None:  # a column
        return _of_list(element, depth - 1)
    if isinstance(element, Result):
        return form_of(element, depth - 1)
    if isinstance(element, Operation | Unknown):
        form, count = form_of(element, depth - 1)
        return (form, count) if form.is_("integer") else (unknown("the labels are not followed"), unknown("not followed"))
    return unknown("the labels are not followed"), unknown("the labels are not followed")
