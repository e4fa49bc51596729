"""What a metric of scikit-learn compares: labels and predictions, back to the pictures that they belong to."""

from __future__ import annotations

from vggdoctor.evidence import Comparison
from vggdoctor.gather.source.interpreter.values import Attribute, Element, Item, Items, Operation, Result, Value
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.pipelines.tracer import Tracer

_PASSING = words(
    """argmax array asarray concatenate astype reshape flatten ravel squeeze round rint list hstack vstack stack where
    greater numpy cast int map"""
)
_PREDICTIONS = frozenset({".predict", ".predict_generator"})
_DEPTH = 25


def compared(call: Result, tracer: Tracer) -> Comparison | None:
    """None unless both sides lead back to one and the same iterator or dataset."""
    truth = call.keywords.get("y_true") or (call.arguments[0] if call.arguments else None)
    guess = (
        call.keywords.get("y_pred") or call.keywords.get("y_score") or (call.arguments[1] if len(call.arguments) > 1 else None)
    )
    predict = _predict_of(guess, _DEPTH)
    if truth is None or predict is None or predict.place is None:
        return None
    given = predict.arguments[0] if predict.arguments else predict.keywords.get("x") or predict.keywords.get("generator")
    labels, source = _labels_of(truth, _DEPTH)
    if given is None or source is not given:
        return None
    return Comparison(labels=labels, pipeline=tracer.given(given), predict=predict.place)


def _predict_of(value: Value | None, depth: int) -> Result | None:
    """The call of predict that a value comes from through operations that keep the rows in order."""
    while value is not None and depth:
        depth -= 1
        if isinstance(value, Result) and value.function in _PREDICTIONS:
            return value
        value = _inner(value)
    return None


def _labels_of(value: Value | None, depth: int) -> tuple[str, Value | None]:
    """(``classes`` or ``pass``, the iterator or dataset)."""
    while value is not None and depth:
        depth -= 1
        if isinstance(value, Attribute) and value.name in {"classes", "labels"}:
            return "classes", value.of
        if isinstance(value, Item) and isinstance(value.of, Element):
            return "pass", value.of.of
        value = _inner(value)
    return "", None


def _inner(value: Value) -> Value | None:
    if isinstance(value, Result) and value.name in _PASSING:
        if value.function.startswith(".") and value.receiver is not None:
            return value.receiver
        return value.arguments[-1] if value.name == "map" and value.arguments else next(iter(value.arguments), None)
    if isinstance(value, Operation | Item):
        return value.left if isinstance(value, Operation) else value.of
    if isinstance(value, Items):
        return value.more if value.more is not None else (value.items[0] if len(value.items) == 1 else None)
    return None
