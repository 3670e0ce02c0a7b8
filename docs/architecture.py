"""Draw docs/architecture.svg: which room uses which, read off the import statements.

Run it after a change of the rooms: ``python docs/architecture.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"
HOUSES = ("s2s", "ui", "pages")
CELL, TOP, NAMES, GAP = 22, 110, 130, 14  # px
SAYS = 620


def rooms() -> dict[str, Path]:
    """Every room, ``s2s/text`` or ``pages``, with the file that says what it is for."""
    found = {}
    for house in HOUSES[:2]:
        for path in sorted((ROOT / house).iterdir()):
            if path.suffix == ".py" and path.stem[:2] != "__":
                found[f"{house}/{path.stem}"] = path
            elif (path / "__init__.py").is_file():
                found[f"{house}/{path.name}"] = path / "__init__.py"
    return found | {"pages": ROOT / "app.py"}


def files(room: str) -> Iterator[Path]:
    """The modules of a room."""
    if room == "pages":
        yield ROOT / "app.py"
    elif (ROOT / f"{room}.py").is_file():
        yield ROOT / f"{room}.py"
    yield from sorted((ROOT / room).rglob("*.py"))


def uses(room: str, known: dict[str, Path]) -> set[str]:
    """The rooms that a room imports, for types as well."""
    found = set()
    for path in files(room):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{name}" for name in names)]
            found |= {"/".join(name.split(".")[:2]) for name in names}
    return (found & known.keys()) - {room}


def purpose(path: Path) -> str:
    """The first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).split(". ")[0].rstrip(".").replace("``", "")


def draw() -> str:
    """The picture: a row per room, a dot in the column of every room that it uses.

    Rooms are sorted so that all dots lie below the diagonal; a circle of imports has no such order.
    """
    known = rooms()
    used = {room: uses(room, known) for room in known}
    order: list[str] = []
    for house in HOUSES:
        mine = sorted(room for room in known if room.split("/")[0] == house)
        inside = {room: sorted(used[room] & set(mine)) for room in mine}
        order += TopologicalSorter(inside).static_order()
    at = {room: i * CELL + GAP * HOUSES.index(room.split("/")[0]) for i, room in enumerate(order)}
    side = at[order[-1]] + CELL
    width, height = NAMES + side + SAYS, TOP + side + 10
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" fill="#1a1a1a">',
        "<title>Which room imports which: a dot means that the row uses the column</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for room in order:
        place, middle = at[room], at[room] + CELL / 2
        across, down = NAMES + middle, TOP + middle
        out += [
            f'<rect x="{NAMES}" y="{TOP + place}" width="{place}" height="{CELL - 2}" '
            'fill="#f2f2f2"/>',
            f'<rect x="{NAMES + place}" y="{TOP + place}" width="{CELL - 2}" height="{CELL - 2}" '
            'fill="#c9d6e8"/>',
            f'<text x="{NAMES - 8}" y="{down + 4:g}" text-anchor="end">{room}</text>',
            f'<text transform="translate({across + 4:g} {TOP - 8}) rotate(-60)">{room}</text>',
            f'<text x="{NAMES + side + 12}" y="{down + 4:g}" fill="#555">'
            f"{escape(purpose(known[room]))}</text>",
        ]
        out += [
            f'<circle cx="{NAMES + at[other] + CELL / 2 - 1:g}" cy="{down - 1:g}" r="5" '
            f'fill="#2b5d9b"><title>{room} uses {other}</title></circle>'
            for other in order if other in used[room]
        ]  # fmt: skip
    return "\n".join([*out, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
    print(f"Wrote {PICTURE.relative_to(ROOT)}")
