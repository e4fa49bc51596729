"""Spreads the work over a Dask cluster: one task a shard of files. Dask does again what a lost worker had in hand; a shard's rows
are taken once, when its task is done."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from vggdoctor.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")

RETRIES = 3
"""Times that a shard is tried again when it fails (Dask itself gives a shard up that four workers died of)."""

CONNECT_SECONDS = 15


class Cluster(Generic[Item, Result]):
    """As :class:`vggdoctor.gather.dataset.crew.Crew`, at ``address`` ("tcp://host:8786"). The workers need vggdoctor
    installed, and the files in the same place: a shared folder, or URLs.

    Raises InputError if Dask is not installed or nothing answers at the address.
    """

    def __init__(
        self, address: str, work: Callable[[Sequence[Item]], Result], fallen: Callable[[Sequence[Item]], Result]
    ) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise InputError('--scan-cluster needs Dask: pip install "vggdoctor[cluster]"') from error
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError(f"--scan-cluster: no Dask scheduler answers at {address}") from error
        self._work, self._fallen = work, fallen

    def each(self, chunks: Sequence[Sequence[Item]], until: float | None = None) -> Iterator[tuple[int, int, Result]]:
        """Yield (number of the shard, 0, result) in any order, each shard once; what is not done at ``until`` is cancelled."""
        import asyncio

        from distributed import as_completed

        run = uuid.uuid4().hex
        with self._client as client:
            futures = {
                client.submit(self._work, list(chunk), key=f"vggdoctor-{run}-{number}", retries=RETRIES): number
                for number, chunk in enumerate(chunks)
            }
            seconds = None if until is None else max(0.0, until - time.monotonic())
            try:
                for future in as_completed(list(futures), loop=client.loop, timeout=seconds):
                    number = futures.pop(future)
                    yield number, 0, self._fallen(chunks[number]) if future.status == "error" else future.result()
            except (TimeoutError, asyncio.TimeoutError):  # one and the same from Python 3.11 on
                client.cancel(list(futures))
