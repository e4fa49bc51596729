import pytest

from vggdoctor.gather.capture.endings import report
from vggdoctor.gather.capture.journal import Ended
from vggdoctor.gather.capture.request import CaptureRequest
from vggdoctor.gather.capture.supervise import Ending


def ending(code: int = 0, stopped: str = "", output: str = "") -> Ending:
    return Ending(code, stopped, 0, 12.0, output)  # type: ignore[arg-type]


CASES = [
    (ending(), Ended("finished"), 0, "failed", "the script ended before fit"),
    (ending(), Ended("finished"), 1, "ok", ""),
    (ending(), Ended("exit", code=2), 0, "failed", "the script ended itself with exit code 2"),
    (ending(output="no data\n"), Ended("exit", code=0), 0, "failed", "the script ended itself with exit code 0: no data"),
    (ending(), Ended("exit", code=0), 1, "ok", ""),
    (
        ending(output="no data\nI0000 00:00:1795572777.617448   16916 port.cc:153] oneDNN\nWARNING:absl:old\n"),
        Ended("exit", "; it reads its command line", code=1),
        0,
        "failed",
        "code 1: no data; it reads its command line",
    ),
    (ending(), Ended("left", "the training loop was left"), 1, "partial", "after fit: the training loop was left"),
    (ending(-9), None, 0, "failed", "was killed by SIGKILL while loading"),
    (ending(3), None, 2, "partial", "after fit: the process ended at once with exit code 3"),
    (ending(-9, "time"), None, 0, "failed", "the time was over after 12 s, while loading; give more with --budget"),
    (ending(-9, "memory"), None, 0, "failed", "the script passed the memory limit of 1.0 GiB"),
    (ending(-9, "processes"), None, 0, "failed", "more than 256 processes"),
    (ending(), Ended("missing-module", "the module x is not installed: pip install x"), 0, "failed", "pip install x"),
    (ending(), Ended("arguments", "--size is required"), 0, "failed", "--size is required; give them with --args"),
    (ending(), Ended("exception", "KeyError: 'auc' (train.py:7)"), 1, "partial", "after fit: KeyError: 'auc' (train.py:7)"),
]


@pytest.mark.parametrize(("how", "ended", "stages", "status", "says"), CASES)
def test_every_end_is_told_in_one_line(how: Ending, ended: Ended | None, stages: int, status: str, says: str) -> None:
    told = report(how, ended, stages, "loading", CaptureRequest(memory_bytes=2**30))
    assert told.status == status
    assert says in told.reason and "\n" not in told.reason
    assert bool(told.reason) == (status != "ok")
