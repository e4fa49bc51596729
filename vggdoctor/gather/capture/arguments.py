"""Fills in command-line arguments that evidently mean the pictures, and says plainly which others are wanted."""

from __future__ import annotations

import argparse
import functools
import os
import re
import sys
from typing import Any

from vggdoctor.gather.capture.runner import ScriptExit
from vggdoctor.gather.capture.session import Session

MEANS_PICTURES = re.compile(r"data|image|picture|train|dir\b|folder|path to (the )?input|input")
MEANS_OUTPUT = re.compile(r"output|save|log|result|model|weight|plot|checkpoint|label")


def install(session: Session) -> None:
    """Stand behind argparse, for the user's own parser."""
    original_error = argparse.ArgumentParser.error
    original_parse = argparse.ArgumentParser.parse_known_args

    @functools.wraps(original_parse)
    def parse(self: Any, args: Any = None, namespace: Any = None) -> Any:
        if not session.places.is_users(_caller_file()):
            return original_parse(self, args, namespace)
        given = list(sys.argv[1:] if args is None else args)
        return original_parse(self, [*given, *_filled(self, given, session)], namespace)

    @functools.wraps(original_error)
    def error(self: Any, message: str) -> Any:
        raise ScriptExit(f"the script's command line: {message}")

    argparse.ArgumentParser.parse_known_args = parse  # type: ignore[method-assign]
    argparse.ArgumentParser.error = error  # type: ignore[method-assign]


def _caller_file() -> str:
    """The file that called parse_args or parse_known_args."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == argparse.__file__:
        frame = frame.f_back
    return frame.f_code.co_filename


def _filled(parser: Any, given: list[str], session: Session) -> list[str]:
    """Values for the required arguments that are missing from ``given`` and that the picture folder answers."""
    filled: list[str] = []
    folder = session.order.data
    if folder and folder.startswith(session.order.copy):
        folder = os.path.relpath(folder)
    for action in parser._actions:
        wanted = action.required and not any(word.split("=")[0] in action.option_strings for word in given)
        if action.option_strings and wanted and folder and _means_pictures(action):
            filled += [action.option_strings[-1], folder]
        elif not action.option_strings and action.required and not given and folder and _means_pictures(action):
            filled.append(folder)
    if filled:
        session.journal.notice(f"the script wants arguments: it was given {' '.join(filled)} (give your own with --args)")
    return filled


def _means_pictures(action: Any) -> bool:
    name = f"{action.dest} {' '.join(action.option_strings)}".lower()
    text = str(action.help or "").lower()
    if MEANS_OUTPUT.search(name):
        return False
    return bool(MEANS_PICTURES.search(name) or (MEANS_PICTURES.search(text) and not MEANS_OUTPUT.search(text)))
