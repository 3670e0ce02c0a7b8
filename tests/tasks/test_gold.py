"""Gold links: do linked characters really spell the digit, and what does a file refuse?"""

import json
import re
from datetime import date

import pytest
from tiny import corpus

from s2s.config.limits import Limits
from s2s.errors import UserError
from s2s.results.alignment import GoldPair
from s2s.tasks import dates, gold, reverse
from s2s.tasks.base import DataConfig
from s2s.tasks.gold import (
    GOLD,
    date_links,
    generated,
    parse_gold,
    read_gold,
    reverse_links,
    to_json,
)

ENGLISH = ("january february march april may june july august september october november "
           "december").split()  # fmt: skip
FRENCH = ("janvier février mars avril mai juin juillet août septembre octobre novembre "
          "décembre").split()  # fmt: skip
SHORT_FRENCH = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
MONTHS = {
    form: number
    for names in (ENGLISH, [name[:3] for name in ENGLISH], FRENCH, SHORT_FRENCH)
    for number, name in enumerate(names, 1)
    for form in (name, name.replace("é", "e").replace("û", "u"))
}
WEEKDAYS = ("monday tuesday wednesday thursday friday saturday sunday "
            "lundi mardi mercredi jeudi vendredi samedi dimanche").split()  # fmt: skip
GOOD = {"source": ["a", "b"], "target": ["red", "sky"], "sure": [[0, 0]], "possible": [[1, 1]]}


def line(**changes):
    return json.dumps(GOOD | changes)


def sources(pair, t, links=None):
    """Source positions linked to a target position, in order."""
    return [s for s, u in sorted(pair.possible if links is None else links) if u == t]


def check_date(source, target):
    """Read the date back from the links alone."""
    pair, day = date_links(source, target), date.fromisoformat(target)
    assert "".join(pair.source) == source and "".join(pair.target) == target
    assert pair.linked() == {0, 1, 2, 3, 5, 6, 8, 9}
    for s, t in pair.sure:
        assert source[s] == target[t] and sources(pair, t) == [s]
    assert {2, 3, 9} <= {t for _, t in pair.sure}
    # The text of the positions that a part of the date is linked to.
    month = "".join(source[s] for s in sorted({*sources(pair, 5), *sources(pair, 6)}))
    days = [source[s] for s in sorted({*sources(pair, 8), *sources(pair, 9)})]
    years = [source[s] for s in sorted({s for t in range(4) for s in sources(pair, t)})]
    assert int("".join(days)) == day.day
    if len(years) == 4:
        assert int("".join(years)) == day.year and len(pair.sure) >= 5
    else:
        assert int("".join(years)) == day.year % 100
        assert not sources(pair, 0, pair.sure) and len(sources(pair, 0)) == 2
    if month.isdecimal():
        assert int(month) == day.month
    else:
        assert MONTHS[month.lower()] == day.month
        assert sources(pair, 5) == sources(pair, 6)
        assert not sources(pair, 5, pair.sure) and not sources(pair, 6, pair.sure)
    for name in WEEKDAYS:
        at = source.lower().find(name)
        assert at < 0 or not {s for s, _ in pair.possible} & set(range(at, at + len(name)))


def test_a_date_worked_by_hand():
    pair = date_links("Tuesday, May 8, 1994", "1994-05-08")
    assert sources(pair, 0) == [16] and sources(pair, 3) == [19]
    assert sources(pair, 5) == sources(pair, 6) == [9, 10, 11]
    assert sources(pair, 8) == sources(pair, 9) == [13]
    assert (13, 9) in pair.sure and (13, 8) not in pair.sure
    pair = date_links("12/3/03", "2003-12-03")
    assert sources(pair, 0) == sources(pair, 1) == [5, 6]
    assert pair.sure == {(5, 2), (6, 3), (0, 5), (1, 6), (3, 9)}
    assert pair.possible - pair.sure == {(5, 0), (6, 0), (5, 1), (6, 1), (3, 8)}


def test_the_links_of_many_generated_dates_spell_them():
    pairs = dates.generate(1500, 3)
    assert len({bool(re.match("[0-9]", s)) for s, _ in pairs}) == 2
    assert any("년" in s for s, _ in pairs) and any("le " in s for s, _ in pairs)
    for source, target in pairs:
        check_date(source, target)


@pytest.mark.slow
def test_the_links_of_the_book_spell_them():
    pairs = dates.read_book(corpus("date.txt"))
    for source, target in pairs[::20]:
        check_date(source, target)
    assert len(generated("dates-book", pairs)) == len(pairs)


