"""The two ways back: the model's own decoder, the other probe, and tutorial 1's figure."""

import copy

import numpy as np
import pytest
import torch
from fingerprints import fingerprint
from gradient_cases import TARGET, TEXT
from tiny import ROOT, build_system

from s2s.checkpoints import checkpoint
from s2s.model.batch import make_source
from s2s.model.decoder import Memory, State
from s2s.plots.two_paths import two_paths_chart, two_paths_finding
from s2s.probes import gradient_flow, two_paths
from s2s.text.numbers import rounded

KOREAN = "저는 강사 입니다"


def through_the_model_s_own_attention(system, text, target):
    """[T, S] sizes: the model's decoder with what it looks at as a leaf, its start held."""
    model = copy.deepcopy(system.model).double().eval()
    source = make_source(
        [system.read(text).ids], system.config, system.sequence, system.source_vocab
    )
    memory, state = model.encode(source)
    leaf = memory.states.detach().requires_grad_()
    keys = model.decoder.attention.keys(leaf)
    seen = Memory(leaf, keys, memory.mask, memory.peek.detach())
    fed = torch.tensor([[system.start, *target[:-1]]])
    start = State(*(None if part is None else part.detach() for part in state))
    logits = model.decoder(fed, start, seen).logits[0]
    losses = torch.nn.functional.cross_entropy(logits, torch.tensor(target), reduction="none")
    rows = [torch.autograd.grad(loss, leaf, retain_graph=True)[0][0] for loss in losses]
    return torch.stack(rows).abs().sum(-1).numpy()


@pytest.mark.parametrize("switches", [
    {"cell": "lstm", "attention": "dot"},
    {"cell": "gru", "attention": "general", "bidirectional": True, "layers": 2},
    {"cell": "rnn", "attention": "additive", "attentional_layer": False, "peeky": "cell"},
    {"cell": "gru", "attention": "dot", "attention_slots": 7, "reverse_source": True},
    {"cell": "gru", "attention": "dot", "input_feeding": True},
    {"cell": "lstm", "attention": "additive", "query": "previous", "context_into": "cell",
     "attentional_layer": False, "attention_bias": True, "encoder_hidden": 4,
     "bridge_layer": "always"},
])  # fmt: skip
def test_the_short_way_is_that_of_the_model_s_own_decoder(switches):
    system = build_system(**switches)
    before = fingerprint(system.model)
    found = two_paths(system, TEXT, TARGET)
    wanted = through_the_model_s_own_attention(system, TEXT, TARGET)
    np.testing.assert_allclose(found.attention, wanted, atol=1e-10 * wanted.max())
    whole = gradient_flow(system, TEXT, TARGET, of="loss")
    np.testing.assert_allclose(found.whole, whole.encoder, atol=1e-12)
    np.testing.assert_allclose(found.decoder, whole.decoder, atol=1e-12)
    # Vectors add up, so sizes obey the triangle.
    assert (found.whole <= found.attention + found.recurrence + 1e-12).all()
    assert (found.recurrence <= found.whole + found.attention + 1e-12).all()
    assert fingerprint(system.model) == before


def test_the_last_state_of_a_reader_is_reached_through_the_bridge_alone():
    """Without attention all comes through the states."""
    system = build_system(cell="gru", attention="none")
    found = two_paths(system, TEXT, TARGET)
    assert found.attention is None
    np.testing.assert_array_equal(found.recurrence, found.whole)
    np.testing.assert_allclose(
        found.whole[:, -1], gradient_flow(system, TEXT, TARGET, of="loss").bottleneck, atol=1e-12
    )


@pytest.mark.parametrize("name", ["toy/attention", "toy/plain"])
def test_the_picture_of_tutorial_1_has_the_probe_s_numbers(name):
    system = checkpoint.load(str(ROOT / "checkpoints" / name))
    found = two_paths(system, KOREAN)
    step = found.output.index("instructor")
    flow = gradient_flow(system, KOREAN, of="loss")
    chart = two_paths_chart(found, step)
    nodes = chart["layer"][-2]["data"]["values"]
    wanted = [*flow.encoder[step], *flow.decoder[step, : step + 1]]
    assert [node["size"] for node in nodes] == [rounded(size) for size in wanted]
    assert [node["name"] for node in nodes] == ["h1", "h2", "h3", "s1", "s2", "s3", "s4"]
    numbers = [row["size"] for row in chart["layer"][-1]["data"]["values"]]
    edges = 3 + 3 if found.attention is None else 3 + 3 + 3
    assert len(numbers) == len(chart["layer"]) - 2 == edges
    if found.attention is not None:
        assert rounded(found.attention[step, 0]) in numbers
        # The puzzle of the tutorial: the short way carries nearly all of it.
        assert found.attention[step, 0] > 5 * found.recurrence[step, 0]
    assert rounded(found.whole[step, 0]) in two_paths_finding(found, step)


def test_a_long_row_has_no_numbers_and_tokens_are_text():
    system = build_system(cell="gru", attention="dot")
    long = two_paths(system, " ".join(["a"] * 12), TARGET)
    chart = two_paths_chart(long, len(long.output) - 1)
    assert "name" in chart["layer"][-1]["data"]["values"][0]
    assert two_paths_finding(two_paths(system, TEXT, TARGET), 0).startswith("tiny: at “a”")


def test_a_reversed_source_stands_in_the_order_of_reading():
    """The edges of the recurrence join states that were read one after the other."""
    found = two_paths(build_system(cell="gru", attention="dot", reverse_source=True), TEXT, TARGET)
    step = len(found.output) - 1
    chart = two_paths_chart(found, step)
    nodes = chart["layer"][-2]["data"]["values"][: len(found.places)]
    assert found.places != tuple(sorted(found.places))
    assert [node["name"] for node in nodes] == [f"h{s + 1}" for s in found.places]
    assert [node["size"] for node in nodes] == [rounded(found.whole[step, s]) for s in found.places]
    lines = [layer for layer in chart["layer"][:-2] if len(layer["data"]["values"]) == 2]
    told = [line["data"]["values"][0]["says"] for line in lines[: len(found.places)]]
    assert told == [
        f"through the states to “{found.reading.tokens[s]}”: {rounded(found.recurrence[step, s])}"
        for s in found.places
    ]
    assert f"at “{found.reading.tokens[found.places[0]]}”" in two_paths_finding(found, step)
