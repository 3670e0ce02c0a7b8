"""Imported models compute what the tutorial's own modules compute; only rounding lies between."""

import random

import numpy as np
import pytest
import torch
import tutorials
from rounding import close
from safetensors.torch import load_file

from s2s.checkpoints import checkpoint
from s2s.checkpoints.history import read as read_history
from s2s.cli import main
from s2s.errors import UserError
from s2s.model.batch import make_source

pytestmark = pytest.mark.slow  # every tutorial's own model runs beside ours

# preset, switches of the module (the seeds give outputs that differ), most text tokens, most output
MODELS = [
    ("tutorial1", {"seed": 19}, 10, 10),
    ("tutorial3", {"seed": 24, "attention": False}, 7, 8),
    ("tutorial3", {"seed": 7, "attention": True}, 7, 8),
    ("tutorial5", {"seed": 2, "layers": 1}, 12, 80),
    ("tutorial5", {"seed": 1, "layers": 2}, 12, 80),
    ("tutorial5", {"seed": 3, "layers": 4}, 12, 80),
]


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """``bring(preset, model, form, *options)`` imports by the command line, float64 since then."""
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "checkpoints"))

    def call(preset, model, form="prefixed", *options, name="fra-eng/mine"):
        given = tutorials.store(tmp_path, preset, model, form)
        assert main(["import", *given, "--as", name, "--force", *options]) == 0
        system = checkpoint.load(name)
        system.model.double()
        return system

    return call


def sentences(preset, longest, count=9, seed=5):
    """Ids of text tokens: every special left out, lengths from 1 to the longest."""
    vocab = tutorials.VOCABS[preset]
    used = [vocab[role] for role in ("bos", "eos", "pad", "unk")] if preset != "tutorial1" else []
    words = [i for i in range(len(vocab["source"])) if i not in used]
    draw = random.Random(seed)
    words = [i for i in words if vocab["source"][i].isalnum()]  # a lone "." is refused
    lengths = [1, 2, longest, *(draw.randint(1, longest) for _ in range(count - 3))]
    return [[draw.choice(words) for _ in range(length)] for length in lengths]


def check(system, model, preset, ids, limit, **options):
    """One sentence through both, in float64; returns the tutorial's answer."""
    vocab = tutorials.VOCABS[preset]
    right = model.double().answer(ids, vocab["bos"], vocab["eos"], limit, **options)
    trace = system.translate(" ".join(vocab["source"][i] for i in ids))
    assert list(trace.output) == [vocab["target"][i] for i in right.output]
    own = right.log_p.gather(1, torch.tensor(right.output)[:, None])[:, 0]
    close(trace.log_probabilities, own)
    # All log probabilities, not the chosen ones alone.
    close(log_probabilities(system, trace.reading.ids, [vocab["bos"], *right.output[:-1]]),
          right.log_p)  # fmt: skip
    if right.attention is None:
        assert trace.attention is None and trace.empty_attention is None
    else:
        size = len(trace.source)
        close(trace.attention, right.attention[:, :size])
        close(trace.empty_attention, right.attention[:, size:].sum(1))
    return right


def log_probabilities(system, ids, fed):
    """Of every token at every step, [T, V], with `fed` forced."""
    source = make_source([ids], system.config, system.sequence, system.source_vocab)
    memory, state = system.model.encode(source)
    return system.model.decoder(torch.tensor([fed]), state, memory).logits[0].log_softmax(-1)


@pytest.mark.parametrize("form", ["prefixed", "nested", "files"])
@pytest.mark.parametrize(("preset", "switches", "longest", "limit"), MODELS)
def test_an_imported_model_answers_as_the_tutorials_does(
    bring, preset, switches, longest, limit, form
):
    model = tutorials.make(preset, **switches)
    system = bring(preset, model, form)
    rows = sentences(preset, longest)
    answers = [check(system, model, preset, ids, limit) for ids in rows]
    assert {len(ids) for ids in rows} >= {1, 2, longest}
    assert len({tuple(answer.output) for answer in answers}) > 3, "the answers must differ"
    assert system.model.parameter_count() == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(("preset", "switches", "longest", "limit"), MODELS)
def test_in_float32_too_only_rounding_lies_between_them(bring, preset, switches, longest, limit):
    """Fed the same tokens, so that no near tie can part them."""
    model = tutorials.make(preset, **switches)
    system = bring(preset, model)
    system.model.float()
    vocab, config = tutorials.VOCABS[preset], system.config
    for ids in sentences(preset, longest):
        right = model.answer(ids, vocab["bos"], vocab["eos"], limit)
        read = system.read(" ".join(vocab["source"][i] for i in ids)).ids
        mine = log_probabilities(system, read, [vocab["bos"], *right.output[:-1]])
        assert mine.dtype == right.log_p.dtype == torch.float32
        # Every step adds products over the inputs and the states of each layer.
        terms = (len(read) + len(right.output)) * config.layers * 2 * config.hidden
        close(mine, right.log_p, terms)


