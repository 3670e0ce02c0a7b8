"""One clause in Korean and in English, by rule, with what each word comes from.

Korean stands in the order subject, place, object, verb; English in subject, verb, object, place.
Both sides are made from one `Clause`, so their links are known, not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2s.tasks.phrases.lexicon import (
    DEMONSTRATIVES,
    MANNERS,
    MODIFIERS,
    POSITIONS,
    Morpheme,
    Noun,
    Time,
    Verb,
)

TENSES = ("present", "past", "future")
ASPECTS = ("", "progressive", "want", "can", "must", "please")
MOODS = ("statement", "question", "request", "proposal")
POLITENESS = ("formal", "polite", "casual", "plain", "respectful")
NEGATIONS = ("", "short", "long")
KINDS = ("verb", "adjective", "copula", "have", "exist", "located")

Said = tuple[Morpheme, str]
"""A Korean morpheme and the part of the clause it belongs to."""


@dataclass(frozen=True)
class Phrase:
    """A noun with what stands before it.

    Attributes:
        noun: a noun, name or pronoun.
        owner: whose it is.
        this: place in DEMONSTRATIVES, or None.
        modifier: place in MODIFIERS, or None.
        plural: more than one.
    """

    noun: Noun
    owner: Noun | None = None
    this: int | None = None
    modifier: int | None = None
    plural: bool = False


@dataclass(frozen=True)
class Clause:
    """What is said, and how: these are the attributes that a probe may ask for.

    Attributes:
        kind: see KINDS; ``have`` and ``exist`` are both 있다.
        tense: see TENSES.
        mood: see MOODS.
        politeness: see POLITENESS; ``respectful`` are questions in 세요.
        verb: of kind verb or adjective.
        subject: None where Korean leaves it out: I, in questions you.
        topic: the subject is marked by 는, else by 가.
        object: also what something is, what one has, what there is.
        place: where.
        position: place in POSITIONS: on, under, …
        other: to whom, with whom.
        time: when.
        manner: place in MANNERS.
        why: it asks why.
        aspect: see ASPECTS.
        negation: see NEGATIONS: 안 or 지 않다.
        time_first: the time stands before the subject.
        marked: its full stop is written, as people often do not; a question mark always is.
    """

    kind: str
    tense: str
    mood: str
    politeness: str
    verb: Verb | None = None
    subject: Phrase | None = None
    topic: bool = True
    object: Phrase | None = None
    place: Phrase | None = None
    position: int | None = None
    other: Phrase | None = None
    time: Time | None = None
    manner: int | None = None
    why: bool = False
    aspect: str = ""
    negation: str = ""
    time_first: bool = False
    marked: bool = True

    @property
    def person(self) -> str:
        """1s 2 3s 1p 3p."""
        if self.subject is None:
            impersonal = self.kind == "adjective" and not (self.verb and self.verb.subjects)
            return "3s" if impersonal else "2" if self.mood == "question" else "1s"
        return "3p" if self.subject.plural else self.subject.noun.person


WHAT = Noun((("무엇", "NP"),), "what", "w", frozenset())
WHO = Noun((("누구", "NP"),), "who", "w", frozenset({"person"}))
WHERE = Noun((("어디", "NP"),), "where", "w", frozenset({"place"}))
WHEN = Time((("언제", "MAG"),), "when", "any")


NOT_ASKED = frozenset({"play", "speak"})
"""Verbs that share their Korean with do and tell, which is what a question for the object means."""


def takes(verb: Verb, noun: Noun) -> bool:
    """Whether a verb takes a noun as its object."""
    if noun.kind == "w":
        who = bool(noun.groups) == ("person" in verb.objects)
        return bool(verb.objects) and who and verb.english not in NOT_ASKED
    return bool(noun.groups & verb.objects) or noun.english in verb.objects


def phrase_morphemes(phrase: Phrase, part: str) -> list[Said]:
    """A noun phrase without its particle."""
    said: list[Said] = []
    if phrase.owner:
        said += [(m, f"{part} owner") for m in phrase.owner.korean]
        if phrase.owner.english != "we":
            said.append((("의", "JKG"), f"{part} owner particle"))
    if phrase.this is not None:
        said.append(((DEMONSTRATIVES[phrase.this][0], "MM"), f"{part} this"))
    if phrase.modifier is not None:
        said += [(m, f"{part} modifier") for m in MODIFIERS[phrase.modifier][0]]
    said += [(m, part) for m in phrase.noun.korean]
    if phrase.plural and phrase.noun.kind != "p":
        said.append((("들", "XSN"), f"{part} plural"))
    return said


def predicate_morphemes(clause: Clause) -> list[Said]:
    """Stem, aspect, negation, tense and ending, without the closing mark."""
    said, adjective = _stem(clause)
    if clause.aspect:
        more, adjective = _aspect(clause)
        said += [((form, tag), "aspect") for form, tag in more]
    verbal = clause.kind in ("verb", "adjective")
    if verbal and clause.negation == "long" and clause.aspect != "can":
        no = "말" if clause.mood in ("request", "proposal") else "않"
        said += [(("지", "EC"), "negation"), ((no, "VX"), "negation")]
    past = clause.tense == "past"
    if past:
        said.append((("었", "EP"), "tense"))
    copula = clause.kind == "copula"
    if clause.tense == "future":
        noun = "것" if clause.politeness in ("formal", "plain") else "거"
        said += [(("ᆯ", "ETM"), "tense"), ((noun, "NNB"), "tense"), (("이", "VCP"), "tense")]
        adjective = copula = True
    if clause.mood == "request" and clause.politeness == "formal":
        return [*said, (("시", "EP"), "end"), (("ᆸ시오", "EF"), "end")]
    return [*said, (_ending(clause, adjective, copula and not past), "end")]


def _stem(clause: Clause) -> tuple[list[Said], bool]:
    """The stem with 안, and whether it is conjugated as an adjective."""
    if clause.kind == "copula":
        if clause.negation:
            return [(("아니", "VCN"), "negation")], True
        return [(("이", "VCP"), "verb")], True
    if clause.kind in ("have", "exist", "located"):
        if clause.negation:
            return [(("없", "VA"), "negation")], True
        return [(("있", "VA"), "verb")], True
    assert clause.verb is not None
    stem = [(m, "verb") for m in clause.verb.korean]
    if clause.negation == "short":
        last = stem[-1]
        if last[0][1] == "XSV":  # 공부를 하다: 안 stands between the two
            last = ((last[0][0], "VV"), "verb")
        stem = [*stem[:-1], (("안", "MAG"), "negation"), last]
    return stem, clause.kind == "adjective"


def _aspect(clause: Clause) -> tuple[list[Morpheme], bool]:
    """What follows the stem, and whether that is conjugated as an adjective."""
    if clause.aspect == "progressive":
        return [("고", "EC"), ("있", "VX")], clause.negation != "long"
    if clause.aspect == "want":
        wants = [("고", "EC"), ("싶", "VX")]
        if clause.person in ("3s", "3p"):
            return [*wants, ("어", "EC"), ("하", "VX")], False
        return wants, True
    if clause.aspect == "can":
        return [("ᆯ", "ETM"), ("수", "NNB"), ("없" if clause.negation else "있", "VA")], True
    if clause.aspect == "must":
        return [("어야", "EC"), ("하", "VX")], False
    return [("어", "EC"), ("주", "VX")], False  # please


def _ending(clause: Clause, adjective: bool, copula: bool) -> Morpheme:
    form, question = clause.politeness, clause.mood == "question"
    if clause.mood == "request":
        return "세요", "EF"
    if clause.mood == "proposal":
        return ("ᆸ시다" if form == "formal" else "자"), "EF"
    if form == "respectful":
        return "세요", "EF"
    if form == "formal":
        return ("습니까" if question else "습니다"), "EF"
    if form == "polite":
        if not copula:
            return "어요", "EF"
        # 아니에요; else 이에요 after a consonant, 예요 after a vowel.
        if clause.tense == "future":
            return "예요", "EF"
        noun = phrase_morphemes(clause.object, "object") if clause.object else []
        vowel = not clause.negation and (ord(noun[-1][0][0][-1]) - ord("가")) % 28 == 0
        return ("예요" if vowel else "에요"), "EF"
    if form == "casual":
        return ("야" if copula else "어"), "EF"
    if question:
        return "니", "EF"
    verbal = not adjective and clause.tense == "present"
    return ("는다" if verbal else "다"), "EF"


def korean(clause: Clause) -> list[Said]:
    """The Korean sentence, morpheme by morpheme."""
    time = [(m, "time") for m in clause.time.korean] if clause.time else []
    subject: list[Said] = []
    if clause.subject:
        particle = ("는", "JX") if clause.topic else ("가", "JKS")
        subject = [*phrase_morphemes(clause.subject, "subject"), (particle, "subject particle")]
    said = [*time, *subject] if clause.time_first else [*subject, *time]
    if clause.why:
        said.append((("왜", "MAG"), "why"))
    if clause.other:
        to = clause.verb is not None and clause.verb.other == "to"
        particle = ("에게", "JKB") if to else ("와", "JKB")
        said += [*phrase_morphemes(clause.other, "other"), (particle, "other particle")]
    if clause.place:
        said += phrase_morphemes(clause.place, "place")
        if clause.position is not None:
            said.append(((POSITIONS[clause.position][0], "NNG"), "position"))
        there = clause.kind != "verb" or (clause.verb and clause.verb.place in ("to", "in"))
        said.append((("에" if there else "에서", "JKB"), "place particle"))
    if clause.object:
        said += phrase_morphemes(clause.object, "object")
        if clause.kind == "verb":
            said.append((("를", "JKO"), "object particle"))
        elif clause.kind != "copula" or clause.negation:
            said.append((("가", "JKS"), "object particle"))
    if clause.manner is not None:
        said.append(((MANNERS[clause.manner][0], "MAG"), "manner"))
    said += predicate_morphemes(clause)
    if clause.mood == "question":
        said.append((("?", "SF"), "mark"))
    elif clause.marked:
        said.append(((".", "SF"), "mark"))
    return said
