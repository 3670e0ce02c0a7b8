"""Sampling draws from the very distribution it names, and leaves everything else alone."""

import math

import numpy as np
import pytest
import torch
from rounding import close
from tiny import build_like, build_system, texts

from s2s.config import SequenceConfig
from s2s.decoding import sampling, single
from s2s.errors import UserError
from s2s.text.vocab import EOS

MODELS = {
    "dot": build_system(attention="dot"),
    "plain": build_system(cell="lstm"),
    "slots": build_like(3),
    "float32": build_system(attention="additive", dtype=torch.float32, seed=6),
}
TEXTS = [text for text in texts(6, seed=4) if len(text.split()) <= 7]
everyone = pytest.mark.parametrize("who", MODELS)


def ids_of(system, tokens):
    return [system.target_vocab.ids[token] for token in tokens]


@everyone
def test_top_1_and_no_heat_are_greedy(who):
    system = MODELS[who]
    for text in TEXTS:
        greedy = system.translate(text)
        for options in ({"top_k": 1}, {"top_k": 1, "temperature": 9.0}, {"temperature": 1e-4},
                        {"temperature": 1e-300}):  # fmt: skip
            drawn = system.sample(text, seed=7, **options)
            assert drawn.output == greedy.output
            close(drawn.log_probabilities, greedy.log_probabilities)
            assert drawn.forced == ()


def test_equal_logits_are_drawn_as_greedy_writes_them():
    system = build_system(SequenceConfig(max_source_length=12, max_output_length=4))
    with torch.no_grad():
        system.model.decoder.output.weight.zero_()
        system.model.decoder.output.bias.zero_()
    assert system.sample("a", top_k=1).output == system.translate("a").output


@everyone
def test_the_same_seed_draws_the_same(who):
    system = MODELS[who]
    drawn = [system.sample(TEXTS[0], 1.5, seed=seed).output for seed in range(20)]
    assert drawn == [system.sample(TEXTS[0], 1.5, seed=seed).output for seed in range(20)]
    assert len(set(drawn)) > 10
    assert len({trace.stopped for trace in
                (system.sample(TEXTS[0], 2.0, seed=s) for s in range(20))}) == 2  # fmt: skip


@everyone
def test_probabilities_are_the_models_own(who):
    """Whatever the temperature: those of forced decoding of what was drawn."""
    system = MODELS[who]
    for seed in range(4):
        drawn = system.sample(TEXTS[1], 2.5, 4, seed)
        forced = single.forced(system, drawn.reading, ids_of(system, drawn.output))
        close(drawn.log_probabilities, forced.log_probabilities)
        close(drawn.candidate_probabilities, forced.candidate_probabilities)
        assert drawn.candidates == forced.candidates
        assert drawn.fed == (system.sequence.start_token, *drawn.output[:-1])
        assert drawn.output.index(EOS) == drawn.steps - 1 if drawn.stopped == "eos" else True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("temperature", "top_k"), [(1.0, None), (0.5, None), (2.0, None), (1.0, 3), (2.0, 2)]
)
def test_tokens_come_as_often_as_they_should(temperature, top_k):
    """First tokens of many draws against softmax(logits / temperature) over the top k."""
    one = SequenceConfig(max_source_length=12, max_output_length=1)
    system = build_system(one, attention="dot", seed=9)
    size, count = len(system.target_vocab), 600
    log_p = np.array([
        single.forced(system, system.read("a b"), [i]).log_probability for i in range(size)
    ])  # fmt: skip
    odds = np.exp(log_p / temperature)
    if top_k:
        odds[np.argsort(-odds)[top_k:]] = 0
    expected = odds / odds.sum()
    drawn = [system.sample("a b", temperature, top_k, seed).output[0] for seed in range(count)]
    seen = np.bincount(ids_of(system, drawn), minlength=size) / count
    assert (seen[expected == 0] == 0).all()
    spread = np.sqrt(expected * (1 - expected) / count)
    assert (np.abs(seen - expected) <= 4.5 * spread + 1e-12).all()


def test_no_other_random_numbers_change():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    MODELS["dot"].sample(TEXTS[0], 1.5, seed=3)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_model_is_left_as_it_was():
    system = MODELS["dot"]
    before = {name: value.clone() for name, value in system.model.state_dict().items()}
    system.sample(TEXTS[0], 1.5, seed=3)
    assert all(torch.equal(before[n], v) for n, v in system.model.state_dict().items())
    assert not system.model.training


def test_a_prefix_and_weights_are_given_not_drawn():
    system = MODELS["dot"]
    size = len(system.read("a b").tokens)
    row = [0.0] * (size - 1) + [2.0]
    for seed in range(3):
        drawn = system.sample("a b", 1.5, None, seed, "red sky", {1: row})
        assert drawn.output[:2] == ("red", "sky") and drawn.forced == (0, 1)
        assert drawn.attention[1].tolist() == [*[0.0] * (size - 1), 1.0]
        assert drawn.attended == (1,)


@pytest.mark.parametrize("temperature", [1e-300, 1e300])
def test_every_finite_temperature_works(temperature):
    drawn = {MODELS["dot"].sample("a b", temperature, 3, seed).output for seed in range(8)}
    assert (len(drawn) == 1) == (temperature < 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": 0.0}, "The temperature is 0.0; it must be a number above 0."),
        ({"temperature": -1.0}, "The temperature is -1.0; it must be a number above 0."),
        ({"temperature": math.nan}, "The temperature is nan; it must be a number above 0."),
        ({"temperature": math.inf}, "The temperature is inf; it must be a number above 0."),
        ({"top_k": 0}, "Top-k is 0; it must be 1 to 10, the tokens this model knows."),
        ({"top_k": 11}, "Top-k is 11; it must be 1 to 10, the tokens this model knows."),
        ({"seed": -1}, f"The seed is -1; it must be a whole number of 0 to {2**53 - 1}."),
        ({"seed": 2**64}, f"The seed is {2**64}; it must be a whole number of 0 to {2**53 - 1}."),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    system = MODELS["dot"]
    with pytest.raises(UserError) as caught:
        sampling.sample(system, system.read("a"), **options)
    assert str(caught.value) == message


def test_the_limits_can_be_reached():
    system = MODELS["dot"]
    assert system.sample("a", top_k=10, seed=sampling.LAST_SEED).steps >= 1
