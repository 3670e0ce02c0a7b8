"""Every pair of the model family's switches."""

import itertools
import random
from functools import cache

from s2s.config import ModelConfig
from s2s.errors import UserError
from s2s.model.seq2seq import check_parts

SWITCHES = {
    "cell": ("rnn", "gru", "lstm"),
    "layers": (1, 2),
    "bidirectional": (False, True),
    "attention": ("none", "dot", "scaled_dot", "general", "additive", "location"),
    "attentional_layer": (False, True),
    "peeky": ("none", "cell", "cell_and_output"),
    "reverse_source": (False, True),
    "source_input": ("embedding", "one_hot"),
    "target_input": ("embedding", "one_hot"),
    "target_activation": ("none", "relu"),
    "bridge": ("hidden", "hidden_and_cell", "hidden_as_both", "nothing"),
    "attention_slots": (None, 8),
    "encoder_hidden": (None, 4),
    "directions": ("concat", "sum"),
    "bridge_layer": ("two_way", "always", "never", "first_states", "linear"),
    "bridge_from": ("each", "top"),
    "query": ("current", "previous"),
    "context_into": ("output", "cell", "cell_and_output"),
    "attention_bias": (False, True),
    "embedding_into_query": (False, True),
    "input_layer": (False, True),
    "input_feeding": (False, True),
    "embedding_into_output": (False, True),
}
DEFAULTS = {name: values[0] for name, values in SWITCHES.items()}


def built(case):
    """Whether there can be such a model: what the configuration refuses is not in the family."""
    return _built(tuple(sorted(case.items())))


@cache
def _built(switches):
    try:
        check_parts(ModelConfig(9, 9, hidden=6, **dict(switches)))
    except UserError:
        return False
    return True


# What a value may need beside it.
HELPS = ({"attention": "additive"}, {"attention": "additive", "query": "previous"},
         {"attention": "location", "attention_slots": 8}, {"bidirectional": True},
         {"cell": "lstm"}, {"bridge_layer": "always"}, {"attentional_layer": False},
         {"context_into": "cell_and_output", "query": "previous"})  # fmt: skip


@cache
def _around(fixed):
    """A whole model with these values, or None where they cannot stand together."""
    for helps in itertools.chain.from_iterable(itertools.combinations(HELPS, n) for n in range(4)):
        case = {**DEFAULTS, **dict(itertools.chain.from_iterable(h.items() for h in helps))}
        case |= dict(fixed)
        if built(case):
            return case
    return None


def pairs_of(case):
    return set(itertools.combinations(sorted(case.items(), key=lambda item: item[0]), 2))


def wanted_pairs():
    """Every two values of two switches that can stand together."""
    wanted = set()
    for (a, left), (b, right) in itertools.combinations(sorted(SWITCHES.items()), 2):
        for x, y in itertools.product(left, right):
            if _around(((a, x), (b, y))):
                wanted.add(((a, x), (b, y)))
    return wanted


def drawn(draw, fixed):
    """A random model with these values: pairs of a switch and its value."""
    case = dict(_around(fixed))
    for name in draw.sample(sorted(SWITCHES), len(SWITCHES)):
        other = case | {name: draw.choice(SWITCHES[name])} | dict(fixed)
        case = other if built(other) else case
    return case


def pairwise_cases():
    """A few random combinations that hold every pair of values at least once."""
    draw = random.Random(0)
    missing, cases = wanted_pairs(), []
    while missing:
        pair = min(missing, key=str)
        tried = [drawn(draw, pair) for _ in range(12)]
        cases.append(max(tried, key=lambda case: len(missing & pairs_of(case))))
        missing -= pairs_of(cases[-1])
    return cases


CASES = pairwise_cases()
