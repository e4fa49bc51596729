"""Harmless answers to what waits for people, shows windows or reaches for services."""

from __future__ import annotations

from vggdoctor.gather.capture.session import Session


def install(session: Session) -> None:
    """Put the answers in place."""
