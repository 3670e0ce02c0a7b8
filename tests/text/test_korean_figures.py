"""Figures and findings of real models in Korean: no English is left in them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from s2s import plots, probes
from s2s.checkpoints import checkpoint, history, replays
from s2s.decoding import beam_search, single
from s2s.evaluation import compare
from s2s.evaluation.trust import trust
from s2s.findings import contrast as contrasts
from s2s.findings import search
from s2s.findings.gradient_flow import Line, flow_finding
from s2s.findings.readout import readout
from s2s.findings.trust import told
from s2s.plots import agreement as agreements
from s2s.plots import hidden_states as states
from s2s.plots import influence
from s2s.plots.attention_margins import margins_finding
from s2s.plots.base import Chart
from s2s.plots.families import FAMILIES
from s2s.plots.replay import replay_figure
from s2s.plots.replay_frame import Told
from s2s.plots.state_path import path_figure, together
from s2s.plots.step_data import Names, Shape, step_data
from s2s.plots.training_curves import ratio_finding
from s2s.plots.walk_words import candidate_bars, combine_strips, score_strips, weight_bars
from s2s.probes.walk import walk as walk_of
from s2s.results import SearchVerdict
from s2s.text.language import speaking

TEXT = "je suis content de vous voir ."
FRONT, OTHER = "fra-eng-small/attention", "fra-eng-small/plain"
KEPT = {"nats", "AER", "BLEU", "chrF", "unk", "GRU", "Space", "Play"}
"""Units, names of scores, and what a key says of itself."""
BARE = ("candidates", "combined", "weights")
"""Figures of tokens and numbers alone."""
SHOWN = ("text", "title", "name", "hovertemplate", "hovertext", "label", "prefix", "suffix",
         "ticktext")  # fmt: skip


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """What the figures are drawn from, by name."""
    system, plain = checkpoint.load(FRONT), checkpoint.load(OTHER)
    reading = system.read(TEXT)
    trace = single.greedy(system, reading)
    ids = [system.target_vocab.ids[token] for token in trace.output]
    found, tree = beam_search.beam(system, reading, 3)
    return {
        "trace": trace, "plain": single.greedy(plain, plain.read(TEXT)),
        "forced": single.forced(system, reading, ids),
        "lines": [
            Line("attention", "attention", probes.gradient_flow(system, TEXT, ids), True),
            Line("plain", "plain", probes.gradient_flow(plain, TEXT, ids)),
        ],
        "agreement": probes.agreement(system, TEXT, permutations=3),
        "contrast": probes.contrast(system, TEXT, 2),
        "edit": probes.smallest_edit(system, TEXT, 2),
        "states": probes.hidden_states(system, TEXT),
        "influence": probes.input_influence(system, TEXT),
        "paths": probes.two_paths(system, TEXT),
        "tree": tree, "verdict": SearchVerdict(trace, tuple(found), None),
        "found": found, "walk": walk_of(system, trace, 2),
        "comparison": compare.compare_sentence([system, plain], TEXT), "system": system,
        "patching": probes.patching(system, TEXT, TEXT.replace("content", "fatigue")),
    }  # fmt: skip


def learned(name: str) -> plots.Learned:
    """A shipped model's training."""
    return plots.Learned(name.split("/")[1], FAMILIES["attention"],
                         history.read(checkpoint.find(name)), "non_pad_tokens",
                         {5: (20.0, 40), 9: (12.0, 30)})  # fmt: skip


