"""The step view's modules: joined in the order of their imports, or refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from s2s.export import step_view
from s2s.export.step_view.bundle import DECLARED, IMPORT, join_modules
from ui import stepper

MODULES = sorted(step_view.VIEW.rglob("*.js"))


@pytest.fixture
def write(tmp_path: Path):
    """``write(name=text)``: modules in a folder; returns the first one."""

    def write_(**modules: str) -> Path:
        for name, text in modules.items():
            (tmp_path / f"{name}.js").write_text(text)
        return tmp_path / f"{next(iter(modules))}.js"

    return write_


def test_a_module_stands_once_and_after_what_it_needs(write):
    entry = write(
        main='import { a } from "./a.js";\nimport { b, c } from "./b.js";\n\n'
        "export const d = a + b + c;\n",
        b='import { a } from "./a.js";\nexport function b() {}\nexport const c = a;\n'
        "let own = 1;\n",
        a="export const a = 1;\n",
    )  # fmt: skip
    assert join_modules(entry) == (
        "const a = 1;\n\nfunction b() {}\nconst c = a;\nlet own = 1;\n\nconst d = a + b + c;\n"
    )


@pytest.mark.parametrize(
    ("main", "other", "said"),
    [
        ('import { a } from "./other.js";\nconst b = 1;\n',
         "export const a = 1;\nconst b = 2;\n", "other.js and main.js both declare b"),
        ('import { a, z } from "./other.js";\n', "export const a = 1;\n",
         "main.js imports z, which other.js does not export"),
        ('import { a } from "./other.js";\n', "const a = 1;\n",
         "main.js imports a, which other.js does not export"),
        ('import { a } from "./nowhere.js";\n', "", "main.js imports nowhere.js, which is not"),
        ('import { a } from "./other.js";\nexport const b = 1;\n',
         'import { b } from "./main.js";\nexport const a = 1;\n',
         "circle: main.js -> other.js -> main.js"),
        ('import a from "./other.js";\n', "", "cannot be joined"),
        ('import * as a from "./other.js";\n', "", "cannot be joined"),
        ('import { a as b } from "./other.js";\n', "export const a = 1;\n", "imports a as b"),
        ('import { a } from "far-away";\n', "", "cannot be joined"),
        ("export { a };\n", "", "cannot be joined"),
        ("export default 3;\n", "", "cannot be joined"),
        ("export const { a } = b;\n", "", "cannot be joined"),
        ("const [a, b] = [1, 2];\n", "", "cannot be joined"),
    ],
)  # fmt: skip
def test_what_cannot_be_joined_is_refused(write, main: str, other: str, said: str):
    with pytest.raises(ValueError, match=re.escape(said)):
        join_modules(write(main=main, other=other))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_takes_exactly_what_it_uses(path: Path):
    """Joined, a name without its import would still work; as modules it would not."""
    source = path.read_text("utf-8")
    taken = {
        name.strip()
        for names, _ in IMPORT.findall(source)
        for name in names.split(",")
        if name.strip()
    }
    body = re.sub(r"/\*.*?\*/|//[^\n]*", "", IMPORT.sub("", source), flags=re.S)
    called = set(re.findall(r"(?<![\w.-])(?<!function )(\w+)\(", body.replace("...", " ")))
    others = {
        name
        for other in MODULES if other != path
        for _, name in DECLARED.findall(other.read_text("utf-8"))
    }  # fmt: skip
    own = set(re.findall(r"(?:function|const|let) (\w+)", body))
    assert (called & others) - own <= taken
    assert {name for name in taken if not re.search(rf"\b{name}\b", body)} == set()


def test_every_module_and_sheet_is_part_of_the_whole():
    script, style = join_modules(step_view.VIEW / "streamlit.js"), step_view.style()
    assert join_modules(step_view.VIEW / "widget.js").count("function mountStepper") == 1
    for path in MODULES:
        if path.name == "widget.js":  # another binding
            continue
        for _, name in DECLARED.findall(path.read_text("utf-8")):
            assert [found for _, found in DECLARED.findall(script)].count(name) == 1
    for path in step_view.VIEW.rglob("*.css"):
        assert path.name == "style.css" or path.read_text("utf-8") in style, path.name
    assert "@import" not in style


def test_a_cleared_temporary_folder_is_filled_again(tmp_path: Path):
    folder = tmp_path / "served"
    stepper._fill(folder)
    script, style = sorted(folder.iterdir(), key=lambda path: path.suffix, reverse=True)
    text = script.read_text("utf-8")
    script.unlink()
    stepper._fill(folder)
    assert script.read_text("utf-8") == text
    assert [path.suffix for path in (script, style)] == [".js", ".css"]


def show_a_step_view():
    from step_view_page import view_data

    from ui.stepper import step_view

    step_view(view_data(), "view", on_step=lambda: None, on_hide=lambda: None, on_edit=lambda: None)


@pytest.mark.slow
def test_script_and_style_do_not_travel_with_a_rerun():
    """Only their addresses do, and these change with the text."""
    at = AppTest.from_function(show_a_step_view, default_timeout=60).run()
    for _ in range(2):
        (sent,) = (element.proto for element in at.run().get("bidi_component"))
        assert (sent.js_content, sent.css_content) == ("", "")
        assert [sent.js_source_path, sent.css_source_path] == list(stepper._FILES)
        assert sent.ByteSize() - len(sent.json) < 500
    assert stepper._hashed("a", "js") != stepper._hashed("b", "js")
