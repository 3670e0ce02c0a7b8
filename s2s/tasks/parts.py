"""A task's pairs by part: training, validation, test."""

from __future__ import annotations

from dataclasses import replace

from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.tasks.base import DataConfig, Task
from s2s.tasks.split import Pair
from s2s.tasks.text_file import text_sha256
from s2s.text.language import later


def load_parts(
    task: Task, data: DataConfig, sequence: SequenceConfig, path: str | None
) -> tuple[DataConfig, dict[str, list[Pair]]]:
    """A task's pairs by part, and the data configuration with the file's SHA-256 filled in.

    Raises:
        UserError: when a file is needed and not named, or is not the one of `data.sha256`.
    """
    if path is None:
        if task.needs_file or data.origin != "generator":
            raise UserError(
                later("{task} needs its data file; name it with --data.", task=task.name)
            )
        return data, task.parts(data, sequence, None)
    digest = text_sha256(path)
    if data.sha256 and data.sha256 != digest:
        raise UserError(
            later(
                "{path} is not the file this model was trained on (SHA-256 {found}…, expected "
                "{wanted}…), so its parts cannot be made again.",
                path=path,
                found=digest[:12],
                wanted=data.sha256[:12],
            )
        )
    if data.origin == "generator":
        data = replace(data, origin="file")
    data = replace(data, sha256=digest)
    return data, task.parts(data, sequence, path)
