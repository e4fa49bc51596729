from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def _scans_are_kept_apart(tmp_path_factory: pytest.TempPathFactory) -> object:
    """No test reads or writes what the user's own audits have kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VGGDOCTOR_SCANS", str(tmp_path_factory.mktemp("scans")))
        yield
