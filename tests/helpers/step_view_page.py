"""Pages with nothing but the step view, and traces whose every number a test can name."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from s2s.export import step_view
from s2s.plots.palette import PALETTES

SOURCE = tuple("je suis vraiment fatigue ce soir . <eos>".split())
OUTPUT = tuple("i m really tired tonight . <eos>".split())
HOSTILE = (
    "<sos>", "</s>", "<img src=x onerror=alert(1)>", "**b**", "x" * 200,
    *(["same"] * 5),
)  # fmt: skip
NONE = {"undo": False, "redo": False, "force": True, "attend": False}


def weights(steps: int, sources: int, seed: int = 0) -> np.ndarray:
    """[T, S] rows that sum to 1, with a few strong links and many weak ones."""
    rows = np.random.default_rng(seed).random((steps, sources)) ** 6 + 1e-4
    return rows / rows.sum(1, keepdims=True)


def run(
    source: tuple[str, ...],
    output: tuple[str, ...],
    attention: np.ndarray | None,
    forced: tuple[int, ...] = (),
) -> dict[str, Any]:
    """One run, as `s2s.plots.step_data` writes it."""
    steps = len(output)
    sure = np.linspace(0.51, 0.89, steps)
    others = [f"other{k}" for k in range(4)]
    return {
        "output": [{"label": token, "raw": token} for token in output],
        "probability": sure.tolist(),
        "forced": [t in forced for t in range(steps)],
        "fed": ["<sos>", *output[:-1]],
        "candidates": [
            [
                {"label": token, "raw": token, "p": float(p)}
                for token, p in zip(
                    (output[t], *others),
                    (sure[t], *((1 - sure[t]) * 0.5**k * 0.5 for k in range(4))),
                    strict=True,
                )
            ]
            for t in range(steps)
        ],
        "attention": None if attention is None else attention.tolist(),
        "empty": None,
        "attended": [],
        "readout": [
            [
                {"text": "Writes ", "kind": "plain", "weight": None, "source": None},
                {"text": token, "kind": "token", "weight": float(sure[t]), "source": None},
                {"text": f" at step {t + 1}.", "kind": "plain", "weight": None, "source": None},
            ]
            for t, token in enumerate(output)
        ],
        "stopped": "eos",
    }


def view_data(
    source: tuple[str, ...] = SOURCE,
    output: tuple[str, ...] = OUTPUT,
    attention: bool = True,
    unit: str = "token",
    **changes: Any,
) -> dict[str, Any]:
    """The step view's data for a made-up sentence.

    Args:
        source: source tokens.
        output: output tokens.
        attention: whether the model has any.
        unit: "token", "character" or "letter".
        changes: other values for keys of the data.
    """
    rows = weights(len(output), len(source)) if attention else None
    return {
        "id": "a",
        "step": 0,
        "language": "en",
        "words": {},
        "names": {"source": "French", "target": "English", "unit": unit},
        "notes": {"source": "as the model reads it"},
        "attention": attention,
        "peeky": "none",
        "reversed": False,
        "bidirectional": False,
        "rtl": {"source": False, "target": False},
        "source": [{"label": token, "typed": None, "order": None} for token in source],
        "run": run(source, output, rows),
        "original": None,
        "firstDifference": None,
        "edits": [],
        "can": NONE,
        "vocabulary": 8412,
        "context": None if attention else np.linspace(-1, 1, 64).tolist(),
        "palettes": {name: palette.to_dict() for name, palette in PALETTES.items()},
        "links": [] if attention else [{"text": "See what reaches back", "href": "gradients"}],
        **changes,
    }


def edited(**changes: Any) -> dict[str, Any]:
    """The first token forced to "we"; everything after it but the end differs."""
    data = view_data()
    other = ("we", "re", "really", "sick", "tonight", ".", "<eos>")
    values = {
        "original": data["run"],
        "run": run(SOURCE, other, weights(len(other), len(SOURCE), seed=1), forced=(0,)),
        "firstDifference": 0,
        "edits": [{"key": "f0", "step": 0, "kind": "force", "text": "we instead of i"}],
        "can": {**NONE, "undo": True},
    }
    return {**data, "id": "edited", **values, **changes}


def page_html(data: dict[str, Any], live: bool = True) -> str:
    """A page with one step view. ``window.told`` holds what it tells, ``view`` the view itself."""
    payload = json.dumps(data).replace("<", "\\u003c")
    calls = "{onStep: s => told.push(s), onEdit: e => told.push(e)}" if live else "{}"
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Step view</title>
<style>body {{ margin: 16px; }} {step_view.style()}</style></head>
<body><main id="place"></main><script>{step_view.script()}
const told = [], data = {payload};
const view = mountStepper(document.getElementById("place"), data, {calls});
</script></body></html>"""
