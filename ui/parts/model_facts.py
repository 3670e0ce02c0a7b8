"""What a model's config.json says, read with care: it may be foreign, edited, or say little."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from s2s.checkpoints import card
from s2s.checkpoints.checkpoint import Entry
from s2s.errors import UserError
from s2s.plots import FAMILIES, Family, Learned, family_of
from s2s.results import History, Table
from s2s.tasks import TASKS, Task
from s2s.tasks.recipes import RECIPES
from s2s.text import label
from s2s.text.numbers import number
from ui import cached
from ui.careful import amount, piece
from ui.markdown import plain


@dataclass(frozen=True)
class Facts:
    """One model folder of a known task."""

    entry: Entry
    task: Task

    @property
    def variant(self) -> str:
        """Its name within the task."""
        return self.entry.name.split("/", 1)[1]

    @property
    def key(self) -> tuple[str, str, int]:
        """What cached functions are keyed by."""
        return self.entry.name, self.entry.path, self.entry.stamp

    @property
    def about(self) -> dict[str, Any]:
        """The part of config.json that tells where the model comes from."""
        return piece(self.entry.about, "about")

    @property
    def family(self) -> Family | None:
        """Its family; None if its build is not known."""
        return None if self.entry.problem else family_of(self.entry.about["model"])

    @property
    def shape(self) -> str:
        """Its build in a few words."""
        return "" if self.entry.problem else card.shape(self.entry.about["model"])

    def text(self, *keys: str) -> str:
        """A text of `about`, or an empty one."""
        return str(piece(self.about, *keys, kind=str))

    @property
    def measure(self) -> str:
        """What the task is judged by, for a table."""
        return "BLEU" if self.task.score == "bleu" else "% exactly right"

    def score(self, part: str = "test") -> float | None:
        """The stored model's score on a part, 0 to 100."""
        value = amount(self.about, "metrics", part, self.task.score)
        return None if value is None else value * (1 if self.task.score == "bleu" else 100)

    @property
    def tested(self) -> float | None:
        """How many pairs its score rests on."""
        return amount(self.about, "metrics", "test", "pairs")

    @property
    def seeds(self) -> list[dict[str, Any]]:
        """What each seed reached, where there were several."""
        rows = piece(self.about, "seeds", kind=list)
        return [row for row in rows if isinstance(row, dict)]

    def over_seeds(self, name: str, digits: int) -> str:
        """Mean ± standard deviation of a number over the seeds; empty if they are not all there."""
        values = [amount(row, name) for row in self.seeds]
        if not values or None in values:
            return ""
        factor = 100 if name == "exact_match" else 1
        known = [factor * value for value in values if value is not None]
        spread = f" ± {number(stdev(known), digits)}" if len(known) > 1 else ""
        return number(fmean(known), digits) + spread

    @property
    def tables(self) -> list[Table]:
        """What its recipe found beyond the scores; damaged ones are left out."""
        found = []
        for table in piece(self.about, "tables", kind=list):
            head, rows = piece(table, "head", kind=list), piece(table, "rows", kind=list)
            if head and all(isinstance(row, list) and len(row) == len(head) for row in rows):
                found.append(
                    Table(
                        piece(table, "title", kind=str), tuple(map(str, head)),
                        tuple(map(tuple, rows)), piece(table, "note", kind=str),
                    )
                )  # fmt: skip
        return found

    @property
    def by_length(self) -> dict[int, tuple[float, int]]:
        """Length to (score, pairs), on unseen pairs."""
        found = {}
        for row in piece(self.about, "metrics", "test", "by_length", kind=list):
            value, length = amount(row, self.task.score), amount(row, "length")
            if value is not None and length is not None:
                found[int(length)] = value, int(amount(row, "pairs") or 0)
        return found

    @property
    def history(self) -> History:
        """Its training; nothing where that cannot be read."""
        try:
            return cached.history(self.entry.path, self.entry.stamp)
        except UserError:
            return History()

    @property
    def damage(self) -> str:
        """Why its training cannot be read, or nothing."""
        try:
            cached.history(self.entry.path, self.entry.stamp)
        except UserError as error:
            return str(error).removeprefix(f"{self.entry.path}/")
        return ""

    @property
    def learned(self) -> Learned:
        """What is drawn of it."""
        reduction = str(piece(self.entry.about, "train", "loss_reduction", kind=str))
        family = self.family or FAMILIES["plain"]
        return Learned(label(self.variant), family, self.history, reduction, self.by_length)


def known(entries: list[Entry]) -> list[Facts]:
    """The models of known tasks, by task, then in the recipes' order, then by name."""
    order = {name: place for place, name in enumerate(RECIPES)}
    place = {name: index for index, name in enumerate(TASKS)}
    found = [
        Facts(entry, TASKS[entry.name.split("/", 1)[0]])
        for entry in entries
        if entry.name.split("/", 1)[0] in TASKS
    ]
    return sorted(
        found,
        key=lambda facts: (
            place[facts.task.name], order.get(facts.entry.name, len(order)), facts.entry.name
        ),
    )  # fmt: skip


def others(facts: Facts, models: list[Facts]) -> list[Facts]:
    """The other models of its task that can be used."""
    return [
        other
        for other in models
        if other.task is facts.task
        and other.entry.name != facts.entry.name
        and not other.entry.problem
    ]


def rival(facts: Facts, models: list[Facts]) -> Facts | None:
    """The model it is best held against: its recipe's control, else one of another family."""
    beside = [
        other
        for other in others(facts, models)
        # Another number of pairs is another test.
        if other.score() is not None and other.tested == facts.tested
    ]
    recipe = RECIPES.get(facts.text("recipe") or facts.entry.name)
    control = recipe.control if recipe else ""
    names = [control] if control else ["plain", "attention"]
    for name in names:
        for other in beside:
            if other.variant == name and (control or other.family != facts.family):
                return other
    return next((other for other in beside if other.family != facts.family), None)


def finding(facts: Facts, models: list[Facts]) -> str:
    """The one sentence about a model, as Markdown, from its numbers."""
    own = facts.score()
    if own is None:
        return ""
    count = f" ({number(facts.tested)} pairs)" if facts.tested else ""
    if facts.task.score == "bleu":
        text = f"Reaches **BLEU {number(own, 1)}** {facts.task.unseen}{count}"
    else:
        text = f"Gets **{number(own, 1)}\u00a0%** exactly right {facts.task.unseen}{count}"
    other = rival(facts, models)
    if other is not None:
        gap = own - (other.score() or 0)
        points = "" if facts.task.score == "bleu" else " points"
        way = "above" if gap > 0 else "below"
        text += (
            f", as much as *{plain(other.variant)}*"
            if abs(gap) < 0.05
            else f", **{number(abs(gap), 1)}{points} {way}** *{plain(other.variant)}*"
        )
    over = facts.over_seeds(facts.task.score, 1)
    if len(facts.seeds) > 1 and over:
        text += f"; over {len(facts.seeds)} seeds {over}"
    return text + "."


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{number(seconds, 1 if seconds < 10 else 0)} seconds"
    if seconds < 5400:
        return f"{number(seconds / 60)} minutes"
    return f"{number(seconds / 3600, 1)} hours"


def look_for(facts: Facts) -> str:
    """What its recipe says to notice, for a model that was made before recipes were."""
    recipe = RECIPES.get(facts.entry.name)
    return recipe.look_for if recipe else ""
