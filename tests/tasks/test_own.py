"""Pairs of one's own: what is read in a file, and files that are refused with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from s2s.checkpoints import checkpoint
from s2s.cli import main
from s2s.errors import UserError
from s2s.tasks import own, pairs_file
from s2s.text import NORMALISERS

START = own.TASK.defaults
NUMBERS = "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()
PAIRS = [(f"Zahl {a} {b} .", f"number {i} {j} .") for i, a in enumerate(NUMBERS)
         for j, b in enumerate(NUMBERS)]  # fmt: skip


def survey(pairs):
    return own.survey(pairs, START.data, START.sequence)


def read(data: bytes):
    found = pairs_file.read(data, "mine.txt")
    return found, survey(found.pairs)


def test_what_is_told_is_what_training_gets():
    text = "".join(f"{a}\t{b}\tmore\n" for a, b in [*PAIRS, *PAIRS[:5]]) + "only one column\n\tx\n"
    found, seen = read(text.encode())
    assert seen.usable == len(PAIRS) == sum(seen.parts.values())
    assert seen.tokens == (4 * len(PAIRS), 4 * len(PAIRS)) and seen.longest == 4
    assert seen.vocabulary == (len({w for a, _ in PAIRS for w in a.lower().split()}), 14)
    assert [(line.line, str(line.reason)) for line in found.refused] == [
        (len(PAIRS) + 6, "It has one column; two texts with a tab between are needed."),
        (len(PAIRS) + 7, "Its first column is empty."),
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, "is a picture"),
        (b"one\ntwo\nthree\n", "Line 1: It has one column"),
        (b"a,b\nc,d\n", "has “,” between its columns"),
        ("ä\tö\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        ("tête\tfenêtre\n".encode("latin-1") * 9, "looks like Latin-1"),
        (b"x" * 10_000_000, "Line 1: It has 10,000,000 characters"),
        (b"\t\n" * 20, "holds no pairs"),
        (b"a\tb\n" * 20, "1 of the 20 pairs can be used"),
        ("".join(f"«\t{i}\n" for i in range(20)).encode(), "0 of the 20 pairs can be used"),
        (b"", "holds no pairs"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_the_reason(data, told):
    with pytest.raises(UserError, match=told):
        read(data)


def test_pairs_that_all_hang_together_cannot_be_split():
    with pytest.raises(UserError, match="hang together"):
        most = replace(START.data, test_percent=50, validation_percent=49)
        own.survey([("der", f"the {i}") for i in range(20)], most, START.sequence)


def test_any_script_is_read():
    any_script = NORMALISERS["any"]
    assert any_script("Ça, c'est l'ÉTÉ!").text == "ça , c est l été !"
    assert any_script("Привет, мир?").text == "привет , мир ?"
    assert any_script("नमस्ते 안녕 3").text == "नमस्ते 안녕 3"
    assert any_script("a«b»").dropped == ("«", "»")


@pytest.mark.slow
def test_a_model_of_own_pairs_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "models"))
    file = tmp_path / "mine.txt"
    file.write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS), "utf-8")
    assert main(["train", "own-pairs", "--name", "mine", "--data", str(file), "--epochs", "1",
                 "--watch", "3", "--runs", str(tmp_path / "runs")]) == 0  # fmt: skip
    model = checkpoint.load("own-pairs/mine")
    assert sum(model.about.pairs.values()) == len(PAIRS)
    assert model.translate("Zahl fünf elf.").source[:3] == ("zahl", "fünf", "elf")
    assert "mine.txt" in checkpoint.card_of(checkpoint.find("own-pairs/mine"))
