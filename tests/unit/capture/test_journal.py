import os
from pathlib import Path

from vggdoctor.gather.capture.journal import Ended, Journal, JournalReader, Notice, Phase


def test_events_arrive_whole_and_once_also_from_a_writer_that_died(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    reader = JournalReader(path)
    journal = Journal(path)
    journal.write(Phase("one"))
    journal.notice("told once")
    journal.notice("told once")
    assert reader.new() == [Phase("one"), Notice("told once")]
    with path.open("ab") as file:
        file.write(b'{"type":"phase","na')
    assert reader.new() == []
    with path.open("ab") as file:
        file.write(b"\nnonsense\n")
    journal.write(Ended("finished"))
    assert reader.new() == [Ended("finished")]
    reader.close()


def test_a_forked_worker_stays_silent(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    reader = JournalReader(path)
    journal = Journal(path)
    child = os.fork()
    if child == 0:
        journal.write(Phase("from the worker"))
        os._exit(0)
    os.waitpid(child, 0)
    assert reader.new() == []
    reader.close()