@pytest.mark.parametrize("preset", list(tutorials.KINDS))
def test_answers_end_with_the_end_token_and_at_the_limit(bring, preset):
    """Over several weights both ways of stopping are met, and both agree."""
    limit = next(limit for name, _, _, limit in MODELS if name == preset)
    eos, ends = tutorials.VOCABS[preset]["eos"], set()
    for seed in range(12):
        model = tutorials.make(preset, seed=seed)
        system = bring(preset, model)
        for ids in sentences(preset, 5, count=3, seed=seed):
            right = check(system, model, preset, ids, limit)
            ends.add(right.output[-1] == eos)
            assert right.output[-1] == eos or len(right.output) == limit
    assert ends == {True, False}


def test_a_full_and_a_nearly_empty_memory(bring):
    """Tutorial 3: one word leaves six slots empty, which take weight; seven leave none."""
    model = tutorials.make("tutorial3")
    system = bring("tutorial3", model)
    shares = []
    for count in (1, 7):
        check(system, model, "tutorial3", [2] * count, 8)
        shares.append(system.translate(" ".join(["je"] * count)).empty_attention)
    assert shares[0].min() > 0.01
    np.testing.assert_array_equal(shares[1], 0)


def test_a_longer_source_means_more_slots(bring):
    """Tutorial 3's MAX_LENGTH is the longest source with its end token."""
    model = tutorials.make("tutorial3")
    system = bring("tutorial3", model, "files", "--max-source-length", "10")
    assert system.config.attention_slots == 11
    for ids in sentences("tutorial3", 10):
        check(system, model, "tutorial3", ids, 8, slots=11)


def test_a_source_that_was_fed_backwards(bring):
    model = tutorials.make("tutorial5")
    forwards, backwards = bring("tutorial5", model), bring(
        "tutorial5", model, "files", "--reverse-source"
    )  # fmt: skip
    words = ["ein", "Mann", "sitzt"]
    one = backwards.translate(" ".join(words))
    other = forwards.translate(" ".join(reversed(words)))
    close(one.log_probabilities, other.log_probabilities)
    assert one.output == other.output
    assert not np.allclose(
        one.log_probabilities[0], forwards.translate(" ".join(words)).log_probabilities[0]
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_kinds_of_numbers_become_float32(bring, tmp_path, dtype):
    model = tutorials.make("tutorial1")
    if dtype != torch.float64:
        model = model.to(dtype)
    bring("tutorial1", model.to(dtype))
    stored = load_file(checkpoint.find("fra-eng/mine") / checkpoint.WEIGHTS)
    right = model.state_dict()["dec.fc.weight"].float()
    assert {tensor.dtype for tensor in stored.values()} == {torch.float32}
    assert torch.equal(stored["decoder.output.weight"], right)


def test_weights_are_bit_equal_and_every_one_has_its_place(bring):
    """Distinct numbers everywhere, so that no two tensors can be exchanged unseen."""
    model = tutorials.make("tutorial5", layers=2)
    with torch.no_grad():
        for number, parameter in enumerate(model.parameters()):
            parameter.copy_(torch.arange(parameter.numel()).view_as(parameter) + 1000 * number)
    system = bring("tutorial5", model)
    own = system.model.state_dict()
    assert torch.equal(own["encoder.rnn.weight_ih_l1"], model.encoder.rnn.weight_ih_l1.double())
    assert torch.equal(own["decoder.rnn.bias_hh_l0"], model.decoder.rnn.bias_hh_l0.double())
    theirs = sorted(float(p.double().sum()) for p in model.parameters())
    assert sorted(float(tensor.double().sum()) for tensor in own.values()) == theirs


def test_the_start_of_both_sides(bring):
    """What the presets say of specials; unknown words as V.json has it."""
    first = bring("tutorial1", tutorials.make("tutorial1"), name="toy/mine")
    third = bring("tutorial3", tutorials.make("tutorial3"))
    fifth = bring("tutorial5", tutorials.make("tutorial5"))
    assert first.translate("저는 강사").source == ("저는", "강사")
    assert third.translate("Je suis fatigué.").source == ("je", "suis", "fatigue", ".", "<eos>")
    trace = fifth.translate("ein Wort .")
    assert trace.source == ("<sos>", "ein", "<unk>", ".", "<eos>")
    assert trace.fed[0] == "<sos>" and third.sequence.target_repeats_bos
    assert "never seen wort" in _refusal(third, "je wort")
    assert "never seen 저" in _refusal(first, "저")
    assert fifth.target_vocab.pad == 1 and first.source_vocab.specials == frozenset()


def _refusal(system, text):
    with pytest.raises(UserError) as caught:
        system.translate(text)
    return str(caught.value)


def test_there_is_no_history_and_no_metric(bring):
    system = bring("tutorial1", tutorials.make("tutorial1"))
    assert read_history(checkpoint.find(system.name)).reports == ()
    assert system.about.metrics == {}
