"""tf.data: what makes datasets, and their methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from vggdoctor.evidence import Pipeline, Role, SourceKind, known, unknown
from vggdoctor.gather.source.facts import call_of, fact_of, whole
from vggdoctor.gather.source.interpreter.values import Element, Items, Result, constant
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.pipelines import labels
from vggdoctor.gather.source.pipelines.assembly import then
from vggdoctor.gather.source.pipelines.effect import not_understood, step
from vggdoctor.gather.source.pipelines.origins import cuts_of, listing_of

if TYPE_CHECKING:
    from vggdoctor.gather.source.pipelines.tracer import Tracer

_DATASET_METHODS = words("batch prefetch cache shuffle repeat take skip unbatch with_options shard ignore_errors enumerate")

_CHOOSING = frozenset({"take", "skip", "shard"})


def method(tracer: Tracer, value: Result, links: int) -> Pipeline | None:
    """A method of a dataset, None for any other call."""
    if not value.function.startswith(".") or value.receiver is None:
        return None
    if value.name == "map" and value.arguments:
        before = tracer.trace(value.receiver, links)
        after = tracer.follow(value.arguments[0], before)
        count = len(before.steps)
        if not before.start_range.known or after.steps[:count] != before.steps:  # it reads the files
            return after
        return structs.replace(
            after, steps=(*before.steps, *(structs.replace(s, mapped=value.place) for s in after.steps[count:]))
        )
    if value.name == "filter":
        return tracer.trace(value.receiver, links)
    if value.name in {"interleave", "flat_map"}:
        return then(tracer.trace(value.receiver, links), not_understood(value, f"{value.name} is not followed"))
    if value.name not in _DATASET_METHODS or isinstance(value.receiver, Items):
        return None
    pipeline = tracer.trace(value.receiver, links)
    if value.name == "batch":
        size = value.arguments[0] if value.arguments else value.keywords.get("batch_size")
        return structs.replace(pipeline, batch_size=fact_of(size, value.node_of(0) or value.place, whole))
    if value.name in _CHOOSING:
        return structs.replace(pipeline, cuts=unknown(f"{value.name} chooses rows", value.place))
    if value.name == "shuffle":
        return structs.replace(pipeline, shuffle=known(True, value.place))
    return then(pipeline, step(Role.OTHER, "cache", value)) if value.name == "cache" else pipeline


def made(tracer: Tracer, value: Result, links: int) -> Pipeline | None:
    """A dataset out of arrays, files or a generator, None for any other call."""
    if not value.function.startswith("tensorflow.data.") or not value.arguments:
        return None
    source = value.arguments[0]
    loader = call_of(value)
    if value.name == "from_generator":
        yielded = tracer.run.call(source)
        return structs.replace(tracer.trace(yielded, links), loader=loader)
    if value.name == "zip":
        return tracer.trace(source, links)
    place = (value.place,) if value.place else ()
    if value.name == "list_files":
        return Pipeline(
            kind=known(SourceKind.TF_DATA, value.place),
            shuffle=known(constant(value.keywords.get("shuffle"), True)),
            held_in_memory=known(False),
            listing=listing_of(Element(value)),
            cuts=known(()),
            loader=loader,
            places=place,
        )
    first = source.items[0] if isinstance(source, Items) and source.items and source.kind == "tuple" else source
    form, count = labels.of_pair(source)
    pipeline = tracer.trace(first, links)
    if not pipeline.start_range.known and not pipeline.held_in_memory.is_(True):  # paths, which a map decodes
        paths = Element(first)
        pipeline = Pipeline(
            held_in_memory=known(False),
            steps=pipeline.steps,
            complete=pipeline.complete,
            listing=listing_of(paths),
            cuts=cuts_of(paths),
        )
    return structs.replace(
        pipeline, kind=known(SourceKind.TF_DATA, value.place), shuffle=known(False, value.place), loader=loader,
        label_form=form, classes=count, places=(*pipeline.places, *place),
    )  # fmt: skip
