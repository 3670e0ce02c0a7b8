"""A corpus of states against the states of each sentence, one by one."""

import sys

import numpy as np
import pytest
import torch
from fingerprints import fingerprint
from foreign_models import EOS, SOURCE, TARGET, Tutorial2023, made
from switches import CASES
from tiny import build_like, build_system, texts

import s2s
from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.probes import hidden_states, state_corpus
from s2s.results.state_corpus import END
from s2s.tasks.labelled import Labelled, LabelledSet, of_task

TEXTS = tuple(texts(20, 5))


def check(system, sentences, layer):
    """Every state and token is that of the sentence alone."""
    corpus = state_corpus(system, LabelledSet.of(sentences, ""), layer)
    at = layer % system.config.layers
    assert corpus.layer == at
    for n, text in enumerate(corpus.texts):
        alone = hidden_states(system, text)
        assert corpus.sources[n] == alone.source and corpus.outputs[n] == alone.output
        for side, layers in (("encoder", alone.encoder), ("decoder", alone.decoder)):
            part = corpus.side(side)
            mine = np.flatnonzero(part.sentence == n)
            assert part.place[mine].tolist() == list(range(len(mine)))
            np.testing.assert_allclose(part.states[mine], layers[at].states, atol=2e-3)
            np.testing.assert_allclose(
                part.sizes[mine], np.linalg.norm(part.states[mine].astype(float), axis=1), rtol=1e-5
            )
    return corpus


@pytest.mark.parametrize("switches", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_the_family(switches):
    system = build_system(**switches)
    for layer in range(-1, system.config.layers - 1):
        check(system, TEXTS, layer)


@pytest.mark.parametrize("tutorial", [3, 4, 5])
def test_the_tutorials_manners(tutorial):
    sentences = ["3 dec 84", "3/4", "a"] if tutorial == 4 else TEXTS
    check(build_like(tutorial), sentences, 0)


def test_more_sentences_than_a_chunk_stay_in_their_order(monkeypatch):
    module = sys.modules[state_corpus.__module__]
    monkeypatch.setattr(module, "CHUNK", 7)
    monkeypatch.setattr(module, "BATCH", 3)
    check(build_system(attention="dot"), TEXTS, -1)


def test_what_is_kept_is_bounded_and_whole():
    system = build_system()
    whole = state_corpus(system, LabelledSet.of(TEXTS, ""))
    for most in (1, 10, 30, len(whole.decoder) - 1):
        some = state_corpus(system, LabelledSet.of(TEXTS, ""), most=most)
        count = len(some.texts)
        assert some.texts == whole.texts[:count] and 1 <= count < len(whole.texts)
        assert count == 1 or max(len(some.encoder), len(some.decoder)) <= most
        end = len(some.decoder)
        np.testing.assert_array_equal(some.decoder.states, whole.decoder.states[:end])


def test_what_cannot_be_read_is_counted_and_nothing_readable_is_refused():
    system = build_system()
    corpus = state_corpus(system, LabelledSet.of(["a b", "", "c"], ""))
    assert corpus.texts == ("a b", "c") and corpus.refused == 1
    with pytest.raises(UserError, match="none of the 1 sentences"):
        state_corpus(system, LabelledSet.of([""], ""))


def test_a_model_that_cannot_give_its_states_is_refused_by_name():
    class Mine:
        model = made(Tutorial2023())

        def embed(self, ids):
            return self.model.encoder.embedding(ids)

        def encode(self, vectors):
            states, state = self.model.encoder.run(vectors[None])
            return states[0], state

        def step(self, token, state, memory):
            logits, state = self.model.step(torch.tensor([[token]]), state, memory[None])
            return logits, None, state

    words, answers = list("abcdefghijkl")[:SOURCE], [f"t{i}" for i in range(TARGET)]
    system = s2s.adapt(Mine(), words, answers, start=1, end=EOS)
    assert system.translate("d f").output
    for ask in (lambda: state_corpus(system, LabelledSet.of(["d f"], "")),
                lambda: hidden_states(system, "d f")):  # fmt: skip
        with pytest.raises(UserError, match="cells of the kind 'its own'"):
            ask()
    with pytest.raises(UserError, match="Layer 2 does not exist"):
        state_corpus(build_system(layers=2), LabelledSet.of(["a"], ""), 2)


def test_the_model_is_only_read():
    system = build_system(layers=2, bidirectional=True, directions="sum", bridge_layer="always")
    before = fingerprint(system.model)
    state_corpus(system, LabelledSet.of(TEXTS, ""), 0)
    assert fingerprint(system.model) == before


def test_attributes_of_every_state():
    sentences = LabelledSet((Labelled("a b", {"tense": "past"}), Labelled("c", {})), "")
    corpus = state_corpus(build_system(), sentences)
    assert corpus.values("encoder", "token") == ("a", "b", "<eos>", "c", "<eos>")
    assert corpus.values("encoder", "next token") == ("b", "<eos>", END, "<eos>", END)
    assert corpus.values("encoder", "position") == ("1", "2", "3", "1", "2")
    assert corpus.values("encoder", "length") == ("3", "3", "3", "2", "2")
    assert corpus.values("encoder", "tense") == ("past",) * 3 + ("",) * 2
    assert len(corpus.values("decoder", "tense")) == len(corpus.decoder)
    for side in ("encoder", "decoder"):
        for state in range(len(corpus.side(side))):
            one = corpus.of(side, state)
            for name in corpus.attributes():
                assert one.get(name, "") == corpus.values(side, name)[state]


def test_a_trained_model():
    system = checkpoint.load("reverse/attention")
    found = of_task("reverse", 30)
    corpus = check(system, [one.text for one in found.sentences], -1)
    assert len(corpus.texts) == 30
