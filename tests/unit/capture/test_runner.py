from vggdoctor.gather.capture.runner import plain_python

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
