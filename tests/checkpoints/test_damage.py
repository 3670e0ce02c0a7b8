"""Each file of a model's folder damaged in each way: its own problem, and all others work."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import damage
import pytest
import torch
from tiny import SOURCE_WORDS, about_of, build_system

from s2s.checkpoints import checkpoint, history
from s2s.checkpoints.checkpoint import Entry
from s2s.errors import UserError
from s2s.results import EpochReport, History, Watched
from s2s.text.label import writable
from s2s.training import moments

SICK, WELL = "fra-eng/sick", "fra-eng/well"
SECONDS = 20.0  # a busy machine takes one; without bounds it is minutes, or for ever
NOBODY = 65534
REPORT = EpochReport(1, 1.0, 1.1, 0.2, 10.0, 0.1, 1.0, 1, 1.0)
PAST = History(
    (REPORT,), {1: (REPORT,), 2: (REPORT,)}, (Watched(1, "a", "b", "b", "b"),), {"h1": (0.1,)}
)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of two models that any user of the machine may read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.setenv("S2S_CHECKPOINTS", name)
        system = build_system(attention="general", dtype=torch.float32)
        for model in (SICK, WELL):
            seen = moments.record(system, [(SOURCE_WORDS[0], "b")], 1)
            checkpoint.save(folder / model, system, about_of(system), PAST, "# A card\n", seen)
            shutil.copy(folder / model / history.HISTORY, folder / model / history.REPLAYED)
        yield folder
        for path in (folder / "fra-eng", folder / SICK):
            path.chmod(0o755)


@contextmanager
def nobody() -> Iterator[None]:
    """Without root's right to read everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def told(error: UserError) -> str:
    text = str(error)
    assert writable(text) and "\n" not in text and text.endswith("."), text
    return text


def others_work(sick: str = SICK) -> Entry | None:
    """The well model is whole; the sick one's entry."""
    entries = {entry.name: entry for entry in checkpoint.entries()}
    assert entries[WELL].problem is None
    assert checkpoint.load(WELL).translate("a b").output
    assert history.read(entries[WELL].path).reports == (REPORT,)
    assert checkpoint.card_of(entries[WELL].path)
    return entries.get(sick)


@pytest.mark.parametrize("way", damage.ALL)
def test_it_is_the_models_own_problem(root: Path, way: str):
    damage.ALL[way](root / SICK)
    start = time.perf_counter()
    with nobody():
        entry = others_work()
        assert entry is not None, "it left the list in silence"
        problem = entry.problem
        try:
            assert checkpoint.load(SICK).translate("a b").output
            assert problem is None
        except UserError as error:
            assert told(error).startswith(SICK)
            assert problem is None or str(problem) == str(error)
        for read in (history.read, checkpoint.card_of):
            try:
                read(entry.path)
            except UserError as error:
                told(error)
    assert time.perf_counter() - start < SECONDS


@pytest.mark.parametrize("way", damage.OWN)
def test_what_cannot_work_is_refused(root: Path, way: str):
    """None of these passes for a model, or for a table, that is whole."""
    damage.OWN[way](root / SICK)
    if "loss" in way and way != "loss without bound":
        history.read(root / SICK)  # a run that went wrong says so with these
    elif "loss" in way or "epoch" in way:
        with pytest.raises(UserError, match="history.csv is damaged"):
            history.read(root / SICK)
    else:
        with pytest.raises(UserError, match=f"^{SICK}"):
            checkpoint.load(SICK)


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("not a number", r"1 of the \d+ numbers of \S+ cannot be weights, for example nan\.$"),
        ("infinite", r"cannot be weights, for example -inf\.$"),
        ("absurd", r"cannot be weights, for example 1e\+30\.$"),
        ("whole numbers", r"holds int32; weights are floats\.$"),
        ("tokens without bound", "asks for more than 1,000,000 as source_vocabulary"),
        ("half a token", "token 10 of the vocabulary holds half a character"),
        ("config.json: endless", "config.json is not a plain file"),
        ("config.json: pipe", "config.json is not a plain file"),
        ("config.json: loop", "config.json: Too many levels of symbolic links"),
        ("config.json: huge", "config.json has 1,099,511,627,776 bytes; at most 2,000,000"),
        ("vocab.json: huge", "vocab.json has .* bytes; at most 20,000,000 are read"),
        ("model.safetensors: huge", "model.safetensors has .* bytes; at most 2,000,000,000"),
        ("model.safetensors: forbidden", "model.safetensors: Permission denied"),
        ("model.safetensors: leads nowhere", "model.safetensors is missing"),
    ],
)
def test_the_fault_is_named(root: Path, way: str, says: str):
    damage.ALL[way](root / SICK)
    with nobody(), pytest.raises(UserError, match=says):
        checkpoint.load(SICK)


@pytest.mark.parametrize("folder", [SICK, "fra-eng"])
def test_folders_that_may_not_be_read(root: Path, folder: str):
    shutil.copytree(root / WELL, root / "reverse" / "well")
    (root / folder).chmod(0)
    with nobody():
        entries = {entry.name: entry for entry in checkpoint.entries()}
        assert entries["reverse/well"].problem is None
        assert checkpoint.load("reverse/well").translate("a b").output
        (sick,) = (entry for entry in entries.values() if entry.problem)
    assert sick.name == (SICK if folder == SICK else "fra-eng/*")
    assert "Permission denied" in str(sick.problem)


def test_links_in_the_place_of_folders(root: Path):
    for name, target in (("loop", "loop"), ("nowhere", "/no/such"), ("device", "/dev/zero")):
        (root / "fra-eng" / name).symlink_to(target)
        (root / name).symlink_to(target)
    (root / "fra-eng" / "up").symlink_to("..")
    (root / "fra-eng" / "alias").symlink_to("well")
    others_work()
    assert {entry.name for entry in checkpoint.entries() if not entry.problem} == {
        SICK, WELL, "fra-eng/alias",
    }  # fmt: skip


def test_all_files_of_a_saved_model_may_be_read_alike(root: Path):
    modes = {stat.S_IMODE((root / WELL / file).stat().st_mode) for file in checkpoint.FILES}
    assert len(modes) == 1


def test_a_name_that_is_not_text(root: Path):
    with suppress(OSError):  # not every file system has such names
        shutil.copytree(root / SICK, root / "fra-eng" / os.fsdecode(b"\xff"))
        entry = others_work("fra-eng/U+DCFF")
        assert "its folder's name is not UTF-8" in str(entry.problem)


def test_a_stamp_sees_a_link_change(root: Path):
    before = checkpoint.stamp(root / SICK)
    damage.ALL["model.safetensors: leads nowhere"](root / SICK)
    assert checkpoint.stamp(root / SICK) not in (before, 0)
