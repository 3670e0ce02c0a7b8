"""What neighbours, units, probes and patching show, in sentences."""

from __future__ import annotations

import numpy as np

from s2s.results.patching import Patching, UnitPatching
from s2s.results.patterns import UnitPattern
from s2s.results.readout import Readout
from s2s.results.state_corpus import LENGTH, NEXT, POSITION, TOKEN, Neighbours
from s2s.text import label
from s2s.text.numbers import percent

CARRIED = 0.05
"""A state that brings back less of what is lost does not carry it."""
VERBS = {"encoder": "reads", "decoder": "writes"}


def quoted(token: str) -> str:
    """A token between quotation marks."""
    return f"“{label(token, 24)}”"


def neighbours_finding(found: Neighbours) -> str:
    """How many of the nearest states share the token, the next one and what else is known."""
    count, verb = len(found.found), VERBS[found.side]
    if not count:
        return "There is no other sentence to compare with."
    shared = found.shared()
    token = quoted(found.tokens[found.place])
    after = found.known[NEXT]
    too = verb if shared[TOKEN] == 1 else verb.removesuffix("s")
    one_then = shared[NEXT] == 1
    if found.place + 1 == len(found.tokens):
        then = f"{'ends' if one_then else 'end'} there"
    else:
        then = f"{'goes' if one_then else 'go'} on with {quoted(after)}"
    told = (
        f"Of the {count} nearest states to where it {verb} {token}, {_of(shared[TOKEN], count)} "
        f"{too} it too and {_of(shared[NEXT], count)} {then}"
    )
    known = {name: n for name, n in shared.items() if name not in (TOKEN, NEXT, POSITION, LENGTH)}
    if not known:
        return told + "."
    best = max(known, key=lambda name: known[name])
    share = "shares" if known[best] == 1 else "share"
    return f"{told}; {_of(known[best], count)} {share} its {best} ({found.known[best]})."


def _of(number: int, count: int) -> str:
    few = {0: "none", 1: "one"}
    return "all" if number == count else few.get(number, str(number))


def units_finding(found: UnitPattern, tokens: tuple[str, ...]) -> str:
    """How many units are on there alone, and which of them is rarest elsewhere."""
    phrase = " ".join(label(tokens[place], 24) for place in found.places)
    if not found.units:
        return (
            f"No unit is at {found.threshold:.1f} or above at “{phrase}” and below it at every "
            "other token of this sentence. Press other tokens, or lower the threshold."
        )
    rare = int(np.argmin(found.rates))
    units = f"{len(found.units)} units are" if len(found.units) > 1 else "One unit is"
    return (
        f"{units} on at “{phrase}” and off at every other token of this sentence; unit "
        f"{found.units[rare]} is on at {percent(float(found.rates[rare]))} of all tokens of other "
        "sentences."
    )


def readout_finding(found: Readout) -> str:
    """Where a probe tells most, and where it tells nothing."""
    mean, selectivity = found.accuracy.mean(axis=1), found.selectivity()
    best, last = int(mean.argmax()), len(mean) - 1
    told = (
        f"A linear probe tells the {found.attribute} best at token {found.places[best] + 1}: "
        f"{percent(float(mean[best]))} of sentences that it has not seen, against "
        f"{percent(float(found.control[best].mean()))} with shuffled labels "
        f"(selectivity {selectivity[best]:.2f})"
    )
    if best == last:
        return told + "."
    return f"{told}; at token {found.places[last] + 1} it is {percent(float(mean[last]))}."


def patching_finding(found: Patching, step: int) -> str:
    """Which restored state brings a step's token back."""
    token = quoted(found.output[step])
    share, lost = found.recovered()[step], float(found.lost()[step])
    if np.isnan(share).all():
        return f"Reading the other source takes nothing from {token}: there is nothing to restore."
    best = int(share.argmax())
    return (
        f"{token} loses {lost:.1f} nats of log odds when the other source is read. Its state at "
        f"{quoted(found.clean[best])} alone brings {percent(float(share[best]))} of that back."
    )


def grey_rows_note(found: Patching) -> str:
    """What the grey rows of the map are; empty where there is none."""
    if not np.isnan(found.recovered()).any():
        return ""
    return "Grey: the other source takes nothing from that token, so there is nothing to restore."


def unit_patching_finding(found: UnitPatching) -> str:
    """Whether few units carry a token, and which of them carries most."""
    token, at = quoted(found.token), quoted(found.at)
    shares = found.share(found.together_odds)
    if np.isnan(shares).all():
        return f"Reading the other source takes nothing from {token}: there is nothing to restore."
    whole, units = float(shares[-1]), found.counts[-1]
    if whole < CARRIED:
        return (
            f"All {units} units of the state at {at} together bring {percent(whole)} of the log "
            f"odds of {token} back: other states carry it."
        )
    half = int(np.argmax(shares >= whole / 2))
    count, first = found.counts[half], found.order()[0]
    chance = float(found.share(found.drawn_odds)[half].mean())
    told = "Unit" if count == 1 else f"The {count} strongest of {units} units"
    said = (
        f"{told}{f' {first} alone' if count == 1 else ''} of the state at {at} "
        f"{'brings' if count == 1 else 'bring'} {percent(float(shares[half]))} of the log odds of "
        f"{token} back, {'one' if count == 1 else 'as many'} drawn by chance {percent(chance)}, "
        f"all of them {percent(whole)}."
    )
    if count == 1:
        return said
    alone = float(found.share(found.alone_odds)[first])
    return f"{said} The strongest alone, unit {first}: {percent(alone)}."
