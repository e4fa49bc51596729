"""too-few-epochs: the training is planned to end while the loss is still falling."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.learning_rate import planned_steps, user_run
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import Evidence, ProbeEvidence, TrainingRun
from vggdoctor.evidence.dataset import ClassFolder, DatasetEvidence, Split
from vggdoctor.schema import Confidence, Effect, Location, Measure, Severity, Undetermined

REACH = 2
"""How many times the steps that the probe made its trend is trusted for (ours)."""
STILL_FALLING = 0.9
"""The last quarter of the losses lies below this share of the one before: at the end of the run it still falls (ours)."""
FEWEST_STEPS = 8
"""Two steps a quarter; fewer show no trend (ours)."""


class TooFewEpochs(Check):
    """The planned epochs end before the network has learnt what it can.

    What it finds
        A training that makes at most twice as many steps in all as the probe did, where the loss was still falling steadily
        at the probe's end.

    Why it hurts
        The network is given away half-trained: more epochs alone would bring it further.

    How it is measured
        Planned steps are epochs times the steps of an epoch (the pictures that were counted over the batch size). The last
        quarter of the probe's losses is compared with the one before it. It is an extrapolation, and of low confidence.

    The fix
        More epochs, and EarlyStopping(restore_best_weights=True) to end them. How many is for the validation loss to say.

    References
        Prechelt, 1998, Early Stopping, but when?: https://doi.org/10.1007/3-540-49430-8_3
    """

    id = "too-few-epochs"
    title = "The loss is still falling when the training ends"
    area = "training"
    severity = Severity.NOTE
    effect = Effect.EPOCHS
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            run = user_run(evidence, stage)
            planned = planned_steps(stage, evidence) if stage.follows is None else None
            losses = [loss for loss in run.losses if loss is not None] if run else []
            if run is None or len(losses) < max(FEWEST_STEPS, len(run.losses)):
                yield Undetermined("the probe's run is too short, or not finite")
            elif planned is None:
                yield Undetermined("how many steps the training makes is not known")
            elif planned <= REACH * len(losses) and _still_falling(losses):
                epochs = stage.epochs.value
                yield self.finding(
                    f"The loss still falls after {len(losses)} steps, and {epochs} epoch{'' if epochs == 1 else 's'} "
                    f"are {planned} steps.",
                    stage.epochs.place or stage.place,
                    stage.place,
                    confidence=Confidence.LOW,
                    measured={"planned steps": Measure(planned, "steps"), "probe": Measure(len(losses), "steps")},
                )


def _still_falling(losses: list[float]) -> bool:
    quarter = len(losses) // 4
    return fmean(losses[-quarter:]) < STILL_FALLING * fmean(losses[-2 * quarter : -quarter])


SHORT = GENERATORS + "model.fit(train, validation_data=val, epochs=2)\n"
CLASSES = (ClassFolder(name="jay", files=80), ClassFolder(name="wren", files=80))
FOLDERS = DatasetEvidence(splits=(Split(path="birds/train", role="train", classes=CLASSES),), pictures=160, examined=160)


def _probe(*losses: float) -> ProbeEvidence:
    run = TrainingRun(stage=Location("train.py", 16, 16), label="user", learning_rate=0.001, losses=losses)
    return ProbeEvidence(pretrained=True, runs=(run,))


FALLING = _probe(2.5, 2.4, 2.1, 1.9, 1.6, 1.4, 1.1, 0.9)

TooFewEpochs.GOOD = (
    Case(name="the loss has settled", source=SHORT, dataset=FOLDERS, probe=_probe(2.5, 1.4, 0.8, 0.6, 0.51, 0.5, 0.5, 0.49)),
    Case(name="many epochs follow", source=SHORT.replace("epochs=2", "epochs=40"), dataset=FOLDERS, probe=FALLING),
)
TooFewEpochs.BAD = (
    Case(
        name="two epochs of five steps",
        source=SHORT,
        dataset=FOLDERS,
        probe=FALLING,
        lines=(16,),
        severity=Severity.NOTE,
        says="2 epochs are 10 steps",
    ),
    Case(
        name="two epochs of three steps, as they are set",
        source=SHORT.replace("epochs=2", "epochs=2, steps_per_epoch=3"),
        probe=FALLING,
        lines=(16,),
        says="2 epochs are 6 steps",
    ),
)