@pytest.mark.parametrize(("source", "target"), [
    ("8/23/94", "1994-08-24"), ("8/23/94", "1994-09-23"), ("8/23/94", "1995-08-23"),
    ("May 8, 1994", "1994-06-08"), ("Foo 8, 1994", "1994-05-08"), ("8. Mai 1994", "1994-05-08"),
    ("May 8, 1994", "tomorrow"), ("", "1994-05-08"),
])  # fmt: skip
def test_another_day_has_no_links(source, target):
    with pytest.raises(UserError, match="No links are known"):
        date_links(source, target)


def test_reversed_letters_link_to_themselves():
    pairs = reverse.generate(DataConfig(samples=300))
    for pair in generated("reverse", pairs):
        assert pair.sure == pair.possible and len(pair.sure) == len(pair.source)
        for s, t in pair.sure:
            assert s + t == len(pair.source) - 1 and pair.source[s] == pair.target[t]
    with pytest.raises(UserError, match="backwards"):
        reverse_links("abc", "cab")


def test_only_generators_know_links():
    assert set(GOLD) == {"dates", "dates-book", "phrases", "reverse"}
    with pytest.raises(UserError, match=r"fra-eng has no gold links.*FILE"):
        generated("fra-eng", [("a", "b")])


def test_sure_links_are_possible_and_lie_inside():
    pair = GoldPair(("a", "b"), ("c",), frozenset({(0, 0)}), frozenset({(1, 0)}))
    assert pair.possible == {(0, 0), (1, 0)} and pair.linked() == {0}
    for link in ((2, 0), (0, 1), (-1, 0)):
        with pytest.raises(UserError, match="outside 2 source and 1 target"):
            GoldPair(pair.source, pair.target, frozenset(), frozenset({link}))


def test_a_file_comes_back_as_it_was_written(tmp_path):
    pairs = generated("dates", dates.generate(20, 4)) + generated("reverse", [("abc", "cba")])
    file = tmp_path / "gold.jsonl"
    file.write_text("\n\n".join(json.dumps(to_json(pair)) for pair in pairs), "utf-8-sig")
    found = read_gold(str(file))
    assert found.pairs == tuple(pairs) and found.refused == () and found.complaint() is None
    assert found.lines[:3] == (1, 3, 5)


@pytest.mark.parametrize(("bad", "message"), [
    ("{", "not JSON"), ("[" * 100_000, "not JSON"), ("[]", "An object"), ("3", "An object"),
    ('{"source": ["a"]}', "lacks target, sure"),
    (line(source="a b"), "source must be an array"), (line(target=[]), "target must be"),
    (line(source=["a", 1]), "source must be"), (line(source=["a", ""]), "source must be"),
    (line(sure=[[0]]), "sure must be"), (line(sure=[[0, True]]), "sure must be"),
    (line(sure={"0": 0}), "sure must be"), (line(possible=[[0, 0.0]]), "possible must be"),
    (line(sure=[[2, 0]]), "[2, 0] lies outside 2 source and 2 target"),
    (line(possible=[[0, -1]]), "[0, -1] lies outside"),
])  # fmt: skip
def test_a_bad_line_is_named(bad, message):
    found = parse_gold(f"{line()}\n{bad}\n{line()}\r\n{bad}".encode(), "my.jsonl")
    assert found.lines == (1, 3) and [item.line for item in found.refused] == [2, 4]
    complaint = str(found.complaint())
    assert complaint.startswith("my.jsonl, line 2: ") and message in complaint
    assert ". Line 4 cannot be used either." in complaint


def test_a_bad_file_is_refused(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="x is not UTF-8 but looks like"):
        parse_gold(b'"\xe9"', "x")
    with pytest.raises(UserError, match="cannot be read"):
        read_gold(str(tmp_path / "none.jsonl"))
    monkeypatch.setattr(gold, "limits", lambda: Limits(file_bytes=1_000_000))
    with pytest.raises(UserError, match="too large; at most 1 MB"):
        parse_gold(b" " * 1_000_001, "x")
    assert parse_gold(b" " * 1_000_000, "x").pairs == ()


def test_possible_links_may_be_left_out_and_other_keys_are_passed_over():
    data = {key: GOOD[key] for key in ("source", "target", "sure")} | {"id": 7}
    pair = parse_gold(json.dumps(data).encode(), "x").pairs[0]
    assert pair.possible == pair.sure == {(0, 0)}


def test_lines_that_a_model_cannot_take_are_refused_in_their_place():
    found = parse_gold("\n".join([line(), "{", line(target=["sea"], possible=[])]).encode(), "x")
    rest = found.without(lambda pair: "No sky." if "sky" in pair.target else None)
    assert rest.lines == (3,) and [(r.line, str(r.reason)[:6]) for r in rest.refused] == [
        (1, "No sky"), (2, "It is ")]  # fmt: skip
