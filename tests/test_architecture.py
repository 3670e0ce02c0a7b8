"""The picture of the rooms shows the imports as they are."""

import importlib.util
import re
from xml.etree import ElementTree

import pytest
from tiny import ROOT


@pytest.fixture(scope="module")
def architecture():
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "docs/architecture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_current(architecture):
    drawn = architecture.PICTURE.read_text("utf-8")
    assert drawn == architecture.draw(), "run: python docs/architecture.py"


@pytest.mark.slow
def test_the_picture_holds_every_room_and_says_what_it_is_for(architecture):
    tree = ElementTree.fromstring(architecture.draw())
    texts = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    known = architecture.rooms()
    folders = {f"{top}/{path.name}" for top in ("s2s", "ui") for path in (ROOT / top).iterdir()
               if (path / "__init__.py").is_file()}  # fmt: skip
    assert folders < known.keys()
    for room, path in known.items():
        assert texts.count(room) == 2 and architecture.purpose(path) in texts, room
        assert architecture.purpose(path), room


def test_a_circle_has_no_picture(architecture, monkeypatch):
    own = architecture.uses
    monkeypatch.setattr(architecture, "uses", lambda room, known: own(room, known) | (
        {"s2s/cli"} if room == "s2s/text" else set()
    ))  # fmt: skip
    with pytest.raises(ValueError, match="cycle"):
        architecture.draw()


def test_paths_named_in_the_documents_exist():
    """Names such as `s2s/tasks/recipes.py`; places to fill in (`<name>`) are for the reader."""
    pattern = re.compile(r"(?<![\w/])(?:s2s|ui|pages|docs|tests|benchmarks)/[\w./-]*[\w/]")
    named = {
        (path.name, name)
        for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")]
        for name in pattern.findall(re.sub(r"\S*<\w+>\S*", "", path.read_text("utf-8")))
    }
    assert len(named) > 20
    assert not [(page, name) for page, name in sorted(named) if not (ROOT / name).exists()]
