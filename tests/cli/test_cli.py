"""The command line: the JSON of the contract, and one sentence with exit code 2 for every error."""

import gzip
import json
import math
import os
import subprocess
import sys

import pytest
import torch
from command_line import assert_one_sentence
from tiny import ROOT, build_like, build_system

from s2s.config import SequenceConfig

WORDS = "fra-eng/tiny"


@pytest.fixture
def shelf(models):
    """Four untrained models under a root of this test's own."""
    models(WORDS, build_system(attention="dot", dtype=torch.float32))
    models("fra-eng/plain", build_system(cell="lstm", dtype=torch.float32))
    models("fra-eng/slots", build_like(3, dtype=torch.float32))
    return models("dates/tiny", build_like(4, dtype=torch.float32)).parent.parent


def process(*arguments, stdin=b"", root=None):
    environment = {**os.environ, "S2S_CHECKPOINTS": str(root)}
    return subprocess.run(
        [sys.executable, "-m", "s2s", *arguments], cwd=ROOT, env=environment, input=stdin,
        capture_output=True, timeout=120,
    )  # fmt: skip


# translate


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check_shape(data, attention=True, slots=False, width=5):
    """The JSON of contracts.md, section 4, key by key, and what was read as something else."""
    assert set(data) == {
        "model", "source", "dropped", "changed", "rewritten", "unknown", "output", "stopped",
        "text", "log_probability", "steps",
    }  # fmt: skip
    for pair in (*data["changed"], *data["rewritten"]):
        assert set(pair) == {"typed", "read"} and all(isinstance(t, str) for t in pair.values())
    assert all(isinstance(data[key], str) for key in ("model", "stopped", "text"))
    for key in ("source", "dropped", "output"):
        assert isinstance(data[key], list) and all(isinstance(t, str) for t in data[key])
    for unknown in data["unknown"]:
        assert set(unknown) == {"token", "position"}
        assert isinstance(unknown["token"], str) and isinstance(unknown["position"], int)
    assert data["stopped"] in ("eos", "length")
    assert is_number(data["log_probability"]) and data["log_probability"] < 0
    assert len(data["steps"]) == len(data["output"])
    for step, chosen in zip(data["steps"], data["output"], strict=True):
        assert set(step) == {
            "fed", "chosen", "candidates", "scores", "attention", "empty_attention",
        }  # fmt: skip
        assert isinstance(step["fed"], str) and step["chosen"] == chosen
        assert len(step["candidates"]) == width
        for token, probability in step["candidates"]:
            assert isinstance(token, str) and 0 <= probability <= 1
        best = [probability for _, probability in step["candidates"]]
        assert best == sorted(best, reverse=True)
        for key in ("scores", "attention"):
            if attention:
                assert len(step[key]) == len(data["source"]) and all(map(is_number, step[key]))
            else:
                assert step[key] is None
        assert is_number(step["empty_attention"]) if slots else step["empty_attention"] is None
        if attention:
            total = sum(step["attention"]) + (step["empty_attention"] or 0)
            assert total == pytest.approx(1, abs=1e-5)


def test_the_json_of_a_translation(shelf, run):
    result = run("translate", WORDS, "a 😀 zzz b", "--json")
    assert result.code == 0 and result.err == ""
    data = json.loads(result.out)
    check_shape(data)
    assert data["model"] == WORDS
    assert data["source"] == ["a", "<unk>", "b", "<eos>"]
    assert data["dropped"] == ["😀"]
    assert data["unknown"] == [{"token": "zzz", "position": 1}]
    assert data["steps"][0]["fed"] == "<sos>"
    chosen = sum(math.log(dict(step["candidates"])[step["chosen"]]) for step in data["steps"])
    assert data["log_probability"] == pytest.approx(chosen, abs=1e-6)
    assert "😀" in result.out, "text stays readable"


@pytest.mark.parametrize(
    ("model", "text", "kind"),
    [
        ("fra-eng/plain", "a b", {"attention": False}),
        ("fra-eng/slots", "a b", {"slots": True}),
        ("dates/tiny", "1/2/03", {}),
    ],
)
def test_the_json_of_other_models(shelf, run, model, text, kind):
    data = json.loads(run("translate", model, text, "--json").out)
    check_shape(data, **kind)
    if model == "dates/tiny":
        assert data["source"] == [*"1/2/03", *" " * 6]
        assert (data["stopped"], len(data["output"])) == ("length", 10)


