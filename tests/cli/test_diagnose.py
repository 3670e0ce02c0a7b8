"""``diagnose`` on the command line: the contract's JSON, a table, one sentence for every error."""

import json

import pytest
from command_line import assert_one_sentence

from s2s.checkpoints import checkpoint
from s2s.evaluation.checks import CHECKS
from s2s.evaluation.diagnose import diagnose
from s2s.tasks import testsets

MODEL = "fra-eng-small/dot"


def test_the_json_is_the_library_s(run):
    result = run("diagnose", MODEL, "--limit", "25", "--json")
    assert result.code == 0 and result.err == ""
    out = json.loads(result.out)
    found = diagnose(checkpoint.load(MODEL), testsets.of("fra-eng-small").first(25))
    assert out["model"] == MODEL and out["pairs"] == 25
    assert [check["name"] for check in out["checks"]] == list(CHECKS)
    for told, check in zip(out["checks"], found.checks, strict=True):
        assert told["value"] == pytest.approx(check.value) and told["verdict"] == check.verdict
        assert told["healthy"] == list(check.healthy) and told["sentences"] == len(check.places)
        assert told["says"]
    worst = [found.answers[place] for place in found.worst()]
    assert [row["line"] for row in out["sentences"]] == [answer.line for answer in worst]
    assert [row["chips"] for row in out["sentences"]] == [list(a.chips) for a in worst]
    assert out["read"]["pairs"] == 25


def test_the_table_names_every_check_and_the_worst_sentences(run):
    text = run("diagnose", "dates-book/plain", "--limit", "30").out
    assert "OUTSIDE" in text and "nothing of the source reaches the decoder" in text
    assert "Writes many words" in text and "It has no attention." in text
    assert "The worst sentences:" in text


def test_the_original_s_outputs(run, tmp_path):
    file = tmp_path / "check.json"
    own = checkpoint.load(MODEL).translate("je suis un artiste .")
    entries = [
        {"source": "je suis un artiste .", "output": list(own.output)},
        {"source": "tu es tatillon .", "output": "you re fussy ."},
    ]
    file.write_text(json.dumps(entries), "utf-8")
    out = json.loads(run("diagnose", MODEL, "--limit", "20", "--like", file, "--json").out)
    check = out["checks"][-1]
    assert check["name"] == "unlike_original" and check["value"] in (0, 0.5)


@pytest.mark.parametrize(("content", "message"), [
    ("{", "is not JSON"), ("[]", "must be a list"), ('[{"source": "a"}]', "entry 1: output must"),
    ('[{"source": 1, "output": "a"}]', "entry 1"), ('["a"]', "entry 1"),
])  # fmt: skip
def test_a_bad_check_file_is_named(run, tmp_path, content, message):
    file = tmp_path / "check.json"
    file.write_text(content, "utf-8")
    assert_one_sentence(run("diagnose", MODEL, "--limit", "5", "--like", file), message)


def test_bad_arguments(run, tmp_path):
    assert_one_sentence(run("diagnose", "toy/attention"), "no test set of its own")
    assert_one_sentence(run("diagnose", MODEL, "--limit", "0"), "at least 1")
    assert_one_sentence(run("diagnose", MODEL, tmp_path / "none.tsv"), "cannot be read")
