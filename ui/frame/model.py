"""One model: its task, its folder, and what the folder says, for the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from s2s.checkpoints import card, checkpoint
from s2s.checkpoints.checkpoint import Entry
from s2s.checkpoints.replays import REPLAY
from s2s.config import ModelConfig, SequenceConfig
from s2s.errors import UserError
from s2s.plots import FAMILIES, Family, Learned, family_of
from s2s.results import History
from s2s.results.replay import Replay
from s2s.tasks import TASKS, Task, own
from s2s.tasks.about import About, Imported, recipe_of
from s2s.tasks.recipes import RECIPES, Recipe
from s2s.text import label
from s2s.text.language import ORIGINAL, Later, later, speaking
from s2s.text.numbers import spread
from ui import cached
from ui.cached import Key
from ui.cached.shared import shared_cache

BROKEN = "▲"
"""In the place of a family's mark, where a model cannot be used."""


@dataclass(frozen=True)
class Model:
    """One model folder of a known task."""

    task: Task
    entry: Entry

    @property
    def name(self) -> str:
        """``task/variant``."""
        return self.entry.name

    @property
    def variant(self) -> str:
        """Its name within the task."""
        return self.name.split("/", 1)[1]

    @property
    def key(self) -> Key:
        """What cached functions are keyed by."""
        return Key(self.name, self.entry.path, self.entry.stamp)

    @property
    def about(self) -> About:
        """How it was made and what it reached."""
        return self.entry.about

    @property
    def config(self) -> ModelConfig:
        """Its shape; UserError for a folder that cannot be used."""
        if self.entry.config is None:
            raise UserError(self._fault)
        return self.entry.config

    @property
    def sequence(self) -> SequenceConfig:
        """How it reads and writes; UserError for a folder that cannot be used."""
        if self.entry.sequence is None:
            raise UserError(self._fault)
        return self.entry.sequence

    @property
    def _fault(self) -> Later | str:
        return self.entry.problem or later("{name} could not be loaded.", name=self.name)

    @property
    def family(self) -> Family | None:
        """Its family; None if it cannot be used."""
        return None if self.entry.problem else family_of(self.config)

    @property
    def marked(self) -> str:
        """Its name within the task behind its family's mark."""
        return f"{self.family.mark if self.family else BROKEN} {label(self.variant)}"

    def named(self, among: Iterable[Model]) -> str:
        """Its name and what tells it apart: ``mixed · no attention, teacher forcing 0.5``."""
        if self.entry.problem:
            return self.marked
        with speaking(ORIGINAL):  # names are in the language of the code
            others = [other.features for other in self.others(among)]
            kinds = card.apart(self.variant, self.features, others)
        features = self.features
        told = ", ".join(features[kind] for kind in kinds)
        return f"{self.marked} · {told}" if told else self.marked

    @property
    def features(self) -> dict[str, str]:
        """What can tell it from the others of its task; not of one that cannot be used."""
        return card.features(self.task, self.config, self.about)

    @property
    def size(self) -> str:
        """How large it is."""
        return "" if self.entry.problem else card.size(self.config)

    @property
    def shape(self) -> str:
        """What tells it from the others of its task, then its size."""
        return "" if self.entry.problem else card.named(self.task, self.config, self.about)

    @property
    def recipe(self) -> Recipe | None:
        """The recipe it follows, if there is one."""
        return recipe_of(self.entry)

    @property
    def score(self) -> float | None:
        """The stored model's score on the test part, 0 to 100."""
        return self.about.score(self.task.score)

    @property
    def scores(self) -> list[float]:
        """The scores of its recipe's seeds, 0 to 100; empty for a single run."""
        found = list(self.about.by_seed(self.task.score).values())
        return found if len(found) > 1 else []

    @property
    def headline(self) -> str:
        """Its score in words, over seeds where there are several; what is known without one."""
        if self.score is None:
            return self.about.imported.proven if self.about.imported else ""
        return card.headline(self.task, spread(self.scores or [self.score], 1))

    @property
    def by_length(self) -> dict[int, tuple[float, int]]:
        """Length to (score, pairs), on unseen pairs; the score in the metric's own unit."""
        test = self.about.metrics.get("test")
        found = {}
        for row in test.by_length if test else ():
            value = getattr(row, self.task.score)
            if value is not None:
                found[row.length] = value, row.pairs
        return found

    @property
    def history(self) -> History:
        """Its training; nothing where that cannot be read."""
        try:
            return cached.history(self.key)
        except UserError:
            return History()

    @property
    def damage(self) -> str:
        """Why its training cannot be read, or nothing."""
        try:
            cached.history(self.key)
        except UserError as error:
            return str(error).removeprefix(f"{self.entry.path}/")
        return ""

    @property
    def replays(self) -> tuple[Replay, ...]:
        """Its watched sentences epoch by epoch; nothing where they cannot be read."""
        try:
            return cached.replays(self.key)
        except UserError:
            return ()

    @property
    def kept_epochs(self) -> bool:
        """Whether there is a file of them."""
        return (Path(self.entry.path) / REPLAY).is_file()

    def comparable(self, other: Model) -> bool:
        """Whether both learned the same thing: own pairs are the same only where the file is."""
        same = other.task.name == self.task.name
        if same and self.task.name == own.MODEL.name:
            return self.task.title == other.task.title
        if not same or self.task.name != own.TASK.name:
            return same
        mine, theirs = self.about.data, other.about.data
        return mine is not None and theirs is not None and mine.sha256 == theirs.sha256

    def others(self, among: Iterable[Model]) -> list[Model]:
        """The other models of its task that can be used."""
        return [
            other
            for other in among
            if self.comparable(other) and other.name != self.name and not other.entry.problem
        ]

    @property
    def reduction(self) -> str:
        """What its training loss averages over; empty if nobody says."""
        return self.about.train.reported_loss if self.about.train else ""

    @property
    def learned(self) -> Learned:
        """What is drawn of it: one object for all runs, by which its figures are found again."""
        return _learned(self.key)


