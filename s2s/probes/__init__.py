"""Probes: (model, text, options) to a result. They leave the model as they found it."""

from s2s.probes.gradients import gradient_flow

__all__ = ["gradient_flow"]
