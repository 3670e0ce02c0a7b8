"""Tables of two probes of one step: why not another token, and what it takes to change it."""

from __future__ import annotations

import numpy as np

from s2s.cli.output import one_line
from s2s.cli.probe_tables import TITLES, table, tokens
from s2s.findings.contrast import completeness, contrast_finding, edit_finding, way
from s2s.results.contrast import Contrast
from s2s.results.smallest_edit import SmallestEdit


def show_contrast(found: Contrast) -> None:
    """A row per method."""
    print(one_line(contrast_finding(found)))
    values = np.stack([getattr(found, name) for name in found.ways])
    rows = [TITLES[name].split(" (")[0].split(":")[0] for name in found.ways]
    table("", tokens(found.source), rows, values)
    print(f"\n{completeness(found)}")


def show_edits(found: SmallestEdit) -> None:
    """A line per way."""
    print(one_line(edit_finding(found)))
    for one in found.ways:
        written = f"{one.written} {one.probability:.3g}, {found.chosen} {one.left:.3g}"
        print(one_line(f"{way(one)}: {written}"))