def test_a_text_and_what_should_be_known_about_it(shelf, run):
    result = run("translate", WORDS, "a zzz 😀")
    assert result.code == 0
    data = json.loads(run("translate", WORDS, "a zzz 😀", "--json").out)
    assert result.out == data["text"] + "\n"
    assert "😀" in result.err and "zzz" in result.err


def test_what_is_said_about_length(models, run):
    """No end token within the limit, and longer than anything seen in training: both are said."""
    sequence = SequenceConfig(trained_source_length=2, max_source_length=12, max_output_length=4)
    endless = build_system(sequence, attention="dot", dtype=torch.float32)
    with torch.no_grad():
        endless.model.decoder.output.bias[endless.target_vocab.eos] = -1e4
    models("fra-eng/endless", endless)
    result = run("translate", "fra-eng/endless", "a b c")
    assert result.code == 0
    assert "no end token within 4 tokens" in result.err
    assert "3 tokens" in result.err and "at most 2" in result.err
    assert "at most 2" not in run("translate", "fra-eng/endless", "a b").err


@pytest.mark.parametrize("options", [(), ("--beam", "2"), ("--prefix", "<eos>")])
def test_an_empty_answer_is_said_to_be_empty(shelf, models, run, options):
    """One line out for one line in, so the note stands beside it."""
    silent = build_system(attention="dot", dtype=torch.float32)
    with torch.no_grad():
        silent.model.decoder.output.bias[silent.target_vocab.eos] = 1e4
    models("fra-eng/silent", silent)
    result = run("translate", "fra-eng/silent", "a b c", *options)
    assert (result.code, result.out) == (0, "\n")
    assert "The answer is empty" in result.err
    assert "empty" not in run("translate", WORDS, "a b", "--prefix", "red").err


def test_a_fixed_length_is_no_missing_end(shelf, run):
    said = run("translate", "dates/tiny", "1/1/03").err
    assert said == "  Its answer is no date of the form 2003-03-25.\n"


@pytest.mark.parametrize(("text", "why"), [
    ("2003-02-30", "no such day"), ("1/2/2003", "2003-01-02 or 2003-02-01"),
    ("1 2 3", "none of the shapes"),
])  # fmt: skip
def test_a_text_that_is_no_date_is_answered_and_named(shelf, run, text, why):
    result = run("translate", "dates/tiny", text)
    assert result.code == 0 and len(result.out.strip("\n")) == 10
    about_text, about_answer = result.err.splitlines()
    assert why in about_text and "Its answer is no date" in about_answer


def test_several_texts_and_lines(shelf, run):
    texts = run("translate", WORDS, "a", "b c", "--json")
    lines = run("translate", WORDS, "--json", stdin=b"a\nb c\r\n")
    assert [json.loads(line)["source"] for line in texts.out.splitlines()] == [
        ["a", "<eos>"], ["b", "c", "<eos>"],
    ]  # fmt: skip
    numbered = [json.loads(line) for line in lines.out.splitlines()]
    assert [row.pop("line") for row in numbered] == [1, 2]
    assert numbered == [json.loads(line) for line in texts.out.splitlines()]
    assert lines.code == 0


