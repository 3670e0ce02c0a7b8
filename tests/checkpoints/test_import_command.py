"""The command ``import``: its options, the folder and card it writes, the pages that show it."""

import json
import shlex

import pytest
import torch
import tutorials
from page_text import model_of
from safetensors.torch import load_file
from streamlit.testing.v1 import AppTest
from tiny import ROOT, build_system
from tutorials import given, with_state, with_vocab

import s2s
from s2s.checkpoints import checkpoint
from s2s.checkpoints.imported_card import render
from s2s.tasks import TASKS
from s2s.text import TOKENISERS
from s2s.text.vocab import Vocab


@pytest.mark.parametrize("form", ["prefixed", "nested", "files"])
def test_the_folder_and_what_config_says(call, tmp_path, form):
    result = call("import", *given(tmp_path, form=form))
    folder = tmp_path / "checkpoints" / "fra-eng" / "mine"
    assert (result.code, result.err) == (0, "") and str(folder) in result.out
    assert [p.name for p in folder.parent.iterdir()] == ["mine"], "no draft is left"
    assert {p.name for p in folder.iterdir()} == {
        "config.json", "vocab.json", "model.safetensors", "history.csv", "README.md"
    }  # fmt: skip
    config = json.loads((folder / "config.json").read_text("utf-8"))
    assert config["sequence"]["weights_dtype"] == "float32"
    assert {t.dtype for t in load_file(folder / "model.safetensors").values()} == {torch.float32}
    about = config["about"]
    assert about["imported"]["preset"] == "tutorial3"
    assert about["imported"]["tensors"]["decoder.attn.weight"] == [5, 10]
    names = ["E.pt", "D.pt", "V.json"] if form == "files" else ["model.pt", "V.json"]
    assert [file["name"] for file in about["imported"]["files"]] == names
    assert all(len(file["sha256"]) == 64 for file in about["imported"]["files"])
    assert {"train", "data"}.isdisjoint(config) and "metrics" not in about
    card = (folder / "README.md").read_text("utf-8")
    assert card == render(TASKS["fra-eng"], checkpoint.read(folder)), (
        "the card is a function of config.json"
    )


@pytest.mark.parametrize("preset", list(tutorials.KINDS))
def test_the_card_says_where_it_comes_from(call, tmp_path, preset):
    assert call("import", *given(tmp_path, preset)).code == 0
    folder = checkpoint.find("fra-eng/mine")
    text = (folder / "README.md").read_text("utf-8")
    assert text.startswith("# fra-eng/mine\n") and "Imported" in text
    assert f"preset `{preset}`" in text and "No figures were measured here" in text
    assert str(tmp_path) not in text, "no folder of this machine"
    model = tutorials.make(preset)
    for name, tensor in model.state_dict().items():
        long = name.replace("enc.", "encoder.").replace("dec.", "decoder.")
        assert f"| `{long}` | {' × '.join(map(str, tensor.shape))} |" in text
    assert f"{sum(p.numel() for p in model.parameters()):,} parameters" in text


def test_the_cards_command_makes_the_same_model(call, tmp_path, monkeypatch):
    extra = ["--source-normaliser", "korean", "--no-source-bos", "--max-output-length", "5",
             "--reverse-source"]  # fmt: skip
    assert call("import", *given(tmp_path, "tutorial5", "files"), *extra).code == 0
    folder = checkpoint.find("fra-eng/mine")
    first = {p.name: p.read_bytes() for p in folder.iterdir()}
    command = json.loads(first["config.json"])["about"]["command"]
    assert command in first["README.md"].decode()
    monkeypatch.chdir(tmp_path)
    assert call(*shlex.split(command)[3:], "--force").code == 0
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == first
    loaded = s2s.load("fra-eng/mine")
    assert (loaded.sequence.source_normaliser, loaded.sequence.source_bos) == ("korean", False)
    assert loaded.sequence.max_output_length == 5 and loaded.config.reverse_source


def test_an_imported_model_among_the_others(call, tmp_path):
    assert call("import", *given(tmp_path)).code == 0
    (row,) = json.loads(call("models", "--json").out)
    assert row["name"] == "fra-eng/mine" and row["problem"] is None and row["score"] is None
    assert row["shape"] == "dot, GRU 5" and row["parameters"] > 0
    assert "dot, GRU 5" in call("models").out
    assert json.loads(call("translate", "fra-eng/mine", "je suis", "--json").out)["output"]
    (tmp_path / "pairs").write_text("je suis\ti m\n", "utf-8")
    measured = json.loads(call("evaluate", "fra-eng/mine", tmp_path / "pairs", "--json").out)
    assert measured["pairs"] == 1
    held_out = call("evaluate", "fra-eng/mine", "--split", "test")
    assert held_out.code == 2 and held_out.err.count("\n") == 1


