"""Why not another token, drawn and said: the numbers of the result."""

import numpy as np
import pytest

import s2s
from s2s.findings.contrast import completeness, contrast_finding, edit_finding, way
from s2s.plots.contrast import contrast_strips
from s2s.plots.palette import PALETTES
from s2s.probes import contrast, smallest_edit

TEXT = "je suis un artiste ."


@pytest.mark.parametrize("name", ["fra-eng-small/dot", "fra-eng-small/plain"])
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_the_rows_hold_the_numbers(name, palette):
    found = contrast(s2s.load(name), TEXT, 2)
    spec = contrast_strips(found, palette).to_dict()
    rows = {}
    for layer in spec["layer"]:
        for row in layer["data"]["values"]:
            if "value" in row:
                rows.setdefault(row["row"], {})[row["column"]] = row
    assert len(rows) == len(found.ways)
    for place, method in enumerate(found.ways):
        values = getattr(found, method)
        assert {s: row["value"] for s, row in rows[place].items()} == {
            s: v for s, v in enumerate(values.tolist()) if np.isfinite(v)
        }
        for row in rows[place].values():
            assert -1 <= row["share"] <= 1
            assert method == "attention" or row["share"] * row["value"] >= 0
    assert spec["resolve"] == {"scale": {"color": "independent"}}


def test_it_is_said():
    system = s2s.load("fra-eng-small/dot")
    found = contrast(system, TEXT, 3)
    said = contrast_finding(found)
    best = found.source[int(np.nanargmax(found.leave_one_out))]
    assert f"“{best}” speaks most for “{found.chosen}”" in said and "times as likely as" in said
    back = contrast(
        system, TEXT, 3, found.chosen,
        [system.target_vocab.ids[token] for token in (*found.output[:3], found.other)],
    )  # fmt: skip
    assert "times less likely than" in contrast_finding(back)
    assert f"{found.points} points" in completeness(found)
    edits = smallest_edit(system, TEXT, 3)
    assert "left out or replaced changes" in edit_finding(edits)
    one = edits.ways[0]
    assert f"“{one.edits[0].old}”" in way(one)
