"""Every pair of the model family's switches."""

import itertools
import random

SWITCHES = {
    "cell": ("rnn", "gru", "lstm"),
    "layers": (1, 2),
    "bidirectional": (False, True),
    "attention": ("none", "dot", "scaled_dot", "general", "additive"),
    "attentional_layer": (False, True),
    "peeky": ("none", "cell", "cell_and_output"),
    "reverse_source": (False, True),
    "source_input": ("embedding", "one_hot"),
    "target_input": ("embedding", "one_hot"),
    "target_activation": ("none", "relu"),
    "bridge": ("hidden", "hidden_and_cell"),
    "attention_slots": (None, 8),
}


def possible(case):
    lstm = case.get("bridge") != "hidden_and_cell" or case.get("cell", "lstm") == "lstm"
    slots = case.get("attention_slots") is None or case.get("attention", "dot") != "none"
    return lstm and slots


def pairs_of(case):
    return set(itertools.combinations(sorted(case.items(), key=lambda item: item[0]), 2))


def wanted_pairs():
    """Every two values of two switches that can stand together."""
    wanted = set()
    for (a, left), (b, right) in itertools.combinations(sorted(SWITCHES.items()), 2):
        for x, y in itertools.product(left, right):
            if possible({a: x, b: y}):
                wanted.add(((a, x), (b, y)))
    return wanted


def pairwise_cases():
    """A few random combinations that hold every pair of values at least once."""
    draw = random.Random(0)
    missing, cases = wanted_pairs(), []
    while missing:
        drawn = [{k: draw.choice(v) for k, v in SWITCHES.items()} for _ in range(60)]
        best = max(filter(possible, drawn), key=lambda case: len(missing & pairs_of(case)))
        if gained := missing & pairs_of(best):
            missing -= gained
            cases.append(best)
    return cases


CASES = pairwise_cases()
