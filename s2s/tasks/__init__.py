"""TASKS: name to how its pairs are made, split and judged."""

from s2s.tasks import dates, fra_eng, kor_eng, phrases, reverse, toy
from s2s.tasks.base import DataConfig, Task

__all__ = ["TASKS", "DataConfig", "Task"]

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        fra_eng.TASK, kor_eng.TASK, phrases.TASK, dates.TASK, reverse.TASK,
        fra_eng.SMALL, dates.BOOK, toy.TASK,
    )
}  # fmt: skip
