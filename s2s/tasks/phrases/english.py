"""The English side of a clause: words in their order, each with what it translates."""

from __future__ import annotations

from collections.abc import Iterable

from s2s.tasks.phrases.grammar import WHAT, WHEN, WHERE, WHO, Clause, Phrase
from s2s.tasks.phrases.lexicon import (
    DEMONSTRATIVES,
    IRREGULAR_PLURALS,
    MANNERS,
    MODIFIERS,
    POSITIONS,
)

Word = tuple[str, tuple[str, ...], tuple[str, ...]]
"""An English word, the parts it surely translates, and those it may."""

BE = {"1s": ("am", "was"), "3s": ("is", "was")}
SHORT = {"i": "m", "you": "re", "we": "re", "they": "re", "he": "s", "she": "s", "it": "s"}
OMITTED = {"1s": "i", "2": "you", "3s": "it"}


def word(text: str, *sure: str, maybe: Iterable[str] = ()) -> list[Word]:
    """The words of a text in which _ stands for a blank, all with the same links."""
    return [(part, sure, tuple(maybe)) for part in text.split("_")]


def _plural(english: str) -> str:
    return IRREGULAR_PLURALS.get(english, english + "s")


def phrase_words(phrase: Phrase, part: str, role: str) -> list[Word]:
    """A noun phrase; `role` is subject or object."""
    noun = phrase.noun
    if noun.kind == "p":
        return word(noun.objective if role == "object" else noun.english, part)
    english = _plural(noun.english) if phrase.plural else noun.english
    words = word(english, part, maybe=[f"{part} plural"] if phrase.plural else [])
    if phrase.modifier is not None:
        words = word(MODIFIERS[phrase.modifier][1], f"{part} modifier") + words
    if phrase.owner:
        mine = phrase.owner.possessive or f"{phrase.owner.english}_s"
        return word(mine, f"{part} owner", maybe=[f"{part} owner particle"]) + words
    if phrase.this is not None:
        near, far = ("these", "those") if phrase.plural else ("this", "that")
        this = near if DEMONSTRATIVES[phrase.this][1] == "this" else far
        return word(this, f"{part} this") + words
    if "kin" in noun.groups:
        return word("my", maybe=[part]) + words
    if noun.kind == "d" or (noun.kind == "c" and role == "subject"):
        return word("the", maybe=[part]) + words
    if noun.kind == "c" and not phrase.plural:
        return word("an" if words[0][0][0] in "aeiou" else "a", maybe=[part]) + words
    return words


def english(clause: Clause) -> list[Word]:
    """The English sentence, word by word, as the ``latin`` normaliser writes it."""
    if clause.mood == "request":
        head = word("please", maybe=["aspect", "end"])
        if clause.negation:
            head = [*word("please", maybe=["end"]), *word("don", maybe=["negation"]),
                    *word("t", "negation")]  # fmt: skip
        return [*head, *_verb(clause, 0), *_rest(clause), *word(".", "mark")]
    if clause.mood == "proposal":
        head = word("let_s", maybe=["end"])
        if clause.negation:
            head += word("not", "negation")
        return [*head, *_verb(clause, 0), *_rest(clause), *word(".", "mark")]
    before, after = _predicate(clause)
    subject = _subject(clause)
    asked = _asked(clause)
    mark = word("?" if clause.mood == "question" else ".", "mark")
    if clause.mood == "question" and asked != "subject":
        return [*_question_word(clause, asked), *before, *subject, *after,
                *_rest(clause, asked), *mark]  # fmt: skip
    if clause.subject is None or clause.subject.noun.kind == "p":
        before = _shortened(subject, before)
    return [*subject, *before, *after, *_rest(clause, asked), *mark]


def _asked(clause: Clause) -> str:
    """Which part a question word stands for."""
    if clause.why:
        return "why"
    if clause.time is WHEN:
        return "time"
    for part in ("subject", "object", "place"):
        phrase = getattr(clause, part)
        if phrase and phrase.noun in (WHAT, WHO, WHERE):
            return part
    return ""


def _question_word(clause: Clause, asked: str) -> list[Word]:
    if asked == "object":
        assert clause.object is not None
        return word(clause.object.noun.english, "object")
    names = {"why": "why", "time": "when", "place": "where"}
    return word(names[asked], asked) if asked else []


def _subject(clause: Clause) -> list[Word]:
    if clause.kind == "exist":
        return word("there", maybe=["verb", "negation"])
    if clause.subject is None:
        return word(OMITTED[clause.person])
    return phrase_words(clause.subject, "subject", "subject")


def _shortened(subject: list[Word], before: list[Word]) -> list[Word]:
    """``I am`` to ``I'm``, ``he will`` to ``he'll``: pronouns draw what follows to themselves."""
    if not before or subject[-1][0] not in SHORT:
        return before
    (first, sure, maybe), *others = before
    if first in ("am", "is", "are"):
        return [(SHORT[subject[-1][0]], sure, maybe), *others]
    if first == "will":
        return [("ll", sure, maybe), *others]
    return before


