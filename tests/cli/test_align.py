"""``align`` on the command line: the contract's JSON, a table, one sentence for every error."""

import json

import pytest
import torch
from command_line import assert_one_sentence
from tiny import build_like, build_system, corpus

from s2s.checkpoints import checkpoint
from s2s.evaluation.alignment import align, held_out_gold
from s2s.tasks.gold import read_gold

MODEL, PLAIN = "fra-eng/tiny", "fra-eng/plain"
LINES = (
    {"source": ["a", "b", "c"], "target": ["red", "sky"], "sure": [[0, 0]], "possible": [[1, 1]]},
    {"source": ["d", "zzz"], "target": ["sun"], "sure": [[0, 0]], "possible": []},
)
KEYS = {"pairs", "aer", "precision", "recall", "by_shift"}


@pytest.fixture
def shelf(models):
    models(MODEL, build_system(attention="dot", dtype=torch.float32))
    models(PLAIN, build_system(cell="lstm", dtype=torch.float32))
    models("fra-eng/slots", build_like(3, dtype=torch.float32))


@pytest.fixture
def write(tmp_path):
    def lines(*items):
        file = tmp_path / "gold.jsonl"
        file.write_text("\n".join(i if isinstance(i, str) else json.dumps(i) for i in items))
        return str(file)

    return lines


def test_the_json_of_a_file(shelf, run, write):  # noqa: F811
    file = write(*LINES)
    result = run("align", MODEL, file, "--json")
    assert result.code == 0 and result.err == "" and result.out.count("\n") == 1
    out = json.loads(result.out)
    assert out.keys() >= KEYS and set(out["by_shift"]) == {"-1", "0", "1"}
    found = align(checkpoint.load(MODEL), read_gold(file).pairs)
    own = found.at(0)
    assert out["pairs"] == 2 and out["tokens"] == 3 and out["unknown"] == 1
    assert (out["aer"], out["precision"], out["recall"]) == own[2:5]
    assert out["by_shift"]["0"] == own.aer and out["by_shift"]["1"] == found.at(1).aer
    assert out["says"] == found.says() and out["linked_only"] is False
    assert out["read"] == {"lines": 2, "pairs": 2, "left_out": []}
    one = json.loads(run("align", MODEL, "--limit", "1", file, "--json").out)
    assert one["pairs"] == 1 and one["read"] == {"lines": 2, "pairs": 1, "left_out": []}
    skipped = run("align", MODEL, write("", *LINES, "no JSON"), "--skip", "--json")
    read = json.loads(skipped.out)["read"]
    assert (read["lines"], read["pairs"]) == (4, 2) and read["left_out"][0]["line"] == 4
    short = json.loads(run("align", MODEL, write(LINES[1]), "--json").out)
    assert short["by_shift"]["1"] is None is short["by_shift"]["-1"]


def test_linked_leaves_unlinked_tokens_out(shelf, run, write):  # noqa: F811
    file = write(LINES[0] | {"possible": []})
    assert json.loads(run("align", MODEL, file, "--json").out)["tokens"] == 2
    assert json.loads(run("align", MODEL, file, "--json", "--linked").out)["tokens"] == 1


def test_the_generators_own_links(run):  # noqa: F811
    out = json.loads(run("align", "reverse/attention", "--limit", "30", "--json").out)
    system = checkpoint.load("reverse/attention")
    own = align(system, held_out_gold(system, limit=30), linked_only=True)
    assert out["by_shift"] == {str(score.shift): score.aer for score in own.shifts}
    assert out["pairs"] == 30 and out["linked_only"]
    text = run("align", "reverse/attention", "--gold", "--split", "validation", "--limit", "9").out
    assert "9 pairs" in text and "the token just read" in text and "one step late" in text
    assert "unknown" not in text and "None" not in text


def test_the_book_needs_its_file(run):  # noqa: F811
    assert_one_sentence(run("align", "dates-book/attention"), "--data")
    out = json.loads(run("align", "dates-book/attention", "--data", corpus("date.txt"), "--limit",
                         "40", "--json").out)  # fmt: skip
    assert out["pairs"] == 40 and out["tokens"] == 320 and out["aer"] == out["by_shift"]["0"]
    assert out["aer"] < min(out["by_shift"]["-1"], out["by_shift"]["1"])


def test_bad_lines_are_named_or_left_out(shelf, run, write):  # noqa: F811
    file = write(LINES[0], "{", LINES[1], LINES[0] | {"sure": [[9, 0]]})
    assert_one_sentence(run("align", MODEL, file), "line 2: It is not JSON; one object a line is "
                        "needed. Line 4 cannot be used either.")  # fmt: skip
    result = run("align", MODEL, file, "--skip", "--json")
    assert result.code == 0 and json.loads(result.out)["pairs"] == 2
    read = json.loads(result.out)["read"]
    assert read["pairs"] == 2 and [item["line"] for item in read["left_out"]] == [2, 4]
    assert read["left_out"][0]["why"].startswith("It is not JSON")
    assert result.err.startswith("2 lines left out.") and "line 2" in result.err
    # A vocabulary without <unk> refuses what the other reads as <unk>.
    assert_one_sentence(run("align", "fra-eng/slots", write(*LINES)), "line 2: zzz is not a")
    assert json.loads(run("align", "fra-eng/slots", write(*LINES), "--skip", "--json").out)[
        "pairs"] == 1  # fmt: skip
    table = run("align", MODEL, write(*LINES)).out
    assert "2 pairs, 3 target tokens;" in table and "1 token is unknown" in table


def test_errors_are_one_sentence(shelf, run, write):  # noqa: F811
    file = write(*LINES)
    for arguments, message in (
        ((PLAIN, file), "no attention"),
        ((PLAIN,), "no attention"),
        ((MODEL,), "FILE"),
        ((MODEL, file, "--gold"), "not both"),
        ((MODEL, file, "--split", "test"), "--split goes with the generator's"),
        ((MODEL, "--skip"), "--skip goes with a FILE"),
        ((MODEL, file, "--limit", "0"), "at least 1"),
        ((MODEL, file + ".none"), "cannot be read"),
        (("fra-eng/none", file), "fra-eng/none"),
        ((), "MODEL"),
    ):
        assert_one_sentence(run("align", *arguments), message)
    for text, message in (
        ("", "holds no pairs"), ("{", "not JSON"),
        (json.dumps(LINES[0] | {"target": ["red", "<eos>"]}), "<eos> is added by the model"),
        (json.dumps(LINES[0] | {"source": ["a"] * 13}), "at most 12"),
        (json.dumps(LINES[0] | {"sure": [], "possible": []}), "no gold links"),
    ):  # fmt: skip
        assert_one_sentence(run("align", MODEL, write(text)), message)