def test_a_line_that_cannot_be_read_does_not_stop_the_others(shelf, run):
    result = run("translate", WORDS, "--json", stdin="a\n\n안녕\n\0\nb\n".encode())
    assert result.code == 2
    rows = [json.loads(line) for line in result.out.splitlines()]
    assert [row["line"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["source"][0] for row in rows if "source" in row] == ["a", "b"]
    assert [row["line"] for row in rows if "error" in row] == [2, 3, 4]
    named = [line.split(":")[0] for line in result.err.splitlines()]
    assert named == ["Line 2", "Line 3", "Line 4"]
    assert rows[1]["error"] == "The line is empty."


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        (b"a\n\nb\n", [1, 3]),
        (b"a\n  \t\nb", [1, 3]),
        (b"\n\na", [3]),
        (b"a\r\rb\r", [1, 3]),
        (b"a\r\n\r\nb\r\n", [1, 3]),
        ("\ufeffa\n\nb".encode(), [1, 3]),
        ("a\n\u3000\u200b\u00a0\nb".encode(), [1, 3]),
        ("\u2028a\u2028\n\x0c\nb\x0b".encode(), [1, 3]),
    ],
)
def test_one_line_out_for_one_line_in(shelf, run, given, answered):
    """Blank lines too; they are no mistake, so the code is 0."""
    result = run("translate", WORDS, stdin=given)
    assert result.code == 0 and "example" not in result.err
    out = result.out.splitlines()
    assert len(out) == 3 and [n for n, line in enumerate(out, 1) if line] == answered
    rows = [
        json.loads(line) for line in run("translate", WORDS, "--json", stdin=given).out.splitlines()
    ]
    assert [row["line"] for row in rows] == [1, 2, 3]
    assert [row["line"] for row in rows if "source" in row] == answered


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("a\nb\n".encode("utf-16"), "is UTF-16; save it as UTF-8."),
        ("a b\nb\n".encode("utf-16-le"), "looks like UTF-16LE; save it as UTF-8."),
        ("가 b\nb\n".encode("utf-32"), "is UTF-32; save it as UTF-8."),
        (gzip.compress(b"a\nb\n", mtime=0), "is packed with gzip; unpack it first."),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"PK\x03\x04 a.txt\n", "is a zip"),
    ],
)
def test_what_is_no_text_in_utf8_is_named(shelf, run, given, kind):
    """As a file of pairs would be, and before anything of it is translated."""
    assert_one_sentence(run("translate", WORDS, stdin=given), f"Standard input {kind}")


def test_a_line_in_another_encoding_is_not_read_by_its_other_letters(shelf, run):
    result = run("translate", WORDS, stdin="a\nfatigué b\nb\n".encode("latin-1"))
    assert result.code == 2 and [bool(line) for line in result.out.split("\n")] == [
        True, False, True, False,
    ]  # fmt: skip
    assert "Line 2: It is not UTF-8 (byte 7).\n" in result.err


def test_an_unreadable_text_keeps_its_line_as_well(shelf, run):
    result = run("translate", WORDS, "a", "😀", "b")
    assert result.code == 2 and result.out.splitlines()[1] == ""
    assert any(line.startswith("Text 2: ") for line in result.err.splitlines())


def test_a_beam(shelf, run):
    data = json.loads(run("translate", WORDS, "a b c", "--beam", "4", "--json").out)
    beam = data.pop("beam")
    check_shape(data)
    assert 1 <= len(beam) <= 4
    assert beam[0]["output"] == data["output"]
    assert beam[0]["log_probability"] == pytest.approx(data["log_probability"])
    scores = [item["score"] for item in beam]
    assert scores == sorted(scores, reverse=True)
    one = json.loads(run("translate", WORDS, "a b c", "--beam", "1", "--json").out)
    greedy = json.loads(run("translate", WORDS, "a b c", "--json").out)
    assert one["output"] == greedy["output"]


def test_samples(shelf, run):
    options = ("--sample", "--temperature", "1.5", "--top-k", "6", "--seed", "3", "--json")
    lines = run("translate", WORDS, "a b c", "b", "a b c", *options).out.splitlines()
    first, other, again = map(json.loads, lines)
    assert first == again, "each text is drawn from the start of the same numbers"
    assert first["output"] != other["output"]
    assert first.pop("sample") == {"temperature": 1.5, "top_k": 6, "seed": 3}
    check_shape(first)
    drawn = {run("translate", WORDS, "a b c", "--sample", "--seed", seed).out for seed in range(5)}
    assert len(drawn) > 1
    plain = run("translate", WORDS, "a b c", "--sample", "--json").out
    assert json.loads(plain)["sample"] == {"temperature": 1.0, "top_k": None, "seed": 0}
    greedy = run("translate", WORDS, "a b c").out
    assert run("translate", WORDS, "a b c", "--sample", "--top-k", "1").out == greedy
    forced = run("translate", WORDS, "a b c", "--prefix", "sea red", "--attend", "0:1,0,0,0",
                 "--sample", "--json").out  # fmt: skip
    data = json.loads(forced)
    assert data["output"][:2] == ["sea", "red"]
    assert data["steps"][0]["attention"] == [1, 0, 0, 0]


def test_help_names_every_way_of_writing(shelf, run):
    text = " ".join(run("translate", "--help").out.split())
    for option in ("--beam K", "--length-penalty A", "--sample", "--temperature F", "--top-k K",
                   "--seed N"):  # fmt: skip
        assert option in text
    assert "Wu et al. 2016, eq. 14" in text


