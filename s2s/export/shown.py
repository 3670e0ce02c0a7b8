"""Results that a notebook shows step by step: which of them, and as what. No torch."""

from __future__ import annotations

from typing import Any

from s2s.export.step_view import framed
from s2s.export.step_view.widget import step_view
from s2s.plots.step_data import Names, Shape, matrix_step_data, step_data
from s2s.results import Trace
from s2s.results.base import PAGES, VIEWS
from s2s.results.matrix import Matrix


def _steps(result: Trace | Matrix) -> tuple[dict[str, Any], str]:
    """The step view's data of a decode or of a map alone, and its title."""
    if isinstance(result, Matrix):
        return matrix_step_data(result), result.name
    data = step_data(result, Names("source", "target", "token"), Shape(), 0)
    return data, f"{result.model}: {result.reading.text}"


for _kind in (Trace, Matrix):
    PAGES[_kind.__name__] = lambda result: framed(*_steps(result))
    VIEWS[_kind.__name__] = lambda result: step_view(*_steps(result))
