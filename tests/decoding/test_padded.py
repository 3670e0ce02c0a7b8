"""A source that is filled up with padding, which the model reads too."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import SOURCE_WORDS, build_system

from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.probes import gradient_flow, saliency
from s2s.text.vocab import EOS, PAD, UNK, Vocab

SEQUENCE = SequenceConfig(max_source_length=12, max_output_length=9, padded_source_length=7)
TARGET = [4, 7, 5, 3]


def log_p(system, text):
    """[T] ln p of the target."""
    return -gradient_flow(system, text, TARGET).losses


def test_padding_stands_behind_the_end_and_is_read():
    system = build_system(SEQUENCE, attention="dot")
    reading = system.read("a b c")
    assert reading.tokens == ("a", "b", "c", EOS, PAD, PAD, PAD) and reading.length == 3
    assert list(system.own_places(reading)) == [0, 1, 2]
    trace = system.translate("a b c")
    assert trace.attention.shape[1] == 7 and (trace.attention[:, 4:] > 0).all()
    without = replace(system, sequence=replace(SEQUENCE, padded_source_length=None))
    assert not np.allclose(log_p(system, "a b c"), log_p(without, "a b c"))
    # What is longer is read as it is.
    long = " ".join("abcdefgh")
    assert system.read(long).ids == without.read(long).ids


@pytest.mark.parametrize("text", ["a b c", "d a h g b a f e"])
def test_a_token_left_out_leaves_room_for_one_more_padding(text):
    system = build_system(SEQUENCE, cell="lstm", attention="additive")
    found, whole, words = saliency(system, text, TARGET), log_p(system, text), text.split()
    for place in range(len(words)):
        shorter = " ".join(words[:place] + words[place + 1 :])
        lost = whole - log_p(system, shorter)
        np.testing.assert_allclose(found.leave_one_out[:, place], lost, rtol=1e-6, atol=1e-8)
    assert np.isnan(found.leave_one_out[:, len(words) :]).all()
    assert np.isnan(found.integrated_gradients[:, len(words) :]).all()


def test_what_it_needs_is_named():
    bare = Vocab((UNK, EOS, *SOURCE_WORDS), unk=0, eos=1)
    with pytest.raises(UserError, match="needs a padding token in the source vocabulary"):
        build_system(SEQUENCE, bare)
    with pytest.raises(UserError, match="padded_source_length with reverse_source"):
        build_system(SEQUENCE, reverse_source=True)
