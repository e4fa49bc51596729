from __future__ import annotations

import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from vggdoctor.gather.capture.fetch import start


class _Weights(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path.endswith("w.h5") else 404)
        self.end_headers()
        self.wfile.write(b"weights")

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Weights)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_keras_weights_are_fetched_and_kept_and_nothing_else(tmp_path: Path, address: str) -> None:
    base, store = tmp_path / "base", tmp_path / "store"
    (base / "keras" / "models").mkdir(parents=True)
    fetch = start(str(base), str(store), (address,))
    assert fetch is not None
    assert fetch(address + "w.h5", "w.h5") == ""
    assert (base / "keras" / "models" / "w.h5").read_bytes() == b"weights"
    assert (store / "w.h5").read_bytes() == b"weights"
    assert "404" in fetch(address + "other", "other.h5")
    assert fetch("http://elsewhere.example/w.h5", "w.h5") == "only Keras' own weights may be downloaded"
    assert sorted(path.name for path in store.iterdir()) == ["w.h5"]
