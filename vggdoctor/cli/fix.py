"""``vggdoctor fix``, and the patch of ``vggdoctor audit --patch``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.arguments import Ignore, PathArguments, Select, ids, of_one_project
from vggdoctor.cli.status import FOUND, OK
from vggdoctor.cli.terminal import complain, open_console
from vggdoctor.errors import InputError, RepairError

if TYPE_CHECKING:
    from vggdoctor.project import Project
    from vggdoctor.schema import AuditResult, Fix


@app.command()
def fix(
    paths: PathArguments,
    apply: Annotated[bool, typer.Option("--apply", help="Change the files.")] = False,
    backup: Annotated[bool, typer.Option("--backup", help="Keep each file that is changed as FILE.orig.")] = False,
    safe_only: Annotated[bool, typer.Option("--safe-only", help="Leave out what a person should read first.")] = False,
    select: Select = None,
    ignore: Ignore = None,
) -> int:
    """Show the corrected source as a diff, or write it with --apply.

    Only what reading the source shows is corrected; `vggdoctor audit --patch FILE` also has what running it shows. Exits with 1
    if there is something to fix and it was not applied.
    """
    from vggdoctor.auditing import audit
    from vggdoctor.fixing.patch import write
    from vggdoctor.fixing.safekeeping import keep, unheld
    from vggdoctor.fixing.stored import patch_of
    from vggdoctor.options import Options
    from vggdoctor.project import Project

    path, files = of_one_project(paths)
    options = Options(
        path=path, files=files, static=True, pictures=False, select=ids(select), ignore=ids(ignore), safe_only=safe_only
    )
    result = audit(options)
    combined = result.combined_fix
    if combined is None or not _is_good(combined):
        typer.echo("There is nothing to fix." if combined is None else f"Nothing is fixed: {_reason(combined)}")
        return OK if combined is None else FOUND
    _show(result, combined)
    if not apply:
        typer.echo("Nothing was changed; --apply writes it.", err=True)
        return FOUND
    project = Project(path, files=files)
    try:
        patch = patch_of(combined, project)
        changed = [project.root / name for name in patch.files]
        lost = [] if backup else unheld(changed)
        if lost:
            names = ", ".join(file.name for file in lost)
            raise InputError(f"{names}: git holds no copy as it is now; commit it first, or give --backup. Nothing was changed")
        kept = [keep(file) for file in changed] if backup else []
        write(patch, project.root)
    except (RepairError, OSError) as error:
        raise InputError(f"nothing was changed: {error}") from error
    typer.echo(f"Changed: {', '.join(patch.files)}" + (f" (before: {', '.join(file.name for file in kept)})" if kept else ""))
    return OK


def write_patch(result: AuditResult, project: Project, file: Path) -> None:
    """Write all recommended fixes as one patch for ``git apply`` in the project's folder; where there is none, say so.

    Raises InputError if the file cannot be written.
    """
    from vggdoctor.fixing.patch import in_bytes
    from vggdoctor.fixing.stored import patch_of

    combined = result.combined_fix
    if combined is None or not _is_good(combined):
        complain(f"no patch was written to {file}: {_reason(combined) if combined else 'there is nothing to fix'}", OK)
        return
    try:
        file.write_bytes(in_bytes(patch_of(combined, project), project.root))
    except (RepairError, OSError) as error:
        raise InputError(f"the patch cannot be written to {file}: {error}") from error
    typer.echo(f"patch: {file} (in {project.root}: git apply {file.resolve()})")


def _is_good(combined: Fix) -> bool:
    from vggdoctor.schema import Trial

    return combined.verdict is None or combined.verdict.trial not in (Trial.FAILED, Trial.HARMFUL)


def _reason(combined: Fix) -> str:
    return combined.verdict.reason if combined.verdict else "it was not tried"


def _show(result: AuditResult, combined: Fix) -> None:
    from rich.text import Text

    from vggdoctor.report.text_safety import visible

    console = open_console()
    for finding in result.findings():
        if finding.fix is not None:
            place = f"{finding.locations[0]} " if finding.locations else ""
            line = visible(f"{place}{finding.check}: {finding.fix.title} ({finding.fix.safety.value})")
            console.print(Text(line, "bold"), soft_wrap=True)
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in (combined.readable or combined.diff).splitlines():
        console.print(Text(visible(line), styles.get(line[:1], "")), soft_wrap=True)
