"""Everything that is wrong with a lesson, as a person who writes one wants to be told."""

from __future__ import annotations

from s2s.errors import UserError
from s2s.lessons.figures import PAGES, Steps, figure
from s2s.lessons.fill import fill
from s2s.lessons.lesson import Lesson, View
from s2s.lessons.looks import Looks
from s2s.text.language import N_, later, tr

TAKES = (
    N_("page: {kind} takes nothing"),
    N_("page: {kind} takes a name"),
    N_("page: {kind} takes a name and a step"),
)
"""By how many of a name and a step a page takes."""


def problems(lesson: Lesson, looks: Looks) -> list[str]:
    """One sentence for each problem, with its language and its question.

    Args:
        lesson: as it was read.
        looks: what the models say.
    """
    found = []
    for place, step in enumerate(lesson.steps):
        wrong = list[UserError]()
        for what in (step.before, step.view):
            try:
                figure(lesson, what, looks)
            except UserError as error:
                wrong.append(error)
        try:
            page(lesson, step.page, looks)
        except UserError as error:
            wrong.append(error)
        found += [tr("question {n}: {why}", n=place + 1, why=error) for error in wrong]
        for language in lesson.words:
            try:
                fill(lesson, language, place, looks)
            except UserError as error:
                where = tr("{file}, question {n}", file=f"{language}.md", n=place + 1)
                found.append(tr("{where}: {why}", where=where, why=error))
    return found


def page(lesson: Lesson, view: View, looks: Looks) -> tuple[str, str, str, int | None]:
    """The page that a view opens: its name, the model, the text, and the 1-based step if any.

    Raises:
        UserError: for a page, a name or a step that there is not.
    """
    most = PAGES.get(view.kind)
    if most is None:
        raise UserError(
            later("page: there is no “{kind}”; there are {names}", kind=view.kind, names=(*PAGES,))
        )
    if len(view.given) > most or (most and not view.given):
        raise UserError(later(TAKES[most], kind=view.kind))
    if not view.given:
        return view.kind, "", "", None
    seen = lesson.one(view.given[0])
    if len(view.given) == 1:
        return view.kind, seen.model, seen.text, None
    shown = figure(lesson, View("steps", view.given), looks)
    assert isinstance(shown, Steps)
    return view.kind, seen.model, seen.text, shown.step + 1
