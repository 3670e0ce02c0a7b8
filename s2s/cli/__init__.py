"""The command line. One module per command, each with ``add`` (its arguments) and ``run``.

Errors are one sentence on stderr and exit code 2; tracebacks are for defects of ours.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from s2s.cli.output import one_line
from s2s.errors import UserError


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2 and the sentence."""
        message = one_line(message).rstrip(".")
        self.exit(2, f"{message[0].upper()}{message[1:]}. Try {self.prog} --help.\n")


class Command(Parser):
    """A command, whose options may stand before, between and after its texts and files."""

    _inside = False

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[override]
        """As argparse does for mixed arguments, which itself calls this method."""
        if self._inside:
            return super().parse_known_args(args, namespace)
        self._inside = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._inside = False


def parser() -> Parser:
    """All commands."""
    from s2s.cli import (
        align,
        compare,
        evaluate,
        import_model,
        models,
        probe,
        reproduce,
        train,
        translate,
    )

    top = Parser(prog="python -m s2s", description="Watch encoder-decoder models work.")
    commands = top.add_subparsers(dest="command", required=True, parser_class=Command)
    for name, module in (
        ("models", models),
        ("translate", translate),
        ("evaluate", evaluate),
        ("train", train),
        ("reproduce", reproduce),
        ("import", import_model),
        ("probe", probe),
        ("compare", compare),
        ("align", align),
    ):
        text = (module.__doc__ or "").splitlines()[0]
        sub = commands.add_parser(name, help=text, description=text)
        module.add(sub)
        sub.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    given = parser().parse_args(arguments)
    try:
        return given.run(given) or 0
    except UserError as error:
        print(one_line(str(error)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = error.filename or "A file"
        print(one_line(f"{place} cannot be used: {error.strerror or error}."), file=sys.stderr)
        return 2
