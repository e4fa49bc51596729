"""Truth of values, as far as it is decided."""

from __future__ import annotations

from vggdoctor.gather.source.interpreter.values import (
    Class,
    Function,
    Instance,
    Items,
    Known,
    OneOf,
    Result,
    Symbol,
    Table,
    Value,
)


def truth(value: Value) -> bool | None:
    """True or False where every possible run agrees, else None."""
    if isinstance(value, Known):
        return bool(value.value)
    if isinstance(value, Items):
        if value.more is not None or any(isinstance(item, OneOf) for item in value.items):
            return None
        return bool(value.items)
    if isinstance(value, Table):
        return bool(value.entries)
    if isinstance(value, Function | Class | Instance | Symbol):
        return True
    if isinstance(value, OneOf):
        answers = {truth(option) for option in value.options}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(value, Result) and value.function.startswith("keras.") and value.name[:1].isupper():
        return True
    return None


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def is_none(value: Value) -> bool | None:
    """Whether a value is None, where decided."""
    if isinstance(value, Known):
        return value.value is None
    if isinstance(value, Items | Table | Function | Class | Instance | Symbol):
        return False
    if isinstance(value, OneOf):
        answers = {is_none(option) for option in value.options}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(value, Result) and (value.name[:1].isupper() or value.function.startswith("keras.")):
        return False
    return None
