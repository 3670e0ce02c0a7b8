"""``compare`` on the command line: the library's numbers, and one sentence for every error."""

import gzip
import json

import pytest
import torch
from command_line import assert_one_sentence
from noisy_models import SENTENCES, writer
from sacrebleu.metrics import BLEU
from scored import half_right
from tiny import build_like

from s2s.checkpoints import checkpoint
from s2s.evaluation.compare import compare_sentence, compare_set
from s2s.evaluation.fairness import fairness
from s2s.export.comparison_json import sentence_json, set_json
from s2s.findings.comparison import set_finding
from s2s.tasks import testsets
from s2s.tasks.pairs_file import read_file

A, B = "fra-eng/attention", "fra-eng/plain"


@pytest.fixture
def shelf(models):
    models(A, writer(A, 27, attention="dot", layers=2, dtype=torch.float32))
    models(B, writer(B, 5, cell="lstm", dtype=torch.float32))
    models("dates/tiny", build_like(4, dtype=torch.float32))


@pytest.fixture
def file(shelf, tmp_path):
    pairs = half_right(checkpoint.load(A), SENTENCES[:30])
    lines = [*("\t".join(pair) for pair in pairs[:10]), "one column", "日本\tred",
             *("\t".join(pair) for pair in pairs[10:])]  # fmt: skip
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def both():
    return [checkpoint.load(A), checkpoint.load(B)]


def fair():
    return fairness(both())


def test_a_sentence(shelf, run):  # noqa: F811
    result = run("compare", A, B, "a b 😀 zzz", "--json")
    assert result.code == 0 and result.err == ""
    data = json.loads(result.out)
    assert data == json.loads(json.dumps(sentence_json(compare_sentence(both(), "a b 😀 zzz"),
                                                       fair())))  # fmt: skip
    single = json.loads(run("translate", A, "a b 😀 zzz", "--json").out)
    assert data["translations"][0].keys() == single.keys()
    assert data["translations"][0]["output"] == single["output"]
    assert len(data["columns"]) == len(data["differs"][0]) == len(data["differs"][1])


def test_a_sentence_for_a_person(shelf, run):  # noqa: F811
    result = run("compare", A, B, "a b c")
    first, second, finding, *facts = result.out.splitlines()
    assert first.startswith(A) and second.startswith(B) and "log probability" in first
    assert "[" not in first.split("log")[0]
    different = "[" in second or "·" in first
    assert finding.startswith(f"{B} parts from {A}" if different else f"{B} writes the same")
    assert any("same seed" in fact.lower() for fact in facts)


def test_a_file_gives_the_library_s_and_sacrebleu_s_numbers(file, run):  # noqa: F811
    result = run("compare", A, B, "--file", file, "--json")
    assert result.code == 0
    data = json.loads(result.out)
    assert data == json.loads(
        json.dumps(set_json(compare_set(both(), read_file(str(file))), fair()))
    )
    assert data["pairs"] == len(data["sentences"]) == 30
    assert [line["line"] for line in data["refused"]] == [11, 12]
    references = [[row["reference"] for row in data["sentences"]]]
    for model in (A, B):
        outputs = [row[f"output {model}"] for row in data["sentences"]]
        by_hand = BLEU(tokenize="none", force=True).corpus_score(outputs, references)
        assert data["scores"][model]["bleu"]["value"] == pytest.approx(by_hand.score, abs=1e-9)
    alone = tuple(
        json.loads(run("translate", A, row["source"], "--json").out)["text"]
        for row in data["sentences"][:4]
    )
    assert alone == tuple(row[f"output {A}"] for row in data["sentences"][:4])


def test_a_file_for_a_person(file, run):  # noqa: F811
    result = run("compare", A, B, "--file", file)
    assert result.code == 0
    assert result.out.startswith("BLEU on 30 sentences: fra-eng/attention ")
    assert "Line 11 was left out: It has one column" in result.err
    assert "Line 12 was left out: This model reads French" in result.err
    limited = json.loads(run("compare", A, B, "--file", file, "--limit", "11", "--json").out)
    assert limited["pairs"] == 10, "of the first 11 pairs of the file no model reads one"
    packed = file.with_suffix(".gz")
    rows = (line.split("\t")[::-1] for line in file.read_text("utf-8").splitlines())
    packed.write_bytes(gzip.compress("\n".join("\t".join(row) for row in rows).encode()))
    turned = run("compare", A, B, "--file", packed, "--columns", "target,source", "--json")
    whole = json.loads(run("compare", A, B, "--file", file, "--json").out)
    assert json.loads(turned.out)["scores"] == whole["scores"]


