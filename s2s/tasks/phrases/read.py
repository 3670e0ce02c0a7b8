"""A Korean sentence of the grammar back to its clause: for gold links, and for what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from s2s.tasks.phrases.grammar import (
    ASPECTS,
    KINDS,
    MOODS,
    NEGATIONS,
    POLITENESS,
    TENSES,
    WHAT,
    WHEN,
    WHERE,
    WHO,
    Clause,
    Phrase,
    korean,
    predicate_morphemes,
    takes,
)
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
    Morpheme,
    Noun,
    Time,
)
from s2s.text.korean import typed

# One name for the forms that a morpheme takes after a vowel and after a consonant.
SAME = {
    "은": "는", "ㄴ": "는", "이": "가", "을": "를", "ㄹ": "를", "과": "와", "예요": "에요",
    "으시": "시", "으세요": "세요", "ㅂ니다": "습니다", "ㅂ니까": "습니까", "ㄴ다": "는다",
    "읍시다": "ㅂ시다",
}  # fmt: skip
Forms = tuple[str, ...]


def plain(forms: Sequence[str]) -> Forms:
    """Morphemes with one name for each."""
    return tuple(SAME.get(form, form) for form in forms)


def forms(morphemes: Sequence[Morpheme]) -> Forms:
    """What Kiwi's answers call these morphemes, one name for each."""
    return plain([typed(form) for form, _ in morphemes])


@cache
def _nouns() -> dict[Forms, list[Noun]]:
    found: dict[Forms, list[Noun]] = {}
    for noun in (*PRONOUNS, *THINGS, *NOUNS, *PLACES, WHAT, WHO, WHERE):
        found.setdefault(forms(noun.korean), []).append(noun)
    return found


@cache
def _times() -> dict[Forms, Time]:
    return {forms(time.korean): time for time in (*TIMES, WHEN)}


@cache
def _predicates() -> dict[Forms, list[Clause]]:
    """Every predicate in every form that `draw` gives it."""
    found: dict[Forms, list[Clause]] = {}
    someone, thing = Phrase(PRONOUNS[4]), Phrase(NOUNS[0])
    kinds = [("verb", v) for v in VERBS] + [("adjective", a) for a in ADJECTIVES]
    for kind, verb in [*kinds, *((kind, None) for kind in KINDS[2:])]:
        for mood in MOODS:
            for politeness in POLITENESS if mood == "question" else POLITENESS[:-1]:
                for tense in TENSES:
                    for aspect in ASPECTS if kind == "verb" else ("",):
                        for negation in NEGATIONS:
                            for subject in (None, someone) if aspect == "want" else (None,):
                                clause = Clause(
                                    kind, tense, mood, politeness, verb, subject, object=thing,
                                    aspect=aspect, negation=negation,
                                )  # fmt: skip
                                said = [m for m, _ in predicate_morphemes(clause)]
                                found.setdefault(forms(said), []).append(clause)
    return found


def clauses(tokens: Sequence[str]) -> Iterator[Clause]:
    """Every clause that these morphemes say, in whatever way they were cut into phrases."""
    found = plain(tokens)
    marked = found[-1:] in ((".",), ("?",))
    start = Clause("verb", "present", "statement", "plain", marked=marked)
    for clause in _parts(found[: len(found) - marked], start):
        if _whole(clause) and forms([m for m, _ in korean(clause)]) == found:
            yield clause


