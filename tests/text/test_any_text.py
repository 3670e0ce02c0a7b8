"""For any text: page, library, command line and JSON agree, and other forms of it answer alike."""

import io
import json
import sys
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny import build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.cli import main
from s2s.decoding.whatif import Edit, run
from s2s.errors import UserError
from s2s.results import History
from s2s.tasks.about import About
from s2s.text.folding import fold

SURROGATES = ("Cs",)  # no text of a page or a pipe holds half a character
HARD = "\u00ad\u200b\u200d\ufeff\u00a0\u3000\t '’‘-–…ﬁ＋+abＡｂéé１1.!?！？👩가ㄱहि"
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=SURROGATES), max_size=12),
    st.text(HARD, max_size=12),
    st.lists(st.sampled_from(["a", "b c", "ａ", "É", "l’a", "h.", "\u200b"]), max_size=5).map(
        " ".join
    ),
)
SYSTEMS = {"words": build_system(), "dates": build_like(4), "deep": build_like(5)}
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def read(system, text):
    """(ids, dropped, changed, rewritten), or the complaint."""
    try:
        found = system.read(text)
    except UserError as error:
        return str(error)
    return found.ids, found.dropped, found.changed, found.rewritten


@pytest.mark.parametrize("name", SYSTEMS)
@QUICK
@given(text=TEXTS)
def test_forms_of_a_text_are_read_alike(name, text):
    system = SYSTEMS[name]
    whole = read(system, unicodedata.normalize("NFC", text))
    for form in ("NFC", "NFD"):
        assert read(system, unicodedata.normalize(form, text)) == whole or isinstance(whole, str)
    ids = None if isinstance(whole, str) else whole[0]
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    blanks = f" \u00a0{text}\u2003 ".replace(" ", " \u00a0 ")
    for other in (wide, blanks, fold(text)):
        again = read(system, other)
        assert ids == (None if isinstance(again, str) else again[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
@QUICK
@given(text=TEXTS)
def test_every_letter_is_read_or_said(name, text):
    system = SYSTEMS[name]
    try:
        reading = system.read(text)
    except UserError:
        assume(False)
    said = "".join((*reading.dropped, *(pair[0] for pair in reading.rewritten)))
    said += "".join(unknown.token for unknown in reading.unknown) + "".join(reading.tokens)
    said = unicodedata.normalize("NFD", said).lower()
    for character in unicodedata.normalize("NFD", text).lower():
        if not (character.isspace() or unicodedata.combining(character)):
            assert character in said, (character, reading)


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("text", ["\ud800", "a \udcff b", "b\ud83d"])
def test_half_a_character_is_refused_by_its_number(name, text):
    number = f"U\\+{ord(next(c for c in text if c > 'z')):04X}"
    for read in (SYSTEMS[name].read, SYSTEMS[name].target_tokens):
        with pytest.raises(UserError, match=f"half a character: .*{number}"):
            read(text)
    with pytest.raises(UserError):
        run(SYSTEMS[name], "1" if name == "dates" else "a b", (Edit("force", 0, text),))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2S_CHECKPOINTS", str(root))
        for name, system in (("words", SYSTEMS["words"]), ("dates", SYSTEMS["dates"])):
            checkpoint.save(root / "fra-eng" / name, system, About(), History())
        yield


def command(monkeypatch, capsys, *arguments, stdin):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        main(arguments)
    return capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["words", "dates"])
@settings(parent=QUICK, max_examples=25)
@given(texts=st.lists(TEXTS.filter(lambda t: not set(t) & set("\r\n")), min_size=1, max_size=5))
def test_page_library_command_and_json_agree(shelf, monkeypatch, capsys, name, texts):
    system = checkpoint.load(f"fra-eng/{name}")
    assume(not texts[0].startswith("\ufeff"))  # there it is the mark of the encoding
    stdin = "".join(f"{text}\n" for text in texts).encode()
    rows = command(monkeypatch, capsys, "translate", f"fra-eng/{name}", "--json", stdin=stdin)
    plain = command(monkeypatch, capsys, "translate", f"fra-eng/{name}", stdin=stdin)
    rows = [json.loads(row) for row in rows.split("\n")[:-1]]
    plain = plain.split("\n")[:-1]
    assert [row["line"] for row in rows] == list(range(1, len(texts) + 1))
    for text, row, line in zip(texts, rows, plain, strict=True):
        try:
            page = run(system, text, ()).trace  # what the page shows
        except UserError:
            assert row.keys() == {"line", "error"} and line == ""
            continue
        assert line == row["text"] == page.text == system.translate(text).text
        for reading in (page.reading, system.read(text)):
            assert row["source"] == list(reading.tokens)
            assert row["dropped"] == list(reading.dropped)
            for key in ("changed", "rewritten"):
                assert [(p["typed"], p["read"]) for p in row[key]] == list(getattr(reading, key))