def test_the_set_that_comes_along(shelf, run):  # noqa: F811
    data = json.loads(run("compare", A, B, "--set", "--limit", "9", "--json").out)
    assert data["set"] == "fra-eng.tsv"
    read = [row["source"] for row in data["sentences"]]
    assert len(read) + len(data["refused"]) == 9
    assert read == [s for s, _ in testsets.of("fra-eng").pairs[:9] if s in read]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((A, B), "Name two models or more and then one TEXT"),
        ((A,), "Name two models or more"),
        ((A, "a b"), "Name two models or more"),
        ((A, B, "dates/tiny"), "Name two models or more"),
        ((A, "--set"), "Name 2 to 4 models to compare, not 1."),
        ((A, B, A, B, A, "--set"), "not 5."),
        ((A, A, "a"), "named twice"),
        ((A, "dates/tiny", "a"), "different tasks (fra-eng, dates)"),
        ((A, "dates/tiny", "--set"), "different tasks"),
        ((A, "no/model", "a"), "There is no model"),
        ((A, B, "日本"), f"{A}: This model reads French"),
        ((A, B, ""), "Type a sentence"),
        ((A, B, "--set", "--file", "x"), "leave one out"),
        ((A, B, "--file", "nothing.tsv"), "nothing.tsv cannot be read"),
        ((A, B, "--file", ""), "cannot be read"),
        ((A, B, "a", "--limit", "2"), "--limit belongs to a test set"),
        ((A, B, "--set", "--limit", "0"), "at least 1"),
        ((A, B, "a", "--columns", "source,target"), "--columns belongs to --file"),
        ((A, B, "--set", "--columns", "x"), "invalid choice"),
    ],
)
def test_every_error_is_one_sentence(shelf, run, arguments, message):  # noqa: F811
    assert_one_sentence(run("compare", *arguments), message)


def test_hostile_lines_stay_text(shelf, run, tmp_path):  # noqa: F811
    path = tmp_path / "h.tsv"
    path.write_bytes(b"a \x1b[31m b\t<img src=x>\n\x00\tred\nb\tsea\n" + b"a" * 6000 + b"\tb\n")
    result = run("compare", A, B, "--file", path)
    assert result.code == 0 and "\x1b" not in result.out + result.err
    assert "Line 2 was left out" in result.err and "Line 4 was left out" in result.err


@pytest.mark.parametrize(("count", "told"), [(0, "1.00"), (1, "1.00"), (2, "0.50"), (6, "0.03")])
def test_few_sentences_prove_little_however_it_is_said(shelf, models, run, tmp_path, count, told):  # noqa: F811
    """One model right, the other wrong, in so many sentences: of 2^n swaps two are as extreme."""
    models("fra-eng/again", writer("fra-eng/again", 27, attention="dot", layers=2,
                                   dtype=torch.float32))  # fmt: skip
    first, second = checkpoint.load(A), checkpoint.load(B)
    written = [(text, first.translate(text).text, second.translate(text).text)
               for text in SENTENCES]  # fmt: skip
    pairs = [(text, mine) for text, mine, its in written if mine.split() and mine != its]
    file = tmp_path / "few.tsv"
    file.write_text("".join(f"{a}\t{b}\n" for a, b in pairs[: count or 5]), "utf-8")
    other = B if count else "fra-eng/again"
    data = json.loads(run("compare", A, other, "--file", file, "--json").out)
    tests = [test for test in data["tests"] if test["score"] in ("bleu", "chrf")]
    assert tests and all(test["differing"] == count for test in tests)
    assert {test["p"] for test in tests} == {2.0 ** min(0, 1 - count)}
    out = run("compare", A, other, "--file", file).out
    assert out.count(f"chrF: {'-' if count else '+'}") == 1 and "p < 0.0001" not in out
    assert f"p = {told}, sentences that differ: {count}" in out
    found = compare_set([checkpoint.load(A), checkpoint.load(other)], read_file(str(file)))
    assert set_finding(found) in out, "the sentence of the page"


@pytest.mark.parametrize(
    "lines",
    [
        ["a b\tred", "c d\tblue sky"],  # short references
        ["a b\t…", "c d\tred sky sun sea", "a\t !"],  # of which nothing is left
        ["a b c\tred", "b\tsky sun red sea", "", "😀\tred", "日本\tsky"],  # lines nobody can read
        ["source\ttarget", "a b\tred sky sun sea\tCC", "c d e\tblue\tCC"],
        ["0\t1\t2", "7\ta b\tred sky sun sea", "8\tc d e\tblue", "9\tb\tsun"],
        ["red sky sun sea\ta b", "blue\tc d e", "alone"],  # the other way round
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_one_file_has_one_score(shelf, run, tmp_path, lines, end):  # noqa: F811
    """Measured alone or beside another model: the same pairs, the same numbers, the same words."""
    file = tmp_path / "pairs.tsv"
    file.write_bytes(end.join([*lines, ""]).encode())
    alone, beside = (
        run("evaluate", A, file, "--json"),
        run("compare", A, B, "--file", file, "--json"),
    )
    assert alone.code == beside.code == 0, alone.err + beside.err
    one, two = json.loads(alone.out), json.loads(beside.out)
    assert one["read"] == two["read"] and one["pairs"] == two["pairs"]
    for score in ("exact_match", "bleu", "chrf"):
        scored = two["scores"][A][score]
        assert one[score] == (None if scored is None else pytest.approx(scored["value"]))
    told = [run(*words, file).err for words in (("evaluate", A), ("compare", A, B, "--file"))]
    assert told[0] == told[1]