CHARTS: dict[str, Callable[[dict[str, Any]], Chart | None]] = {
    "attention": lambda r: plots.attention_map(r["trace"], step=1),
    "attention, forced": lambda r: plots.attention_map(r["forced"], name="attention"),
    "scores": lambda r: plots.score_map(r["trace"]),
    "entropy": lambda r: plots.entropy_chart(r["trace"]),
    "coverage": lambda r: plots.coverage_chart(r["trace"]),
    "difference": lambda r: plots.attention_difference(r["trace"], r["trace"], "mine", "yours"),
    "gradients": lambda r: plots.gradient_map(r["lines"][0].flow),
    "gradients, beside": lambda r: plots.gradient_map(r["lines"][1].flow, name="plain"),
    "curves": lambda r: plots.flow_curves(r["lines"], 2),
    "curves by distance": lambda r: plots.flow_curves(r["lines"][:1], 2, axis="distance"),
    "methods": lambda r: plots.method_strips(r["agreement"], 2),
    "tau": lambda r: plots.tau_chart(r["agreement"], 2),
    "contrast": lambda r: plots.contrast_strips(r["contrast"]),
    "lanes": lambda r: plots.lanes_chart(
        r["comparison"], ["attention", "plain"], [FAMILIES["attention"], FAMILIES["plain"]]
    ),
    "beam": lambda r: plots.beam_tree(r["tree"]),
    "units": lambda r: plots.unit_map(r["states"], "encoder", 0, "state", range(8)),
    "gates": lambda r: plots.unit_map(r["states"], "decoder", 0, "update", range(8)),
    **{f"state curve {n}": lambda r, n=n: plots.state_curves(r["states"], "encoder", 0)[n]
       for n in range(3)},
    "shares": lambda r: plots.share_curve(
        [plots.Influenced("attention", FAMILIES["attention"], r["influence"], 2)]
    ),
    "influence": lambda r: plots.influence_map(r["influence"]),
    "two paths": lambda r: plots.two_paths_chart(r["paths"], 2),
    "patching": lambda r: plots.patching_map(r["patching"]),
    "weights": lambda r: plots.bars_chart(weight_bars(r["walk"]), "#000000", "#888888"),
    "candidates": lambda r: plots.bars_chart(candidate_bars(r["walk"]), "#000000", "#888888"),
    "strips": lambda r: plots.strips_chart(score_strips(r["walk"])),
    "combined": lambda r: plots.strips_chart(combine_strips(r["walk"])),
    "training loss": lambda r: plots.training_loss(learned(FRONT), [learned(OTHER)]),
    "held-out loss": lambda r: plots.validation_loss(learned(FRONT), []),
    "teacher forcing": lambda r: plots.teacher_forcing(learned("fra-eng-small/scheduled"), []),
    "score": lambda r: plots.score_by_epoch(learned(FRONT), [], "bleu"),
    "lengths": lambda r: plots.score_by_length(learned(FRONT), [], "bleu", "token"),
}  # fmt: skip


def words(chart: Chart) -> Iterator[str]:
    """What is written in a figure, read aloud for a mark, and named in its tips."""
    for element in ET.fromstring(plots.figure_bytes(chart, "svg")).iter():
        if element.tag.endswith("}text"):
            yield "".join(element.itertext())
        # Vega describes axes and titles in English of its own; a mark's words are ours.
        if element.get("aria-roledescription", "").endswith(" mark"):
            yield element.get("aria-label", "")
    for layer in layers(chart):
        tip = layer.get("encoding", {}).get("tooltip", [])
        for one in tip if isinstance(tip, list) else []:
            yield one.get("title", f"no title for {one['field']}")


