"""What ``import vggdoctor`` offers, in whatever order its modules are imported."""

import subprocess
import sys

import pytest

import vggdoctor


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "first",
    ["", "import vggdoctor.auditing", "import vggdoctor.cli", "from vggdoctor import auditing", "import vggdoctor.checks.model"],
)
def test_audit_is_the_function_in_every_order_of_imports(first: str) -> None:
    run(f"{first}\nfrom vggdoctor import audit, Options\nimport vggdoctor\nassert callable(audit) and vggdoctor.audit is audit")


def test_every_public_name_is_there_and_no_other() -> None:
    for public in vggdoctor.__all__:
        assert getattr(vggdoctor, public).__name__ == public
        assert public in dir(vggdoctor)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = vggdoctor.no_such_name


def test_help_loads_no_gatherer_and_no_check() -> None:
    run(
        "import sys\nfrom vggdoctor.cli import main\nmain(['--help'])\n"
        "parts = tuple(f'vggdoctor.{part}' for part in ('auditing', 'gather', 'checks', 'fixing'))\n"
        "loaded = [name for name in sys.modules if name.startswith(parts)]\n"
        "assert not loaded, loaded"
    )
