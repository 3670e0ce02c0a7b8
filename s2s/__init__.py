"""Seq2Seq Microscope: watch encoder-decoder models work.

    >>> import s2s
    >>> trace = s2s.load("fra-eng/attention").translate("je suis fatigué")
    >>> trace.output
    ('i', 'm', 'tired', '.', '<eos>')

The package is lazy: ``import s2s`` and ``s2s.plots`` pull in no torch.
"""

from typing import Any

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    if name == "load":
        from s2s.checkpoints.checkpoint import load

        return load
    raise AttributeError(f"module 's2s' has no attribute {name!r}")
