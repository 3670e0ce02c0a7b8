"""The sentence that models are compared on: it opens on one that makes them differ."""

from __future__ import annotations

from s2s.tasks.openings import Opening
from s2s.text.language import N_, tr
from ui.frame import choice
from ui.frame.model import Model

LABEL = N_("They differ on")
NONE = N_("Of our own sentences none makes these models write something else.")


def sentence(choices: list[Model]) -> str:
    """The text field, and the sentences that are kept for these models.

    Args:
        choices: the models, the first one first.
    """
    task, first = choices[0].task, choices[0].variant
    kept = [task.openings.differing(first, other.variant) for other in choices[1:]]
    texts = tuple(dict.fromkeys(text for those in kept for text in those or ()))
    if texts:
        return choice.sentence(task, Opening(texts[0]), texts, tr(LABEL))
    instead = NONE if kept and None not in kept else ""
    opening = task.openings.pages.get("compare", Opening(task.examples[0], instead=instead))
    return choice.sentence(task, opening)
