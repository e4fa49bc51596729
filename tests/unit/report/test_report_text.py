import io

import msgspec
import pytest
from report_samples import empty, imbalance_finding, leaked, outcome, sample
from rich.console import Console

from vggdoctor.report import text
from vggdoctor.report.progress import Display
from vggdoctor.schema import Outcome, Status


def printed(result, **options) -> str:
    stream = io.StringIO()
    text.show(result, Console(file=stream, highlight=False, **options))
    return stream.getvalue()


def test_piped_output_is_plain_lines_that_can_be_searched() -> None:
    lines = printed(sample(), width=40).splitlines()
    assert "\x1b" not in "".join(lines)
    assert lines[0] == "train.py:9:17 error rescale-only-preprocessing"
    assert "    also train.py:10:16" in lines
    assert any(line.startswith("    fix: use VGG16's own preprocess_input") and line.endswith("+8 to +16)") for line in lines)
    assert "prepare.ipynb cell 7:4:1 warning class-imbalance" in lines
    assert lines[-1] == "2 errors, 1 warning, 1 note; 4 checks passed, 1 does not apply, 2 could not be examined"


def test_a_terminal_gets_colour_and_no_line_wider_than_it_is() -> None:
    plain = printed(sample(), width=60, force_terminal=True, no_color=True)
    assert max(len(line) for line in plain.splitlines() if "\x1b" not in line) <= 60
    assert "\x1b[" in printed(sample(), width=60, force_terminal=True, color_system="standard")


def test_a_terminal_ends_with_a_line_for_each_cause_and_the_verdict() -> None:
    lines = printed(sample(), width=100, force_terminal=True, color_system=None).splitlines()
    first = lines.index(" 4 note    Nothing lowers the learning rate  train.py:40") - 3
    assert lines[first].startswith(" 1 error   A pretrained backbone gets pictures that are only rescaled  train.py:9  balanced")
    assert len(lines[first]) <= 100
    assert lines[first + 5].startswith("2 errors hold this model back, first of all this:")
    assert lines[-1].rstrip() == "2 errors, 1 warning, 1 note; 4 checks passed, 1 does not apply, 2 could not be examined"
    assert not any(line.startswith(" 1 error") for line in printed(sample()).splitlines())


def test_files_that_a_finding_shows_are_named() -> None:
    leak = msgspec.structs.replace(imbalance_finding(), exhibits=(leaked(),), symptom_of="split-leakage")
    said = printed(empty(outcomes=(outcome(leak, "t", "data"),)))
    assert "    data/train/cats/cat.1.jpg = data/validation/cats/cat.1.jpg; and 13 more\n" in said
    assert "    follows from split-leakage: correct that first\n" in said


def test_says_what_could_not_be_examined() -> None:
    said = printed(sample())
    assert "capture partial: the second fit was not reached within the budget; raise --budget" in said
    assert "acme-house-rules crashed: KeyError: 'steps'" in said


def test_several_reasons_are_a_list_and_notices_are_said_once() -> None:
    outcomes = (Outcome(check="a-b", status=Status.NOT_RUN, reason="no loss; no metric; no loss"),)
    lines = printed(empty(outcomes=outcomes, notices=("as before", "as before"))).splitlines()
    assert lines[1:4] == ["    a-b:", "        - no loss", "        - no metric"]
    assert lines.count("notice: as before") == 1


def test_markup_in_names_is_only_text() -> None:
    said = printed(empty(outcomes=(Outcome(check="[red]x[/red]", status=Status.NOT_RUN, reason="[bold]\x1b[31m[/oops]"),)))
    assert "[red]x[/red]: [bold]\\x1b[31m[/oops]" in said


def test_piped_progress_is_one_line_a_message() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream)) as display:
        display.update("source", "reading 3 files [x]", None)
        display.update("capture", "running train.py", 90.0)
        display.update("capture", "running train.py", 80.0)
    assert stream.getvalue() == "source: reading 3 files [x]\ncapture: running train.py\n"


def test_progress_on_a_terminal_shows_the_time_left() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream, force_terminal=True, width=80)) as display:
        display.update("capture", "running train.py", 90.0)
        display.live.refresh()
    assert "s left" in stream.getvalue()
    assert "✓" in stream.getvalue()


def test_a_stage_that_was_broken_off_is_not_ticked() -> None:
    stream = io.StringIO()
    with pytest.raises(KeyError), Display(Console(file=stream, force_terminal=True, width=80)) as display:
        display.update("capture", "running train.py", 90.0)
        raise KeyError
    assert "✓" not in stream.getvalue()
