"""Clauses drawn at random: which words go together, and how often each way of speaking comes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from s2s.tasks.phrases.grammar import WHAT, WHEN, WHERE, WHO, Clause, Phrase, takes
from s2s.tasks.phrases.lexicon import (
    ADJECTIVES,
    DEMONSTRATIVES,
    MANNERS,
    MODIFIERS,
    NOUNS,
    PLACES,
    POSITIONS,
    PRONOUNS,
    THINGS,
    TIMES,
    VERBS,
    Noun,
)

OWNERS = (*PRONOUNS[:-1], *(noun for noun in NOUNS if noun.kind == "n" and "person" in noun.groups))
BOUND = {"나": ("casual", "plain", "polite"), "저": ("polite", "formal"),
         "너": ("casual", "plain"), "당신": ("polite", "formal")}  # fmt: skip
"""Which pronouns go with which politeness."""


@cache
def _of(groups: frozenset[str]) -> tuple[Noun, ...]:
    return tuple(noun for noun in NOUNS if noun.groups & groups or noun.english in groups)


def draw_clause(draw: random.Random) -> Clause:
    """One clause; every kind of clause and every mood has its share."""
    (kind,) = draw.choices(("verb", "adjective", "copula", "have", "exist", "located"),
                           (62, 13, 10, 5, 5, 5))  # fmt: skip
    moods = ("statement", "question", "request", "proposal")
    (mood,) = draw.choices(moods, (66, 20, 8, 6) if kind == "verb" else (75, 25, 0, 0))
    clause = Clause(kind, draw.choices(("present", "past", "future"), (50, 35, 15))[0], mood, "")
    clause = _spoken(clause, draw)
    clause = {"verb": _verb, "adjective": _adjective, "copula": _copula, "have": _have,
              "exist": _exist, "located": _located}[kind](clause, draw)  # fmt: skip
    if clause.politeness == "plain" and clause.mood == "question" and (
        clause.aspect or clause.kind not in ("verb", "copula")
    ):  # fmt: skip
        clause = replace(clause, politeness="casual")
    often = 0.05 if clause.kind in ("copula", "have") else 0.3
    if clause.mood in ("statement", "question") and draw.random() < often:
        fitting = [t for t in TIMES if t.tense in ("any", clause.tense)]
        clause = replace(clause, time=draw.choice(fitting), time_first=draw.random() < 0.4)
    if clause.mood == "question" and draw.random() < 0.5 and not clause.negation:
        clause = _asking(clause, draw)
    return replace(clause, marked=draw.random() < 0.9)


def _spoken(clause: Clause, draw: random.Random) -> Clause:
    """With a politeness that its mood has."""
    if clause.mood == "request":
        form = draw.choice(("polite", "polite", "formal"))
    elif clause.mood == "proposal":
        form = draw.choice(("formal", "casual"))
    elif clause.mood == "question":
        form = draw.choice(("formal", "polite", "polite", "casual", "casual", "plain"))
        if form == "plain" and clause.tense != "present":
            form = "casual"
    else:
        (form,) = draw.choices(("formal", "polite", "casual", "plain"), (20, 30, 20, 30))
    if clause.mood in ("request", "proposal"):
        clause = replace(clause, tense="present")
    return replace(clause, politeness=form)


def _subject(groups: frozenset[str], clause: Clause, draw: random.Random) -> Clause:
    """With a subject of these groups, or none."""
    chance = draw.random()
    if "person" in groups and chance < (0.35 if clause.mood == "question" else 0.15):
        return replace(clause, subject=None)
    if "person" in groups and chance < 0.6:
        form = clause.politeness
        fitting = [p for p in PRONOUNS if form in BOUND.get(p.korean[0][0], (form,))]
        return replace(clause, subject=Phrase(draw.choice(fitting)))
    if "this" in groups and chance < 0.5:
        return replace(clause, subject=Phrase(draw.choice(THINGS)))
    return replace(
        clause,
        subject=_phrase(_of(groups - {"this"}), draw, plain=0.5),
        topic=draw.random() < 0.8,
    )


def _phrase(nouns: Sequence[Noun], draw: random.Random, plain: float = 0.6) -> Phrase:
    """A noun, alone with this chance; else with an owner, this, a modifier or more than one."""
    noun = draw.choice(nouns)
    if noun.kind in ("n", "p", "w") or noun.groups & {"place", "language", "sport", "instrument"}:
        return Phrase(noun)
    if draw.random() < plain:
        return Phrase(noun)
    way = draw.choice(("owner", "owner", "this", "modifier", "plural"))
    if way == "owner" or "kin" in noun.groups:
        return Phrase(noun, owner=draw.choice(OWNERS))
    if noun.kind == "u" or noun.groups & {"having"}:
        return Phrase(noun)
    if way == "this":
        return Phrase(noun, this=draw.randrange(len(DEMONSTRATIVES)))
    if way == "plural" and noun.kind == "c" and noun.groups & {"person", "animal"}:
        return Phrase(noun, plural=True)
    return Phrase(noun, modifier=draw.randrange(len(MODIFIERS)))


def _verb(clause: Clause, draw: random.Random) -> Clause:
    person = frozenset({"person"})
    verbs = VERBS
    if clause.mood in ("request", "proposal"):
        verbs = tuple(v for v in VERBS if v.english not in ("die", "lose", "hate", "know", "like"))
    verb = draw.choice(verbs)
    clause = replace(clause, verb=verb)
    if clause.mood in ("statement", "question"):
        clause = _subject(verb.subjects, clause, draw)
        states = verb.english in ("know", "like", "hate", "love", "want")
        aspects = ("", "want", "can", "must") if states else (
            "", "progressive", "want", "can", "must")  # fmt: skip
        weights = (70, 10, 10, 10) if states else (60, 10, 10, 10, 10)
        (aspect,) = draw.choices(aspects, weights)
        if clause.tense != "future" and "person" in verb.subjects:
            clause = replace(clause, aspect=aspect)
        to_you = clause.subject is None and clause.mood == "question"
        if to_you and clause.tense == "present" and aspect in ("", "want") and draw.random() < 0.8:
            clause = replace(clause, politeness="respectful")
    elif clause.mood == "request" and draw.random() < 0.4 and clause.politeness == "polite":
        clause = replace(clause, aspect="please")
    if draw.random() < 0.22 and clause.aspect not in ("must", "please"):
        long = clause.aspect or clause.mood != "statement" or len(verb.korean) > 1
        negation = "long" if long else draw.choice(("short", "long"))
        if clause.mood != "question":
            clause = replace(clause, negation=negation)
    if verb.objects:
        clause = replace(clause, object=_phrase(_of(verb.objects), draw))
    if verb.place and draw.random() < (0.7 if verb.place != "at" else 0.25):
        usable = [p for p in PLACES if p.to or verb.place != "to" or p.korean[0][0] in "집여기거기"]
        clause = replace(clause, place=Phrase(draw.choice(usable)))
    if verb.other and draw.random() < 0.35:
        clause = replace(clause, other=_phrase(_of(person), draw, 0.4))
    if not clause.place and draw.random() < 0.1:
        clause = replace(clause, manner=draw.randrange(len(MANNERS)))
    return clause


def _negated(clause: Clause, draw: random.Random) -> Clause:
    if clause.mood == "statement" and draw.random() < 0.25:
        return replace(clause, negation="long")
    return clause


def _adjective(clause: Clause, draw: random.Random) -> Clause:
    verb = draw.choice(ADJECTIVES)
    clause = _negated(replace(clause, verb=verb), draw)
    return _subject(verb.subjects, clause, draw) if verb.subjects else clause


def _copula(clause: Clause, draw: random.Random) -> Clause:
    clause = _negated(clause, draw)
    if draw.random() < 0.6:
        clause = _subject(frozenset({"person"}), clause, draw)
        someone = _phrase(_of(frozenset({"job", "kin"})), draw)
        return replace(clause, object=replace(someone, plural=False))
    subject = Phrase(draw.choice(THINGS))
    things = _of(frozenset({"thing", "readable", "food", "animal", "drink"}))
    thing = replace(_phrase(things, draw), plural=False)
    return replace(clause, subject=subject, object=thing)


def _have(clause: Clause, draw: random.Random) -> Clause:
    clause = _negated(_subject(frozenset({"person"}), clause, draw), draw)
    return replace(
        clause, object=_phrase(_of(frozenset({"having", "thing", "kin", "animal"})), draw)
    )


def _exist(clause: Clause, draw: random.Random) -> Clause:
    clause = _negated(clause, draw)
    things = _of(frozenset({"thing", "animal", "readable", "food"}))
    thing = replace(_phrase(things, draw), owner=None, this=None)
    clause = replace(clause, object=thing)
    return _somewhere(clause, draw)


def _located(clause: Clause, draw: random.Random) -> Clause:
    clause = _negated(_subject(frozenset({"person", "animal", "thing"}), clause, draw), draw)
    return _somewhere(clause, draw)


def _somewhere(clause: Clause, draw: random.Random) -> Clause:
    """In a place, or on, under … a thing."""
    if draw.random() < 0.6:
        return replace(clause, place=Phrase(draw.choice(PLACES)))
    names = ("의자", "침대", "상자", "나무", "가방", "문", "집", "자동차", "냉장고")
    things = [noun for noun in NOUNS if noun.korean[0][0] in names]
    return replace(clause, place=Phrase(draw.choice(things)),
                   position=draw.randrange(len(POSITIONS)))  # fmt: skip


def _asking(clause: Clause, draw: random.Random) -> Clause:
    """With one of the question words that it has a place for."""
    ways = ["why", "when"]
    persons = clause.verb is not None and "person" in clause.verb.subjects
    if persons and clause.kind in ("verb", "adjective"):
        ways.append("who")
    if clause.kind == "verb" and clause.verb:
        ways += ["whom"] * takes(clause.verb, WHO) + ["what"] * 2 * takes(clause.verb, WHAT)
    if clause.place and clause.kind in ("verb", "located"):
        ways += ["where", "where", "where"]
    if clause.kind == "copula" and clause.subject and clause.subject.noun in THINGS:
        ways = ["what"]
    way = draw.choice(ways)
    if way == "why":
        return replace(clause, why=True)
    if way == "when":
        return replace(clause, time=WHEN, time_first=draw.random() < 0.4)
    if way == "who":
        return replace(clause, subject=Phrase(WHO), topic=False)
    if way in ("what", "whom"):
        return replace(clause, object=Phrase(WHAT if way == "what" else WHO))
    return replace(clause, place=Phrase(WHERE), position=None)
