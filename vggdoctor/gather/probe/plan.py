"""The probe: which experiments, in which order, within the budget."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import keras
import tensorflow as tf
from msgspec.structs import replace

from vggdoctor.evidence import ProbeEvidence
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import experiments, trials
from vggdoctor.gather.probe.budget import Budget, NotPossible
from vggdoctor.gather.probe.experiments import Session
from vggdoctor.gather.probe.state import kept

Experiment = Callable[[Session, ProbeEvidence], ProbeEvidence]

PLAN: dict[str, Experiment] = {
    "contract": experiments.contract_of_training,
    "validation contract": experiments.contract_of_validation,
    "first look": trials.first_look_at_start,
    "training": experiments.training_as_set,
    "second look": trials.first_look_when_trained,
    "machine": trials.machine,
    "predictions": experiments.predictions_after,
    "repeated trainings": experiments.repeated_trainings,
    "other rates": experiments.training_at_other_rates,
    "feature gain": experiments.gain_of_features,
    "rate range": experiments.range_of_rates,
    "one batch": trials.one_batch,
    "loader": trials.loader,
    "optimizers": trials.optimizers,
}
"""Most informative for its time first: what comes late is left out when the budget is spent."""

REPEATED = ("contract", "validation contract", "training", "predictions", "repeated trainings")
"""What a probe does that is to be compared with an earlier one: the rest is known from that."""

WHATEVER_THE_WEIGHTS = ("contract", "validation contract", "machine", "loader")
"""What holds of the user's training also where the weights that it asks for could not be had: features of random weights lead to
silent units, gradients of nothing and one answer for all (seen with MobileNetV2)."""

RESERVE = 0.5
"""Seconds kept for putting everything back."""


def probe(
    live: LiveStage,
    seconds: float,
    seed: int,
    report: Callable[[ProbeEvidence], None],
    only: Collection[str] | None = None,
) -> ProbeEvidence:
    """Run the experiments of ``PLAN`` (those named in ``only``, all without it) on the live objects for about ``seconds`` of wall
    clock.

    ``report`` gets the evidence so far after each experiment, so that a kill loses nothing. An experiment that fails or is left
    out is named in ``skipped`` with the reason; nothing is raised for it. Weights, optimizer, random states and iterators are as
    before when this returns. A plain generator cannot be wound back: the batches read from it are gone.

    Two probes with the same seed (of a project and of its patched copy) can be compared in

    - ``contracts``, always;
    - ``gains``, where ``pictures`` and ``side`` agree: then they are the same pictures in the same splits;
    - ``runs`` of one label, ``batch_size`` and number of ``pictures``, over the steps that both have, and ``predictions``, if the
      runs before them had as many steps; both only if the head starts from the same weights (the script seeds itself, or the
      capture does);
    - ``repeats``, where ``labels``, ``steps`` and ``pictures`` agree: every picture of every seed is a pair.

    With ``live.sizes`` (those of the evidence of an earlier probe) this one looks at as much, whatever the speed, and only does
    what is to be compared. Shuffled tf.data pipelines and generators give
    another order every time: for them only averages compare.
    """
    budget = Budget(max(0.0, seconds - RESERVE))
    device = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    evidence = ProbeEvidence(pretrained=live.pretrained, substituted=live.substituted, device=device)
    session = Session(live, budget, seed)
    with kept(live):
        for name, experiment in PLAN.items():
            if (only is not None and name not in only) or (live.sizes and name not in REPEATED):
                continue
            evidence = _attempt(name, experiment, session, evidence)
            report(evidence)
    return replace(evidence, seconds=budget.spent())


def _attempt(name: str, experiment: Experiment, session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    if session.live.substituted and name not in WHATEVER_THE_WEIGHTS:
        return _skipped(so_far, name, "the pretrained weights could not be had, and random ones say nothing of this training")
    if session.budget.left() <= 0:
        return _skipped(so_far, name, f"no time left of {session.budget.seconds:.0f} s")
    keras.utils.set_random_seed(session.seed)
    try:
        found = experiment(session, so_far)
    except NotPossible as reason:
        return _skipped(so_far, name, str(reason))
    except Exception as error:  # noqa: BLE001 the user's own layers, losses and data may raise anything; the next experiment goes on
        return _skipped(so_far, name, f"{type(error).__name__}: {_gist(error)}"[:300])
    return replace(found, seconds=session.budget.spent(), sizes=session.sizes)


def _gist(error: Exception) -> str:
    """The line that says it: TensorFlow puts it last, Keras after a line of its own."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines() if line.strip()] or [""]
    if lines[0].startswith("in user code"):
        return lines[-1]
    return " ".join(lines[:2]) if lines[0].startswith("Exception encountered") else lines[0]


def _skipped(so_far: ProbeEvidence, name: str, reason: str) -> ProbeEvidence:
    return replace(so_far, skipped={**so_far.skipped, name: reason})
