"""TASKS: name to how its pairs are made, split and judged."""

from s2s.tasks import dates, fra_eng, kor_eng, own, phrases, reverse, toy
from s2s.tasks.base import DataConfig, Task

__all__ = ["TASKS", "DataConfig", "Task", "better"]

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        fra_eng.TASK, kor_eng.TASK, phrases.TASK, dates.TASK, reverse.TASK,
        fra_eng.SMALL, dates.BOOK, toy.TASK, own.TASK, own.MODEL,
    )
}  # fmt: skip


def better(task: Task, text: str) -> Task | None:
    """The task that a text is surely made for, if it is not the one at hand."""
    if task.like is not None and task.like(text):
        return None
    return next(
        (other for other in TASKS.values()
         if other is not task and other.like is not None and other.like(text)), None,
    )  # fmt: skip
