"""Whatever comes in, by every way: an answer or one sentence, in time, and nothing else.

`make test-hard` tries a hundred times as much.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import about_of, build_like, build_system

from s2s.checkpoints import checkpoint, history
from s2s.cli.evaluate import _lengths
from s2s.config.limits import PREFIX, read
from s2s.decoding import whatif
from s2s.errors import UserError
from s2s.results import EpochReport, History
from s2s.tasks import pairs_file
from s2s.tasks.gold import parse_gold
from s2s.text.label import writable
from ui.frame import choice
from ui.frame.edits import _new_edit, _weights
from ui.markdown import plain

LONG = bool(os.environ.get("S2S_HARD"))
CASES, SECONDS = 2000 if LONG else 20, 2
HARD = settings(
    max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck),
    derandomize=not LONG,
)  # fmt: skip
ANY = st.characters(exclude_categories=())
TEXT = st.text(ANY, max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
SYSTEMS = [build_system(attention="general", dtype=torch.float32), build_like(3), build_like(4)]
NAME = "fra-eng/fuzzed"


def in_time(test: Callable[..., None]) -> Callable[..., None]:
    """One case takes so many seconds at most: of processor time, for the machine may be busy."""

    @wraps(test)
    def timed(*args: object, **kwargs: object) -> None:
        start = time.process_time()
        test(*args, **kwargs)
        assert time.process_time() - start < SECONDS

    return timed


def complaint(error: UserError) -> None:
    """One sentence that can be printed and shown."""
    assert "\n" not in str(error)
    assert writable(plain(str(error)))


@HARD
@given(st.sampled_from(SYSTEMS), TEXT, TEXT)
@in_time
def test_typed_texts(system, text, reference):
    with suppress(UserError):
        system.read(text)
        found = whatif.run(system, text, (whatif.Edit("reference", 0, reference),))
        assert writable(found.trace.text)


@HARD
@given(st.sampled_from(SYSTEMS), TEXT | st.from_regex(r"([fadrst]\d{1,4}(\.[^~]{0,9})?~?){1,4}"))
@in_time
def test_edits_in_links(system, text):
    try:
        whatif.run(system, "a b", whatif.decode(text))
    except UserError as error:
        complaint(error)


@HARD
@given(st.dictionaries(st.sampled_from(("task", "model", "text", "step", "beside")), TEXT))
@in_time
def test_choices_in_links(query):
    found = choice.find(query, choice.by_task(choice.models()))
    assert found.model.name and writable(plain(found.instead))


@HARD
@given(
    st.dictionaries(
        st.sampled_from(("do", "text", "token", "source", "step", "weights", "form")),
        JSON | st.sampled_from(("force", "type", "attend", "replace", "drop", "swap", "p", "u")),
    )
)
@in_time
def test_messages_of_the_step_view(asked):
    with suppress(UserError):
        for edit in (_new_edit(asked, 0), _weights(asked, ())):
            assert edit is None or whatif.decode(whatif.encode((edit,))) == (edit,)


@HARD
@given(st.binary(max_size=200) | TEXT.map(lambda t: t.encode("utf-8", "surrogatepass"))
       | JSON.map(lambda data: json.dumps(data).encode()))  # fmt: skip
@in_time
def test_uploaded_files(data):
    for read_file in (pairs_file.read, parse_gold):
        try:
            read_file(data, "f")
        except UserError as error:
            complaint(error)


@HARD
@given(TEXT | st.from_regex(r"[0-9]{1,30}-[0-9]{1,30}"))
@in_time
def test_lengths_on_the_command_line(text):
    try:
        assert len(_lengths(text, SYSTEMS[0])) <= SYSTEMS[0].sequence.max_source_length
    except UserError as error:
        complaint(error)


@HARD
@given(st.dictionaries(st.sampled_from((f"{PREFIX}TOKENS", f"{PREFIX}LAYERS", "PATH")), TEXT))
@in_time
def test_limits_in_the_environment(environment):
    try:
        assert read(environment).tokens >= 1
    except UserError as error:
        complaint(error)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    root = tmp_path_factory.mktemp("shelf")
    report = EpochReport(1, 1.0, 1.1, 0.2, 10.0, 0.1, 1.0, 1, 1.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2S_CHECKPOINTS", str(root))
        system = SYSTEMS[0]
        checkpoint.save(root / NAME, system, about_of(system), History((report,)), "# x\n")
        files = {file: (root / NAME / file).read_bytes() for file in checkpoint.FILES
                 if (root / NAME / file).exists()}  # fmt: skip
        yield root / NAME, files


def mutated(data: bytes, seed: int) -> bytes:
    """Some bytes changed, doubled, left out or put in."""
    draw, found = random.Random(seed), bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 5))):
        # Heads of files matter more than what follows.
        at = min(int(draw.expovariate(1 / 200)), len(found))
        piece = draw.choice(
            (b"", bytes([draw.randrange(256)]), b"9" * 30, b'"', b"[", b"-", b"1e9")
        )
        found[at : at + draw.choice((0, 1, 1, 8))] = piece
    return bytes(found)


def restore(folder: Path, files: dict[str, bytes]) -> None:
    for file, data in files.items():
        (folder / file).write_bytes(data)


@HARD
@given(st.sampled_from(checkpoint.FILES[:5]), st.integers(0, 2**32))
@in_time
def test_files_of_a_model(shelf, file, seed):
    folder, files = shelf
    restore(folder, files)
    (folder / file).write_bytes(mutated(files[file], seed))
    (entry,) = checkpoint.entries()
    try:
        checkpoint.load(NAME).translate("a b")
        assert entry.problem is None
    except UserError as error:
        complaint(error)
    for look in (history.read, checkpoint.card_of):
        with suppress(UserError):
            look(folder)
