"""Fills in command-line arguments that a script wants and that can be guessed, and says plainly which others are wanted."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from typing import Any

from vggdoctor.gather.capture.answers import guesses
from vggdoctor.gather.capture.session import Session


class ScriptExit(SystemExit):
    """Raised in the place of argparse's exit, with the reason in words."""


def install(session: Session) -> None:
    """Stand behind argparse and ``sys.argv``, for the user's own command line."""
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


def fill_command_line(session: Session, source: str) -> None:
    """Put guesses into ``sys.argv`` for a script that reads it itself and was given no arguments."""
    if session.order.arguments:
        return
    filled = [guesses.note(guess, session) for guess in guesses.of_command_line(source, session)]
    if filled:
        sys.argv[1:] = filled
        _tell(session, filled)


def _caller_file() -> str:
    """The file that called parse_args or parse_known_args."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == argparse.__file__:
        frame = frame.f_back
    return frame.f_code.co_filename


def _filled(parser: Any, given: list[str], session: Session) -> list[str]:
    """Values for the required arguments that are missing from ``given`` and that can be guessed."""
    filled: list[str] = []
    for action in parser._actions:
        missing = action.required and not any(word.split("=")[0] in action.option_strings for word in given)
        if not missing or (not action.option_strings and given):
            continue
        guess = _guess(action, session)
        if guess is not None:
            filled += [*action.option_strings[-1:], guesses.note(guess, session)]
    if filled:
        _tell(session, filled)
    return filled


def _guess(action: Any, session: Session) -> guesses.Guess | None:
    """By the argument's name, else by its help."""
    if action.choices:
        return guesses.Guess(str(next(iter(action.choices))))
    is_number = action.type in (int, float)
    name = action.dest.replace("_", " ")
    options = " ".join(action.option_strings).replace("-", " ").replace("_", " ")
    return guesses.of(f"{name} {options}", session, is_number) or guesses.of(str(action.help or ""), session, is_number)


def _tell(session: Session, filled: list[str]) -> None:
    shown = " ".join(word.replace(session.order.copy + os.sep, "") for word in filled)
    session.journal.notice(f"the script wants arguments: it was given {shown} (give your own with --args)")
