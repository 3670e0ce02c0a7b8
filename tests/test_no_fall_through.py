"""A choice that nobody knows is refused by name, also past the configuration's own check."""

import pytest
import torch
from tiny import build_system

from s2s import config
from s2s.config import ModelConfig, TrainConfig
from s2s.errors import UserError
from s2s.model import encoder, seq2seq
from s2s.model.batch import make_batch
from s2s.training import losses, train

KNOWN = [
    (config.INITS, seq2seq.INITS),
    (config.model.ACTIVATIONS, encoder.ACTIVATIONS),
    (config.REDUCTIONS, losses.REDUCTIONS),
    (config.TEACHER_SCHEDULES, train.SCHEDULES),
    (config.RATE_SCHEDULES, train.RATES),
]


def unchecked(kind, **values):
    """A configuration with values that its own check would refuse."""
    made = kind()
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


@pytest.mark.parametrize(("choices", "table"), KNOWN)
def test_every_choice_of_a_configuration_has_its_entry_and_no_other(choices, table):
    assert sorted(choices) == sorted(table)


def batch_of(system):
    vocabs = system.source_vocab, system.target_vocab
    return make_batch([([3, 2], [4, 5])], system.config, system.sequence, *vocabs)


def loss(reduction):
    system = build_system()
    batch = batch_of(system)
    return losses.loss_of(system.model(batch).logits, batch, reduction)


UNKNOWN = {
    "init": lambda: seq2seq.initialise(build_system().model, "x", torch.Generator()),
    "loss_reduction": lambda: loss("x"),
    "loss_reduction of a weight": lambda: train.loss_weight(batch_of(build_system()), "x"),
    "rate_schedule": lambda: train.rate_factor(unchecked(TrainConfig, rate_schedule="x"), 0, 8),
    "teacher_forcing_schedule": lambda: train.teacher_forcing_ratio(
        unchecked(TrainConfig, teacher_forcing_schedule="x"), 2
    ),
    "teacher_forcing_unit": lambda: train.force_mask((2, 3), 0.5, "x"),
    "optimiser": lambda: train.make_optimiser(
        build_system().model, unchecked(TrainConfig, optimiser="x")
    ),
    "activation": lambda: encoder.Lookup(5, 4, "embedding", "x"),
    "input": lambda: encoder.Lookup(5, 4, "x"),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_an_unknown_choice_is_refused_by_name(what):
    with pytest.raises(UserError, match=f"{what.split(' ')[0]} is 'x'; it must be one of "):
        UNKNOWN[what]()


def test_an_unknown_bridge_or_peeky_is_taken_for_no_other():
    with pytest.raises(KeyError):
        _ = unchecked(ModelConfig, bridge="x").carries_cell
    with pytest.raises(KeyError):
        _ = unchecked(ModelConfig, peeky="x").peeks