def test_a_prefix(shelf, run):
    data = json.loads(run("translate", WORDS, "a b", "--prefix", "sea red", "--json").out)
    check_shape(data)
    assert data["output"][:2] == ["sea", "red"]
    ended = json.loads(run("translate", WORDS, "a b", "--prefix", "sea <eos>", "--json").out)
    assert (ended["output"], ended["stopped"], ended["text"]) == (["sea", "<eos>"], "eos", "sea")
    dates = json.loads(run("translate", "dates/tiny", "1/2/03", "--prefix", "2003-", "--json").out)
    assert dates["output"][:5] == list("2003-")


def test_given_attention(shelf, run):
    result = run("translate", WORDS, "a b", "--attend", "0:3,1,0", "--attend", "1:0,0,2", "--json")
    data = json.loads(result.out)
    check_shape(data)
    assert data["steps"][0]["attention"] == pytest.approx([0.75, 0.25, 0])
    assert data["steps"][1]["attention"] == [0, 0, 1]


def test_options_may_stand_anywhere(shelf, run, pairs):
    usual = run("translate", WORDS, "a", "b c", "--json", "--beam", "2").out
    assert usual.count("\n") == 2
    for order in (("--json", WORDS, "a", "--beam", "2", "b c"),
                  (WORDS, "--beam", "2", "--json", "a", "b c")):  # fmt: skip
        assert run("translate", *order).out == usual
    first, last = (("--json", WORDS, pairs), (WORDS, pairs, "--json"))
    assert run("evaluate", *first).out == run("evaluate", *last).out


def test_text_that_looks_like_an_option_or_a_special(shelf, run):
    data = json.loads(run("translate", WORDS, "--json", "--", "--a b").out)
    assert data["source"] == ["a", "b", "<eos>"]
    data = json.loads(run("translate", WORDS, "--json", "<eos> a").out)
    assert data["source"] == ["<unk>", "a", "<eos>"]


# models


def test_models_are_listed(shelf, run):
    (shelf / "fra-eng" / "slots" / "model.safetensors").unlink()
    rows = json.loads(run("models", "--json").out)
    assert [row["name"] for row in rows] == [
        "dates/tiny", "fra-eng/plain", "fra-eng/slots", "fra-eng/tiny",
    ]  # fmt: skip
    problems = {row["name"]: row["problem"] for row in rows}
    assert problems.pop("fra-eng/slots") == (
        "fra-eng/slots could not be loaded: model.safetensors is missing."
    )
    assert set(problems.values()) == {None}
    text = run("models").out.splitlines()
    assert len(text) == 4 and "model.safetensors is missing" in text[2]
    assert "dot, GRU 6" in text[3]


def test_no_models(tmp_path, monkeypatch, run):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path))
    result = run("models")
    assert result.code == 0 and "No models under" in result.out
    assert json.loads(run("models", "--json").out) == []


# evaluate


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("a b\tred\nc zzz\tsea sun\nd\tred red\ne f\tblue\n")
    return path


def test_the_json_of_an_evaluation(shelf, run, pairs):
    result = run("evaluate", WORDS, pairs, "--json")
    assert result.code == 0 and result.err == ""
    data = json.loads(result.out)
    assert {"pairs", "exact_match", "bleu", "chrf", "unknown_rate", "by_length"} <= set(data)
    assert data["pairs"] == 4 and isinstance(data["pairs"], int)
    assert all(is_number(data[key]) for key in ("exact_match", "chrf", "unknown_rate"))
    assert data["bleu"] is None  # no reference has four tokens, so BLEU says nothing
    assert data["unknown_rate"] == 1 / 7
    for row in data["by_length"]:
        assert set(row) == {"length", "pairs", "exact_match", "bleu"}
    assert [(row["length"], row["pairs"]) for row in data["by_length"]] == [(1, 1), (2, 3)]
    text = run("evaluate", WORDS, pairs).out
    assert text.startswith("4 pairs: exact match ")


