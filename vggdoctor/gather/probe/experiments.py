"""What the experiments share, and each as a step that adds its part to the evidence."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from vggdoctor.evidence import InputContract, ProbeEvidence, ProbeSizes, RateRange, TrainingRun
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import contract, gain, optimizers, pictures, predictions, rates, repeats, training
from vggdoctor.gather.probe.bench import Bench, Samples, set_up
from vggdoctor.gather.probe.budget import PICTURES, STEPS, Budget, NotPossible, rung
from vggdoctor.gather.probe.chance import chance_loss
from vggdoctor.gather.probe.pictures import Pictures

TRAINING_PICTURES = {True: 256, False: 1024}
VALIDATION_PICTURES = {True: 128, False: 512}
"""With a backbone of keras.applications, and without: then pictures are small, or rows of a table (ours)."""
CONTRACT_PICTURES = 64
READING_SHARE = 0.08
REPEATS_SHARE = 0.12
"""Of the budget, at most, for trainings from other starts: steps of a head take milliseconds (ours)."""
REPEATED_SHARE = 0.6
"""Of the budget, at most, for each part of a probe that repeats the sizes of another (ours)."""
SHARES = {
    "head, and a gain to measure": {"training": 0.3, "predictions": 0.12, "gain": 0.32},
    "head": {"training": 0.42, "predictions": 0.22, "gain": 0.0},
    "whole model": {"training": 0.3, "predictions": 0.1, "gain": 0.4},
}
"""Of the budget (ours). Lower rates and rate range have no share of their own: they get what the others leave."""
FEWEST_PICTURES = 64
"""That a few steps of a whole model draw from, at least: a copy with a frozen backbone needs the features of all (ours)."""
RANGE_RESERVE = 0.25
"""Of the budget, left to the range test and what follows by a gain that could use more time (ours)."""
LOWER_RATES = {"rate/10": 0.1, "rate/100": 0.01}
HIGHER_RATES = {"rate*10": 10.0, "rate*100": 100.0}
FAR_LOWER_RATES = LOWER_RATES | {"rate/1000": 1e-3, "rate/10000": 1e-4}
FAR_HIGHER_RATES = HIGHER_RATES | {"rate*1000": 1e3, "rate*10000": 1e4, "rate*100000": 1e5}
"""In each direction until something is learnt; the far ones only where steps are cheap."""
LARGE_UPDATE, SMALL_UPDATE = 1e-2, 1e-4
"""Ten times above and below the healthy ratio of update to weight, 1e-3 (CS231n, "Ratio of weights:updates"): there only smaller,
or only larger, rates are tried where nothing is learnt."""
AGAIN = 2
"""Times that what is close is repeated in other orders of the pictures, where the time allows."""
NEARLY_STILL = 0.05
"""A loss that changed by less in a run is close to standing still (five times the limit of low-learning-rate)."""
AGAIN_SHARE = 0.15
CLOSE = 3.0
"""A largest stable rate within this factor of the user's is measured again (ours)."""
RANGE_STEPS = (13, 25, 41)
"""Steps of the range test: five a decade where they are cheap, three where they are dear, at least one and a half (ours)."""


