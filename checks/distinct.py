"""What several stages share is said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vggdoctor.check import Said
from vggdoctor.schema import Finding


def distinct(said: Iterable[Said]) -> Iterator[Said]:
    """Each thing once: findings with the same message at the same places are one fault, whatever the number of stages."""
    seen: list[object] = []
    for item in said:
        essence = (item.message, item.locations) if isinstance(item, Finding) else item
        if essence not in seen:
            seen.append(essence)
            yield item
