"""The command line. One module per command, each with ``add`` (its arguments) and ``run``.

Errors are one sentence on stderr and exit code 2; tracebacks are for defects of ours.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from s2s.cli.output import one_line
from s2s.errors import UserError


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2 and the sentence."""
        message = one_line(message).rstrip(".")
        self.exit(2, f"{message[0].upper()}{message[1:]}. Try {self.prog} --help.\n")


class Command(Parser):
    """A command, whose options may stand before, between and after its texts and files.

    Its module is imported when the command is used: most of them need PyTorch, a list does not.
    """

    def __init__(self, *args: Any, module: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._module = module
        self._begun = False

    def parse_known_args(self, args=None, namespace=None):
        """As argparse does for mixed arguments, which itself calls this method."""
        if self._begun:
            return super().parse_known_args(args, namespace)
        self._begun = True
        module = import_module(f"s2s.cli.{self._module}")
        module.add(self)
        self.set_defaults(run=module.run)
        return self.parse_known_intermixed_args(args, namespace)


COMMANDS = {
    "models": "List the models, with their scores; broken ones with the reason.",
    "translate": "Translate texts, one a line; with --json everything computed on the way.",
    "evaluate": "Measure a model on a file of pairs, or on a held-out part of its own data.",
    "train": "Train a model and write its checkpoint; an unfinished run goes on where it was left.",
    "reproduce": "Train a recipe, tabulate, write its checkpoint; what is finished is kept.",
    "import": "Import somebody's model; nothing is trained or measured.",
    "probe": "Look inside one sentence: gradients, attributions, influence, agreement, states.",
    "compare": "Compare two to four models of one task, on a sentence or on a test set.",
    "diagnose": "Examine a model: what is wrong with it, and on which sentences it shows.",
    "lessons": "Check the lessons: files, questions, figures, and whether the models still say so.",
    "map": "A map alone: tokens and weights from a file, drawn and checked.",
    "align": "Compare attention with gold links: alignment error rate and the shift check.",
}
"""Every command with the first line of its module, so that --help need not import them all."""


def parser() -> Parser:
    """All commands, each to be used once."""
    top = Parser(prog="python -m s2s", description="Watch encoder-decoder models work.")
    commands = top.add_subparsers(dest="command", required=True, parser_class=Command)
    for name, text in COMMANDS.items():
        module = "import_model" if name == "import" else name
        commands.add_parser(name, help=text, description=text, module=module)
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
        from s2s.text.system_words import reason

        place = error.filename or "A file"
        print(one_line(f"{place} cannot be used: {reason(error)}."), file=sys.stderr)
        return 2