class Session:
    """Pictures that were read, the bench and the stepper: made once, used by several experiments."""

    def __init__(self, live: LiveStage, budget: Budget, seed: int) -> None:
        self.live = live
        self.budget = budget
        self.seed = seed
        self.stepper: training.Stepper | None = None
        self.ready: tuple[training.Stepper, int, float] | None = None
        self.held_out: tuple[Samples, np.ndarray] | None = None
        self.steps = 0
        self.like = live.sizes
        self.sizes = ProbeSizes()
        self._train: Pictures | None = None
        self._question: gain.Question | NotPossible | None = None
        self._bench: Bench | None = None
        self._validation: Pictures | None = None

    def train(self) -> Pictures:
        if self._train is None:
            self._train = self._read(
                pictures.training, self.like.training_read if self.like else TRAINING_PICTURES[bool(self.live.backbone_layers)]
            )
            self.sizes = replace(self.sizes, training_read=len(self._train))
            if not self.live.model.built:
                self.live.model(self._train.x[:1], training=False)
        return self._train

    def drawn(self, count: int) -> Pictures:
        """So many of the training pictures at random: what is read may lie in the order of the classes."""
        return self.train().at(np.random.default_rng(self.seed).permutation(len(self.train()))[:count])

    def validation(self) -> Pictures:
        if self._validation is None:
            count = self.like.validation_read if self.like else VALIDATION_PICTURES[bool(self.live.backbone_layers)]
            self._validation = self._read(pictures.validation, count)
            self.sizes = replace(self.sizes, validation_read=len(self._validation))
        return self._validation

    def _read(self, reader: Callable[[LiveStage, int, float, int], Pictures], count: int) -> Pictures:
        """All that there are, or a round number where the time ended the reading."""
        began, seconds = time.monotonic(), self.budget.share(REPEATED_SHARE if self.like else READING_SHARE)
        read = reader(self.live, count, seconds, self.seed)
        in_time = time.monotonic() - began < seconds
        return read if in_time else read.first(rung(len(read), PICTURES) or len(read))

    def gain_question(self) -> gain.Question:
        """Asked once; raises NotPossible each time where there is nothing to compare."""
        if self._question is None:
            try:
                self._question = gain.question(self.live, self.train(), self.budget.share(READING_SHARE), self.seed)
            except NotPossible as reason:
                self._question = reason
        if isinstance(self._question, NotPossible):
            raise self._question
        return self._question

    def share(self, experiment: str) -> float:
        """Seconds for an experiment, by what this model lets be done."""
        kind = "head" if self.bench().head_only else "whole model"
        if kind == "head" and self._has_gain():
            kind = "head, and a gain to measure"
        return self.budget.share(SHARES[kind][experiment])

    def _has_gain(self) -> bool:
        try:
            self.gain_question()
        except NotPossible:
            return False
        return True

    def bench(self) -> Bench:
        if self._bench is None:
            self._bench = set_up(self.live)
        return self._bench

    def prepared(self) -> tuple[training.Stepper, int, float]:
        """The stepper with the user's settings, how many steps it is to make, and the seconds that it may take for them."""
        if self.ready is None:
            self.ready = _prepared_alike(self, self.like) if self.like else _prepared(self)
        return self.ready

    def trained(self) -> training.Stepper:
        if self.stepper is None:
            raise NotPossible("there was no training")
        return self.stepper


