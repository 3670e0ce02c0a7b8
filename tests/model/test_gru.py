"""The GRU for training against nn.GRU: the same states, the same derivatives."""

import pytest
import torch
from tiny import build_like, build_system, texts
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from s2s.model import gru
from s2s.model.batch import make_batch
from s2s.model.encoder import Lookup
from s2s.training.losses import loss_of
from s2s.training.train import force_mask

CLOSE = {"rtol": 0, "atol": 1e-10}
RAGGED = [3, 7, 1, 7, 5]


def drawn(vocabulary, embedding, hidden, batch, steps, activation="none"):
    """A seeded GRU, its lookup, ids and an initial state, all float64."""
    torch.manual_seed(vocabulary * hidden + steps)
    rnn = nn.GRU(embedding, hidden, batch_first=True).double()
    lookup = Lookup(vocabulary, embedding, "embedding", activation).double()
    with torch.no_grad():
        for weight in rnn.parameters():
            weight.normal_(0, 0.7)
    ids = torch.randint(0, vocabulary, (batch, steps))
    hidden = torch.randn(1, batch, hidden, dtype=torch.float64, requires_grad=True)
    return rnn, lookup, ids, hidden


def by_module(rnn, lookup, ids, lengths, hidden=None):
    """States [B, T, H] and final [1, B, H] of nn.GRU itself."""
    packed = pack_padded_sequence(
        lookup(ids, torch.float64), lengths, batch_first=True, enforce_sorted=False
    )
    output, final = rnn(packed, hidden)
    return pad_packed_sequence(output, batch_first=True, total_length=ids.shape[1])[0], final


def gradients(outputs, wanted):
    """Derivatives of a seeded random mixture of all outputs."""
    draw = torch.Generator().manual_seed(5)
    mixed = sum((o * torch.randn(o.shape, generator=draw, dtype=o.dtype)).sum() for o in outputs)
    return torch.autograd.grad(mixed, wanted, retain_graph=True)


SIZES = {
    "ragged": (11, 5, 6, RAGGED),
    "equal": (11, 5, 6, [4, 4, 4]),
    "one step": (11, 5, 6, [1, 1, 1]),
    "one sentence": (11, 5, 6, [6]),
    "one of everything": (1, 1, 1, [1]),
    "one token repeated": (1, 3, 2, [2, 9, 4]),
    "larger": (300, 48, 64, [*range(1, 13), 12, 12]),
    "padding everywhere": (9, 4, 3, [2, 1, 3]),
}


@pytest.mark.parametrize("activation", ["none", "relu"])
@pytest.mark.parametrize("initial", [False, True], ids=["from zero", "from a state"])
@pytest.mark.parametrize("name", SIZES)
def test_agrees_with_the_module(name, initial, activation):
    vocabulary, embedding, hidden, sizes = SIZES[name]
    lengths = torch.tensor(sizes)
    steps = max(sizes) + (2 if name == "padding everywhere" else 0)
    rnn, lookup, ids, first = drawn(vocabulary, embedding, hidden, len(sizes), steps, activation)
    first = first if initial else None
    wanted = [*rnn.parameters(), *lookup.parameters(), *([first] if initial else [])]
    ours = gru.run(rnn, lookup, ids, lengths, first)
    theirs = by_module(rnn, lookup, ids, lengths, first)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, **CLOSE)
    for b, length in enumerate(sizes):
        assert (ours[0][b, length:] == 0).all()
        assert torch.equal(ours[0][b, length - 1], ours[1][0, b]), "one tensor, taken twice"
    # The states alone, the final state alone, both: each has its own way back.
    for which in (slice(0, 1), slice(1, 2), slice(0, 2)):
        for weight, a, b in zip(
            wanted, gradients(ours[which], wanted), gradients(theirs[which], wanted), strict=True
        ):
            assert a.shape == weight.shape
            torch.testing.assert_close(a, b, **CLOSE)


def test_agrees_with_finite_differences():
    rnn, lookup, ids, hidden = drawn(4, 3, 2, 3, 3)
    weights = [w.detach().requires_grad_() for w in (rnn.weight_hh_l0, rnn.bias_hh_l0)]
    projected = torch.randn(5, 6, dtype=torch.float64, requires_grad=True)
    # Three beginnings; two sentences share a state and part; one of them goes on.
    parents, rows = torch.tensor([0, 2, 3, 3, 6]), [2, 2, 1]
    torch.autograd.gradcheck(
        lambda *given: gru.Recurrence.apply(*given, parents, rows),
        (projected, hidden[0], *weights),
    )


def test_going_back_twice_gives_the_same():
    rnn, lookup, ids, hidden = drawn(11, 5, 6, 5, 7)
    outputs = gru.run(rnn, lookup, ids, torch.tensor(RAGGED), hidden)
    wanted = [*rnn.parameters(), *lookup.parameters(), hidden]
    for a, b in zip(gradients(outputs, wanted), gradients(outputs, wanted), strict=True):
        assert torch.equal(a, b)


def test_sentences_share_states_until_they_part(monkeypatch):
    rnn, lookup, _, hidden = drawn(11, 5, 6, 3, 4)
    ids = torch.tensor([[4, 4, 5, 6], [4, 4, 7, 6], [4, 4, 5, 9]])
    given = []
    apply = gru.Recurrence.apply
    monkeypatch.setattr(gru.Recurrence, "apply", lambda *all: given.append(all) or apply(*all))
    gru.run(rnn, lookup, ids, torch.tensor([4, 4, 3]))
    gru.run(rnn, lookup, ids, hidden=hidden)
    (*_, parents, rows), (*_, unshared) = given
    assert rows == [1, 1, 2, 2] and parents.tolist() == [0, 1, 2, 2, 3, 4]
    assert unshared == [3, 3, 3, 3], "each starts from a state of its own"


