"""Activation patching on the command line."""

from __future__ import annotations

from typing import Any

from s2s.cli.probe_tables import table, tokens
from s2s.export.as_json import numbers
from s2s.results.patching import Patching


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
    table("clean source", tokens(found.clean), tokens(found.output), found.recovered())
    print(f"\nThe corrupted run by itself: {' '.join(tokens(found.answered))}")