def contract_of_training(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    found = _contract(session.live, session.train(), "train", session.seed)
    return replace(so_far, contracts=(*so_far.contracts, found))


def contract_of_validation(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    session.train()
    found = _contract(session.live, session.validation(), "validation", session.seed)
    return replace(so_far, contracts=(*so_far.contracts, found))


def _contract(live: LiveStage, read: Pictures, role: str, seed: int) -> InputContract:
    first = read.first(CONTRACT_PICTURES)
    return contract.measure(live, first.x, role, pictures.class_numbers(first.y), seed)


def training_as_set(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    """The user's own settings: run ``user``."""
    stepper, steps, seconds = session.prepared()
    chance = chance_loss(session.live.model, stepper.samples.y)
    rate = optimizers.scheduled_rate(session.live)
    if rate is not None and optimizers.has_schedule(stepper.optimizer):
        rate = None
    found = training.run(stepper, "user", steps, time.monotonic() + seconds, chance, rate)
    session.stepper, session.steps = stepper, steps
    ended_by_time = len(found.losses) < steps and found.losses[-1] is not None
    session.sizes = replace(
        session.sizes,
        training=len(stepper.samples),
        batch=stepper.batch_size,
        steps=len(found.losses) if ended_by_time else steps,
    )
    return replace(so_far, runs=(*so_far.runs, found))


def _prepared(session: Session) -> tuple[training.Stepper, int, float]:
    """Stepper, steps and seconds for them that fit into the share of the training."""
    drawn = session.drawn(len(session.train()))
    bench, seconds = session.bench(), session.share("training")
    began = time.monotonic()
    samples = bench.prepare(drawn, True, 0.75 * seconds)
    stepper, steps = training.prepare(bench, samples, seconds - (time.monotonic() - began), session.seed)
    if not bench.head_only:
        stepper.samples = samples.rows(np.arange(min(len(samples), max(FEWEST_PICTURES, steps * stepper.batch_size))))
    planned = seconds - (time.monotonic() - began)
    return stepper, steps, min(0.5 * session.budget.left(), max(0.5 * seconds, 1.5 * planned))


def _prepared_alike(session: Session, like: ProbeSizes) -> tuple[training.Stepper, int, float]:
    """As the probe before had it.

    Raises NotPossible where there are fewer pictures, or the time is too short for as many.
    """
    samples = session.bench().prepare(session.drawn(like.training), True, session.budget.share(REPEATED_SHARE))
    if not like.steps or len(samples) != like.training:
        raise NotPossible(f"{len(samples)} pictures could be used, {like.training} in the probe to compare with")
    stepper = training.Stepper(session.bench(), samples, like.batch, session.seed)
    return stepper, like.steps, session.budget.share(REPEATED_SHARE)


def predictions_after(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    """With the weights that run ``user`` left."""
    bench = session.trained().bench
    if session.like:
        wanted = session.validation().first(session.like.validation)
        samples = bench.prepare(wanted, False, session.budget.share(REPEATED_SHARE))
    else:
        samples = _validation_samples(session, bench, session.share("predictions"))
    session.sizes = replace(session.sizes, validation=len(samples))
    output = predictions.outputs(bench, samples)
    session.held_out = samples, output
    return replace(so_far, predictions=(*so_far.predictions, predictions.judge(bench, samples, output, session.sizes.steps)))


def repeated_trainings(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    """From other starts, where that is cheap; of a whole model, the training that there was is the only one."""
    stepper = session.trained()
    if session.held_out is None:
        raise NotPossible("no validation picture was looked at")
    samples, output = session.held_out
    if stepper.bench.head_only:
        steps = session.like.repeat_steps if session.like else repeats.planned_steps(stepper, session.sizes.steps)
        count = session.like.repeats if session.like else repeats.MOST
        deadline = time.monotonic() + session.budget.share(REPEATED_SHARE if session.like else REPEATS_SHARE)
        rate = None if optimizers.has_schedule(stepper.optimizer) else so_far.runs[0].learning_rate
        found = repeats.repeat(stepper, samples, steps, range(session.seed, session.seed + count), deadline, rate)
    else:
        found = repeats.only(stepper, samples, output, session.sizes.steps)
    session.sizes = replace(session.sizes, repeats=len(found.seeds), repeat_steps=found.steps)
    return replace(so_far, repeats=(*so_far.repeats, found))


def training_at_other_rates(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    """Only where nothing is learnt at the user's rate: is it the rate, or chance?"""
    stepper, user = session.trained(), so_far.runs[0]
    if training.learns(user):
        raise NotPossible("not needed: the loss falls at the rate that is set")
    if optimizers.has_schedule(stepper.optimizer):
        stepper = training.Stepper(stepper.bench, stepper.samples, stepper.batch_size, session.seed, rate=user.learning_rate)
    step = max(user.seconds / len(user.losses), 1e-6)
    found = _again(session, stepper, so_far, step)
    rates_to_try = _rates_to_try(user, so_far, session.trained().is_cheap)
    done: set[bool] = set()
    for position, (label, factor) in enumerate(rates_to_try.items()):
        if (factor < 1) in done:
            continue
        seconds = session.budget.left() / (len(rates_to_try) - position)
        seconds = min(session.budget.left(), max(seconds, 1.5 * training.FEWEST * step))
        steps = min(session.steps, rung(seconds / step, STEPS))
        if not steps:
            return replace(found, skipped={**found.skipped, label: f"no time: a step takes {step:.1f} s"})
        rate = user.learning_rate * factor
        run = training.run(stepper, label, steps, time.monotonic() + seconds, user.chance_loss, rate)
        found = replace(found, runs=(*found.runs, run))
        if training.learns(run):
            done.add(factor < 1)
    return found


def _again(session: Session, stepper: training.Stepper, so_far: ProbeEvidence, step: float) -> ProbeEvidence:
    """The user's run in other orders, so that a trend near a limit is not one of chance."""
    user, found = so_far.runs[0], so_far
    change = training.trend(user)
    if change is None or abs(change) > NEARLY_STILL or AGAIN * session.steps * step > session.budget.share(AGAIN_SHARE):
        return so_far
    for seed in range(session.seed + 1, session.seed + 1 + AGAIN):
        stepper.seed = seed
        deadline = time.monotonic() + session.budget.share(AGAIN_SHARE)
        run = training.run(stepper, "user, again", session.steps, deadline, user.chance_loss, user.learning_rate)
        found = replace(found, runs=(*found.runs, run))
    stepper.seed = session.seed
    return found


def _rates_to_try(user: TrainingRun, so_far: ProbeEvidence, is_cheap: bool) -> dict[str, float]:
    """Smaller ones where the loss rises or steps are large beside the weights, larger ones where they are tiny, else both."""
    lower = FAR_LOWER_RATES if is_cheap else LOWER_RATES
    higher = FAR_HIGHER_RATES if is_cheap else HIGHER_RATES
    change = training.trend(user)
    if change is None or change > NEARLY_STILL:
        return lower
    ratios = [layer.update_ratio for look in so_far.looks[:1] for layer in look.layers if layer.update_ratio is not None]
    if not ratios or SMALL_UPDATE <= np.median(ratios) <= LARGE_UPDATE:
        return lower | higher
    return higher if np.median(ratios) < SMALL_UPDATE else lower


def gain_of_features(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    asked = session.gain_question()
    seconds = max(session.share("gain"), session.budget.left() - RANGE_RESERVE * session.budget.seconds)
    found = gain.feature_gain(session.live, asked, session.train(), seconds, session.seed)
    return replace(so_far, gains=(*so_far.gains, found))


def range_of_rates(session: Session, so_far: ProbeEvidence) -> ProbeEvidence:
    stepper, run = session.trained(), so_far.runs[0]
    each = run.seconds / max(1, len(run.losses))
    affordable = min(RANGE_STEPS[-1] if stepper.is_cheap else RANGE_STEPS[-2], session.budget.left() / max(each, 1e-6))
    steps = rung(affordable, RANGE_STEPS)
    if not steps:
        raise NotPossible(f"no time: a step takes {each:.1f} s")
    if optimizers.has_schedule(stepper.optimizer):
        seconds, kept = stepper.seconds, stepper
        stepper = training.Stepper(kept.bench, kept.samples, kept.batch_size, session.seed, rate=rates.LOWEST, seconds=seconds)
    found = [rates.rate_range(stepper, steps, time.monotonic() + session.budget.left(), run.learning_rate)]
    stable = found[0].largest_stable
    if stable and 1 / CLOSE < run.learning_rate / stable < CLOSE:
        found += _ranges_again(session, stepper, steps, each, run.learning_rate)
    return replace(so_far, ranges=(*so_far.ranges, *found))


def _ranges_again(session: Session, stepper: training.Stepper, steps: int, each: float, rate: float) -> list[RateRange]:
    found = []
    for seed in range(session.seed + 1, session.seed + 1 + AGAIN):
        if steps * each > session.budget.share(AGAIN_SHARE):
            break
        stepper.seed = seed
        found.append(rates.rate_range(stepper, steps, time.monotonic() + session.budget.share(AGAIN_SHARE), rate))
    stepper.seed = session.seed
    return found


def _validation_samples(session: Session, bench: Bench, seconds: float) -> Samples:
    """Features where the bench works on them; else as many pictures as the model can look at in the time, by a trial."""
    read = session.validation()
    if read.y is None:
        raise NotPossible("the validation pictures come without labels")
    if bench.head_only:
        return bench.prepare(read, False, seconds)
    began = time.monotonic()
    first = read.first(8)
    bench.forward([first.x], False)
    each = (time.monotonic() - began) / len(first)
    return bench.prepare(read.first(max(8, rung(seconds / each, PICTURES))), False, seconds)
