"""A map alone: tokens and weights from a file, drawn and checked."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from s2s.cli.diagnose import MARKS
from s2s.errors import UserError
from s2s.evaluation.map_checks import judge, looked_at
from s2s.export.step_view import standalone
from s2s.findings.diagnosis import WORDS, healthy, value
from s2s.plots.export import figure_bytes
from s2s.plots.notebook import matrix_map
from s2s.plots.step_data import matrix_step_data
from s2s.tasks.matrix_file import read_file


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``map``."""
    parser.add_argument(
        "file", metavar="FILE",
        help='{"source": tokens, "output": tokens, "attention": rows}, or a CSV with the source '
        "tokens in its first line and an output token before each row",
    )  # fmt: skip
    parser.add_argument("--out", metavar="PICTURE", help="write the map: .svg or .png")
    parser.add_argument(
        "--page", metavar="PAGE", help="write the step view as one HTML file, for any browser"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(given: argparse.Namespace) -> int:
    """Print what the map says; write its picture and its step view."""
    found = read_file(given.file)
    checks = judge(found)
    if given.out:
        kind = Path(given.out).suffix[1:].lower()
        if kind not in ("svg", "png"):
            raise UserError(f"--out {given.out} must end with .svg or .png.")
        Path(given.out).write_bytes(figure_bytes(matrix_map(found), kind))
    if given.page:
        if Path(given.page).suffix.lower() not in (".html", ".htm"):
            raise UserError(f"--page {given.page} must end with .html.")
        page = standalone(matrix_step_data(found), found.name)
        Path(given.page).write_text(page, "utf-8")
    if given.json:
        print(json.dumps({
            "source": found.source, "output": found.output, "looked_at": looked_at(found),
            "checks": [
                {"name": check.name, "value": check.value, "healthy": check.healthy,
                 "verdict": check.verdict, "says": str(check.why)}
                for check in checks
            ],
        }, ensure_ascii=False))  # fmt: skip
        return 0
    width = max(map(len, found.output))
    for token, source, row in zip(found.output, looked_at(found), found.attention, strict=True):
        print(f"{token:{width}}  ← {source}  {row.max():.2f}")
    for check in checks:
        told = "" if check.value is None else f"{value(check):>9}  {healthy(check)}"
        print(f"{WORDS[check.name].title:40}  {MARKS[check.verdict]:9}  {told or check.why}")
    return 0