def test_columns_and_limit(shelf, run, pairs, tmp_path):
    turned = tmp_path / "turned.tsv.gz"
    rows = [line.split("\t")[::-1] for line in pairs.read_text().splitlines()]
    turned.write_bytes(gzip.compress("\n".join("\t".join(row) for row in rows).encode()))
    straight = json.loads(run("evaluate", WORDS, pairs, "--json", "--limit", "3").out)
    assert straight["pairs"] == 3
    flipped = run("evaluate", WORDS, turned, "--json", "--columns", "target,source", "--limit", 3)
    flipped = json.loads(flipped.out)
    read = [data.pop("read") for data in (straight, flipped)]
    assert [one["columns"] for one in read] == ["source,target", "target,source"]
    assert flipped == straight


# train


def test_train_then_evaluate_translate_and_list(tmp_path, monkeypatch, run):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "models"))
    options = ["train", "reverse", "--name", "small", "--runs", tmp_path / "runs", "--epochs", "2",
               "--data-samples", "400", "--data-longest", "4", "--hidden", "8", "--attention",
               "dot", "--max-output-length", "8", "--no-bucketing", "--clip", "none"]  # fmt: skip
    trained = run(*options)
    assert trained.code == 0 and trained.err == ""
    lines = trained.out.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["epoch", "1"], ["epoch", "2"]]
    assert lines[2] == f"Wrote {tmp_path / 'models' / 'reverse' / 'small'}"

    # The command in the card makes the same model again.
    config = json.loads((tmp_path / "models/reverse/small/config.json").read_text())
    command = config["about"]["command"]
    assert command.startswith("python -m s2s train reverse --name small ")
    assert str(tmp_path) not in command
    again = command.split()[3:]
    again[again.index("small")] = "again"
    assert run(*again, "--runs", tmp_path / "runs").code == 0
    weights = [(tmp_path / "models/reverse" / name / "model.safetensors").read_bytes()
               for name in ("small", "again")]  # fmt: skip
    assert weights[0] == weights[1]
    assert config["train"]["bucketing"] is False and config["train"]["clip"] is None

    held_out = json.loads(run("evaluate", "reverse/small", "--split", "test", "--json").out)
    metrics = config["about"]["metrics"]["test"]
    del held_out["read"]  # how the pairs were read is no metric
    assert {key: metrics[key] for key in held_out} == held_out
    assert held_out["pairs"] == config["about"]["pairs"]["test"]
    fresh = json.loads(run("evaluate", "reverse/small", "--lengths", "3-4", "--json").out)
    assert [row["length"] for row in fresh["by_length"]] == [3, 4]
    assert json.loads(run("translate", "reverse/small", "ab", "--json").out)["source"] == [
        "a", "b", "<eos>",
    ]  # fmt: skip
    (_, row) = json.loads(run("models", "--json").out)
    assert row["score"].endswith("% exactly right") and row["parameters"] > 0

    assert_one_sentence(run(*options), "exists; choose another --name, or --force")
    assert run(*options, "--force").code == 0


def test_train_from_a_file(tmp_path, monkeypatch, run):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "models"))
    file = tmp_path / "pairs.tsv"
    file.write_text("".join(f"{a} {b}\tle {a}\tx\n" for a in "abcdefgh" for b in "klmnopqr"))
    result = run("train", "fra-eng", "--name", "x", "--data", file, "--runs", tmp_path / "runs",
                 "--epochs", "1", "--hidden", "8", "--data-columns", "target,source",
                 "--data-test-percent", "30", "--data-validation-percent", "20")  # fmt: skip
    assert result.code == 0, result.err
    about = json.loads((tmp_path / "models/fra-eng/x/config.json").read_text())["about"]
    assert about["file"] == "pairs.tsv"
    split = run("evaluate", "fra-eng/x", "--split", "test", "--data", file, "--json")
    assert json.loads(split.out)["pairs"] == about["pairs"]["test"]
    assert_one_sentence(run("evaluate", "fra-eng/x", "--split", "test"), "--data")
    file.write_text("other\tfile\n")
    assert_one_sentence(
        run("evaluate", "fra-eng/x", "--split", "test", "--data", file), "is not the file"
    )


# Every error is one sentence.

