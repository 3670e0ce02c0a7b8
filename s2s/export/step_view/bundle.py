"""Joins ES modules into one script, and style sheets into one sheet.

For this folder's own code, not for any JavaScript. An import names what it takes and from which
file (``import { a } from "./b.js"``), an export stands before its declaration, and the modules'
top-level names differ, since in the end they share one scope. Everything else is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]*)";\n', re.M)
EXPORT = re.compile(r"^export (?!default)", re.M)
DECLARED = re.compile(r"^(export )?(?:async )?(?:function|class|const|let) (\w+)", re.M)
UNKNOWN = re.compile(
    r"^(?:import\b|export (?!default function \(|(?:async )?function \w|(?:class|const|let) \w)"
    r"|(?:const|let) \W|var ).*",
    re.M,
)
SHEET = re.compile(r'^@import "([^"]*)";$', re.M)


def join_modules(entry: Path) -> str:
    """One script from a module and all that it imports, each after what it needs.

    Args:
        entry: the first module. Its ``export default function (`` stays as it is.

    Raises:
        ValueError: for a circle, an import of what is not there, a name that two modules declare,
            or an import, export or declaration of another form.
    """
    exports: dict[Path, set[str]] = {}
    owner: dict[str, Path] = {}
    joined: list[str] = []

    def visit(path: Path, above: tuple[Path, ...]) -> None:
        if path in above:
            raise ValueError(f"circle: {' -> '.join(p.name for p in (*above, path))}")
        if path in exports:
            return
        if not path.is_file():
            raise ValueError(f"{above[-1].name} imports {path.name}, which is not there")
        source = path.read_text("utf-8")
        for names, address in IMPORT.findall(source):
            other = (path.parent / address).resolve()
            visit(other, (*above, path))
            for name in {part.strip() for part in names.split(",")} - {"", *exports[other]}:
                raise ValueError(f"{path.name} imports {name}, which {other.name} does not export")
        source = IMPORT.sub("", source)
        if unknown := UNKNOWN.search(source):
            raise ValueError(f"{path.name}: {unknown[0]!r} cannot be joined")
        declared = DECLARED.findall(source)
        for _, name in declared:
            if name in owner:
                raise ValueError(f"{owner[name].name} and {path.name} both declare {name}")
            owner[name] = path
        exports[path] = {name for exported, name in declared if exported}
        joined.append(EXPORT.sub("", source).strip())

    visit(entry.resolve(), ())
    return "\n\n".join(joined) + "\n"


def join_styles(entry: Path) -> str:
    """One style sheet from a sheet and what it imports, in the order of its imports."""
    return SHEET.sub(lambda found: (entry.parent / found[1]).read_text("utf-8"),
                     entry.read_text("utf-8"))  # fmt: skip
