"""Look inside one sentence: gradients, attributions, influence, agreement, states."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s import probes
from s2s.checkpoints import checkpoint
from s2s.cli.probe_patch import (
    ask_units,
    patching_json,
    show_patching,
    show_units,
    units_json,
)
from s2s.cli.probe_states import (
    SENTENCES,
    ask_neighbours,
    ask_states,
    neighbours_json,
    show_neighbours,
    show_states,
    states_json,
)
from s2s.cli.probe_tables import SHORT, TITLES, digits, table, tokens
from s2s.cli.probe_why import show_contrast, show_edits
from s2s.errors import UserError
from s2s.export.as_json import gradients_json, numbers
from s2s.export.contrast_json import contrast_json, edits_json
from s2s.model.threads import one_thread
from s2s.probes.neighbours import METRICS
from s2s.results import Agreement, GradientFlow, InputInfluence, Saliency
from s2s.results.gradients import OF, STATES
from s2s.results.saliency import METHODS
from s2s.results.state_corpus import SIDES
from s2s.tasks import text_file


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``probe``."""
    parser.add_argument("model", metavar="MODEL", help="task/variant, or a folder")
    parser.add_argument("text", metavar="TEXT", help="one source sentence")
    parser.add_argument("--kind", required=True, choices=tuple(KINDS), help="what to look at")
    parser.add_argument(
        "--of", choices=OF,
        help="what is differentiated: the output token's log odds (default) or its loss "
        "(gradients, saliency, agreement)",
    )  # fmt: skip
    parser.add_argument(
        "--state", choices=STATES, help="which state of an LSTM (gradients; default hidden)"
    )
    parser.add_argument(
        "--layer", type=int, metavar="L",
        help="recurrent layer, 0 is the lowest (gradients, neighbours, states, units; default the "
        "top one)",
    )  # fmt: skip
    parser.add_argument(
        "--target", metavar="TEXT", help="an output to look at instead of the model's own"
    )
    parser.add_argument(
        "--step", type=int, metavar="T", help="0-based output step (contrast, edits, units)"
    )
    parser.add_argument(
        "--other", metavar="TOKEN",
        help="the token that was not chosen (contrast; default the likeliest one)",
    )  # fmt: skip
    parser.add_argument("--side", choices=SIDES, help="whose state (neighbours; default decoder)")
    parser.add_argument(
        "--place", type=int, metavar="P",
        help="0-based token of that side (neighbours; default the last); source token (units; "
        "default the one whose state brings most back)",
    )  # fmt: skip
    parser.add_argument(
        "--metric", choices=METRICS, help="what is near (neighbours; default cosine)"
    )
    parser.add_argument(
        "--sentences", type=int, metavar="N",
        help=f"sentences that are read for comparison (neighbours, states; default {SENTENCES})",
    )  # fmt: skip
    parser.add_argument(
        "--file", metavar="FILE",
        help="a file of pairs whose sources are read instead (neighbours, states)",
    )  # fmt: skip
    parser.add_argument(
        "--corrupted", metavar="TEXT",
        help="another source of as many tokens, into whose run states are put back (patch, units)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(given: argparse.Namespace) -> int:
    """Print what the probe found."""
    one_thread()
    kind = KINDS[given.kind]
    options: dict[str, Any] = {}
    for name in OPTIONS:
        value = getattr(given, name)
        if value is None:
            continue
        if name not in kind.options:
            raise UserError(f"--kind {given.kind} has no --{name}; leave it out.")
        options[name] = _text(value) if name in TEXTS else value
    for name in ("sentences", "place"):
        low = int(name == "sentences")
        if options.get(name, low) < low:
            raise UserError(f"--{name} is {options[name]}; it must be at least {low}.")
    if options.get("layer", 0) < 0:
        raise UserError(f"--layer is {given.layer}; layers are counted from 0, the lowest.")
    if "step" in kind.options and given.step is None:
        raise UserError(f"--kind {given.kind} is about one step; add --step T.")
    if "corrupted" in kind.options and given.corrupted is None:
        raise UserError(f"--kind {given.kind} compares two sources; add --corrupted TEXT.")
    result = kind.ask(checkpoint.load(given.model), _text(given.text), **options)
    if given.json:
        print(json.dumps(kind.to_json(result), ensure_ascii=False, allow_nan=False))
    else:
        kind.show(result)
    return 0


def _text(argument: str) -> str:
    """An argument as text; bytes that are no UTF-8, which come as lone surrogates, are refused."""
    return text_file.decoded(argument.encode("utf-8", "surrogateescape"))


def saliency_json(saliency: Saliency) -> dict[str, Any]:
    """A Saliency in the shape of the contract."""
    return {
        "source": list(saliency.source),
        "output": list(saliency.output),
        **{name: numbers(getattr(saliency, name)) for name in METHODS},
        "warnings": [saliency.incomplete()] if saliency.incomplete() else [],
    }


def influence_json(found: InputInfluence) -> dict[str, Any]:
    """An InputInfluence in the shape of the contract."""
    return {
        "source": list(found.source),
        "influence": numbers(found.influence),
        "share": numbers(found.share),
    }


def agreement_json(found: Agreement) -> dict[str, Any]:
    """An Agreement: tau by pair of methods, ``attention/leave_one_out``, each [T]; controls."""
    permuted = found.permuted
    return {
        "source": list(found.saliency.source),
        "output": list(found.saliency.output),
        "columns": list(found.saliency.columns()),
        "tau": {
            f"{first}/{second}": numbers(found.between(first, second))
            for first, second in found.pairs
        },
        "median": found.median(),
        "verdict": found.verdict(),
        "near": found.near(),
        "probability": numbers(found.probabilities),
        "uniform": numbers(found.uniform),
        "permuted": None if permuted is None else {
            "mean": numbers(permuted.mean(axis=0)),
            "min": numbers(permuted.min(axis=0)),
            "max": numbers(permuted.max(axis=0)),
            "count": len(permuted),
            "seed": found.seed,
        },
    }  # fmt: skip


def show_gradients(flow: GradientFlow) -> None:
    """Tables for people."""
    output = tokens(flow.output)
    what = "minus the log odds" if flow.of == "log_odds" else "the loss"
    print(
        f"Size of the gradient of {what} by each {flow.state} state of layer {flow.layer}; "
        f"{flow.mode}."
    )
    table("encoder states", tokens(flow.source), output, flow.encoder)
    table("decoder states, after reading", tokens(flow.fed), output, flow.decoder)
    rest = np.stack([flow.bottleneck, flow.losses], axis=1)
    table("", ("bottleneck", "loss"), output, rest)


def show_saliency(found: Saliency) -> None:
    """Tables for people."""
    source, output = tokens(found.source), tokens(found.output)
    score = "log odds" if found.of == "log_odds" else "log probability"
    print(f"Gradients of the {score} of each output token; {found.mode}.")
    for name in found.methods:
        table(TITLES[name], source, output, getattr(found, name))
    if found.left_out == "blank":
        print("\nWhat is left out is replaced by a blank.")
    if found.replaced is not None:
        table("replaced by the unknown token (nats of log probability lost)", source, output,
              found.replaced)  # fmt: skip
    worst = np.abs(found.residual()).max()
    print(f"\nIntegrated over at most {found.points.max()} points; their sum misses by at most "
          f"{worst:.2g} nats.")  # fmt: skip
    if found.incomplete():
        print(found.incomplete())


def show_influence(found: InputInfluence) -> None:
    """Tables for people."""
    source = tokens(found.source)
    print("Size of the derivative of each encoder state by each input: sensitivity, not "
          "information.")  # fmt: skip
    table("encoder state, by input", source, source, found.influence)
    table("the final state", source, ("share",), found.share[None])
    if found.context_share is not None:
        table("context vectors, weights held fixed: shares", source, tokens(found.output),
              found.context_share)  # fmt: skip


def show_agreement(found: Agreement) -> None:
    """Tables for people."""
    saliency = found.saliency
    output = tokens(saliency.output)
    table("Kendall's tau", [f"{SHORT[a]} ~ {SHORT[b]}" for a, b in found.pairs], output, found.tau)
    if found.uniform is None or found.permuted is None:
        print("\nThis model has no attention, so there is nothing for it to agree with.")
        return
    count = len(found.permuted)
    table(
        f"probability of the token with its own, even and permuted weights ({count} times, seed "
        f"{found.seed})",
        ("own", "even", "permuted", "lowest", "highest"), output,
        np.stack([found.probabilities, found.uniform, found.permuted.mean(axis=0),
                  found.permuted.min(axis=0), found.permuted.max(axis=0)], axis=1),
    )  # fmt: skip
    if not saliency.moved().any():
        print("\nThe source hardly moves any output token: there is nothing to agree about.")
    elif found.verdict() is None:
        print("\nToo few source tokens to rank.")
    else:
        print(f"\n{found.verdict()}: median tau of attention with the three others "
              f"{digits(found.median())}.")  # fmt: skip
        if found.near():
            print(f"That is close to the border to: {found.near()}.")


@dataclass(frozen=True)
class Kind:
    """One thing to look at.

    Attributes:
        ask: (system, text, **options) to a result.
        options: the options it takes.
        to_json: its result as JSON values.
        show: its result as tables.
    """

    ask: Callable[..., Any]
    options: tuple[str, ...]
    to_json: Callable[[Any], dict[str, Any]]
    show: Callable[[Any], None]


OPTIONS = ("of", "state", "layer", "target", "step", "other", "side", "place", "metric",
           "sentences", "file", "corrupted")  # fmt: skip
TEXTS = ("target", "other", "corrupted")
OF_CORPUS = ("layer", "sentences", "file")
KINDS = {
    "gradients": Kind(
        probes.gradient_flow, ("of", "state", "layer", "target"), gradients_json, show_gradients
    ),
    "saliency": Kind(probes.saliency, ("of", "target"), saliency_json, show_saliency),
    "influence": Kind(probes.input_influence, ("target",), influence_json, show_influence),
    "contrast": Kind(probes.contrast, ("step", "other", "target"), contrast_json, show_contrast),
    "edits": Kind(probes.smallest_edit, ("step", "target"), edits_json, show_edits),
    "agreement": Kind(probes.agreement, ("of", "target"), agreement_json, show_agreement),
    "neighbours": Kind(
        ask_neighbours, ("side", "place", "metric", *OF_CORPUS), neighbours_json, show_neighbours
    ),
    "patch": Kind(probes.patching, ("corrupted",), patching_json, show_patching),
    "units": Kind(ask_units, ("corrupted", "step", "place", "layer"), units_json, show_units),
    "states": Kind(ask_states, OF_CORPUS, states_json, show_states),
}
