"""Activation patching on the command line."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2s import probes
from s2s.cli.output import one_line
from s2s.cli.probe_tables import NULL, table, tokens
from s2s.decoding.system import System
from s2s.export.as_json import numbers
from s2s.findings.states import unit_patching_finding
from s2s.probes.options import check_step
from s2s.results.patching import Patching, UnitPatching


def patching_json(found: Patching) -> dict[str, Any]:
    """Both runs, and T x S of what each restored state recovers."""
    return {
        "source": list(found.clean),
        "corrupted": list(found.corrupted),
        "output": list(found.output),
        "answered": list(found.answered),
        "clean": numbers(found.clean_odds),
        "without": numbers(found.corrupted_odds),
        "patched": numbers(found.patched_odds),
        "recovered": numbers(found.recovered()),
    }


def show_patching(found: Patching) -> None:
    """A table of shares."""
    print(
        "The corrupted source is read, and one encoder state of the clean run put in its place: "
        "the share of the lost log odds that comes back (1: all)."
    )
    share = found.recovered()
    table("clean source", tokens(found.clean), tokens(found.output), share)
    if np.isnan(share).any():
        print(f"\n{NULL} the other source takes nothing from that token: nothing to restore.")
    print(f"\nThe corrupted run by itself: {' '.join(tokens(found.answered))}")


def ask_units(
    system: System, text: str, *, corrupted: str, step: int, place: int | None = None,
    layer: int = -1,
) -> UnitPatching:  # fmt: skip
    """What ``--kind units`` finds; without a place the state that brings most back."""
    if place is None:
        whole = probes.patching(system, text, corrupted)
        check_step(step, len(whole.output))
        place = int(whole.patched_odds[step].argmax())
    return probes.unit_patching(system, text, corrupted, step, place, layer)


def units_json(found: UnitPatching) -> dict[str, Any]:
    """What each unit brings back, and more and more of them."""
    return {
        "step": found.step, "token": found.token, "place": found.place, "at": found.at,
        "layer": found.layer, "clean": found.clean_odds, "without": found.corrupted_odds,
        "alone": numbers(found.share(found.alone_odds)), "order": list(found.order()),
        "counts": list(found.counts), "together": numbers(found.share(found.together_odds)),
        "drawn": numbers(found.share(found.drawn_odds)),
    }  # fmt: skip


def show_units(found: UnitPatching) -> None:
    """The finding, and a table by the number of units."""
    print(one_line(unit_patching_finding(found)))
    drawn = found.share(found.drawn_odds)
    table(
        "share that comes back by the number of units", ("strongest", "by chance"),
        [str(count) for count in found.counts],
        np.stack([found.share(found.together_odds), drawn.mean(axis=1)], axis=1),
    )  # fmt: skip