TRAIN = ("train", "reverse", "--name", "x")
BAD = [
    ((), "required"),
    (("fly",), "invalid choice"),
    (("translate",), "MODEL"),
    (("translate", "fra-eng/none", "a"), "no model 'fra-eng/none'. Models here: dates/tiny"),
    (("translate", "", "a"), "There is no model ''"),
    (("translate", "\udcff\n", "a"), "There is no model 'U+DCFF␊'"),
    (("translate", "fra-eng", "a"), "config.json is missing"),
    (("translate", "je suis\nfatigué " * 60, "a"), "There is no model"),
    (("translate", WORDS, ""), "Type a sentence"),
    (("translate", WORDS, "  \n"), "Type a sentence"),
    (("translate", WORDS, "?! ..."), 'found no letters it knows in "?! ..."'),
    (("translate", WORDS, "안녕하세요"), 'reads French; it found no letters it knows in "안'),
    (("translate", WORDS, "😀"), "😀"),
    (("translate", WORDS, "\0"), "␀"),
    (("translate", WORDS, "?\n!"), "found no letters"),
    (("translate", WORDS, "a " * 500), "500 tokens; this model reads at most 12"),
    (("translate", "dates/tiny", "3rd of June"), "it has never seen"),
    (("translate", "dates/tiny", "1/2/2003, 1/2/2003"), "18 characters; this model reads"),
    (("translate", WORDS, "a", "--beam", "0"), "beam size is 0"),
    (("translate", WORDS, "a", "--beam", "11"), "beam size is 11"),
    (("translate", WORDS, "a", "--beam", "two"), "invalid int value: 'two'"),
    (("translate", WORDS, "a", "--beam", "2", "--length-penalty", "nan"), "length penalty is nan"),
    (("translate", WORDS, "a", "--length-penalty", "1"), "add --beam K"),
    (("translate", WORDS, "a", "--length-penalty", "0"), "add --beam K"),
    (("translate", WORDS, "a", "--beam", "2", "--sample"), "two ways of writing; leave one out"),
    (("translate", WORDS, "a", "--temperature", "2"), "--temperature belongs to sampling"),
    (("translate", WORDS, "a", "--beam", "2", "--seed", "0"), "--seed belongs to sampling"),
    (("translate", WORDS, "a", "--top-k", "3"), "--top-k belongs to sampling; add --sample."),
    (("translate", WORDS, "a", "--sample", "--temperature", "0"), "The temperature is 0.0"),
    (("translate", WORDS, "a", "--sample", "--temperature", "inf"), "The temperature is inf"),
    (("translate", WORDS, "a", "--sample", "--temperature", "warm"), "invalid float value: 'warm'"),
    (("translate", WORDS, "a", "--sample", "--top-k", "11"), "Top-k is 11; it must be 1 to 10"),
    (("translate", WORDS, "a", "--sample", "--seed=-1"), "The seed is -1"),
    (("translate", WORDS, "a", "--sample", "--seed", "9" * 20), "The seed is 9999"),
    (("translate", WORDS, "a", "--prefix", "red zut"), "zut is not a word this model can write"),
    (("translate", WORDS, "a", "--prefix", "<pad>"), "<pad> is not a word"),
    (("translate", WORDS, "a", "--prefix", "red " * 10), "10 forced tokens"),
    (("translate", WORDS, "a", "--attend", "0"), "is not STEP:W,W,…"),
    (("translate", WORDS, "a", "--attend", "x:1,1"), "is not STEP:W,W,…"),
    (("translate", WORDS, "a", "--attend", "0:1;1"), "is not STEP:W,W,…"),
    (("translate", WORDS, "a", "--attend", "0:1\n1"), "is not STEP:W,W,…"),
    (("translate", WORDS, "a", "--attend", "0:1"), "has 1 weights; the source has 2 tokens"),
    (("translate", WORDS, "a", "--attend", "0:0,0"), "all 0"),
    (("translate", WORDS, "a", "--attend", "0:-1,2"), "at least 0"),
    (("translate", WORDS, "a", "--attend", "0:nan,2"), "at least 0"),
    (("translate", WORDS, "a", "--attend", "9:1,1"), "Step 9 does not exist"),
    (("translate", WORDS, "a", "--attend=-1:1,1"), "Step -1 does not exist"),
    (("translate", WORDS, "a", "--attend", "0:1,1", "--beam", "2"), "Beam search"),
    (("translate", "fra-eng/plain", "a", "--attend", "0:1,1"), "has no attention"),
    (("translate", WORDS, "a", "--speed", "9"), "Unrecognized arguments: --speed 9"),
    (("evaluate", WORDS), "Name one thing to measure on"),
    (("evaluate", WORDS, "no.tsv"), "no.tsv cannot be read: No such file"),
    (("evaluate", WORDS, "no.tsv", "--split", "test"), "Name one thing"),
    (("evaluate", WORDS, "--split", "train"), "invalid choice"),
    (("evaluate", WORDS, "--split", "test"), "needs its data file"),
    (("evaluate", WORDS, "--split", "test", "--data", "no.tsv"), "no.tsv cannot be read"),
    (("evaluate", WORDS, "x", "--limit", "0"), "--limit is 0"),
    (("evaluate", WORDS, "x", "--columns", "a,b"), "invalid choice"),
    (("evaluate", WORDS, "--lengths", "3-4"), "cannot make sources of a given length"),
    (("evaluate", "dates/tiny", "--lengths", "1-100000000"), "reads at most"),
    (("evaluate", "dates/tiny", "--lengths", "1-" + "9" * 5000), "reads at most"),
    (("evaluate", "dates/tiny", "--lengths", "4-3"), "is not A-B with 1 ≤ A ≤ B"),
    (("evaluate", "dates/tiny", "--lengths", "²"), "is not A-B with 1 ≤ A ≤ B"),
    (("evaluate", "dates/tiny", "--lengths", "x-y"), "is not A-B with 1 ≤ A ≤ B"),
    (("train", "chess", "--name", "x"), "There is no task 'chess'; there are fra-eng, "),
    (("train", "reverse"), "--name"),
    (("train", "reverse", "--name", "a/b"), "letters, digits, - and _ only"),
    (("train", "reverse", "--name", "a\nb"), "letters, digits, - and _ only"),
    (("train", "reverse", "--name", ""), "letters, digits, - and _ only"),
    (("train", "fra-eng", "--name", "x"), "needs its data file; name it with --data"),
    (("train", "fra-eng", "--name", "x", "--data", "no.tsv"), "no.tsv cannot be read"),
    ((*TRAIN, "--epochs", "many"), "--epochs is 'many'"),
    ((*TRAIN, "--epochs", "0"), "TrainConfig.epochs is 0"),
    ((*TRAIN, "--learning-rate", "nan"), "TrainConfig.learning_rate is nan"),
    ((*TRAIN, "--learning-rate", "-1"), "TrainConfig.learning_rate is -1"),
    ((*TRAIN, "--hidden", "1.5"), "--hidden is '1.5'"),
    ((*TRAIN, "--cell", "transformer"), "ModelConfig.cell is 'transformer'"),
    ((*TRAIN, "--attention", "cosine"),
     "ModelConfig.attention is 'cosine'; it must be one of none, dot, scaled_dot, general, "),
    ((*TRAIN, "--dropout", "2"), "ModelConfig.dropout is 2.0"),
    ((*TRAIN, "--bidirectional", "--hidden", "7"), "ModelConfig.hidden is 7"),
    ((*TRAIN, "--bridge", "hidden_and_cell", "--cell", "gru"), "needs cell lstm"),
    ((*TRAIN, "--attention-slots", "8"), "needs an attention"),
    ((*TRAIN, "--source-normaliser", "greek"), "source_normaliser is 'greek'"),
    ((*TRAIN, "--start-token", "<go>"), "start token <go>"),
    ((*TRAIN, "--data-samples", "0"), "DataConfig.samples is 0"),
    ((*TRAIN, "--data-shortest", "9", "--data-longest", "3"), "shortest is 9"),
    ((*TRAIN, "--data-test-percent", "99"), "must leave some for training"),
    (("train", "dates", "--name", "x", "--data-samples", "1", "--data-test-percent", "94"),
     "No pair fell into the training part"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"), BAD, ids=[ascii(" ".join(arguments))[1:50] for arguments, _ in BAD]
)
def test_every_error_is_one_sentence(shelf, run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert_one_sentence(result, message)
    assert sorted(path.name for path in (shelf / "fra-eng").iterdir()) == ["plain", "slots", "tiny"]
    assert not (shelf / "reverse").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no pairs"),
        (gzip.compress(b"a\tred\n" * 999, mtime=0)[:-9], "is a damaged gzip file"),
        (b"\xff\xfea\tb", "is UTF-16; save it as UTF-8"),
        (b"a " * 500 + b"\tred\n", "Line 1: 500 tokens; this model reads at most 12"),
    ],
)
def test_a_bad_file_is_one_sentence(shelf, run, tmp_path, content, message):
    file = tmp_path / "pairs"
    file.write_bytes(content)
    assert_one_sentence(run("evaluate", WORDS, file), message)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a\tred\nno tab\n", "It has one column; two texts with a tab between are needed."),
        ("a\tred\n안녕\tred\n".encode(), "This model reads French; it found no letters it knows"),
    ],
)
def test_a_bad_line_is_left_out_and_said(shelf, run, tmp_path, content, why):
    file = tmp_path / "pairs"
    file.write_bytes(content)
    result = run("evaluate", WORDS, file)
    assert result.code == 0 and result.out.startswith("1 pairs: ")
    assert result.err.startswith(f"Line 2 was left out: {why}")
    read = json.loads(run("evaluate", WORDS, file, "--json").out)["read"]
    assert [line["line"] for line in read["left_out"]] == [2]
    assert read["left_out"][0]["why"].startswith(why)


