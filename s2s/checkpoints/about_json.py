"""config.json to `About` and back. What does not fit is None or empty, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from s2s.config import TrainConfig, from_dict
from s2s.errors import UserError
from s2s.results import Evaluation, LengthScore, SeedScore, Table
from s2s.tasks.about import About, Imported
from s2s.tasks.base import DataConfig
from s2s.text.label import writable
from s2s.text.language import Later, from_json, to_json

T = TypeVar("T")
LARGEST = 2**53  # whole numbers up to here are floats too; no count or second comes near
EMPTY = {"file": "pairs", "gradient_of": "look_for", "tables": "seeds"}
"""A key that is written even without a value where the other one has one."""


def read(config: Mapping[str, Any]) -> About:
    """What config.json says beyond task, model and sequence.

    Args:
        config: the whole file.
    """
    own, faults = part(config, "about"), dict[str, Later | str]()

    def settings(kind: type[T], name: str) -> T | None:
        if name not in config:
            return None
        try:
            return from_dict(kind, config[name], f'config.json, "{name}"')
        except UserError as error:
            faults[name] = error.args[0]
            return None

    pairs = {key: whole(own["pairs"], key) for key in part(own, "pairs")}
    metrics = {key: evaluation(own["metrics"][key]) for key in part(own, "metrics")}
    return About(
        train=settings(TrainConfig, "train"),
        data=settings(DataConfig, "data"),
        imported=imported(own),
        pairs={key: count for key, count in pairs.items() if count is not None},
        metrics={key: scores for key, scores in metrics.items() if scores is not None},
        seeds=tuple(filter(None, map(seed_score, rows(own, "seeds")))),
        tables=tuple(filter(None, map(table, rows(own, "tables")))),
        faults=faults,
        near_share=share(own, "near_share"),
        read_alike=whole(own, "read_alike"),
        seconds=number(own, "seconds"),
        parameters=whole(own, "parameters"),
        updates=whole(own, "updates"),
        variant=text(own, "variant"),
        command=text(own, "command"),
        file=text(own, "file"),
        torch=text(own, "torch"),
        clock=text(own, "clock"),
        recipe=text(own, "recipe"),
        tutorial=text(own, "tutorial"),
        look_for=said(own, "look_for"),
        gradient_of=text(own, "gradient_of"),
    )


def write(about: About) -> dict[str, Any]:
    """``train``, ``data`` and ``about`` of config.json; what is not known is left out."""
    held = asdict(about)
    parts = {name: held.pop(name) for name in ("train", "data")}
    del held["faults"]
    held["look_for"] = to_json(about.look_for)
    if about.imported is not None:
        held["imported"] |= {
            "files": [{"name": name, "sha256": digest} for name, digest in about.imported.files],
            "tensors": {name: list(shape) for name, shape in about.imported.tensors},
        }
        later = {name: getattr(about.imported, name)
                 for name in ("checked", "notes", "title", "languages", "examples")}  # fmt: skip
        for key, value in later.items():
            del held["imported"][key]
            value = list(value) if isinstance(value, tuple) else value
            held["imported"] |= {key: value} if value else {}
    own = {
        key: value
        for key, value in held.items()
        if value not in (None, (), {}) or held.get(EMPTY.get(key, ""))
    }
    return {key: value for key, value in parts.items() if value is not None} | {"about": own}


def part(data: Any, key: str) -> Mapping[str, Any]:
    """An object under a key, or an empty one."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def rows(data: Any, key: str) -> list[Any]:
    """A list under a key, or an empty one."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, list) else []


def text(data: Any, key: str) -> str | None:
    """A text under a key that can be written out again (no lone surrogates), or None."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, str) and writable(value) else None


def said(data: Any, key: str) -> str | Later | None:
    """A sentence under a key, which may be one of the catalogues with its values, or None."""
    found = from_json(part(data, key)) or text(data, key)
    return found if found is None or writable(str(found)) else None


def number(data: Any, key: str) -> float | None:
    """A number from 0 to `LARGEST` under a key, or None."""
    value = data.get(key) if isinstance(data, Mapping) else None
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if fits else None


def whole(data: Any, key: str) -> int | None:
    """A whole number likewise, or None."""
    value = number(data, key)
    return None if value is None or value != int(value) else int(value)


def share(data: Any, key: str) -> float | None:
    """A number from 0 to 1 under a key, or None."""
    value = number(data, key)
    return None if value is None or value > 1 else value


def evaluation(data: Any) -> Evaluation | None:
    """One part's quality; None unless all of its numbers are there."""
    scores: dict[str, Any] = {
        "pairs": whole(data, "pairs"),
        **{key: share(data, key) for key in ("exact_match", "unknown_rate", "unfinished")},
        **{key: number(data, key) for key in ("bleu", "chrf")},
    }
    if None in scores.values():
        return None
    lengths = map(length_score, rows(data, "by_length"))
    return Evaluation(**scores, by_length=tuple(filter(None, lengths)))


def length_score(data: Any) -> LengthScore | None:
    """The quality on one length; only its BLEU may be missing."""
    length, pairs = whole(data, "length"), whole(data, "pairs")
    exact_match = share(data, "exact_match")
    if length is None or pairs is None or exact_match is None:
        return None
    return LengthScore(length, pairs, exact_match, number(data, "bleu"))


def seed_score(data: Any) -> SeedScore | None:
    """What one seed reached; None without its number."""
    seed = whole(data, "seed")
    if seed is None:
        return None
    others = ("train_loss", "validation_loss", "bleu", "chrf", "seconds")
    found = {key: number(data, key) for key in others}
    return SeedScore(seed, exact_match=share(data, "exact_match"), **found)


def table(data: Any) -> Table | None:
    """A table; None unless its rows fit its head and hold texts, numbers and nulls only."""
    head, body = rows(data, "head"), rows(data, "rows")
    fits = head and all(isinstance(row, list) and len(row) == len(head) for row in body)
    cells = [*head, *(cell for row in body for cell in row)] if fits else [()]
    if not all(cell is None or _is_cell(cell) for cell in cells):
        return None
    title, note = text(data, "title") or "", text(data, "note") or ""
    return Table(title, tuple(map(str, head)), tuple(map(tuple, body)), note)


def imported(own: Mapping[str, Any]) -> Imported | None:
    """Where an imported model's weights come from; None for one that was trained here."""
    held = part(own, "imported")
    preset = text(held, "preset")
    if preset is None:
        return None
    files = ((text(file, "name"), text(file, "sha256")) for file in rows(held, "files"))
    shapes = part(held, "tensors")
    counts = {side: whole(held["untypable"], side) for side in part(held, "untypable")}
    return Imported(
        preset,
        tuple((name, digest) for name, digest in files if name and digest),
        tuple(
            (name, tuple(shape))
            for name, shape in shapes.items()
            if isinstance(shape, list) and all(isinstance(size, int) for size in shape)
        ),
        {side: n for side, n in counts.items() if n and side in ("source", "target")},
        text(held, "checked") or None,
        texts(held, "notes"),
        text(held, "title") or "",
        (languages[0], languages[1]) if len(languages := texts(held, "languages")) == 2 else None,
        texts(held, "examples"),
    )


def texts(held: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The texts of a list; what is no text is left out."""
    return tuple(one for one in rows(held, name) if isinstance(one, str) and writable(one))


def _is_cell(value: Any) -> bool:
    if isinstance(value, str):
        return writable(value)
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and abs(value) <= LARGEST
