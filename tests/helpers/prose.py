"""Text for people in the code: which of it goes through the catalogue, and which does not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

MARKERS = ("tr", "N_", "later")
QUIET = {"key", "error", "pattern"}
"""Arguments by name that nobody reads."""
PLACES = re.compile("(top|middle|bottom) (left|center|right)")
"""Where Plotly puts a text."""
GLOSSARY = ("words.line", "words.help")
"""Their arguments name entries of the glossary."""
NOT_FOR_PEOPLE = (
    "compile", "match", "search", "sub", "split", "component", "TypeVar", "getLogger",
    "startswith", "endswith", "partition", "ValueError", "KeyError",
    "NothingToDraw",
)  # fmt: skip


def marked(path: Path) -> Iterator[str]:
    """Every text that is said or marked in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in MARKERS and node.args:
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def unmarked(path: Path) -> list[str]:
    """Texts that look as if a person read them, outside `MARKERS`: line and text.

    Prose has a blank between two words, or begins with a capital and goes on in small letters.
    Docstrings, regular expressions, and what is raised for programmers are no prose for a page.
    """
    tree = ast.parse(path.read_text("utf-8"))
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))  # a docstring
        if isinstance(node, ast.Call) and _name(node.func) in (*MARKERS, *NOT_FOR_PEOPLE):
            silent |= {id(one) for arg in node.args for one in ast.walk(arg)}
        if isinstance(node, ast.Call) and ast.unparse(node.func) in GLOSSARY:
            silent |= {id(one) for one in node.args}
        if isinstance(node, ast.keyword) and node.arg in QUIET:
            silent |= {id(one) for one in ast.walk(node.value)}
        if isinstance(node, ast.Subscript):
            silent.add(id(node.slice))  # a key
        if isinstance(node, ast.Assign) and [_name(one) for one in node.targets] == ["__all__"]:
            silent |= {id(one) for one in ast.walk(node.value)}
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            silent |= {id(one) for one in ast.walk(node.annotation)}
    return [
        f"{path.name}:{node.lineno}: {node.value.strip()}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in silent and prose(node.value)
    ]  # fmt: skip


def prose(text: str) -> bool:
    """Whether a text looks like a sentence, or like a word that stands on a page."""
    text = re.sub(r"<[^>]*>|:material/\w+:|\{[^}]*\}|https?:\S*|\w+=\S*", " ", text).strip()
    style = r"[a-z-]+:\s*[\w.#%()-]+( [\w.#%()-]+)?;\s*($|[a-z-]+:)|sans-serif"
    if re.search(rf"[{{}}]|{style}|^[.#\[]|[/_]\w+\.(py|js|css|md|html)\b", text):
        return False  # a style sheet, a selector, fonts, a path
    if PLACES.fullmatch(text):
        return False
    words = re.findall(r"[A-Za-z]{2,}", text)
    sentence = len(words) > 1 and re.search(r"[A-Za-z] [A-Za-z]", text) is not None
    return sentence or bool(re.fullmatch(r"[A-Z][a-z]+[.:?!…]?", text))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(
        node, ast.Name) else ""  # fmt: skip
