"""What a notebook holds: a model whose probes are methods, and results that show themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from s2s import plots, probes
from s2s.decoding.translator import Translator
from s2s.export import shown  # noqa: F401  results show their steps
from s2s.export.step_view import standalone
from s2s.plots.step_data import Names, Shape, step_data
from s2s.results import Agreement, GradientFlow, InputInfluence, Saliency, Source, Trace
from s2s.tasks import TASKS

__all__ = ["Model", "of", "plots"]
Target = str | Sequence[int] | None


class Model(Translator):
    """A model that answers, explains itself and is shown: ``model.gradients(text).plot()``."""

    def gradients(self, text: Source, target: Target = None, **options: Any) -> GradientFlow:
        """What reaches back to every state; see `s2s.probes.gradient_flow`."""
        return probes.gradient_flow(self, text, target, **options)

    def saliency(self, text: Source, target: Target = None, **options: Any) -> Saliency:
        """Which source tokens an output hangs on; see `s2s.probes.saliency`."""
        return probes.saliency(self, text, target, **options)

    def influence(self, text: Source) -> InputInfluence:
        """What the inputs do to the encoder's states; see `s2s.probes.input_influence`."""
        return probes.input_influence(self, text)

    def agreement(self, text: Source, target: Target = None, **options: Any) -> Agreement:
        """How far attention agrees with attributions; see `s2s.probes.agreement`."""
        return probes.agreement(self, text, target, **options)

    def page(self, text: Source) -> str:
        """The step view of a sentence as one HTML file, which needs no network."""
        trace = self.translate(text)
        return standalone(self._data(trace), f"{self.name}: {trace.reading.text}")

    def _data(self, trace: Trace) -> dict[str, Any]:
        task = TASKS.get(self.task)
        names = Names(
            task.source_name if task else "source", task.target_name if task else "target",
            task.unit if task else "token",
        )  # fmt: skip
        config = self.config
        shape = Shape(
            config.peeky, config.bidirectional, config.reverse_source, config.target_vocabulary
        )
        return step_data(trace, names, shape, 0)


def of(system: Translator) -> Model:
    """A translator as a notebook's model."""
    return Model(**{item.name: getattr(system, item.name) for item in fields(system)})
