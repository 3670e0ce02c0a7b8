"""The page Import without a browser: what is said of files, and what becomes of a model."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import brought
import pytest
from page_text import clean, model_of
from streamlit.testing.v1 import AppTest
from tiny import ROOT

from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.text.language import speaking
from ui import cached
from ui.cached import private


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """Nobody brought anything, and nothing is left."""
    monkeypatch.setattr(private, "_there", [])
    monkeypatch.setattr(private, "owner", lambda: "me")  # without a browser there is no cookie
    monkeypatch.setattr(private, "_root", lambda: tmp_path / "private")
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))
    yield
    private._drop(list(private._there))


def page(*files, language: str = "en") -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["lang"] = language
    at.switch_page("pages/import.py").run()
    if files:
        at.file_uploader[0].set_value(list(files)).run()
    assert not at.exception
    return at


def text(at: AppTest) -> str:
    return "\n".join(block.value for kind in ("markdown", "caption", "warning", "info")
                     for block in at.get(kind))  # fmt: skip


def test_an_empty_page_says_what_will_stand_there():
    told = text(page())
    assert "Drop a model" in told and "what each of them is" in told
    assert "Whether it answers as your notebook does" in told


def test_every_tensor_is_told_in_plain_words():
    at = page(*brought.files(brought.model()))
    told = text(at)
    assert "GRU of 6 units with additive attention" in told
    assert "the PyTorch tutorial of 2023" in told
    assert "6 numbers for each source token · 12 × 6" in told
    assert "decoder.attention.Wa.weight" in told
    assert r"not part of the model\: it adds" in told and "17 of 18 tensors used" in told
    assert "not checked against the original" in told


def test_a_model_that_is_equal_is_told_so_and_opens_everywhere():
    original = brought.model()
    at = page(*brought.files(original, brought.check(original)))
    assert "equal to your notebook to " in text(at)
    at.text_input(key="import_sentence").set_value("sd sf").run()
    assert "sd·6 sf·8 <eos>·2" in [code.value for code in at.code]
    at.text_input(key="import_reads").set_value("Signs").run()
    at.button(key="import-open").click().run()
    clean(at)
    (own,) = private._there
    assert own.entry.name == "own-model/mine"
    imported = own.entry.about.imported
    assert imported.checked.startswith("Equal to the original to ")
    assert imported.languages == ("Signs", "target") and imported.examples[0] == "sd sf"
    for path in sorted((ROOT / "pages").glob("*.py")):
        at.switch_page(f"pages/{path.name}")
        at.query_params.clear()
        if path.stem not in ("start", "import", "lessons"):
            at.query_params.update(task="own-model", model="mine")
        clean(at.run())
        if path.stem not in ("start", "training", "import", "lessons"):
            assert model_of(at).value == "mine", path.name
            # What compares with other sentences of the task says that there are none, and no more.
            others = [
                told.value for told in at.warning if "no sentences of its own" not in told.value
            ]
            assert not others and (not at.warning or path.stem == "states"), path.name


def test_a_mistake_is_guessed_and_mended_by_one_press():
    """The plain tutorial feeds its embedding through a ReLU; this original does not."""
    original = brought.model("PyTorch tutorial, plain")
    original.relu = False
    at = page(*brought.files(original, brought.check(original)))
    told = text(at)
    assert "of 5** sentences" in told and "no ReLU after the decoder" in told
    assert "your notebook has" in told
    at.button(key="import-mend").click().run()
    assert "equal to your notebook to " in text(at)
    assert "import-mend" not in [button.key for button in at.button]
    at.button(key="import-open").click().run()
    (own,) = private._there
    assert own.entry.config.target_activation == "none"
    assert "--target-activation none" in own.entry.about.command


def test_padding_that_was_read_is_found_and_mended():
    original = brought.model("PyTorch tutorial of 2023")
    at = page(*brought.files(original, brought.check(original, filled=10)))
    assert r"reads padding too\, up to 10 tokens" in text(at)
    at.button(key="import-mend").click().run()
    assert "equal to your notebook to " in text(at)
    at.button(key="import-open").click().run()
    (own,) = private._there
    assert own.entry.sequence.padded_source_length == 10
    assert "--padded-source-length 10" in own.entry.about.command


def test_a_model_that_differs_says_so_on_its_card():
    original = brought.model("PyTorch tutorial, plain")
    original.relu = False
    at = page(*brought.files(original, brought.check(original)))
    at.button(key="import-open").click().run()
    (own,) = private._there
    assert own.entry.about.imported.proven.startswith("Not equal to the original")


def test_word_lists_find_their_sides_by_their_length():
    model = brought.model()
    lists = [
        (f"{name}.txt", "\n".join(words).encode(), "text/plain")
        for name, words in (("a", brought.WORDS["target"]), ("b", brought.WORDS["source"]))
    ]
    at = page(*brought.files(model)[:1], *lists)
    assert (at.selectbox[0].value, at.selectbox[1].value) == ("b.txt", "a.txt")
    assert not at.warning
    at.button(key="import-open").click().run()
    assert "--source-vocab b.txt --target-vocab a.txt" in private._there[0].entry.about.command
    short = [(name, data.rpartition(b"\n")[0], kind) for name, data, kind in lists]
    at = page(*brought.files(model)[:1], *short)
    assert "but the model is made for 12: source." in text(at)


def test_a_map_alone_is_drawn_and_checked():
    table = b",je,suis\ni,0.9,0.1\nam,0.2,0.8\n.,0.5,0.5\n"
    at = page(("weights.csv", table, "text/csv"))
    told = text(clean(at))
    assert "a map of 3 × 2" in told and "weights" in [s.value for s in at.subheader][-1]
    assert len(at.get("vega_lite_chart")) == 2
    drawn = [json.loads(one.proto.json) for one in at.get("bidi_component")]
    (steps,) = [data for data in drawn if "run" in data]
    assert steps["run"]["probability"] is None and steps["run"]["attention"][1] == [0.2, 0.8]
    assert "✓ in range" in at.dataframe[0].value.to_string()
    # Nothing on the page speaks of a model that nobody dropped.
    assert "A map without its model" in told and "taken as it is" in told
    assert "Drop a model" not in told and "as your notebook does" not in told
    other = ("more.csv", table, "text/csv")
    assert "2 maps without their model" in text(page(("weights.csv", table, "text/csv"), other))
    assert "softmax them" in text(page(("scores.csv", table.replace(b"0.9", b"7"), "text/csv")))


class Evil:
    def __reduce__(self):
        return print, ("run",)


BAD = [
    ("model.pkl", pickle.dumps([Evil()]), "never run"),
    ("../../model.pt", b"nothing of the kind", "is not a file that torch.save wrote"),
    ("words.json", b"{", "is not JSON"),
    ("words.txt", b"\xff\xfe", "is not UTF-8"),
    ("picture.png", b"\x89PNG", "is no kind of file that is known"),
    ("**bold**.json", b"[1]", "must be words by id"),
    ("map.csv", b"one line", "its first line has no cells"),
    ("map.json", b'{"attention": []}', "lacks source, output"),
]


@pytest.mark.parametrize(("name", "data", "told"), BAD)
def test_a_bad_file_is_named_and_nothing_is_kept(name, data, told, capsys):
    at = page((name, data, "application/octet-stream"))
    assert told in text(at).replace("\\", "") and "/tmp" not in text(at)
    assert not private._there and "run" not in capsys.readouterr().out


@pytest.mark.parametrize(("name", "data", "told"), BAD)
def test_a_bad_file_is_refused_in_korean(name, data, told):
    (warning,) = page((name, data, "application/octet-stream"), language="ko").warning
    assert re.search("[가-힣]{2}.*[다세요]\\W", warning.value), warning.value
    assert told not in warning.value.replace("\\", "")


def test_what_is_recognised_is_told_in_korean_and_its_card_stays_english():
    at = page(*brought.files(brought.model()), language="ko")
    told = text(at)
    assert "2023년의 PyTorch 튜토리얼" in told and "소프트맥스 결과가 달라지지 않음" in told
    with speaking("ko"):  # the test reads what it presses in the page's language
        at.button(key="import-open").click().run()
    (own,) = private._there
    card = (Path(own.entry.path) / "README.md").read_text("utf-8")
    assert "the PyTorch tutorial of 2023" in card and not re.search("[가-힣]", card)


def test_what_one_visitor_may_bring_has_a_limit(monkeypatch):
    from s2s.config.limits import Limits

    monkeypatch.setattr(private, "limits", lambda: Limits(imports_each=1))
    files = brought.files(brought.model())
    page(*files).button(key="import-open").click().run()
    at = page(*files)
    at.button(key="import-open").click().run()
    assert "remove one first" in text(at) and len(private._there) == 1
    at.button(key=f"remove-{private._there[0].entry.stamp}").click().run()
    assert not private._there


def test_another_visitor_sees_nothing_and_all_of_it_goes(monkeypatch):
    page(*brought.files(brought.model())).button(key="import-open").click().run()
    (own,) = private._there
    key = cached.Key(own.entry.name, own.entry.path, own.entry.stamp)
    assert cached.system(key).name == "own-model/mine"
    monkeypatch.setattr(private, "owner", lambda: "somebody else")
    assert private.entries() == ()
    assert own.entry.name not in [entry.name for entry in cached.entries()]
    monkeypatch.setattr(private, "_sessions", {})
    private.look(own.seen)
    assert private._there == [] and not own.shelf.exists()
    with pytest.raises(UserError):
        cached.system(key)


def test_a_model_nobody_used_for_hours_goes(monkeypatch):
    page(*brought.files(brought.model())).button(key="import-open").click().run()
    (own,) = private._there
    private.look(own.seen + 60)
    assert private._there == [own]
    private.look(own.seen + 60 * 240 + 1)
    assert private._there == []


def test_the_owner_of_a_server_may_let_models_be_kept_or_nothing_imported(monkeypatch):
    monkeypatch.setenv("S2S_IMPORTS", "keep")
    at = page(*brought.files(brought.model()))
    at.toggle(key="import_keep").set_value(True).run()
    at.button(key="import-open").click().run()
    assert private._there == []
    kept = checkpoint.runs() / "models" / "own-model" / "mine"
    assert json.loads((kept / "config.json").read_text())["about"]["imported"]["title"]
    monkeypatch.setenv("S2S_IMPORTS", "off")
    assert "Nothing is imported on this server" in text(page())
    monkeypatch.setenv("S2S_IMPORTS", "maybe")
    at = page()
    assert "must be one of" in at.error[0].value