def test_each_token_is_looked_up_once():
    rnn, lookup, _, _ = drawn(11, 5, 6, 1, 1)
    seen = []

    def watched(ids, dtype):
        seen.append(ids.tolist())
        return lookup(ids, dtype)

    gru.run(rnn, watched, torch.tensor([[3, 3, 7, 0], [7, 3, 9, 9]]), torch.tensor([3, 2]))
    assert seen == [[3, 7]], "padding is not read"


def batch_of(system, sentences):
    """A training batch of sentences with targets of other lengths."""
    draw = torch.Generator().manual_seed(2)
    high = len(system.target_vocab)
    targets = [
        torch.randint(0, high, (1 + i % 4,), generator=draw).tolist() for i in range(len(sentences))
    ]
    rows = [list(system.read(text).ids) for text in sentences]
    return make_batch(
        list(zip(rows, targets, strict=True)), system.config, system.sequence,
        system.source_vocab, system.target_vocab,
    )  # fmt: skip


def watch(monkeypatch, used):
    """Collect the modules that the faster way stands in for."""
    run = gru.run
    monkeypatch.setattr(gru, "run", lambda rnn, *a, **b: used.append(rnn) or run(rnn, *a, **b))


def loss_and_gradients(system, batch, ratio):
    model = system.model
    torch.manual_seed(7)
    if ratio == 1:
        logits = model(batch).logits
    else:
        logits = model.free_forward(batch, force_mask(tuple(batch.fed.shape), ratio, "token"))
    loss = loss_of(logits, batch, "all_positions")
    found = torch.autograd.grad(loss, list(model.parameters()))
    return [logits, *found], torch.get_rng_state()


FAST = {
    "plain": lambda: build_system(),
    "attention": lambda: build_system(attention="general"),
    "additive": lambda: build_system(attention="additive"),
    "reversed": lambda: build_system(attention="dot", reverse_source=True),
    "slots": lambda: build_like(3),
    "slots, reversed": lambda: build_like(3, reverse_source=True),
}


@pytest.mark.parametrize("ratio", [1, 0.5], ids=["fused", "step by step"])
@pytest.mark.parametrize("kind", FAST)
def test_a_model_learns_the_same_with_it(kind, ratio, monkeypatch):
    """Training mode against the module itself, which evaluation mode uses."""
    system = FAST[kind]()
    batch = batch_of(system, texts(7, seed=4, longest=6))
    assert len(set(batch.source.lengths.tolist())) > 2
    system.model.requires_grad_(True).train()
    calls = []
    watch(monkeypatch, calls)
    ours, left = loss_and_gradients(system, batch, ratio)
    # Step by step to see what is fed, then all steps at once.
    assert len(calls) == (2 if ratio == 1 else 2 + batch.fed.shape[1])
    system.model.eval()
    theirs, also_left = loss_and_gradients(system, batch, ratio)
    assert len(calls) == (2 if ratio == 1 else 2 + batch.fed.shape[1]), "eval uses the module"
    names = ["logits", *(name for name, _ in system.model.named_parameters())]
    for name, a, b in zip(names, ours, theirs, strict=True):
        torch.testing.assert_close(a, b, **CLOSE, msg=name)
        assert b.abs().max() > 0, name
    assert torch.equal(left, also_left), "the random numbers are drawn as before"


SLOW = {
    "lstm": {"cell": "lstm"},
    "rnn": {"cell": "rnn"},
    "two layers": {"layers": 2},
    "dropout": {"dropout": 0.3},
}
ENCODER_ONLY = {
    "two ways": {"bidirectional": True},
    "one-hot source": {"source_input": "one_hot"},
}
DECODER_ONLY = {
    "one-hot target": {"target_input": "one_hot"},
    "peeky": {"peeky": "cell"},
    "peeky twice": {"peeky": "cell_and_output"},
}


@pytest.mark.parametrize("kind", [*SLOW, *ENCODER_ONLY, *DECODER_ONLY])
def test_where_it_does_not_fit_the_module_runs(kind, monkeypatch):
    """In the named half; what training computes there is what evaluation computes."""
    switches = (SLOW | ENCODER_ONLY | DECODER_ONLY)[kind]
    system = build_system(attention="dot", **switches)
    batch = batch_of(system, texts(5, seed=4))
    model = system.model
    used = []
    watch(monkeypatch, used)
    still = model(batch).logits
    assert not used
    moving = model.train()(batch).logits
    expected = [] if kind in SLOW else [model.decoder.rnn]
    expected = [model.encoder.rnn] if kind in DECODER_ONLY else expected
    assert [id(rnn) for rnn in used] == [id(rnn) for rnn in expected]
    if kind != "dropout":
        torch.testing.assert_close(moving, still, **CLOSE)


def test_without_derivatives_too():
    """Training mode under inference mode: nothing to keep, the same numbers."""
    system = build_like(3)
    batch = batch_of(system, texts(5, seed=4, longest=6))
    with torch.inference_mode():
        still = system.model(batch).logits
        torch.testing.assert_close(system.model.train()(batch).logits, still, **CLOSE)
