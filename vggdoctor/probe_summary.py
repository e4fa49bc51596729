"""What the probe saw of network, loader and machine, as rows of the report."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean, median

from vggdoctor.evidence import FirstLook, LoaderSpeed, MemoryUse, OneBatch, OptimizerTrial, ProbeEvidence
from vggdoctor.schema import Row

MOMENTS = {"start": "first step", "trained": "step after the short training"}


def behaviour(probe: ProbeEvidence) -> Iterator[Row]:
    """One row a measurement, in the order in which they were made."""
    for look in probe.looks:
        yield _row(MOMENTS.get(look.moment, look.moment), _look(look), look)
    for batch in probe.one_batch:
        yield _row(f"{batch.pictures} pictures by heart", _by_heart(batch), batch)
    for trial in probe.optimizers:
        name = "your optimizer" if trial.label == "user" else f"instead: {trial.optimizer}"
        yield _row(name, _trial(trial), trial)
    for speed in probe.loaders:
        yield _row("loading", _loading(speed), speed)
    for used in probe.memory:
        yield _row("memory", _memory(used), used)


def _row(name: str, value: str, measured: FirstLook | OneBatch | OptimizerTrial | LoaderSpeed | MemoryUse) -> Row:
    return Row(name=name, value=value, origin="observed", place=str(measured.stage))


def _look(look: FirstLook) -> str:
    loss = "not finite" if look.loss is None else f"{look.loss:.3g}"
    guessing = "" if look.chance_loss is None else f" (guessing {look.chance_loss:.3g})"
    penalty = f", penalty {look.penalty:.3g}" if look.penalty else ""
    ratios = [layer.update_ratio for layer in look.layers if layer.update_ratio is not None]
    update = f", an update is {median(ratios):.2g} of the weights' spread" if ratios else ""
    dead = max((layer.dead for layer in look.layers), default=0.0)
    return f"loss {loss}{guessing}{penalty}{update}, at most {dead:.0%} of the units of a layer dead, on {look.pictures} pictures"


def _by_heart(batch: OneBatch) -> str:
    if batch.accuracy is None:
        return f"the loss is not finite after {len(batch.losses)} steps"
    return f"{batch.accuracy:.0%} right after {len(batch.losses)} steps of Adam at {batch.rate:g}"


def _trial(trial: OptimizerTrial) -> str:
    name = f"{trial.optimizer} at {trial.learning_rate:g}"
    return f"{name}: balanced accuracy {fmean(trial.accuracies):.2f} after {trial.steps} steps, {len(trial.accuracies)} splits"


def _loading(speed: LoaderSpeed) -> str:
    both = "both" if speed.measured else "both, worked out"
    return (
        f"{speed.source}: {speed.pipeline:.0f} pictures a second alone, the network {speed.step:.0f}, {both} {speed.both:.0f}: "
        f"{median(speed.waiting):.0%} of a step is waiting"
    )


def _memory(used: MemoryUse) -> str:
    most = "" if used.largest_batch is None else f", about {used.largest_batch:,} pictures a step fit"
    peak = "" if used.peak is None else f", {used.peak / 1e6:,.0f} MB at most so far"
    return f"{used.needed / 1e6:,.0f} MB for {used.batch_size} pictures by formula{most}{peak} ({used.device})"
