"""Everything that is wrong with a lesson, as a person who writes one wants to be told."""

from __future__ import annotations

from s2s.errors import UserError
from s2s.lessons.figures import PAGES, Steps, figure
from s2s.lessons.fill import fill
from s2s.lessons.lesson import Lesson, View
from s2s.lessons.looks import Looks


def problems(lesson: Lesson, looks: Looks) -> list[str]:
    """One sentence for each problem, with its language and its question.

    Args:
        lesson: as it was read.
        looks: what the models say.
    """
    found = []
    for place, step in enumerate(lesson.steps):
        wrong = []
        for what in (step.before, step.view):
            try:
                figure(lesson, what, looks)
            except UserError as error:
                wrong.append(str(error))
        try:
            page(lesson, step.page, looks)
        except UserError as error:
            wrong.append(str(error))
        found += [f"question {place + 1}: {error}" for error in wrong]
        for language in lesson.words:
            try:
                fill(lesson, language, place, looks)
            except UserError as error:
                found.append(f"{language}.md, question {place + 1}: {error}")
    return found


def page(lesson: Lesson, view: View, looks: Looks) -> tuple[str, str, str, int | None]:
    """The page that a view opens: its name, the model, the text, and the 1-based step if any.

    Raises:
        UserError: for a page, a name or a step that there is not.
    """
    most = PAGES.get(view.kind)
    if most is None:
        raise UserError(f"page: there is no “{view.kind}”; there are {', '.join(PAGES)}")
    if len(view.given) > most or (most and not view.given):
        raise UserError(
            f"page: {view.kind} takes {('nothing', 'a name', 'a name and a step')[most]}"
        )
    if not view.given:
        return view.kind, "", "", None
    seen = lesson.one(view.given[0])
    if len(view.given) == 1:
        return view.kind, seen.model, seen.text, None
    shown = figure(lesson, View("steps", view.given), looks)
    assert isinstance(shown, Steps)
    return view.kind, seen.model, seen.text, shown.step + 1
