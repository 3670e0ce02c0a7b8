"""Results as JSON values, in the shapes that the command line promises."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from s2s.results import Array, GradientFlow, Trace


def json_bytes(value: Any) -> bytes:
    """A JSON value as the content of a file: UTF-8, with every letter as itself."""
    return json.dumps(value, ensure_ascii=False).encode()


def trace_json(trace: Trace) -> dict[str, Any]:
    """A Trace in the shape of the contract."""

    def row(name: str, t: int) -> Any:
        values = getattr(trace, name)
        return None if values is None else values[t].tolist()

    return {
        "model": trace.model,
        "source": list(trace.source),
        "dropped": list(trace.reading.dropped),
        "changed": [{"typed": typed, "read": read} for typed, read in trace.reading.changed],
        "rewritten": [{"typed": typed, "read": read} for typed, read in trace.reading.rewritten],
        "unknown": [{"token": u.token, "position": u.position} for u in trace.reading.unknown],
        "output": list(trace.output),
        "stopped": trace.stopped,
        "text": trace.text,
        "log_probability": trace.log_probability,
        "steps": [
            {
                "fed": trace.fed[t],
                "chosen": trace.output[t],
                "candidates": [
                    [token, float(p)]
                    for token, p in zip(
                        trace.candidates[t], trace.candidate_probabilities[t], strict=True
                    )
                ],
                "scores": row("scores", t),
                "attention": row("attention", t),
                "empty_attention": row("empty_attention", t),
            }
            for t in range(trace.steps)
        ],
    }


def numbers(array: Array | None) -> Any:
    """An array as JSON values: NaN, where a method says nothing, as null."""
    return None if array is None else np.where(np.isnan(array), np.array(None), array).tolist()


def gradients_json(flow: GradientFlow) -> dict[str, Any]:
    """A GradientFlow in the shape of the contract."""
    arrays = ("encoder", "decoder", "bottleneck", "losses")
    return {
        "source": list(flow.source),
        "output": list(flow.output),
        **{name: numbers(getattr(flow, name)) for name in arrays},
    }
