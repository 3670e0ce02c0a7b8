"""What neighbours, units, probes and patching show, in sentences."""

from __future__ import annotations

import numpy as np

from s2s.results.patching import Patching, UnitPatching
from s2s.results.patterns import UnitPattern
from s2s.results.readout import Readout
from s2s.results.state_corpus import LENGTH, NEXT, POSITION, TOKEN, Neighbours
from s2s.text import label
from s2s.text.language import N_, filled, tr
from s2s.text.numbers import percent

CARRIED = 0.05
"""A state that brings back less of what is lost does not carry it."""
NOTHING = N_("Reading the other source takes nothing from {token}: there is nothing to restore.")
SAME = {
    "encoder": (
        N_("Of the {count} nearest states to where it reads {token}, {n} read it too"),
        N_("Of the {count} nearest states to where it reads {token}, {n} reads it too"),
    ),
    "decoder": (
        N_("Of the {count} nearest states to where it writes {token}, {n} write it too"),
        N_("Of the {count} nearest states to where it writes {token}, {n} writes it too"),
    ),
}
"""Side to how many share the token: several or none, and one."""
THEN = {
    True: (N_("{n} end there"), N_("{n} ends there")),
    False: (N_("{n} go on with {token}"), N_("{n} goes on with {token}")),
}


def quoted(token: str) -> str:
    """A token between quotation marks."""
    return f"“{label(token, 24)}”"


def neighbours_finding(found: Neighbours) -> str:
    """How many of the nearest states share the token, the next one and what else is known."""
    count = len(found.found)
    if not count:
        return tr("There is no other sentence to compare with.")
    shared, last = found.shared(), found.place + 1 == len(found.tokens)
    known = {name: n for name, n in shared.items() if name not in (TOKEN, NEXT, POSITION, LENGTH)}
    best = max(known, key=lambda name: known[name]) if known else ""
    text = tr("{same} and {then}.") if not known else (
        tr("{same} and {then}; {n} shares its {attribute} ({value}).")
        if known[best] == 1
        else tr("{same} and {then}; {n} share its {attribute} ({value}).")
    )  # fmt: skip
    return filled(text, {
        "same": tr(
            SAME[found.side][shared[TOKEN] == 1], count=count,
            token=quoted(found.tokens[found.place]), n=_of(shared[TOKEN], count),
        ),
        "then": tr(
            THEN[last][shared[NEXT] == 1], n=_of(shared[NEXT], count),
            token=quoted(found.known[NEXT]),
        ),
        "n": _of(known[best], count) if known else "",
        "attribute": tr(best), "value": found.known[best] if known else "",
    })  # fmt: skip


def _of(number: int, count: int) -> str:
    if number == count:
        return tr("all")
    return {0: tr("none"), 1: tr("one")}.get(number) or tr("{n}", n=number)


def units_finding(found: UnitPattern, tokens: tuple[str, ...]) -> str:
    """How many units are on there alone, and which of them is rarest elsewhere."""
    phrase = " ".join(label(tokens[place], 24) for place in found.places)
    if not found.units:
        return tr(
            "No unit is at {threshold} or above at “{tokens}” and below it at every other token of "
            "this sentence. Press other tokens, or lower the threshold.",
            threshold=f"{found.threshold:.1f}", tokens=phrase,
        )  # fmt: skip
    rare, many = int(np.argmin(found.rates)), len(found.units)
    text = (
        N_("{n} units are on at “{tokens}” and off at every other token of this sentence; unit "
           "{unit} is on at {rate} of all tokens of other sentences.")
        if many > 1
        else N_("One unit is on at “{tokens}” and off at every other token of this sentence; unit "
                "{unit} is on at {rate} of all tokens of other sentences.")
    )  # fmt: skip
    return tr(text, n=many, tokens=phrase, unit=found.units[rare],
              rate=percent(float(found.rates[rare])))  # fmt: skip


def readout_finding(found: Readout) -> str:
    """Where a probe tells most, and where it tells nothing."""
    mean, selectivity = found.accuracy.mean(axis=1), found.selectivity()
    best, last = int(mean.argmax()), len(mean) - 1
    told = tr(
        "A linear probe tells the {attribute} best at token {place}: {share} of sentences that it "
        "has not seen, against {control} with shuffled labels (selectivity {selectivity}).",
        attribute=tr(found.attribute), place=found.places[best] + 1,
        share=percent(float(mean[best])), control=percent(float(found.control[best].mean())),
        selectivity=f"{selectivity[best]:.2f}",
    )  # fmt: skip
    if best == last:
        return told
    then = tr("At token {place} it is {share}.", place=found.places[last] + 1,
              share=percent(float(mean[last])))  # fmt: skip
    return f"{told} {then}"


def patching_finding(found: Patching, step: int) -> str:
    """Which restored state brings a step's token back."""
    token = quoted(found.output[step])
    share, lost = found.recovered()[step], float(found.lost()[step])
    if np.isnan(share).all():
        return tr(NOTHING, token=token)
    best = int(share.argmax())
    return tr(
        "{token} loses {nats} nats of log odds when the other source is read. Its state at {word} "
        "alone brings {share} of that back.",
        token=token, nats=f"{lost:.1f}", word=quoted(found.clean[best]),
        share=percent(float(share[best])),
    )  # fmt: skip


def grey_rows_note(found: Patching) -> str:
    """What the grey rows of the map are; empty where there is none."""
    if not np.isnan(found.recovered()).any():
        return ""
    return tr("Grey: the other source takes nothing from that token, so there is nothing to "
              "restore.")  # fmt: skip


def unit_patching_finding(found: UnitPatching) -> str:
    """Whether few units carry a token, and which of them carries most."""
    token, at = quoted(found.token), quoted(found.at)
    shares = found.share(found.together_odds)
    if np.isnan(shares).all():
        return tr(NOTHING, token=token)
    whole, units = float(shares[-1]), found.counts[-1]
    if whole < CARRIED:
        return tr(
            "All {n} units of the state at {word} together bring {share} of the log odds of "
            "{token} back: other states carry it.",
            n=units, word=at, share=percent(whole), token=token,
        )  # fmt: skip
    half = int(np.argmax(shares >= whole / 2))
    count, first = found.counts[half], found.order()[0]
    values = {
        "n": count, "of": units, "unit": first, "word": at, "token": token,
        "share": percent(float(shares[half])), "whole": percent(whole),
        "chance": percent(float(found.share(found.drawn_odds)[half].mean())),
    }  # fmt: skip
    if count == 1:
        return tr(
            "Unit {unit} alone of the state at {word} brings {share} of the log odds of {token} "
            "back, one drawn by chance {chance}, all of them {whole}.",
            **values,
        )
    said = tr(
        "The {n} strongest of {of} units of the state at {word} bring {share} of the log odds of "
        "{token} back, as many drawn by chance {chance}, all of them {whole}.",
        **values,
    )
    alone = percent(float(found.share(found.alone_odds)[first]))
    strongest = tr("The strongest alone, unit {unit}: {share}.", unit=first, share=alone)
    return f"{said} {strongest}"