def layers(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The layers of a figure, and those inside them."""
    for layer in part.get("layer", []):
        yield layer
        yield from layers(layer)


def plotly_words(part: Any, key: str = "") -> Iterator[str]:
    """Every text of a figure for Plotly."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from plotly_words(value, name)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from plotly_words(one, key)
    elif isinstance(part, str) and key in SHOWN:
        yield html.unescape(re.sub(r"<[^>]*>|%\{[^}]*\}", " ", part))


def english(texts: Iterator[str] | list[str], known: set[str]) -> set[str]:
    """Latin words of three letters or more that are neither tokens nor names."""
    tokens = {part for token in known for part in re.findall("[A-Za-z]+", token)} | KEPT
    return {word for text in texts for word in re.findall("[A-Za-z]{3,}", text)} - tokens


def known(results: dict[str, Any]) -> set[str]:
    """Words that are data: tokens, models, and what was typed."""
    traces = (results["trace"], results["plain"], *results["comparison"].traces)
    tokens = {token for t in traces for row in (t.source, t.output, *t.candidates) for token in row}
    tree, patched = results["tree"].tokens, results["patching"]
    return {*tokens, *tree, *patched.clean, *patched.corrupted, FRONT, OTHER, "scheduled",
            TEXT, "mine yours", results["contrast"].other}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_no_english_in_a_figure(name, results):
    with speaking("ko"):
        chart = CHARTS[name](results)
        assert chart is not None
        found = list(words(chart))
    assert english(found, known(results)) == set(), found
    assert any(re.search("[가-힣]", text) for text in found) or name in BARE


def test_no_english_in_a_replay():
    def toy(name: str) -> Told:
        folder = checkpoint.find(f"toy/{name}")
        (one,) = replays.read(folder / replays.REPLAY)
        return Told(name, FAMILIES[name], history.read(folder).reports, one)

    toys = [toy("attention"), toy("plain")]
    data = {
        "attention",
        "plain",
        *(token for one in toys for token in one.replay.tokens),
        *(token for one in toys for moment in one.replay.moments for token in moment.output),
    }
    with speaking("ko"):
        for figure in (replay_figure(toys, step=2), path_figure(together(toys))):
            found = list(plotly_words(figure))
            assert english(found, data) == set()
            assert any("에포크" in text for text in found)


def test_no_english_in_a_finding(results):
    agreement, lines = results["agreement"], results["lines"]
    with speaking("ko"):
        said = [
            *(readout(results["trace"], t).text() for t in range(results["trace"].steps)),
            *(readout(results["plain"], t).text() for t in range(results["plain"].steps)),
            "".join(p.text for p in flow_finding(lines, 2, results["trace"].attention)),
            "".join(p.text for p in flow_finding(lines, 2)),
            "".join(part.text for part in search.search_finding(results["verdict"])),
            "".join(p.text for p in search.sampling_finding(results["trace"], results["found"])),
            search.finished_note(results["tree"], 3),
            contrasts.contrast_finding(results["contrast"]),
            contrasts.completeness(results["contrast"]),
            contrasts.edit_finding(results["edit"]),
            *map(contrasts.way, results["edit"].ways),
            margins_finding(results["trace"]),
            agreements.verdict_words(agreement, 2), agreements.whole_words(agreement),
            agreements.probability_words(agreement, 2),
            states.unit_finding(results["states"], "encoder", 0, "state", range(8)),
            states.unit_finding(results["states"], "decoder", 0, "update", range(8)),
            states.state_finding(results["states"], "encoder", 0),
            influence.share_finding(results["influence"]),
            influence.map_finding(results["influence"]),
            ratio_finding(learned("fra-eng-small/scheduled").history),
            plots.two_paths.two_paths_finding(results["paths"], 2),
        ]  # fmt: skip
        doubt = told(trust(results["system"], results["trace"]))
        said += list(doubt) if doubt else []
    assert english(said, known(results)) == set(), said
    assert all(re.search("[가-힣]", text) for text in said)


def test_no_english_in_the_step_view(results):
    with speaking("ko"):
        data = step_data(results["trace"], Names("Source", "Target", "token"), Shape(), 1)
    assert data["language"] == "ko" and data["notes"]["source"] == "모델이 읽은 그대로"
    said = [part["text"] for parts in data["run"]["readout"] for part in parts]
    said += [re.sub(r"\{\w+\}", "", text) for text in data["words"].values()]
    keys = {"Esc", "Shift"}
    assert english(said, known(results) | keys) == set()


def test_a_figure_says_the_same_in_english_after_korean(results):
    before = json.dumps(plots.attention_map(results["trace"]), sort_keys=True)
    with speaking("ko"):
        korean = json.dumps(plots.attention_map(results["trace"]), sort_keys=True)
    assert json.dumps(plots.attention_map(results["trace"]), sort_keys=True) == before != korean
