"""Corrections: what a check proposes (Repair), and what the report shows (Fix, Verdict)."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from vggdoctor.schema.exhibit import Exhibit
from vggdoctor.schema.location import Location


class Safety(str, Enum):
    """safe: keeps what the program does but for the fault; review: a person should read it first."""

    SAFE = "safe"
    REVIEW = "review"


class SetArgument(Struct, frozen=True, tag="set-argument"):
    """Give the call at ``call`` the keyword argument ``name``; replaces one that is there under that name."""

    call: Location
    name: str
    source: str


class RemoveArgument(Struct, frozen=True, tag="remove-argument"):
    """Drop the keyword argument ``name`` from the call at ``call``."""

    call: Location
    name: str


class ReplaceExpression(Struct, frozen=True, tag="replace-expression"):
    """Put ``source`` in the place of the expression that spans ``at``; the text of the expression at ``like`` instead, where that
    is in the same file and means the same here (``SIZE`` for ``(224, 224)``)."""

    at: Location
    source: str
    like: Location | None = None


class InsertStatements(Struct, frozen=True, tag="insert-statements"):
    """Add ``source`` (dedented lines) before or after the whole statement that contains ``at``, at its indentation."""

    at: Location
    source: str
    after: bool = False


class RemoveStatement(Struct, frozen=True, tag="remove-statement"):
    """Take out the whole statement that contains ``at``."""

    at: Location


class AppendItem(Struct, frozen=True, tag="append-item"):
    """Add one element to the list or tuple display that spans ``display``."""

    display: Location
    source: str


class LoadInBatches(Struct, frozen=True, tag="load-in-batches"):
    """Turn the loop at ``loop``, which reads all pictures into one list, into a ``keras.utils.PyDataset`` that reads a batch
    at a time.

    The call of fit at ``fit``, and every predict and evaluate on the same arrays, is given such batches; the paths are split
    instead of the pictures. Left out, with the reason, where the arrays are used in any other way.
    """

    loop: Location
    fit: Location


class BypassCall(Struct, frozen=True, tag="bypass-call"):
    """Put what the call at ``call`` is given first in its place: ``x`` for ``augment(x, training=True)``.

    With ``method``, what it is called on: ``val`` for ``val.map(augment)``. A statement that would then give a name to itself is
    taken out.
    """

    call: Location
    method: bool = False


class PutThrough(Struct, frozen=True, tag="put-through"):
    """Let the function that the ``map`` at ``mapped`` alone is given by name put the pictures that it returns first through
    ``function`` as well; ``otherwise`` where there is no such function."""

    mapped: Location
    function: str
    otherwise: InsertStatements


class SplitFunction(Struct, frozen=True, tag="split-function"):
    """Give the ``map`` at ``mapped`` a function of its own: a copy of the one that it is given by name, without the calls at
    ``without``, which are taken out as by BypassCall. It is put behind the first one, as ``plain_`` and its name."""

    mapped: Location
    without: tuple[Location, ...]


class SwapCalls(Struct, frozen=True, tag="swap-calls"):
    """Do at ``first`` what is done at ``second``, and the other way round, each to what it meets there.

    Both are calls, or sums and products with constants, of one thing: ``x = f(x); x = g(x, k)`` becomes
    ``x = g(x, k); x = f(x)``, and ``g(f(x))`` becomes ``f(g(x))``.
    """

    first: Location
    second: Location


class FreezeLess(Struct, frozen=True, tag="freeze-less"):
    """Let the statement at ``at``, which freezes all of a network (or each of its layers, in a loop), freeze ``part`` alone.

    ``part`` is an expression, the pretrained network inside; where that is empty, all layers but the last ``kept`` ones. The
    statement goes where it would repeat one that is there.
    """

    at: Location
    part: str = ""
    kept: int = 0


class HandOver(Struct, frozen=True, tag="hand-over"):
    """Give the call at ``call`` what is made at ``values``, by the names that hold it.

    ``argument``: ``callbacks``, ``class_weight`` or ``validation_data``.
    """

    call: Location
    values: tuple[Location, ...]
    argument: str


class MoveImports(Struct, frozen=True, tag="move-imports"):
    """Import the names at ``names``, each of a ``from ... import``, from where the full name beside it says."""

    names: tuple[tuple[Location, str], ...]


Change = (
    SetArgument
    | RemoveArgument
    | ReplaceExpression
    | InsertStatements
    | RemoveStatement
    | AppendItem
    | LoadInBatches
    | BypassCall
    | PutThrough
    | SplitFunction
    | SwapCalls
    | FreezeLess
    | HandOver
    | MoveImports
)


class Effect(str, Enum):
    """Where a repair acts. training: on each step; epochs: only over whole epochs (schedules, more epochs, augmentation), so no
    short training shows it; report: not on the trained weights at all (what is measured and told, memory, names)."""

    TRAINING = "training"
    EPOCHS = "epochs"
    REPORT = "report"


class Repair(Struct, frozen=True):
    """A correction as a check proposes it: what to change, in the terms of the program, not of its text.

    In each ``source``, ``${keras.callbacks.ReduceLROnPlateau}`` stands for that name as the file at hand spells it
    (``tf.keras.callbacks...``, a bare imported name ...); an import is added where the file has none that serves.
    ``${new:reduce_lr}`` stands for a variable that the repair introduces: ``reduce_lr``, or ``reduce_lr_2`` where the file
    has that name. ``effect``: where this one acts, if not where the check's repairs usually do.
    """

    title: str
    changes: tuple[Change, ...]
    safety: Safety = Safety.SAFE
    effect: Effect | None = None


class Trial(str, Enum):
    """How a fix fared when it was tried on a patched copy."""

    PROVED = "proved"
    SILENCED = "silenced"
    NO_EFFECT = "no-measurable-effect"
    HARMFUL = "harmful"
    NOT_VERIFIABLE = "not-verifiable"
    FAILED = "failed"


class Comparison(Struct, kw_only=True, frozen=True):
    """One quantity before and after a fix, paired as ``how`` says. ``gain`` is positive where the fix is better, also for a loss;
    ``interval`` is 95 %."""

    metric: str
    before: float
    after: float
    gain: float
    interval: tuple[float, float]
    how: str = ""

    @property
    def direction(self) -> int:
        """1: better, -1: worse, 0: the interval holds both."""
        low, high = self.interval
        return 1 if low > 0 else -1 if high < 0 else 0


class Verdict(Struct, kw_only=True, frozen=True):
    """The trial of a fix.

    ``checks_silent``: the finding is gone from the patched copy and no new error or warning appeared there (by reading it).
    ``ran``: the patched copy reached fit again in the child process; None when it was not run.
    ``metric``, ``before``, ``after``, ``gain``, ``interval``, ``how``: the comparison that decided; ``also``: what else was
    compared (the loss, the frozen features). ``seconds``: what the trial took.
    ``exhibits``: what the two runs look like side by side.
    """

    trial: Trial
    reason: str
    checks_silent: bool = False
    ran: bool | None = None
    metric: str = ""
    before: float | None = None
    after: float | None = None
    gain: float | None = None
    interval: tuple[float, float] | None = None
    how: str = ""
    seconds: float = 0.0
    exhibits: tuple[Exhibit, ...] = ()
    also: tuple[Comparison, ...] = ()


class Edit(Struct, frozen=True):
    """Put ``text`` in the place of a span of a file as it is stored (of a notebook: of its JSON).

    Lines and columns count from 1, in characters, a byte order mark aside; ``end_column`` is the column just after. The start is
    the end for an insertion.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Fix(Struct, kw_only=True, frozen=True):
    """A repair worked out on the user's own files: ``diff`` is unified, as ``git apply`` takes it in the project's folder;
    ``readable`` is the same for people where that is a notebook's JSON, else empty; ``edits`` are the same changes for
    programs, apart from each other and in order."""

    title: str
    safety: Safety
    diff: str
    readable: str = ""
    edits: tuple[Edit, ...] = ()
    verdict: Verdict | None = None
