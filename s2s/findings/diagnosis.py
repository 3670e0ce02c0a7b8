"""What a diagnosis found, in sentences: a title, what was measured, what it means."""

from __future__ import annotations

from typing import NamedTuple

from s2s.results.diagnosis import Check, Diagnosis
from s2s.text.language import N_, tr
from s2s.text.numbers import NO_BREAK, number, rounded


class Words(NamedTuple):
    """How a check is told.

    Attributes:
        title: for the table, a few words.
        measure: what the value is.
        outside: what it means when it is outside its range, and where to look next.
        percent: the value is a share.
    """

    title: str
    measure: str
    outside: str
    percent: bool = False


WORDS: dict[str, Words] = {
    "untrained": Words(
        N_("Has learned"),
        N_("ln of the likeliest token's probability over chance"),
        N_("It is hardly surer than chance: the weights may not be loaded, or never trained."),
    ),
    "not_normalised": Words(
        N_("Weights sum to 1"),
        N_("largest |sum − 1| of an attention row"),
        N_("The softmax may run over the wrong axis."),
    ),
    "blind_attention": Words(
        N_("Attention reads the states"),
        N_("largest change when the encoder states change places"),
        N_("The weights do not follow the encoder states: they depend on the place alone."),
    ),
    "padding_attended": Words(
        N_("Padding takes no weight"),
        N_("change of a probability in a padded batch, or a twentieth of the weight on empty "
           "places"),
        N_("Empty places take part: a mask is missing, or the model has slots as tutorial 3 "
           "has."),
    ),
    "vocabulary_order": Words(
        N_("Knows its words"),
        N_("loss on the right answers as a share of ln V"),
        N_("It is sure of itself and wrong everywhere: its word list may be in another order."),
    ),
    "same_answer": Words(
        N_("Listens to the source"),
        N_("how far the next token's chances move with another source"),
        N_("It writes the same whatever it reads: nothing of the source reaches the decoder."),
    ),
    "one_token": Words(
        N_("Writes many words"),
        N_("share of its commonest token"),
        N_("It writes one token for ever."),
        True,
    ),
    "never_ends": Words(
        N_("Comes to an end"),
        N_("share of outputs cut off by the limit"),
        N_("It does not write its end token."),
        True,
    ),
    "repeats": Words(
        N_("Does not go in circles"),
        N_("outputs with up to four tokens three times in a row, less those of the right "
           "answers"),
        N_("It goes in circles."),
        True,
    ),
    "flat_attention": Words(
        N_("Attention chooses"),
        N_("mean entropy of a row, as a share of ln S"),
        N_("Every row is spread evenly and all are alike: attention adds nothing."),
    ),
    "stuck_column": Words(
        N_("Attention moves"),
        N_("mean weight of the place that gets most"),
        N_("One place gets the weight at every step."),
    ),
    "shifted_map": Words(
        N_("The map is in place"),
        N_("how much better the known links fit one row off (AER)"),
        N_("The rows fit the token before or after better than their own: read the map one row "
           "off."),
    ),
    "exposure_bias": Words(
        N_("Stands its own mistakes"),
        N_("token accuracy with the right tokens fed, less with its own"),
        N_("With the right words fed it does far better than by itself: exposure bias."),
        True,
    ),
    "lost_words": Words(
        N_("Looks at every word"),
        N_("sentences with a rarer word that nothing looked at"),
        N_("Words of the source are passed over."),
        True,
    ),
    "unknown_words": Words(
        N_("Knows the words"),
        N_("share of source tokens outside its vocabulary"),
        N_("The sentences are not what it was trained on."),
        True,
    ),
    "out_of_depth": Words(
        N_("Knows the length"),
        N_("share of sentences longer than any in training"),
        N_("Most of this set is longer than what it was trained on."),
        True,
    ),
    "unlike_original": Words(
        N_("Answers as its original"),
        N_("share of the original's outputs that it does not give"),
        N_("It does not answer as the original does."),
        True,
    ),
}  # fmt: skip


def value(check: Check) -> str:
    """A check's number as it is printed."""
    if check.value is None:
        return "–"
    if WORDS[check.name].percent:
        return f"{number(100 * check.value, 1)}{NO_BREAK}%"
    return rounded(abs(check.value)) if check.value >= 0 else number(check.value, 2)


def says(check: Check, pairs: int) -> str:
    """What a check found, in one or two sentences.

    Args:
        check: the check.
        pairs: sentences in the set.
    """
    words = WORDS[check.name]
    if check.verdict == "no_answer":
        return str(check.why)
    measure = tr(words.measure)
    text = f"{measure[0].upper()}{measure[1:]}: {value(check)}, {healthy(check)}."
    if check.verdict == "ok":
        return text
    if check.verdict == "edge":
        return f"{text} {tr('A second measure does not agree, so this may mean nothing.')}"
    seen = (
        tr("Seen in {n} of {of} sentences.", n=len(check.places), of=pairs) if check.places else ""
    )
    why = str(check.why)
    return " ".join(part for part in (text, tr(words.outside), seen, why) if part)


def healthy(check: Check) -> str:
    """The range of models that work, in words."""
    low, high = check.healthy
    factor, unit = (100, f"{NO_BREAK}%") if WORDS[check.name].percent else (1, "")
    least, most = (
        "" if bound is None else f"{rounded(factor * bound)}{unit}" for bound in (low, high)
    )
    if not most:
        return tr("healthy at least {least}", least=least)
    if not least:
        return tr("healthy at most {most}", most=most)
    return tr("healthy at least {least} and at most {most}", least=least, most=most)


def headline(found: Diagnosis) -> str:
    """How many checks are in range, and what to look at first."""
    told = [check for check in found.checks if check.verdict != "no_answer"]
    fine = sum(check.verdict == "ok" for check in told)
    text = tr("{n} of {of} checks are in their healthy range.", n=fine, of=len(told))
    first = found.outside()
    if not first:
        return text
    words = WORDS[first[0].name]
    look = tr("Look first at “{check}”: {means}", check=tr(words.title), means=tr(words.outside))
    return f"{text} {look}"
