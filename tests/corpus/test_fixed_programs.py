"""All fixes of a program together: it still parses, and applying them again changes nothing."""

import ast
import shutil
from pathlib import Path

import pytest

from vggdoctor.auditing import audit
from vggdoctor.fixing.patch import write
from vggdoctor.fixing.stored import patch_of
from vggdoctor.options import Options
from vggdoctor.project import Project
from vggdoctor.schema import Trial

from .labels import programs

COMPOSED = ("sum_of_everything", "cv2_gray_cnn_sequential", "output_mse_on_classes")
"""Programs whose fixes meet: each other's lines, or what only the others make possible."""
SAMPLE = {name: folder for number, (name, folder) in enumerate(programs().items()) if number % 15 == 0 or name in COMPOSED}


@pytest.mark.parametrize("program", SAMPLE.values(), ids=SAMPLE.keys())
def test_fixed_once_is_fixed(program: Path, tmp_path: Path) -> None:
    folder = tmp_path / program.name
    shutil.copytree(program, folder)
    options = Options(path=folder, static=True, pictures=False)
    combined = audit(options).combined_fix
    if combined is None:
        return
    assert combined.verdict is not None
    assert combined.verdict.trial is not Trial.FAILED, combined.verdict.reason
    patch = patch_of(combined, Project(folder))
    write(patch, folder)
    for source in Project(folder).sources.values():
        for part in (source.cells or {None: source.text}).values():
            if source.path in patch.files and not any(line.lstrip().startswith(("%", "!")) for line in part.splitlines()):
                ast.parse(part)
    assert audit(options).combined_fix is None
