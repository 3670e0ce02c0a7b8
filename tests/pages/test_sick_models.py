"""One folder of sick models beside two that are well: every page of the well ones works."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import damage
import pytest
from page_text import clean, unmarked
from streamlit.testing.v1 import AppTest
from tiny import ROOT

from s2s.checkpoints import checkpoint

PAGES = ("start", "translate", "attention", "gradients", "states", "compare", "diagnose", "models")
AT_ONCE = {way.replace(".", " ").replace(": ", " ").replace(" ", "-"): way
           for way in (*damage.OWN, *(
               f"{file}: {way}"
               for file in checkpoint.FILES
               for way in ("digits", "folder", "huge", "loop", "endless", "pipe")
           ))}  # fmt: skip


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("ward")
    for variant in ("attention", "plain", *AT_ONCE):
        origin = "plain" if variant == "plain" else "attention"
        shutil.copytree(checkpoint.find(f"reverse/{origin}"), root / "reverse" / variant)
    for variant, way in AT_ONCE.items():
        for file in ("watched.csv", "gradients.csv", "seeds.csv"):
            (root / "reverse" / variant / file).touch()
        damage.ALL[way](root / "reverse" / variant)
    (root / "reverse" / "ring").symlink_to("ring")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2S_CHECKPOINTS", str(root))
        yield root


def visit(page: str, variant: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params.update({"task": "reverse", "model": variant} | query)
    at.run()
    if page != "translate":
        at.switch_page(f"pages/{page}.py").run()
    return at


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("variant", ["attention", "plain"])
def test_well_models_work(ward: Path, page: str, variant: str):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        at = clean(visit(page, variant))
    assert at.title[0].value


@pytest.mark.parametrize("variant", AT_ONCE)
def test_a_sick_model_says_so(ward: Path, variant: str):
    """On its own page, and beside another one."""
    at = visit("translate", variant)
    assert not at.exception, at.exception[0].message
    if at.error:
        assert unmarked(at.error[0].value).startswith(f"reverse/{variant}")
        beside = visit("compare", "attention", beside=f"plain,{variant}")
        assert not beside.exception and not beside.error
        assert any(variant in unmarked(w.value) for w in beside.warning)
        assert "plain" in unmarked("".join(t.value for t in beside.markdown))
    at = visit("models", variant)
    assert not at.exception, at.exception[0].message
