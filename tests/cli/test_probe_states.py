"""``probe --kind neighbours``, ``states``, ``patch``: the library's numbers, clear errors."""

import json

import numpy as np
import pytest
from command_line import assert_one_sentence

from s2s import probes
from s2s.checkpoints import checkpoint
from s2s.results.state_space import state_space
from s2s.tasks.labelled import labels_of, of_task

MODEL, TEXT = "reverse/plain", "microscope"


def found(run, *arguments):
    result = run("probe", MODEL, TEXT, *arguments, "--json")
    assert result.code == 0 and result.err == "", result
    return json.loads(result.out)


@pytest.fixture(scope="module")
def made():
    system = checkpoint.load(MODEL)
    return system, probes.state_corpus(system, of_task("reverse", 80))


def test_neighbours_are_the_librarys(run, made):
    system, corpus = made
    out = found(run, "--kind", "neighbours", "--sentences", "80", "--side", "encoder",
                "--place", "3", "--metric", "euclidean")  # fmt: skip
    wanted = probes.neighbours(
        system, TEXT, corpus, "encoder", 3, "euclidean", known=labels_of("reverse", TEXT)
    )
    assert [one["text"] for one in out["neighbours"]] == [one.text for one in wanted.found]
    np.testing.assert_allclose(
        [one["distance"] for one in out["neighbours"]], [one.value for one in wanted.found]
    )
    assert out["shared"] == wanted.shared() and out["known"]["first letter"] == "m"
    assert out["states"] == len(corpus.encoder) and out["sentences"] == 80
    assert out["token"] == "r" and out["layer"] == 0


def test_states_are_the_librarys(run, made):
    system, corpus = made
    out = found(run, "--kind", "states", "--sentences", "80")
    path = state_space(corpus).path(probes.hidden_states(system, TEXT), 0)
    np.testing.assert_allclose(out["encoder"], path.encoder)
    np.testing.assert_allclose(out["decoder"], path.decoder)
    np.testing.assert_allclose(out["explained"], path.explained)
    assert out["source"][-1] == "<eos>" and not out["exact"]


def test_tables_for_people(run):
    near = run("probe", MODEL, TEXT, "--kind", "neighbours", "--sentences", "80")
    assert near.code == 0 and "no model was trained on them" in near.out
    assert "[<eos>]" in near.out and "Of 10 the same: token" in near.out
    path = run("probe", MODEL, TEXT, "--kind", "states", "--sentences", "80")
    assert path.code == 0 and "of the spread" in path.out and "writes" in path.out
    toy = run("probe", "toy/plain", "저는 강사 입니다", "--kind", "states")
    assert "the three units" in toy.out


def test_a_file_of_pairs_is_read_instead(run, tmp_path):
    file = tmp_path / "mine.tsv"
    file.write_text("abc\tcba\nxyz\tzyx\nq!?\tq\n")
    out = found(run, "--kind", "neighbours", "--file", str(file))
    assert {one["text"] for one in out["neighbours"]} == {"abc", "xyz", "q!?"}
    assert "mine.tsv" in out["about"]


def test_patching_is_the_librarys(run, made):
    out = found(run, "--kind", "patch", "--corrupted", "xicroscope")
    wanted = probes.patching(made[0], TEXT, "xicroscope")
    assert out["output"] == list(wanted.output) and out["answered"] == list(wanted.answered)
    np.testing.assert_allclose(
        np.array(out["recovered"], dtype=float), wanted.recovered(), equal_nan=True
    )
    told = run("probe", MODEL, TEXT, "--kind", "patch", "--corrupted", "xicroscope").out
    assert "lost log odds" in told and "by itself: e p o c s o r c i x <eos>" in told


def test_units_are_the_librarys(run, made):
    asked = "--kind", "units", "--corrupted", "xicroscope", "--step", "9"
    out = found(run, *asked)
    whole = probes.patching(made[0], TEXT, "xicroscope")
    assert out["place"] == whole.patched_odds[9].argmax() and out["token"] == "m"
    wanted = probes.unit_patching(made[0], TEXT, "xicroscope", 9, 1)
    out = found(run, *asked, "--place", "1")
    np.testing.assert_allclose(out["alone"], wanted.share(wanted.alone_odds))
    assert out["counts"][-1] == len(out["alone"]) and out["order"] == list(wanted.order())
    assert "of the log odds of “m” back" in run("probe", MODEL, TEXT, *asked).out


@pytest.mark.parametrize(("arguments", "message"), [
    (("--kind", "units", "--corrupted", "xicroscope"), "add --step T"),
    (("--kind", "units", "--corrupted", "xicroscope", "--step", "40"), "Step 40 does not exist"),
    (("--kind", "units", "--step", "1"), "add --corrupted TEXT"),
    (("--kind", "neighbours", "--place", "40"), "no decoder state 40"),
    (("--kind", "neighbours", "--place", "-1"), "--place is -1"),
    (("--kind", "neighbours", "--sentences", "0"), "--sentences is 0"),
    (("--kind", "neighbours", "--layer", "1"), "Layer 1 does not exist"),
    (("--kind", "neighbours", "--file", "none.tsv"), "none.tsv"),
    (("--kind", "states", "--side", "encoder"), "has no --side"),
    (("--kind", "patch"), "add --corrupted TEXT"),
    (("--kind", "patch", "--corrupted", "abc"), "11 and 4 tokens"),
    (("--kind", "gradients", "--sentences", "3"), "has no --sentences"),
])  # fmt: skip
def test_mistakes_get_one_sentence(run, arguments, message):
    assert_one_sentence(run("probe", MODEL, TEXT, *arguments), message)
