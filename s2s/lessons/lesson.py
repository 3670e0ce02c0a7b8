"""What a lesson is: the logic that all its languages share, and the prose of one language.

A lesson asks for something before it shows it. Nothing in it is a number of its own: what it says
and what counts as right is asked of the models when it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2s.errors import UserError
from s2s.text.language import later


@dataclass(frozen=True)
class Seen:
    """One model at one sentence, under a name that the prose uses.

    Attributes:
        model: ``task/variant``.
        text: what it reads.
        force: 1-based step to the token it is made to write there.
        write: the whole answer it is made to write, as typed (teacher forcing).
    """

    model: str
    text: str
    force: tuple[tuple[int, str], ...] = ()
    write: str = ""


@dataclass(frozen=True)
class Path:
    """What is asked of the models: ``plain.sure.4``, or a number or quoted text as it is.

    Attributes:
        name: of a `Seen`; empty for a constant.
        measure: one of `s2s.lessons.measures.MEASURES`.
        given: its arguments as written.
        constant: a number or a text where no model is asked.
    """

    name: str = ""
    measure: str = ""
    given: tuple[str, ...] = ()
    constant: float | str = ""

    def __str__(self) -> str:
        """As it is written."""
        return ".".join((self.name, self.measure, *self.given)) if self.name else f"{self.constant}"


@dataclass(frozen=True)
class Condition:
    """Two things and how they compare: ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``."""

    left: Path
    sign: str
    right: Path
    text: str


@dataclass(frozen=True)
class View:
    """A figure: its kind, and what it is of, as written."""

    kind: str
    given: tuple[str, ...]

    def __str__(self) -> str:
        """As it is written."""
        return " ".join((self.kind, *self.given))


@dataclass(frozen=True)
class Step:
    """One question without its prose.

    Attributes:
        kind: ``choose`` among choices, ``press`` a token, or ``number``: drag one.
        claims: what must hold for the prose to be true.
        view: the figure with the answer.
        before: the figure while one guesses.
        page: the page that has it in full, and what of it.
        answer: ``choose``: what is compared with `of`. ``press``: the 1-based place. ``number``:
            the number. None where `when` decides.
        of: ``choose``: what each choice stands for.
        when: ``choose``: when each choice is the right one.
        press: ``press``: the tokens to choose from.
        low: ``number``: where the slider begins.
        high: ``number``: where it ends.
        by: ``number``: from one number to the next.
    """

    kind: str
    claims: tuple[Condition, ...]
    view: View
    before: View
    page: View
    answer: Path | None = None
    of: tuple[Path, ...] = ()
    when: tuple[Condition, ...] = ()
    press: Path | None = None
    low: float = 0
    high: float = 0
    by: float = 1


@dataclass(frozen=True)
class Words:
    """The prose of one question: paragraphs of Markdown with places for what the models say.

    Attributes:
        story: what comes before the question.
        question: one.
        choices: one for each that can be chosen; none where tokens or numbers are.
        result: what is said after the guess.
        takeaway: one sentence to keep.
    """

    story: tuple[str, ...]
    question: str
    choices: tuple[str, ...]
    result: tuple[str, ...]
    takeaway: str


@dataclass(frozen=True)
class Lesson:
    """A lesson in the languages that it was written in.

    Attributes:
        name: of its folder.
        place: where it stands in the list.
        seen: name to what is looked at.
        steps: its questions.
        titles: language to its title.
        words: language to the prose of each question.
    """

    name: str
    place: int
    seen: dict[str, Seen]
    steps: tuple[Step, ...]
    titles: dict[str, str] = field(default_factory=dict)
    words: dict[str, tuple[Words, ...]] = field(default_factory=dict)

    def spoken(self, language: str) -> str:
        """The language it is shown in: the one wanted, or the first that it has."""
        return language if language in self.titles else next(iter(self.titles))

    def models(self) -> set[str]:
        """The names of the models it needs."""
        return {seen.model for seen in self.seen.values()}

    def one(self, name: str) -> Seen:
        """What a name stands for; UserError for one that the lesson does not have."""
        if name not in self.seen:
            raise UserError(
                later("there is no “{name}” among {names}", name=name, names=(*self.seen,))
                if self.seen
                else later("there is no “{name}” among nothing", name=name)
            )
        return self.seen[name]