def _predicate(clause: Clause) -> tuple[list[Word], list[Word]]:
    """Words that a question puts before the subject, and words that stay behind it."""
    past, future = clause.tense == "past", clause.tense == "future"
    negated, question = bool(clause.negation), clause.mood == "question"
    person = _number(clause)
    moved = question and _asked(clause) != "subject"
    if clause.kind in ("adjective", "copula", "exist", "located") or clause.aspect == "progressive":
        after = [] if clause.kind != "adjective" else word(_base(clause), "verb")
        if clause.aspect == "progressive":
            assert clause.verb is not None
            after = word(clause.verb.ing, "verb", maybe=["aspect"])
        no = word("no", "negation") if negated and clause.kind == "exist" else []
        source = "aspect" if clause.aspect == "progressive" else "verb"
        tells = [source, "end", *(["tense"] if past else []), *(["negation"] if negated else [])]
        if future:
            head = word("won", "tense") if negated and not no else word("will", "tense")
            be = word("be", maybe=tells)
            return head + ([] if no or not negated else word("t", "negation")), [*be, *no, *after]
        form = BE.get(person, ("are", "were"))[past]
        head = word(form, maybe=tells)
        if negated and not no:
            head += word("not" if form == "am" or _short(clause, form) else "t", "negation")
            if head[-1][0] == "t":
                head[0] = (form + "n", *head[0][1:])
        return head, [*no, *after]
    if clause.aspect == "can":
        head = word("could" if past else "can", "aspect", maybe=["tense"] if past else [])
        if negated:
            stem = "couldn" if past else "can"
            head = [(stem, *head[0][1:]), *word("t", maybe=["aspect"])]
        return head, _verb(clause, 0)
    if future:
        if negated:
            return [*word("won", "tense"), *word("t", "negation")], _verb(clause, 0)
        return word("will", "tense"), _verb(clause, 0)
    if not (negated or moved):
        return [], _verb(clause, 2 if past else 1 if person == "3s" else 0)
    form = "did" if past else "does" if person == "3s" else "do"
    tells = ["end", *(["tense"] if past else [])]
    if not negated:
        return word(form, maybe=tells), _verb(clause, 0)
    return [*word(form + "n", maybe=[*tells, "negation"]), *word("t", "negation")], _verb(clause, 0)


def _short(clause: Clause, form: str) -> bool:
    """Whether the subject draws am, is, are to itself: then not stands apart."""
    pronoun = clause.subject is None or clause.subject.noun.kind == "p"
    said = _subject(clause)[-1][0] in SHORT
    return pronoun and said and clause.mood == "statement" and form in ("am", "is", "are")


def _number(clause: Clause) -> str:
    if clause.kind == "exist":
        assert clause.object is not None
        return "3p" if clause.object.plural else "3s"
    return clause.person


def _base(clause: Clause) -> str:
    if clause.kind == "have":
        return "have"
    assert clause.verb is not None
    return clause.verb.english


def _verb(clause: Clause, form: int) -> list[Word]:
    """The verb with what stands before it: 0 base, 1 with he, 2 past."""
    past = ["tense"] if form == 2 else []
    if clause.aspect in ("want", "must"):
        forms = ("want", "wants", "wanted") if clause.aspect == "want" else ("have", "has", "had")
        return [*word(forms[form], "aspect", maybe=past), *word("to", maybe=["aspect"]),
                *word(_base(clause), "verb")]  # fmt: skip
    if clause.kind == "have":
        return word(("have", "has", "had")[form], maybe=["verb", "negation", *past])
    assert clause.verb is not None
    verb = clause.verb
    return word((verb.english, verb.third, verb.past)[form], "verb", maybe=past)


def _rest(clause: Clause, asked: str = "") -> list[Word]:
    """What follows the verb: object, manner, person, place, time."""
    words: list[Word] = []
    if clause.object and asked != "object":
        words += phrase_words(clause.object, "object", "object")
        if clause.kind == "exist" and clause.negation:
            words = [w for w in words if w[0] not in ("a", "an")]
    if clause.manner is not None:
        words += word(MANNERS[clause.manner][1], "manner")
    if clause.other:
        preposition = "to" if clause.verb and clause.verb.other == "to" else "with"
        words += word(preposition, "other particle")
        words += phrase_words(clause.other, "other", "object")
    if clause.place and asked != "place":
        words += _place(clause)
    if clause.time and asked != "time":
        words += word(clause.time.english, "time")
    return words


def _place(clause: Clause) -> list[Word]:
    assert clause.place is not None
    noun = clause.place.noun
    if clause.position is not None:
        where = word(POSITIONS[clause.position][1], "position", maybe=["place particle"])
        return where + phrase_words(clause.place, "place", "subject")
    goes = clause.kind == "verb" and clause.verb is not None and clause.verb.place == "to"
    lives = clause.kind == "verb" and clause.verb is not None and clause.verb.place == "in"
    preposition = noun.to if goes else "in" if lives and noun.at else noun.at
    if "_" not in noun.english or not noun.english.startswith("the_"):
        name = word(noun.english, "place")
    else:
        name = [*word("the", maybe=["place"]), *word(noun.english[4:], "place")]
    return [*(word(preposition, "place particle") if preposition else []), *name]