def test_a_broken_checkpoint_is_one_sentence(shelf, run):
    path = shelf / "fra-eng" / "tiny" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    for command in (("translate", WORDS, "a"), ("evaluate", WORDS, "x.tsv")):
        assert_one_sentence(run(*command), "tiny could not be loaded: model.safetensors ends")
    assert run("translate", "fra-eng/plain", "a").code == 0


def test_a_folder_that_cannot_be_written_is_one_sentence(shelf, run, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    small = ("--epochs", "1", "--data-samples", "50", "--hidden", "4")
    result = run(*TRAIN, *small, "--runs", file)
    assert result.code == 2 and "Traceback" not in result.err
    assert result.err.count("\n") == 1 and str(file) in result.err


@pytest.mark.parametrize(
    "text",
    ["<b>a</b>", "<s> a </s>", "**a** $b$", "a\0b", "a 😀 b", "a 안녕 b", "a\u202eb", "A! B?"],
)
def test_odd_text_is_answered_and_what_was_left_out_is_said(shelf, run, text):
    result = run("translate", WORDS, text, "--json")
    assert result.code == 0
    data = json.loads(result.out)
    left = sum(map(len, data["dropped"])) + sum(len(token) for token in data["source"][:-1]
                                                if token != "<unk>")  # fmt: skip
    unknown = sum(len(u["token"]) for u in data["unknown"])
    assert left + unknown == len("".join(text.split()))


def test_help_is_no_error(run):
    for arguments in (["--help"], *([name, "--help"] for name in ("models", "translate", "evaluate",
                                                                 "train"))):  # fmt: skip
        result = run(*arguments)
        assert result.code == 0 and result.out.startswith("usage: python -m s2s")


# Real processes.


def test_without_arguments():
    result = process(root="nowhere")
    assert result.returncode == 2 and result.stdout == b""
    assert result.stderr.count(b"\n") == 1


def test_a_process_reads_lines_of_any_bytes(shelf):
    result = process("translate", WORDS, "--json", root=shelf,
                     stdin=b"a \xff b\na\0b\n\xea\xb0\x80\nc\n")  # fmt: skip
    assert result.returncode == 2
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows.pop(0) == {"line": 1, "error": "It is not UTF-8 (byte 3)."}
    assert "error" in rows.pop(1)
    assert [row["source"] for row in rows] == [["a", "b", "<eos>"], ["c", "<eos>"]]
    assert [row["dropped"] for row in rows] == [["\0"], []]
    told = result.stderr.splitlines()
    assert [line.split(b":")[0] for line in told] == [b"Line 1", b"Line 3"]


@pytest.mark.parametrize(
    "command",
    [("translate", WORDS), ("compare", WORDS, "fra-eng/plain"),
     ("probe", "--kind", "gradients", WORDS)],
)  # fmt: skip
def test_a_process_takes_arguments_of_any_bytes(shelf, command):
    result = process(*command, b"a \xff b", "--json", root=shelf)
    assert result.returncode == 2 and result.stdout == b""
    assert result.stderr == b"It is not UTF-8 (byte 3).\n"


def test_a_reader_that_goes_away_is_no_error(shelf):
    """As with ``| head -1``."""
    environment = {**os.environ, "S2S_CHECKPOINTS": str(shelf)}
    with subprocess.Popen(
        [sys.executable, "-m", "s2s", "translate", WORDS, "--json", *["a b c d"] * 60],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert json.loads(running.stdout.readline())["model"] == WORDS
        running.stdout.close()
        errors = running.stderr.read()
        assert running.wait(120) == 0
    assert errors == b""
