"""The stages that were told so far: each once, with the one that trained the same model before."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from vggdoctor.evidence import Stage
from vggdoctor.gather.capture.answers import guesses
from vggdoctor.gather.capture.journal import StageSeen
from vggdoctor.gather.capture.session import Session
from vggdoctor.gather.capture.view import uncounted
from vggdoctor.gather.live import LiveStage

NUMBER = "_vggdoctor_stage"
"""The attribute in which a model remembers the number of its last stage."""
MOST = 200
"""Stages that are told; a search over more settings has shown what it does (ours)."""


class Stages:
    """Writes stages to the journal. A call that fits the same network again (folds, restarts) is told once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: list[Stage] = []

    def __bool__(self) -> bool:
        return bool(self._told)

    def of(self, model: Any) -> int | None:
        """The number of the stage that trained ``model`` last."""
        number: int | None = vars(model).get(NUMBER)
        return number

    def add(self, live: LiveStage) -> None:
        """Tell the stage, without what the audit itself invented."""
        live.stage = guesses.taken_back(live.stage, self._session)
        essence = _essence(live.stage)
        number = next((index for index, told in enumerate(self._told) if told == essence), len(self._told))
        if number == len(self._told) and number < MOST:
            self._told.append(essence)
            self._session.journal.write(StageSeen(live.stage))
        object.__setattr__(live.model, NUMBER, number)


def _essence(stage: Stage) -> Stage:
    """What makes two stages the same: all but counts, the order of stages, and the numbers in automatic names."""
    model = stage.model
    layers = tuple(msgspec.structs.replace(layer, name=re.sub(r"_\d+$", "", layer.name)) for layer in model.layers)
    return msgspec.structs.replace(uncounted(stage), model=msgspec.structs.replace(model, layers=layers), follows=None)
