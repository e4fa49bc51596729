"""Says in one line how a run ended, and what the user can do."""

from __future__ import annotations

import re
from typing import Literal

from vggdoctor.gather.capture.journal import Ended
from vggdoctor.gather.capture.request import CaptureRequest
from vggdoctor.gather.capture.supervise import MAXIMUM_PROCESSES, Ending
from vggdoctor.schema import GatherReport

LOGGED = re.compile(
    r"[IWEF]\d{4} \d\d:\d\d|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] |WARNING:(absl|tensorflow)"
    r"|WARNING: All log messages before|To enable the following instructions"
)
"""Lines of absl's and TensorFlow's own logging."""
ADVICE = {
    "exception": "",
    "arguments": "give them with --args",
    "missing-module": "",
    "left": "",
    "syntax": "correct it, or choose another file with --entry",
    "no-keras": "install it beside vggdoctor: pip install 'vggdoctor[cpu]'",
}


def report(ending: Ending, ended: Ended | None, stages: int, phase: str, request: CaptureRequest) -> GatherReport:
    """The report of a run that captured ``stages`` stages: ok only if the script came to its own end."""
    is_normal = ended is not None and (ended.how == "finished" or (ended.how == "exit" and ended.code == 0 and stages))
    reason = "" if is_normal and not ending.stopped else _reason(ending, ended, phase, request)
    if not stages:
        return GatherReport(status="failed", reason=reason or "the script ended before fit", seconds=ending.seconds)
    status: Literal["ok", "partial"] = "partial" if reason else "ok"
    return GatherReport(status=status, reason=f"after fit: {reason}" if reason else "", seconds=ending.seconds)


def _reason(ending: Ending, ended: Ended | None, phase: str, request: CaptureRequest) -> str:
    """Why the script did not come to its end; empty if it did."""
    if ending.stopped == "time":
        return f"the time was over after {ending.seconds:.0f} s, while {phase}; give more with --budget"
    if ending.stopped == "memory":
        limit = f" of {request.memory_bytes / 2**30:.1f} GiB" if request.memory_bytes else ""
        return f"the script passed the memory limit{limit} while {phase}; it was ended"
    if ending.stopped == "processes":
        return f"the script started more than {MAXIMUM_PROCESSES} processes; it was ended"
    if ended is None:
        last = _last_line(ending.output)
        how = f"was killed by {ending.signal_name}" if ending.signal_name else f"ended at once with exit code {ending.code}"
        return f"the process {how} while {phase}" + (f" ({last})" if last else "")
    if ended.how == "exit":
        said = ended.reason if ended.reason[:1] not in ("", ";") else _last_line(ending.output) + ended.reason
        return f"the script ended itself with exit code {ended.code}" + (f": {said}" if said else "")
    advice = ADVICE[ended.how]
    return ended.reason + (f"; {advice}" if advice else "")


def _last_line(output: str) -> str:
    """The last thing that the script said; what TensorFlow's libraries log is not the script's."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not LOGGED.match(line.strip())]
    return lines[-1][:200] if lines else ""
