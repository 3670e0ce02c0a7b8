"""A map alone: read from JSON and CSV, drawn as it is, checked, refused by name."""

import json

import numpy as np
import pytest
from tutorials import caller

import s2s
from s2s.errors import UserError
from s2s.evaluation.map_checks import judge
from s2s.plots.step_data import matrix_step_data
from s2s.tasks.matrix_file import read

SOURCE, OUTPUT = ["je", "suis", "<eos>"], ["i", "m", "<eos>"]
WEIGHTS = [[0.75, 0.125, 0.125], [0.25, 0.5, 0.25], [0.0, 0.0, 1.0]]
JSON = json.dumps({"source": SOURCE, "output": OUTPUT, "attention": WEIGHTS})
CSV = ",je,suis,<eos>\ni,0.75,0.125,0.125\nm,0.25,0.5,0.25\n<eos>,0,0,1\n"


@pytest.mark.parametrize("text", [JSON, CSV, CSV.replace(",", ";"), CSV.replace(",", "\t"),
                                  "\ufeff" + CSV.replace("\n", "\r\n")])  # fmt: skip
def test_every_form_is_the_same_map(text):
    found = read(text.encode(), "map")
    assert (list(found.source), list(found.output)) == (SOURCE, OUTPUT)
    np.testing.assert_array_equal(found.attention, WEIGHTS)
    cells = s2s.plots.as_altair(s2s.plots.matrix_map(found)).to_dict()
    assert found.plot().to_dict() == cells
    drawn = [row["weight"] for data in cells["datasets"].values() for row in data
             if "weight" in row] if "datasets" in cells else [
        row["weight"] for row in cells["layer"][0]["data"]["values"]]  # fmt: skip
    np.testing.assert_allclose(drawn, np.ravel(WEIGHTS))


def verdicts(weights, output=OUTPUT):
    source = [str(n) for n in range(len(weights[0]))]
    return {check.name: check.verdict for check in judge(s2s.matrix(source, output, weights))}


def test_the_checks_know_a_good_map_from_bad_ones():
    good = verdicts(WEIGHTS)
    assert good["flat_attention"] == good["stuck_column"] == good["not_normalised"] == "ok"
    assert good["repeats"] == "ok" and good["blind_attention"] == "no_answer"
    assert verdicts([[1 / 3] * 3] * 3)["flat_attention"] == "outside"
    assert verdicts([[0.0, 0.95, 0.05]] * 3)["stuck_column"] == "outside"
    assert verdicts([[0.5, 0.2, 0.1]] * 3)["not_normalised"] == "outside"
    assert verdicts([[0.2, 0.8]] * 4, ["a", "a", "a", "b"])["repeats"] == "outside"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ('{"source": ["a"]}', "lacks output, attention"),
        ('{"source": ["a", "b"], "output": ["c"], "attention": [[1], [0]]}', "turned round"),
        ('{"source": ["a"], "output": ["c"], "attention": [[2.5]]}', "softmax them"),
        ('{"source": ["a"], "output": ["c"], "attention": [["x"]]}', "must be rows of numbers"),
        ('{"source": "ab", "output": ["c"], "attention": [[1, 0]]}', "must be a list of texts"),
        (",a,b\nc,1\n", "line 2 has 2 cells, not 3"),
        ("nothing", "neither JSON nor a table"),
    ],
)
def test_what_is_no_map_is_refused_by_name(text, told):
    with pytest.raises(UserError, match=told):
        read(text.encode(), "map.json")


def test_the_step_view_says_what_a_map_cannot_tell():
    found = s2s.matrix(SOURCE, OUTPUT, WEIGHTS)
    data = matrix_step_data(found)
    run = data["run"]
    assert run["probability"] is None and run["candidates"] == [[], [], []]
    np.testing.assert_allclose(run["attention"], WEIGHTS)
    said = ["".join(part["text"] for part in row) for row in run["readout"]]
    assert said[0] == "i: 75\u00a0% of its attention is on je.", said
    assert [part["weight"] for part in run["readout"][1] if part["kind"] == "attended"] == [
        0.5, 0.25]  # fmt: skip
    json.dumps(data, allow_nan=False)
    page = found._repr_html_()
    assert page.startswith("<iframe srcdoc=") and "A map alone" in page
    hostile = s2s.matrix(["</script>", "<img onerror=x>"], ["<sos>"], [[0.5, 0.5]])
    assert "</script>&quot;" not in hostile._repr_html_()


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    call = caller(tmp_path, monkeypatch, capsys)
    (tmp_path / "map.csv").write_text(CSV, "utf-8")
    told = call("map", tmp_path / "map.csv", "--out", tmp_path / "map.svg")
    assert told.code == 0 and "<eos>  ← <eos>  1.00" in told.out, told
    assert (tmp_path / "map.svg").read_text("utf-8").startswith("<svg")
    found = json.loads(call("map", tmp_path / "map.csv", "--json").out)
    assert found["looked_at"] == ["je", "suis", "<eos>"]
    refused = call("map", tmp_path / "none.csv")
    assert refused.code == 2 and refused.err.count("\n") == 1
    assert call("map", tmp_path / "map.csv", "--page", tmp_path / "map.html").code == 0
    written = (tmp_path / "map.html").read_text("utf-8")
    assert "mountStepper" in written and "75\u00a0%" in written or "75 %" in written
    assert ".html" in call("map", tmp_path / "map.csv", "--page", "map.txt").err
    assert ".svg or .png" in call("map", tmp_path / "map.csv", "--out", "map.gif").err