@pytest.mark.parametrize("task", list(TASKS))
def test_any_task_can_show_it(call, tmp_path, task):
    arguments = given(tmp_path)[:-1]
    assert call("import", *arguments, f"{task}/my_model-2").code == 0
    assert s2s.load(f"{task}/my_model-2").task == task


def test_tokens_that_cannot_be_typed_are_counted(call, tmp_path):
    """Tutorial 3 reads lower case letters; `verbatim` keeps the rest."""
    words = [*tutorials.VOCABS["tutorial3"]["source"][:-2], "N°2", "été"]
    arguments = with_vocab(tmp_path, {"source": words})
    result = call("import", *arguments)
    assert result.code == 0 and result.err.count("\n") == 1
    assert result.err.startswith("2 of 10 source tokens cannot be typed")
    assert '"N°2"' in result.err
    card = (checkpoint.find("fra-eng/mine") / "README.md").read_text("utf-8")
    assert "2 of 10 source tokens cannot be typed" in card
    result = call("import", *arguments, "--force", "--source-normaliser", "verbatim")
    assert (result.code, result.err) == (0, "")
    assert s2s.load("fra-eng/mine").translate("je été N°2").source[:3] == ("je", "été", "N°2")


def test_a_blank_can_be_a_character(call, tmp_path):
    source = ["<sos>", "<eos>", *"abcde, 1"]
    arguments = with_vocab(tmp_path, {"source": source})
    result = call("import", *arguments, "--source-tokeniser", "characters",
                  "--source-normaliser", "verbatim")  # fmt: skip
    assert (result.code, result.err) == (0, "")
    assert s2s.load("fra-eng/mine").translate("a, 1").source == ("a", ",", " ", "1", "<eos>")


def test_saved_in_the_old_way_and_as_parameters(call, tmp_path):
    arguments = given(tmp_path)
    model = tutorials.make("tutorial3")
    torch.save(dict(model.named_parameters()), tmp_path / "model.pt",
               _use_new_zipfile_serialization=False)  # fmt: skip
    assert call("import", *arguments).code == 0


def under(name, state):
    """A state dict as a wrapper names it, or as a training loop keeps it."""
    return {f"{name}.{key}": value for key, value in state.items()}


def parts(state, first="encoder", second="decoder", inner=""):
    """One state dict for each half."""
    halves = {first: {}, second: {}}
    for key, value in state.items():
        part, _, rest = key.partition(".")
        halves[first if part.startswith("enc") else second][inner + rest] = value
    return halves


LOOP = {"epoch": 3, "loss": 0.5, "optimizer": {"state": {0: {"step": torch.ones(1)}}}}
WRAPPED = {
    "data parallel": lambda s: under("module", s),
    "compiled": lambda s: under("_orig_mod", s),
    "both": lambda s: under("module._orig_mod", s),
    "a name of one's own": lambda s: under("my_translator", s),
    "two names of one's own": lambda s: under("system.translator", s),
    "Lightning": lambda s: {"pytorch-lightning_version": "2", "global_step": 9,
                            "state_dict": under("model", s), "hyper_parameters": {"lr": 0.1}},
    "a loop": lambda s: LOOP | {"model_state_dict": s},
    "a loop with a key of its own": lambda s: LOOP | {"weights_of_epoch_3": s},
    "a loop, data parallel": lambda s: LOOP | {"model": under("module", s)},
    "halves and an optimiser": lambda s: LOOP | parts(s),
    "en and de": lambda s: LOOP | parts(s, "en", "de"),
    "halves, data parallel": lambda s: parts(s, inner="module."),
    "halves, compiled in parallel": lambda s: parts(s, inner="module._orig_mod."),
    "a counter in it": lambda s: s | {"encoder.steps": torch.tensor(7)},
}  # fmt: skip


@pytest.mark.parametrize("preset", ["tutorial3", "tutorial5"])
@pytest.mark.parametrize("form", WRAPPED)
def test_what_training_loops_save_is_unwrapped(call, tmp_path, form, preset):
    arguments = with_state(tmp_path, lambda state: WRAPPED[form](dict(state)), preset)
    result = call("import", *arguments)
    assert (result.code, result.err) == (0, ""), result.err
    assert ("left out: epoch" in result.out) == ("loop" in form or "en and de" == form
                                                  or "optimiser" in form)  # fmt: skip
    model = tutorials.make(preset)
    words, vocab = tutorials.VOCABS[preset]["source"], tutorials.VOCABS[preset]
    answer = model.answer([4, 5], vocab["bos"], vocab["eos"], 3)
    ids = s2s.load("fra-eng/mine").target_vocab.ids
    written = s2s.load("fra-eng/mine").translate(" ".join(words[4:6])).output
    assert [ids[token] for token in written][: len(answer.output)] == answer.output


