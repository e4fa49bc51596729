"""The experiments on how network, loader and machine behave, each as a step that adds its part to the evidence."""

from __future__ import annotations

import time

from msgspec.structs import replace

from vggdoctor.evidence import ProbeEvidence
from vggdoctor.gather.probe import first_look, hardware, rivals
from vggdoctor.gather.probe import loader as speeds
from vggdoctor.gather.probe import one_batch as by_heart
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.chance import chance_loss
from vggdoctor.gather.probe.experiments import Session

LOOK_PICTURES = {True: 256, False: 16}
"""Of a network whose steps are cheap, and of one whose steps are dear: too few to say that a unit is silent."""
ONE_BATCH_SHARE = 0.08
LOADER_SHARE = 0.15
OPTIMIZERS_SHARE = 0.25
"""Of the budget, at most (ours)."""
EXHAUSTED = ("ResourceExhausted", "OOM", "out of memory", "bad_alloc", "MemoryError")


def first_look_at_start(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    stepper, _, _ = session.prepared()
    stepper.reset()
    return _look(session, so_far, "start")


def first_look_when_trained(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    """With the weights that run ``user`` left."""
    session.trained()
    if None in so_far.runs[0].losses:
        raise NotPossible("the loss was not finite, and nor are the weights")
    return _look(session, so_far, "trained")


def _look(session: Session, so_far: ProbeEvidence, moment: str) -> ProbeEvidence:
    stepper, _, _ = session.prepared()
    chance = chance_loss(session.live.model, stepper.samples.y)
    found = first_look.look(stepper, moment, LOOK_PICTURES[stepper.is_cheap], chance)
    return replace(so_far, looks=(*so_far.looks, found))


def machine(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    """The cards, and the memory that training takes."""
    session.train()
    fact = session.live.stage.train.batch_size
    batch = int(session.live.fit_arguments.get("batch_size") or fact.get(None) or 32)
    lost = next((f"{name}: {why}" for name, why in so_far.skipped.items() if any(word in why for word in EXHAUSTED)), "")
    found = hardware.memory(session.live, batch, lost)
    return replace(so_far, hardware=hardware.hardware(), memory=(*so_far.memory, found))


def one_batch(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    found = by_heart.one_batch(session.trained(), time.monotonic() + session.budget.share(ONE_BATCH_SHARE))
    return replace(so_far, one_batch=(*so_far.one_batch, found))


def loader(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    seconds = session.budget.share(LOADER_SHARE)
    found = speeds.speed(session.live, session.seed, seconds)
    return replace(so_far, loaders=(*so_far.loaders, found))


def optimizers(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    found = rivals.compare(session.trained(), session.budget.share(OPTIMIZERS_SHARE))
    return replace(so_far, optimizers=(*so_far.optimizers, *found))
