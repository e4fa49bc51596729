"""A whole training as it went, epoch by epoch."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from vggdoctor.schema import Location


class WatchedRun(Struct, kw_only=True, frozen=True):
    """One call of fit from its start to its end. Sequences have one value an epoch, the first epoch first.

    ``planned``: epochs that fit was asked for. ``ended``: ``finished``; ``stopped`` by a callback; ``broken`` off by an
    exception, an interrupt or the end of the program. ``logs``: what Keras logged (``loss``, ``val_loss``, metrics), None
    where it was not finite. ``rates``: learning rate at the end of each epoch. ``seconds``: wall clock. ``memory``: bytes of
    this process in main memory; ``device_memory``: most bytes held on the GPU, None without one. ``resting``: layer ->
    (units whose bias did not move in the last epoch, all units), of trainable layers that end in ReLU; ``output_moved``:
    whether the bias of a trainable layer that does not end in ReLU did. ``waiting``: share (0..1) of a step's time that was
    spent waiting for its batch, None where it was not timed, over ``timed_steps`` steps. ``kept_best``: whether a callback
    keeps or restores the best weights. ``overhead``: seconds that the watching itself took.
    """

    stage: Location
    planned: int
    ended: Literal["finished", "stopped", "broken"]
    logs: dict[str, tuple[float | None, ...]]
    rates: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()
    memory: tuple[int, ...] = ()
    device_memory: int | None = None
    resting: dict[str, tuple[int, int]] = {}
    output_moved: bool = True
    waiting: float | None = None
    timed_steps: int = 0
    kept_best: bool = False
    overhead: float = 0.0

    @property
    def epochs(self) -> int:
        """Those that came to their end."""
        return len(self.logs.get("loss", ()))