def _whole(clause: Clause) -> bool:
    """Whether a clause has the parts that its kind has in `draw`, and no others."""
    has = clause.subject is not None, clause.object is not None, clause.place is not None
    if clause.place and clause.place.noun is not WHERE:
        if ("place" in clause.place.noun.groups) != (clause.position is None):
            return False
    phrases = [p for p in (clause.subject, clause.object, clause.other) if p]
    if any("place" in phrase.noun.groups for phrase in phrases):
        return False
    asked = [p.noun.kind == "w" for p in (*phrases, clause.place) if p]
    if clause.mood != "question" and (any(asked) or clause.why or clause.time is WHEN):
        return False
    if clause.kind == "verb":
        assert clause.verb is not None
        if clause.object is None:
            return not clause.verb.objects
        return takes(clause.verb, clause.object.noun)
    if clause.kind == "adjective":
        assert clause.verb is not None
        return has == (has[0], False, False) and bool(clause.verb.subjects) >= has[0]
    return {
        "copula": has[1:] == (True, False),
        "have": has[1:] == (True, False),
        "exist": has == (False, True, True),
        "located": has[1:] == (False, True),
    }[clause.kind]


def _parts(rest: Forms, clause: Clause) -> Iterator[Clause]:
    """Read the next part in every way there is; the predicate ends the clause."""
    for end in _predicates().get(rest, ()):
        yield replace(
            clause, kind=end.kind, verb=end.verb, tense=end.tense, mood=end.mood,
            politeness=end.politeness, aspect=end.aspect, negation=end.negation,
        )  # fmt: skip
    for forms_, time in _times().items():
        if rest[: len(forms_)] == forms_ and clause.time is None:
            yield from _parts(
                rest[len(forms_) :], replace(clause, time=time, time_first=clause.subject is None)
            )
    if rest[:1] == ("왜",):
        yield from _parts(rest[1:], replace(clause, why=True))
    for place, (word, _) in enumerate(MANNERS):
        if rest[:1] == (word,) and clause.manner is None:
            yield from _parts(rest[1:], replace(clause, manner=place))
    for phrase, after in _phrases(rest):
        for change, left in _marked(phrase, after, clause):
            yield from _parts(left, replace(clause, **change))


def _marked(phrase: Phrase, rest: Forms, clause: Clause) -> Iterator[tuple[dict, Forms]]:
    """What a noun phrase is, by the particle behind it."""
    particle = rest[0] if rest else ""
    if clause.subject is None and particle in ("는", "가"):
        yield {"subject": phrase, "topic": particle == "는"}, rest[1:]
    if clause.object is None and particle in ("를", "가"):
        yield {"object": phrase}, rest[1:]
    if clause.object is None:  # before 이다 there is no particle
        yield {"object": phrase}, rest
    if particle in ("에게", "와"):
        yield {"other": phrase}, rest[1:]
    if particle in ("에", "에서"):
        yield {"place": phrase}, rest[1:]
    for place, (word, _) in enumerate(POSITIONS):
        if rest[:2] == (word, "에"):
            yield {"place": phrase, "position": place}, rest[2:]


def _phrases(rest: Forms) -> Iterator[tuple[Phrase, Forms]]:
    """Noun phrases that a text begins with, and what follows each."""
    for head, after in _heads(rest):
        for size in (1, 2):
            for noun in _nouns().get(after[:size], ()) if len(after) >= size else ():
                left = after[size:]
                yield replace(head, noun=noun), left
                if left[:1] == ("들",):
                    yield replace(head, noun=noun, plural=True), left[1:]


def _heads(rest: Forms) -> Iterator[tuple[Phrase, Forms]]:
    """What stands before a noun: nothing, an owner, this, a modifier."""
    empty = Phrase(WHAT)
    yield empty, rest
    for size in (1, 2):
        for owner in _nouns().get(rest[:size], ()):
            left = rest[size:]
            if owner.english == "we":
                yield replace(empty, owner=owner), left
            elif left[:1] == ("의",):
                yield replace(empty, owner=owner), left[1:]
    for place, (word, _) in enumerate(DEMONSTRATIVES):
        if rest[:1] == plain((word,)):
            yield replace(empty, this=place), rest[1:]
    for place, (morphemes, _) in enumerate(MODIFIERS):
        shown = forms(morphemes)
        if rest[: len(shown)] == shown:
            yield replace(empty, modifier=place), rest[len(shown) :]
