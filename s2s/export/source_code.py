"""The source of the functions that compute one output step, for one kind of attention."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s2s.errors import UserError
from s2s.model.attend import attend
from s2s.model.attention import attention_class
from s2s.model.decoder import Decoder
from s2s.text.language import later

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class SourceCode:
    """One function as it stands in the library.

    Attributes:
        title: its name, for example ``General.keys``.
        file: path within the repository, or the name alone of one from elsewhere.
        line: the first line, 1-based.
        code: its text, not indented.
    """

    title: str
    file: str
    line: int
    code: str


def source_code(attention: str) -> tuple[SourceCode, ...]:
    """The functions that ran, in the order of the formulas.

    Args:
        attention: its name, or none.

    Raises:
        UserError: for a name that is not known, or a class whose source is in no file.
    """
    kind = attention_class(attention)
    functions: list[Callable[..., Any]] = []
    try:
        if kind is not None:
            functions = [*_methods(kind, "keys"), *_methods(kind, "score"), attend]
        functions += [Decoder.forward, Decoder._run, Decoder._look, Decoder._logits]
        return tuple(map(_record, functions))
    except OSError:
        raise UserError(
            later("The source of attention {name!r} is in no file.", name=attention)
        ) from None


def _methods(kind: type, name: str) -> Iterator[Callable[..., Any]]:
    """The method as the class has it, and those that it calls through super()."""
    for owner in inspect.getmro(kind):
        method = vars(owner).get(name)
        if method is not None:
            yield method
            if "super()" not in inspect.getsource(method):
                return


def _record(function: Callable[..., Any]) -> SourceCode:
    lines, first = inspect.getsourcelines(function)
    file = Path(inspect.getfile(function)).resolve()
    file = file.relative_to(ROOT) if file.is_relative_to(ROOT) else Path(file.name)
    code = textwrap.dedent("".join(lines)).rstrip()
    return SourceCode(function.__qualname__, file.as_posix(), first, code)
