"""Uploaded files: good lines are kept, bad ones are named, hostile ones cost little."""

import gzip
import time

import pytest

from s2s.config.limits import Limits
from s2s.errors import UserError
from s2s.tasks import pairs_file
from s2s.tasks.pairs_file import PairSet, read, read_file


def test_pairs_with_their_lines():
    data = b"un\tone\n\ndeux\ttwo\r\ntrois\tthree\tmore\tand more"
    found = read(data, "f.tsv")
    assert found.pairs == (("un", "one"), ("deux", "two"), ("trois", "three"))
    assert found.lines == (1, 3, 4) and found.refused == () and found.name == "f.tsv"
    assert read(data, "f.tsv", "target,source").pairs[0] == ("one", "un")


def test_a_byte_order_mark_is_no_letter():
    assert read(b"\xef\xbb\xbfun\tone\n", "f").pairs == (("un", "one"),)


def test_bad_lines_are_named_and_the_others_kept():
    lines = [b"un\tone", b"alone", b"\tempty source", b"empty target\t ", b"\xff\xfe\tlatin",
             b"deux\ttwo", b"x" * (Limits().line_characters + 1) + b"\ty", b"\t"]  # fmt: skip
    found = read(b"\n".join(lines), "f.tsv")
    assert found.pairs == (("un", "one"), ("deux", "two")) and found.lines == (1, 6)
    told = {line.line: str(line.reason) for line in found.refused}
    assert told.keys() == {2, 3, 4, 5, 7}, "a line of blanks alone is no line"
    assert "one column" in told[2] and "first column is empty" in told[3]
    assert "second column is empty" in told[4] and "not UTF-8 (byte 1)" in told[5]
    assert "5,003 characters" in told[7]
    assert all(reason.endswith(".") for reason in told.values())


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>\t**b** $x$", "a\x00b\tc\x1bd", "\u202eabc\tdef"]
)
def test_text_stays_text(text):
    assert read(f"{text}\n".encode(), "f").pairs == (tuple(text.split("\t")),)


def test_gzip_of_one_and_of_several_members(tmp_path):
    one, two = gzip.compress(b"un\tone\n"), gzip.compress(b"deux\ttwo\n")
    assert read(one, "f.gz").pairs == (("un", "one"),)
    assert read(one + two, "f.gz").pairs == (("un", "one"), ("deux", "two"))
    file = tmp_path / "f.tsv.gz"
    file.write_bytes(one)
    assert read_file(str(file)).pairs == (("un", "one"),)


@pytest.mark.parametrize("cut", [11, 20, -4])
def test_a_damaged_gzip_file(cut):
    whole = gzip.compress(b"un\tone\n" * 50)
    with pytest.raises(UserError, match="damaged gzip"):
        read(whole[:cut], "f.gz")
    with pytest.raises(UserError, match="damaged gzip"):
        read(whole[:12] + b"\x00\x01\x02" + whole[12:], "f.gz")


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b"\0" * 300_000_000, compresslevel=1)
    start = time.process_time()
    with pytest.raises(UserError, match="too large when unpacked; at most 20 MB"):
        read(bomb, "f.gz")
    assert time.process_time() - start < 2


def test_size_and_number_of_lines(monkeypatch, tmp_path):
    few = Limits(file_bytes=1_000_000, file_lines=3)
    monkeypatch.setattr(pairs_file, "limits", lambda: few)
    file = tmp_path / "f.tsv"
    file.write_bytes(b"a\tb\n" * 250_001)
    with pytest.raises(UserError, match="f.tsv is too large; at most 1 MB"):
        read_file(str(file))
    assert len(read(b"a\tb\n" * 3, "f").pairs) == 3
    with pytest.raises(UserError, match="4 lines; at most 3"):
        read(b"a\tb\n" * 4, "f")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no pairs."),
        (b"\n \n", "holds no pairs."),
        (b"one\ntwo\n", "holds no pairs. Line 1: It has one column"),
        ("un\tone\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (bytes(range(128, 256)), "holds no pairs. Line 1: It is not UTF-8"),
    ],
)
def test_files_without_a_pair(data, message):
    with pytest.raises(UserError, match=message):
        read(data, "f.tsv")


@pytest.mark.parametrize("name", ["nothing-here.tsv", "", "a\0b"])
def test_no_such_file(tmp_path, name):
    with pytest.raises(UserError, match="cannot be read"):
        read_file(name and str(tmp_path / name))


def test_a_name_is_shown_as_text():
    with pytest.raises(UserError) as caught:
        read(b"", "a\nb" + "c" * 200)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 120


def test_pairs_that_come_from_no_file():
    assert PairSet.of("x", [("a", "b"), ("c", "d")]).lines == (1, 2)
    with pytest.raises(ValueError, match="1 pairs, 2 lines"):
        PairSet("x", (("a", "b"),), (1, 2))
