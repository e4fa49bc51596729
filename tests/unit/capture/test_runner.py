from pathlib import Path

import pytest

from vggdoctor.gather.capture.guard import Guard
from vggdoctor.gather.capture.journal import ChildRequest, Journal
from vggdoctor.gather.capture.places import Places
from vggdoctor.gather.capture.runner import ScriptExit, ending, plain_python
from vggdoctor.gather.capture.session import Session

CELL = """\
%matplotlib inline
!pip install -q keras
for i in range(2):
    %time total = i
    !ls
files = !ls data
model.summary?
x = 5 % 3
"""


def test_magics_and_shell_lines_are_taken_out_line_by_line() -> None:
    skipped: list[str] = []
    lines = plain_python(CELL, skipped).splitlines()
    assert lines == ["pass", "pass", "for i in range(2):", "    total = i", "    pass", "files = []", "pass", "x = 5 % 3"]
    assert skipped == ["!pip install -q keras", "!ls", "files = !ls data", "model.summary?"]


def test_cells_in_other_languages_are_skipped_whole() -> None:
    skipped: list[str] = []
    assert plain_python("%%bash\nrm -rf data\n", skipped) == ""
    assert plain_python("%%time\nx = 1\n", skipped).splitlines() == ["pass", "x = 1"]
    assert skipped == ["%%bash"]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    order = ChildRequest(
        root="/nowhere", copy=str(tmp_path), base=str(tmp_path), store="", entry="train.py", folder=".", arguments=(), seconds=10,
        probe_seconds=0, seed=0, offline=True, probe="",
    )  # fmt: skip
    return Session(order, Journal(tmp_path / "journal"), Places(str(tmp_path)), Guard((str(tmp_path),)))


ERRORS = {
    "import nowhere_to_be_found": ("missing-module", "pip install nowhere_to_be_found"),
    "import skimage_that_is_not.io": ("missing-module", "train.py:1"),
    "open('missing.jpg')": ("exception", "--data"),
    "{}['key']": ("exception", "KeyError: 'key' (train.py:1)"),
    "raise SystemExit(3)": ("exit", ""),
    "raise SystemExit('no data')": ("exit", "no data"),
    "raise ScriptExit('the command line: --size is required')": ("arguments", "--size"),
    "raise ValueError('two\\nlines')": ("exception", "two lines"),
}


@pytest.mark.parametrize("code", ERRORS)
def test_whatever_leaves_the_script_is_told_in_one_line(session: Session, code: str) -> None:
    how, says = ERRORS[code]
    with pytest.raises(BaseException) as caught:
        exec(compile(code, f"{session.order.copy}/train.py", "exec"), {"ScriptExit": ScriptExit})
    told = ending(session, caught.value)
    assert told.how == how
    assert says in told.reason and "\n" not in told.reason
