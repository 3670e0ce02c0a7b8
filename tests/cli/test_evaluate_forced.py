"""``evaluate --forced``: the numbers of the library, in words and as JSON."""

import json

from s2s.checkpoints import checkpoint
from s2s.evaluation.domino import domino
from s2s.evaluation.reading import read_set
from s2s.tasks.pairs_file import read_file

MODEL = "fra-eng-small/dot"
PAIRS = "je suis un artiste .\ti m an artist .\ntu es tatillon .\tyou re fussy .\n"


def test_the_counts_are_the_library_s(tmp_path, run):
    file = tmp_path / "pairs.tsv"
    file.write_text(PAIRS, "utf-8")
    system = checkpoint.load(MODEL)
    found = domino(system, read_set([system], read_file(str(file))))
    out = json.loads(run("evaluate", MODEL, file, "--forced", "--json").out)["domino"]
    for fed in ("forced", "free"):
        assert out[fed]["by_place"] == [list(share) for share in found.by_place(fed)]
        assert out[fed]["after_right"] == list(found.after(fed, True))
        assert out[fed]["after_wrong"] == list(found.after(fed, False))
    assert "after a wrong one" in run("evaluate", MODEL, file, "--forced").out
    assert "domino" not in json.loads(run("evaluate", MODEL, file, "--json").out)
