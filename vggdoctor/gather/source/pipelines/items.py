"""Parts of what a call gives back: of the pair of a loader, of a split, of a batch; and rows or channels of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from vggdoctor.evidence import Pipeline, known, unknown
from vggdoctor.gather.source.interpreter.values import Item, Result, Yielded, constant
from vggdoctor.gather.source.pipelines import origins, steps

if TYPE_CHECKING:
    from vggdoctor.gather.source.pipelines.tracer import Tracer


def traced(tracer: Tracer, value: Item, links: int) -> Pipeline:
    """The pipeline of ``owner[index]``."""
    position = constant(value.index)
    owner = value.of
    if isinstance(owner, Result) and owner.name == "image_dataset_from_directory" and position in (0, 1):
        pipeline = tracer.trace(owner, links)
        part = ("training", "validation")[position]
        return (
            structs.replace(pipeline, subset=known(part, *pipeline.subset.locations)) if pipeline.subset.is_("both") else pipeline
        )
    if isinstance(owner, Result) and owner.name in {"train_test_split", "shuffle"} and isinstance(position, int):
        index = position // 2 if owner.name == "train_test_split" else position
        if index < len(owner.arguments):
            pipeline = tracer.trace(owner.arguments[index], links)
            if owner.name == "train_test_split" and pipeline.cuts.known and owner.place:
                made = (*pipeline.cuts.get(()), origins.cut(owner, position))
                pipeline = structs.replace(pipeline, cuts=known(made, owner.place))
            return structs.replace(pipeline, places=(*pipeline.places, *((owner.place,) if owner.place else ())))
    if isinstance(owner, Item) and isinstance(owner.of, Result) and owner.of.name == "load_data" and constant(owner.index) == 1:
        return structs.replace(tracer.trace(owner, links), pictures=known(10_000, owner.of.place))  # the test part
    if isinstance(owner, Yielded) and isinstance(position, int):
        return tracer.trace(owner, links)
    pipeline = tracer.applied(steps.of_item(value, steps.rank_of(value.of)), links)
    if origins.is_choice(value.index) and pipeline.cuts.known:
        return structs.replace(pipeline, cuts=unknown("rows are chosen by their places", value.place))
    return pipeline