def models() -> list[Model]:
    """The models of known tasks, by name."""
    tasks = [(entry.name.split("/", 1)[0], entry) for entry in cached.entries()]
    return [Model(_task(task, entry), entry) for task, entry in tasks if task in TASKS]


@shared_cache(max_entries=128)
def _learned(key: Key) -> Learned:
    entry = replace(checkpoint.read(key.path), name=key.name)
    model = Model(_task(key.name.split("/", 1)[0], entry), entry)
    family = model.family or FAMILIES["plain"]
    return Learned(label(model.variant), family, model.history, model.reduction, model.by_length)


def _task(name: str, entry: Entry) -> Task:
    """A task; one that has no examples takes the sentences that the model followed.

    An imported model has examples that it can read, and may have words of its own.
    """
    task = TASKS[name]
    if entry.about.imported and entry.about.imported.examples:
        return _described(task, entry.about.imported)
    if task.examples or entry.problem:
        return task if task.examples else replace(task, examples=("",))
    found = _followed(Key(entry.name, entry.path, entry.stamp))
    return replace(task, examples=found or ("",))


def _described(task: Task, imported: Imported) -> Task:
    """A task in an imported model's own words."""
    source, target = imported.languages or (task.source_name, task.target_name)
    return replace(
        task, title=imported.title or task.title, source_name=source, target_name=target,
        examples=imported.examples, measured=False,
    )  # fmt: skip


@shared_cache(max_entries=64)
def _followed(key: Key) -> tuple[str, ...]:
    try:
        watched = cached.history(key).watched
    except UserError:
        return ()
    return tuple(dict.fromkeys(row.source for row in watched))


def known() -> list[Model]:
    """The models of known tasks, by task, then in the recipes' order, then by name."""
    order = {name: place for place, name in enumerate(RECIPES)}
    place = {name: index for index, name in enumerate(TASKS)}
    return sorted(
        models(), key=lambda m: (place[m.task.name], order.get(m.name, len(order)), m.name)
    )