def test_both_directions_are_named(call, refused, tmp_path):
    def turn(state):
        own = {k: v for k, v in state.items() if k.startswith("encoder.gru")}
        return {**state, **{f"{k}_reverse": v for k, v in own.items()}}

    arguments = with_state(tmp_path, turn)
    both = "Its encoder reads in both directions"
    assert both in refused(*arguments)
    place = arguments.index("--preset")
    assert both in refused(*arguments[:place], *arguments[place + 2 :])


def test_short_names_stand_for_the_long_ones(call, tmp_path):
    def rename(state):
        return {{"enc": "encoder", "dec": "decoder"}[key[:3]] + key[3:]: tensor
                for key, tensor in state.items()}  # fmt: skip

    assert call("import", *with_state(tmp_path, rename, "tutorial1")).code == 0


def test_pad_and_unk_may_be_left_out(call, tmp_path):
    arguments = given(tmp_path)
    data = json.loads((tmp_path / "V.json").read_text("utf-8"))
    del data["pad"], data["unk"]
    (tmp_path / "V.json").write_text("\ufeff" + json.dumps(data), "utf-8")
    assert call("import", *arguments).code == 0
    stored = json.loads((checkpoint.find("fra-eng/mine") / "vocab.json").read_text("utf-8"))
    assert Vocab.from_json(stored["source"], "x").specials == {0, 1}


@pytest.mark.slow
@pytest.mark.parametrize("preset", list(tutorials.KINDS))
def test_every_page_shows_an_imported_model(models, call, tmp_path, preset):
    models("fra-eng/attention", build_system(dtype=torch.float32))
    assert call("import", *given(tmp_path, preset)[:-1], "toy/mine").code == 0
    word = tutorials.VOCABS[preset]["source"][-2]
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for page in sorted((ROOT / "pages").glob("*.py")):
        at.switch_page(f"pages/{page.name}")
        at.query_params.clear()
        if page.stem != "start":
            at.query_params.update(task="toy", model="mine", text=word)
        at.run()
        assert not at.exception and not at.error, page.name
        whole = page.stem in ("start", "training", "import", "lessons")  # about no single model
        assert at.title and (whole or model_of(at).value == "mine")


def test_a_tokeniser_that_needs_the_sentence_is_not_judged_by_single_tokens(call, tmp_path):
    others = [name for name in TOKENISERS if name not in ("words", "characters")]
    for name in others:
        result = call("import", *given(tmp_path), "--force", "--source-tokeniser", name)
        assert (result.code, result.err) == (0, ""), name


def test_an_existing_model_needs_force(call, refused, tmp_path):
    first = given(tmp_path, seed=1)
    assert call("import", *first).code == 0
    weights = checkpoint.find("fra-eng/mine") / "model.safetensors"
    before = weights.read_bytes()
    second = given(tmp_path, seed=2)
    assert "exists" in refused(*second)
    assert weights.read_bytes() == before
    assert call("import", *second, "--force").code == 0
    assert weights.read_bytes() != before


def test_a_failed_import_leaves_the_old_model(call, refused, tmp_path):
    assert call("import", *given(tmp_path)).code == 0
    arguments = with_state(tmp_path, lambda state: {**state, "x": torch.ones(1)})
    refused(*arguments, "--force")
    assert s2s.load("fra-eng/mine").translate("je").output


# Names on the command line.


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mine", "must be TASK/NAME, and TASK one of fra-eng"),
        ("klingon/mine", "TASK one of fra-eng"),
        ("fra-eng/", "the name may hold letters"),
        ("fra-eng/../x", "the name may hold letters"),
        ("fra-eng/a/b", "the name may hold letters"),
        ("fra-eng/ñ", "the name may hold letters"),
    ],
)
def test_a_wrong_name(refused, tmp_path, name, message):
    sentence = refused(*given(tmp_path)[:-1], name)
    assert message in sentence
    assert message.startswith("the") or all(task in sentence for task in TASKS)


@pytest.mark.parametrize("leave_out", ["--vocab", "--as"])
def test_a_missing_option(refused, tmp_path, leave_out):
    arguments = given(tmp_path)
    place = arguments.index(leave_out)
    assert leave_out in refused(*arguments[:place], *arguments[place + 2 :])


def test_a_missing_half(refused, tmp_path):
    arguments = given(tmp_path, form="files")
    for wrong in (arguments[2:], arguments[:2] + arguments[4:], arguments[4:]):
        assert "--encoder and --decoder together" in refused(*wrong)
    assert "not both" in refused(tmp_path / "E.pt", *arguments)
    assert "invalid choice" in refused(*given(tmp_path), "--preset", "tutorial2")


def test_options_are_checked(refused, tmp_path):
    arguments = given(tmp_path)
    assert "one of latin, korean" in refused(*arguments, "--source-normaliser", "greek")
    assert "at least 1" in refused(*arguments, "--max-source-length", "0")
    assert "keeps its weights as float32" in refused(*arguments, "--weights-dtype", "float16")
    assert "start token <go> is not in" in refused(*arguments, "--start-token", "<go>")
