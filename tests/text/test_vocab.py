"""Vocab: tokens by id, specials that text cannot spell."""

import json

import pytest

from s2s.errors import UserError
from s2s.text.vocab import BOS, EOS, PAD, ROLES, UNK, Vocab

SPECIALS = {"pad": PAD, "unk": UNK, "bos": BOS, "eos": EOS}


def test_build_orders_by_frequency_then_spelling():
    vocab = Vocab.build([["b", "a", "c"], ["c", "b"], ["c", "rare"]], SPECIALS, min_frequency=1)
    assert vocab.tokens == (PAD, UNK, BOS, EOS, "c", "b", "a", "rare")
    assert [getattr(vocab, role) for role in ROLES] == [0, 1, 2, 3]
    assert Vocab.build([["b", "a"], ["b"]], {}, min_frequency=2).tokens == ("b",)


def test_build_keeps_a_special_once_when_text_spells_it():
    vocab = Vocab.build([[EOS, "a"]], {"eos": EOS})
    assert vocab.tokens == (EOS, "a")


def test_encode_and_decode_invert_each_other():
    vocab = Vocab.build([["je", "suis"]], SPECIALS)
    ids, unknown = vocab.encode(["suis", "je"])
    assert vocab.decode(ids) == ["suis", "je"]
    assert unknown == []


def test_unknown_tokens_are_named_by_position():
    vocab = Vocab.build([["je"]], SPECIALS)
    assert vocab.encode(["x", "je", "y"]) == ([1, 4, 1], [0, 2])
    assert Vocab(("je",)).encode(["x", "je", "y"]) == ([0], [0, 2])


@pytest.mark.parametrize("special", SPECIALS.values())
def test_a_typed_special_never_becomes_the_special(special):
    vocab = Vocab.build([["je"]], SPECIALS)
    assert vocab.encode([special]) == ([vocab.unk], [0])


def test_specials_may_have_any_id_and_may_be_absent():
    vocab = Vocab((BOS, EOS, "a", "<nothing>"), bos=0, eos=1, pad=3)
    assert vocab.unk is None
    assert vocab.specials == {0, 1, 3}


def test_a_special_that_is_needed_is_there_or_refused_by_name():
    vocab = Vocab((EOS, "a"), eos=0)
    assert vocab.special("eos") == 0
    with pytest.raises(UserError, match="no bos token"):
        vocab.special("bos")


def test_nearest_words_are_never_specials():
    vocab = Vocab.build([["fatigue", "fatigues", "froid"]], SPECIALS)
    assert vocab.nearest("fatiguee")[0] == "fatigue"
    assert vocab.nearest("qqq") == []
    assert not set(vocab.nearest("eos")) & set(SPECIALS.values())
    assert not set(vocab.nearest("<eos>")) & set(SPECIALS.values())


def test_json_round_trip():
    vocab = Vocab(("</s>", "é", "한", "\0", "<s>"), eos=0, bos=4)
    again = Vocab.from_json(json.loads(json.dumps(vocab.to_json())), "vocab.json")
    assert again.tokens == vocab.tokens
    assert [getattr(again, role) for role in ROLES] == [None, None, 4, 0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "vocab.json must hold a list of strings named tokens."),
        ({}, "vocab.json must hold a list of strings named tokens."),
        ({"tokens": ["a", 1]}, "vocab.json must hold a list of strings named tokens."),
        ({"tokens": "abc"}, "vocab.json must hold a list of strings named tokens."),
        ({"tokens": ["a", "a"]}, "vocab.json: the vocabulary holds 'a' more than once."),
        ({"tokens": ["a"], "pad": 1},
         "vocab.json: the vocabulary's pad is 1; it must be null or an id below 1."),
        ({"tokens": ["a"], "eos": -1},
         "vocab.json: the vocabulary's eos is -1; it must be null or an id below 1."),
        ({"tokens": ["a"], "unk": "a"},
         "vocab.json: the vocabulary's unk is 'a'; it must be null or an id below 1."),
        ({"tokens": ["a", "b"], "bos": True},
         "vocab.json: the vocabulary's bos is True; it must be null or an id below 2."),
    ],
)  # fmt: skip
def test_what_is_no_vocabulary_is_refused_by_name(data, message):
    with pytest.raises(UserError) as caught:
        Vocab.from_json(data, "vocab.json")
    assert str(caught.value) == message
