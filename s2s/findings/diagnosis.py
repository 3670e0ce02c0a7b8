"""What a diagnosis found, in sentences: a title, what was measured, what it means."""

from __future__ import annotations

from typing import NamedTuple

from s2s.results.diagnosis import Check, Diagnosis
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
        "Has learned", "ln of the likeliest token's probability over chance",
        "It is hardly surer than chance: the weights may not be loaded, or never trained."),
    "not_normalised": Words(
        "Weights sum to 1", "largest |sum − 1| of an attention row",
        "The softmax may run over the wrong axis."),
    "blind_attention": Words(
        "Attention reads the states", "largest change when the encoder states change places",
        "The weights do not follow the encoder states: they depend on the place alone."),
    "padding_attended": Words(
        "Padding takes no weight", "change of a probability in a padded batch, or a twentieth of "
        "the weight on empty places",
        "Empty places take part: a mask is missing, or the model has slots as tutorial 3 has."),
    "vocabulary_order": Words(
        "Knows its words", "loss on the right answers as a share of ln V",
        "It is sure of itself and wrong everywhere: its word list may be in another order."),
    "same_answer": Words(
        "Listens to the source", "how far the next token's chances move with another source",
        "It writes the same whatever it reads: nothing of the source reaches the decoder."),
    "one_token": Words(
        "Writes many words", "share of its commonest token", "It writes one token for ever.", True),
    "never_ends": Words(
        "Comes to an end", "share of outputs cut off by the limit",
        "It does not write its end token.", True),
    "repeats": Words(
        "Does not go in circles", "outputs with up to four tokens three times in a row, less "
        "those of the right answers",
        "It goes in circles.", True),
    "flat_attention": Words(
        "Attention chooses", "mean entropy of a row, as a share of ln S",
        "Every row is spread evenly and all are alike: attention adds nothing."),
    "stuck_column": Words(
        "Attention moves", "mean weight of the place that gets most",
        "One place gets the weight at every step."),
    "shifted_map": Words(
        "The map is in place", "how much better the known links fit one row off (AER)",
        "The rows fit the token before or after better than their own: read the map one row off."),
    "exposure_bias": Words(
        "Stands its own mistakes", "token accuracy with the right tokens fed, less with its own",
        "With the right words fed it does far better than by itself: exposure bias.", True),
    "lost_words": Words(
        "Looks at every word", "sentences with a rarer word that nothing looked at",
        "Words of the source are passed over.", True),
    "unknown_words": Words(
        "Knows the words", "share of source tokens outside its vocabulary",
        "The sentences are not what it was trained on.", True),
    "out_of_depth": Words(
        "Knows the length", "share of sentences longer than any in training",
        "Most of this set is longer than what it was trained on.", True),
    "unlike_original": Words(
        "Answers as its original", "share of the original's outputs that it does not give",
        "It does not answer as the original does.", True),
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
        return check.why
    text = f"{words.measure[0].upper()}{words.measure[1:]}: {value(check)}, {healthy(check)}."
    if check.verdict == "ok":
        return text
    if check.verdict == "edge":
        return f"{text} A second measure does not agree, so this may mean nothing."
    seen = f" Seen in {len(check.places)} of {pairs} sentences." if check.places else ""
    return " ".join(part for part in (text, words.outside + seen, check.why) if part)


def healthy(check: Check) -> str:
    """The range of models that work, in words."""
    low, high = check.healthy
    factor, unit = (100, f"{NO_BREAK}%") if WORDS[check.name].percent else (1, "")
    ends = [
        f"{word} {rounded(factor * bound)}{unit}"
        for word, bound in (("at least", low), ("at most", high))
        if bound is not None
    ]
    return "healthy " + " and ".join(ends)


def headline(found: Diagnosis) -> str:
    """How many checks are in range, and what to look at first."""
    told = [check for check in found.checks if check.verdict != "no_answer"]
    fine = sum(check.verdict == "ok" for check in told)
    text = f"{fine} of {len(told)} checks are in their healthy range."
    first = found.outside()
    if not first:
        return text
    return f"{text} Look first at “{WORDS[first[0].name].title}”: {WORDS[first[0].name].outside}"
