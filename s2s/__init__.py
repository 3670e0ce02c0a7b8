"""Seq2Seq Microscope: watch encoder-decoder models work.

    >>> import s2s
    >>> s2s.models()[:2]
    ('dates/attention', 'dates/plain')
    >>> trace = s2s.load("fra-eng/attention").translate("je suis fatigué")
    >>> trace.output
    ('i', 'm', 'tired', '.', '<eos>')
    >>> trace.plot()
    >>> s2s.load("fra-eng/plain").gradients("je suis fatigué").plot()

The package is lazy: ``import s2s`` and ``s2s.plots`` pull in no torch. ``s2s.probes``,
``s2s.results`` and ``s2s.tasks`` are imported when they are first named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

    from s2s.decoding.adapter import Adapter
    from s2s.decoding.system import System
    from s2s.export.notebook import Model
    from s2s.results.diagnosis import Diagnosis
    from s2s.results.matrix import Matrix

ROOMS = ("plots", "probes", "results", "tasks")
__all__ = ["adapt", "diagnose", "load", "matrix", "models", *ROOMS]


def models() -> tuple[str, ...]:
    """The names of all models that can be loaded, ``task/variant``.

    Raises:
        UserError: there are none; the sentence says how to name another folder.
    """
    from s2s.checkpoints import checkpoint
    from s2s.errors import UserError

    names = tuple(entry.name for entry in checkpoint.entries() if not entry.problem)
    if not names:
        raise UserError(checkpoint.no_models())
    return names


def load(model: str) -> Model:
    """A model by name or path, ready to translate.

    Args:
        model: one of `models`, or a checkpoint's folder.

    Raises:
        UserError: when there is no such model, or its folder is incomplete or does not fit.
    """
    from s2s.checkpoints import checkpoint
    from s2s.export import notebook

    return notebook.of(checkpoint.load(model))


def adapt(
    adapter: Adapter, source: Sequence[str], target: Sequence[str], start: int, end: int,
    **more: Any,
) -> Model:  # fmt: skip
    """A module of your own as a model that translates, searches and explains itself.

    Args:
        adapter: has `embed`, `encode` and `step`, see `s2s.decoding.adapter.Adapter`.
        source: source words by id.
        target: target words by id.
        start: id of the target word that is fed first.
        end: id of the target word that ends an answer.
        **more: `source_end`, `unknown`, `longest` and `name`, as in `s2s.decoding.adapter.adapt`.

    Raises:
        UserError: for ids that are no words, or methods that return something else.
    """
    from s2s.decoding import adapter as adapters
    from s2s.export import notebook

    return notebook.of(adapters.adapt(adapter, source, target, start, end, **more))


def diagnose(model: str | System, pairs: Sequence[tuple[str, str]]) -> Diagnosis:
    """What is wrong with a model, and on which sentences it shows.

    Args:
        model: as for `load`, or a model that is loaded.
        pairs: sentences with their right answers.

    Raises:
        UserError: as `load`, and when the model can read none of the sentences.
    """
    from s2s.evaluation.diagnose import diagnose as examine
    from s2s.tasks.pairs_file import PairSet

    system = load(model) if isinstance(model, str) else model
    return examine(system, PairSet.of("pairs", pairs))


def matrix(source: Sequence[str], output: Sequence[str], attention: Any) -> Matrix:
    """A map alone, of a model that is not here: ``s2s.matrix(…).plot()``.

    Args:
        source: S tokens.
        output: T tokens.
        attention: [T, S] weights.

    Raises:
        UserError: for another shape, or numbers that are no weights.
    """
    from s2s import plots  # noqa: F401  it draws
    from s2s.export import shown  # noqa: F401  it shows the steps
    from s2s.tasks import matrix_file

    return matrix_file.of(list(source), list(output), attention)


def __getattr__(name: str) -> ModuleType:
    if name in ROOMS:
        return import_module(f"s2s.{name}")
    raise AttributeError(f"module 's2s' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
