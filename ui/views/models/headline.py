"""The sentence that stands above a model: its score, and how it stands beside another."""

from __future__ import annotations

from s2s.evaluation.seed_table import gap
from s2s.findings.standing import standing
from s2s.results import Gap
from ui.frame.model import Model
from ui.markdown import escaped, plain

MARKS = {"strong": "**", "plain": ""}


def headline(model: Model, models: list[Model]) -> str:
    """The sentence as Markdown; empty without a score on unseen pairs."""
    found = rival(model, models)
    name, between = (found[0].variant, found[1]) if found else ("", None)
    parts = standing(model.task, model.about, name, between)
    return "".join(
        f"*{plain(part.text)}*"
        if part.kind == "token"
        else f"{MARKS[part.kind]}{escaped(part.text)}{MARKS[part.kind]}"
        for part in parts
    )


def rival(model: Model, models: list[Model]) -> tuple[Model, Gap] | None:
    """The model it is best held against, and by how much it differs.

    Its recipe's control, else one of another family; only one that was measured in the same way.
    """
    others = {other.variant: other for other in model.others(models)}
    control = model.recipe.control if model.recipe else ""
    strangers = [name for name, other in others.items() if other.family != model.family]
    named = [name for name in ("plain", "attention") if name in strangers]
    for name in (control, *named, *strangers):
        if name in others:
            between = gap(model.about, others[name].about, model.task.score)
            if between is not None:
                return others[name], between
    return None
