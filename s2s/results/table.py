"""A small table that a recipe prints and a card shows."""

from __future__ import annotations

from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows under a title.

    Attributes:
        title: what the table shows, as a heading.
        head: names of the columns; the first column names the row.
        rows: one tuple per row, as long as the head. Numbers are as they should be shown.
        note: what to notice, and how the figures were made.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        """Check that every row fits the head."""
        for row in self.rows:
            if len(row) != len(self.head):
                raise ValueError(f"{self.title}: a row of {len(row)} under {len(self.head)} heads")

    def markdown(self) -> list[str]:
        """The table's lines: numbers to the right, None as a dash."""
        marks = [
            "---:" if any(isinstance(row[i], int | float) for row in self.rows) else "---"
            for i in range(len(self.head))
        ]
        cells = ([_text(cell) for cell in row] for row in self.rows)
        return ["| " + " | ".join(line) + " |" for line in (self.head, marks, *cells)]


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    text = f"{cell:,}" if isinstance(cell, int) else str(cell)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<")
