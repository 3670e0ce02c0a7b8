"""Where pairs come from: honest splits, seeded generators, files that are refused."""

import gzip
import random
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from tiny import ROOT, corpus

from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.tasks import TASKS, DataConfig, dates, reverse, sentences
from s2s.tasks.date_shapes import BOOK_SHAPES, SHAPES, YEARS, complaint, readings
from s2s.tasks.overlap import near_share, read_alike
from s2s.tasks.parts import load_parts
from s2s.tasks.sentences import whole_file
from s2s.tasks.split import PARTS, bucket, connected_keys, part_of, split
from s2s.training.data import Batches, build_vocabularies, encode_pairs

# Splits.


def random_pairs(seed, count=400, words=150):
    """Pairs of numbers, dense enough that many share a side."""
    draw = random.Random(seed)
    return list({(f"s{draw.randrange(words)}", f"t{draw.randrange(words)}"): 0
                 for _ in range(count)})  # fmt: skip


def components(pairs):
    """Connected groups by repeated merging, slow and plain."""
    groups = []
    for pair in pairs:
        touching = [g for g in groups if any(pair[0] == p[0] or pair[1] == p[1] for p in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([pair, *(p for g in touching for p in g)])
    return groups


@pytest.mark.parametrize("seed", range(3))
def test_a_group_has_its_smallest_source_as_key(seed):
    pairs = random_pairs(seed)
    keys = dict(zip(pairs, connected_keys(pairs), strict=True))
    groups = components(pairs)
    assert len(groups) > 1
    for group in groups:
        assert {keys[pair] for pair in group} == {min(source for source, _ in group)}


def test_a_chain_is_one_group():
    """a-1, b-1, b-2, c-2, c-3: neighbours share a side, the ends share nothing."""
    chain = [("c", "3"), ("a", "1"), ("b", "2"), ("b", "1"), ("c", "2")]
    assert connected_keys([*chain, ("d", "4")]) == [*["a"] * 5, "d"]


def test_sides_are_not_mixed_up():
    """The same text as a source and as a target connects nothing."""
    assert connected_keys([("x", "1"), ("a", "x")]) == ["x", "a"]


def test_texts_that_are_read_alike_are_one_group():
    """Two texts that a model cannot tell apart may not stand in two parts."""
    pairs = [("b a", "1"), ("ab", "2"), ("c", "3"), ("a b", "4")]
    read = [(tuple(sorted(source.replace(" ", ""))), target) for source, target in pairs]
    assert connected_keys(pairs, read) == ["a b", "a b", "c", "a b"]
    assert connected_keys(pairs) == [source for source, _ in pairs]


@pytest.mark.parametrize("seed", range(3))
def test_no_sentence_stands_in_two_parts(seed):
    pairs = random_pairs(seed, count=200, words=300)
    parts = split(pairs, connected_keys(pairs), 20, 20)
    assert sorted(p for part in parts.values() for p in part) == sorted(pairs)
    for side in (0, 1):
        seen = Counter(text for part in parts.values() for text in {pair[side] for pair in part})
        assert set(seen.values()) == {1}
    assert all(parts[name] for name in PARTS)


def test_the_part_depends_on_the_key_alone():
    # The first 8 hexadecimal digits of SHA-256("abc") are ba7816bf.
    assert bucket("abc") == 0xBA7816BF % 100 == 19
    assert [part_of("abc", 20, 0), part_of("abc", 19, 1), part_of("abc", 18, 1)] == [
        "test", "validation", "train",
    ]  # fmt: skip
    shares = Counter(part_of(str(i), 10, 5) for i in range(20_000))
    assert shares["test"] / 20_000 == pytest.approx(0.10, abs=0.01)
    assert shares["validation"] / 20_000 == pytest.approx(0.05, abs=0.01)


# The real corpus.


@pytest.fixture(scope="module")
def french():
    return corpus("eng-fra.tsv.gz")


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        ({}, (102_975, 2_188, 2_279)),
        ({"max_length": 6, "prefix_filter": True, "test_percent": 10, "validation_percent": 5},
         (4_495, 229, 589)),
    ],
    ids=["ten tokens", "six tokens, prefix filter"],
)  # fmt: skip
@pytest.mark.slow
def test_counts_of_the_real_corpus(french, changes, sizes):
    task = TASKS["fra-eng"]
    values = {**vars(task.defaults.data), "columns": "target,source", **changes}
    data, parts = load_parts(task, DataConfig(**values), task.defaults.sequence, french)
    assert tuple(len(parts[name]) for name in PARTS) == sizes
    if not changes:
        assert sum(sizes) == 107_442
    sides = [[{pair[i] for pair in parts[name]} for name in PARTS] for i in (0, 1)]
    for train, validation, test in sides:
        assert not train & validation and not train & test and not validation & test
    assert data.sha256.startswith("6b0f3decdb78")
    limit = data.max_length
    assert all(len(text.split()) <= limit for part in parts.values() for p in part for text in p)
    if changes:
        assert all(p[1].startswith(sentences.PREFIXES) for part in parts.values() for p in part)


def test_the_book_of_dates():
    pairs = dates.read_book(corpus("date.txt"))
    assert len(pairs) == len(set(pairs)) == 38_042
    assert len({day for _, day in pairs}) == 16_048
    task = TASKS["dates"]
    _, parts = load_parts(task, task.defaults.data, task.defaults.sequence, corpus("date.txt"))
    days = [{day for _, day in parts[name]} for name in PARTS]
    assert sum(map(len, days)) == 16_048


# Dates.


def test_a_day_of_the_book_has_ten_shapes():
    day = date(2003, 3, 25)
    texts = {
        shape.write(day, case) for shape in BOOK_SHAPES for case in ("title", "lower", "upper")
    }
    assert texts == {
        "3/25/03",
        "Mar 25, 2003", "mar 25, 2003", "MAR 25, 2003",
        "March 25, 2003", "march 25, 2003", "MARCH 25, 2003",
        "Tuesday, March 25, 2003", "tuesday, march 25, 2003", "TUESDAY, MARCH 25, 2003",
    }  # fmt: skip


def test_the_shapes_are_those_that_people_write():
    examples = [shape.example for shape in SHAPES]
    assert len(set(examples)) >= 45
    names = [shape.name for shape in SHAPES]
    assert len(set(names)) == len(names)
    assert {
        "Mar 25 2003", "25 March 2003", "March 25th, 2003", "the 25th of March 2003",
        "Tuesday 25 March 2003", "25 March 2003, Tuesday", "3/25/2003", "25/3/2003", "25.3.2003",
        "25-03-2003", "2003-03-25", "2003/3/25", "20030325", "25 mars 2003", "mardi 25 mars 2003",
        "2003년 3월 25일", "2003년 3월 25일 화요일", "2003. 3. 25.",
    } <= set(examples)  # fmt: skip
    first = date(2001, 2, 1)
    written = {shape.write(first, case) for shape in SHAPES for case in shape.cases}
    assert {"FEBRUARY 1ST, 2001", "1er février 2001", "1er fevrier 2001", "1 févr. 2001",
            "LE 1ER FÉVRIER 2001"} <= written  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    return dates.drawn(8_000, 5)


def test_generated_dates_say_the_day(drawn):
    """Read back by strptime, which knows nothing of CLDR patterns."""
    from datetime import datetime

    formats = {
        "MMM d, y": "%b %d, %Y", "EEEE, MMMM d, y": "%A, %B %d, %Y", "M/d/yy": "%m/%d/%y",
        "d/M/yy": "%d/%m/%y", "dd/MM/y": "%d/%m/%Y", "MM-dd-y": "%m-%d-%Y", "d.M.y": "%d.%m.%Y",
        "yMMdd": "%Y%m%d", "d-MMM-y": "%d-%b-%Y", "EEE MMM d y": "%a %b %d %Y",
        "MMMM d, y (EEEE)": "%B %d, %Y (%A)", "y년 M월 d일 (ko)": "%Y년 %m월 %d일",
        "y. M. d. (ko)": "%Y. %m. %d.",
    }  # fmt: skip
    known = [(text, day, formats[s.name]) for text, day, s in drawn if s.name in formats]
    assert len({form for *_, form in known}) == len(formats) and len(known) > 1500
    for text, day, form in known:
        # %y puts 69 to 99 in the last century, as the shapes do.
        assert datetime.strptime(text.title(), form).date().isoformat() == day


def test_every_generated_date_is_recognised_and_says_one_day(drawn):
    for text, day, shape in drawn:
        found = readings(text, SHAPES)
        assert {str(written.day) for written in found if written.day} == {day}, text
        assert shape in [written.shape for written in found]
        assert complaint(text, SHAPES, YEARS) == ""


def test_shares_of_the_shapes(drawn):
    """Every shape alike; title case half of what has letters, each other case a quarter."""
    share = Counter(shape.name for *_, shape in drawn)
    assert set(share) == {shape.name for shape in SHAPES}
    assert max(share.values()) < 1.5 * len(drawn) / len(SHAPES) < 2.5 * min(share.values())
    english = [text for text, _, shape in drawn if shape.name == "d MMMM y"]
    english += [text for text, _, shape in drawn if shape.name == "MMMM d, y"]
    cases = Counter(
        "lower" if t == t.lower() else "upper" if t == t.upper() else "title" for t in english
    )
    assert cases["title"] / len(english) == pytest.approx(1 / 2, abs=0.1)
    assert cases["lower"] / len(english) == pytest.approx(1 / 4, abs=0.1)


def test_range_and_width_of_the_dates(drawn):
    years = {int(day[:4]) for _, day, _ in drawn}
    assert years == set(range(1900, 2100))
    short = {int(day[:4]) for _, day, shape in drawn if shape.two_digit_year}
    assert min(short) >= 1969 and max(short) <= 2068
    every = [date(2003, 9, n) for n in range(1, 31)]
    longest = max(len(shape.write(day)) for shape in SHAPES for day in every)
    assert longest <= dates.LONGEST
    book = max(len(shape.write(day)) for shape in BOOK_SHAPES for day in every)
    assert book == dates.WIDTH == len("wednesday, september 25, 2003")
    assert all(len(day) == 10 for _, day, _ in drawn)


@pytest.mark.parametrize(("text", "why"), [
    ("tomorrow", "none of the shapes"),
    ("25. März 2003", "none of the shapes"),
    ("February 30, 2003", "no such day"),
    ("2003-13-01", "no such day"),
    ("13/13/2003", "no such day"),
    ("3/4/2003", "2003-03-04 or 2003-04-03"),
    ("March 25, 1850", "1900 to 2099"),
    ("Monday, March 25, 2003", "another weekday: Tuesday"),
    ("mercredi 25 mars 2003", "another weekday: mardi"),
])  # fmt: skip
def test_what_is_no_date_of_the_task_is_named(text, why):
    assert why in complaint(text, SHAPES, YEARS)
    assert TASKS["dates"].doubt(list(text)) == complaint(text, SHAPES, YEARS)


@pytest.mark.parametrize(("text", "day"), [
    ("25 fevrier 2003", "2003-02-25"), ("TUESDAY 25 MARCH 2003", "2003-03-25"),
    ("3/3/2003", "2003-03-03"), ("25/12/68", "2068-12-25"), ("25/12/69", "1969-12-25"),
    ("1 janvier 1900", "1900-01-01"), ("2096년 2월 29일", "2096-02-29"),
])  # fmt: skip
def test_what_a_typed_date_says(text, day):
    assert complaint(text, SHAPES, YEARS) == ""
    assert {str(found.day) for found in readings(text, SHAPES) if found.day} == {day}


def test_the_book_knows_its_own_shapes_alone():
    doubt = TASKS["dates-book"].doubt
    assert doubt("8/5/94") == doubt("May 8, 1994") == ""
    assert "none of the shapes" in doubt("8 May 1994")
    assert "1970 to 2017" in doubt("May 8, 1960")


def test_the_dates_follow_their_seed():
    assert dates.generate(300, 1) == dates.generate(300, 1) != dates.generate(300, 2)
    assert dates.generate(300, 1)[:100] == dates.generate(200, 1)[:100]
    assert len(set(dates.generate(3000, 1))) == len(dates.generate(3000, 1))


def test_all_ways_of_writing_a_day_stay_together():
    task = TASKS["dates"]
    data = DataConfig(samples=6_000, test_percent=20, validation_percent=20)
    parts = task.parts(data, task.defaults.sequence, None)
    assert all(parts[name] for name in PARTS)
    days = Counter(day for name in PARTS for day in {day for _, day in parts[name]})
    assert set(days.values()) == {1}


@pytest.mark.parametrize(
    "line",
    ["", "3/25/03 2003-03-25", "3/25/03_2003-03", f"{'x' * 30}_2003-03-25"],
    ids=["empty", "no mark", "short day", "too wide"],
)
def test_a_line_that_is_no_date_is_named(tmp_path, line):
    file = tmp_path / "date.txt"
    file.write_text(f"{'3/25/03':29}_2003-03-25\n{line}\n3/26/03_2003-03-26\n")
    with pytest.raises(UserError, match=rf"{re.escape(str(file))}, line 2: "):
        dates.read_book(str(file))


# Letters.


def test_reversed_letters():
    data = DataConfig(samples=2_000, shortest=3, longest=6)
    pairs = reverse.generate(data)
    assert pairs == reverse.generate(data)
    assert len(set(pairs)) == len(pairs)
    assert all(target == source[::-1] for source, target in pairs)
    lengths = Counter(len(source) for source, _ in pairs)
    assert set(lengths) == {3, 4, 5, 6}
    assert all(lengths[n] / len(pairs) == pytest.approx(1 / 4, abs=0.05) for n in lengths)
    assert set("".join(source for source, _ in pairs)) == set("abcdefghijklmnopqrstuvwxyz")


def test_letters_depend_on_the_seed():
    first, second = (reverse.generate(DataConfig(samples=50, seed=seed)) for seed in (1, 2))
    assert first != second


def test_fresh_strings_were_never_trained_on():
    """Two letters: the training part holds most of all 676 strings, and none of the fresh ones."""
    data = DataConfig(samples=5_000, shortest=2, longest=2)
    parts = reverse.parts(data, TASKS["reverse"].defaults.sequence, None)
    train = {source for source, _ in parts["train"]}
    assert len(train) > 500
    found = reverse.fresh(data, 2, 20, seed=7)
    assert len(found) == 20 and not train & {source for source, _ in found}
    assert found == reverse.fresh(data, 2, 20, seed=7) != reverse.fresh(data, 2, 20, seed=8)
    long = reverse.fresh(data, 20, 5, seed=7)
    assert [len(source) for source, _ in long] == [20] * 5
    assert all(target == source[::-1] for source, target in [*found, *long])


def test_there_may_be_fewer_fresh_strings_than_asked_for():
    """26 strings of one letter, and only those of the test buckets may be used."""
    found = reverse.fresh(DataConfig(test_percent=20), 1, 20, seed=7)
    expected = {c for c in "abcdefghijklmnopqrstuvwxyz" if part_of(c, 20, 5) == "test"}
    assert {source for source, _ in found} == expected


# Files.


def test_columns_and_line_ends(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_bytes("\ufeffI go.\tJe vais.\tCC BY\r\n\nHi\tSalut\n".encode())
    assert list(whole_file(str(file), "source,target")) == [("I go.", "Je vais."), ("Hi", "Salut")]
    packed = tmp_path / "pairs.tsv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert list(whole_file(str(packed), "target,source")) == [
        ("Je vais.", "I go."), ("Salut", "Hi"),
    ]  # fmt: skip


def truncated_gzip():
    return gzip.compress(b"a\tb\n" * 1000, mtime=0)[:-20]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"a\tb\nonly one\n",
            ", line 2: It has one column; two texts with a tab between are needed.",
        ),
        (b"a\tb\nc\t \n", ", line 2: Its second column is empty."),
        (b"a\tb\n\tb\n", ", line 2: Its first column is empty."),
        (b"", " holds no pairs."),
        (b"\n \n", " holds no pairs."),
        (b"a\tb\n\xff\xfe\tc\n", ", line 2: It is not UTF-8 (byte 1)."),
        (truncated_gzip(), " is a damaged gzip file; fetch it again."),
        (b"\x1f\x8b\x08\x00nonsense", " is a damaged gzip file; fetch it again."),
        (b"\x1f\x8bnonsense", " is a damaged gzip file; fetch it again."),
        (
            gzip.compress(b"a\tb", mtime=0)[:-5] + b"12345",
            " is a damaged gzip file; fetch it again.",
        ),
    ],
)
def test_a_file_without_pairs_is_refused_by_name(tmp_path, content, message):
    file = tmp_path / "pairs"
    file.write_bytes(content)
    with pytest.raises(UserError) as caught:
        list(whole_file(str(file), "source,target"))
    assert str(caught.value) in (f"{file}{message}", f"{file.name}{message}")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(UserError, match=rf"^{re.escape(str(path))} cannot be read: \w"):
            list(whole_file(str(path), "source,target"))


def write_pairs(path, pairs):
    path.write_text("".join(f"{a}\t{b}\n" for a, b in pairs))
    return str(path)


def test_filters_and_duplicates(tmp_path):
    pairs = [
        ("Je suis là !", "I am here!"),
        ("je suis la!", "I'm here!"),
        ("JE SUIS LÀ!", "i am here !"),
        ("안녕", "hello"),
        ("un deux trois quatre", "short"),
        ("Il est parti.", "He left."),
    ]
    path = write_pairs(tmp_path / "p.tsv", pairs)
    sequence = TASKS["fra-eng"].defaults.sequence
    kept = sentences.normalised_pairs(DataConfig(max_length=4), sequence, path)
    assert kept == [
        ("je suis la !", "i am here !"),
        ("je suis la !", "i m here !"),
        ("un deux trois quatre", "short"),
        ("il est parti .", "he left ."),
    ]
    kept = sentences.normalised_pairs(DataConfig(max_length=3), sequence, path)
    assert kept == []
    kept = sentences.normalised_pairs(DataConfig(prefix_filter=True), sequence, path)
    assert {target for _, target in kept} == {"i am here !", "i m here !"}


def test_a_file_that_is_needed_is_asked_for(tmp_path):
    task = TASKS["fra-eng"]
    with pytest.raises(UserError, match="fra-eng needs its data file; name it with --data"):
        load_parts(task, task.defaults.data, task.defaults.sequence, None)
    path = write_pairs(tmp_path / "p.tsv", [("a " * 30, "b")])
    with pytest.raises(UserError, match="no pair that passes"):
        load_parts(task, task.defaults.data, task.defaults.sequence, path)


def test_another_file_than_the_one_trained_on_is_refused(tmp_path):
    task = TASKS["fra-eng"]
    sequence = task.defaults.sequence
    first = write_pairs(tmp_path / "a.tsv", [("un", "one")])
    data, _ = load_parts(task, task.defaults.data, sequence, first)
    assert load_parts(task, data, sequence, first)[0] == data
    packed = tmp_path / "a.tsv.gz"
    packed.write_bytes(gzip.compress(Path(first).read_bytes()))
    assert load_parts(task, data, sequence, str(packed))[0] == data
    with pytest.raises(UserError, match=data.sha256[:12]):
        load_parts(task, data, sequence, write_pairs(tmp_path / "b.tsv", [("deux", "two")]))


# From pairs to batches.


def encoded(task_name, pairs, **changes):
    task = TASKS[task_name]
    data = DataConfig(**changes)
    sequence = task.defaults.sequence
    vocabs = build_vocabularies(task, data, sequence, pairs)
    return task, vocabs, encode_pairs(pairs, sequence, *vocabs)


def test_rare_words_become_unknown():
    pairs = [("je suis", "i am"), ("je vais", "i go"), ("je suis", "me")]
    _, (source, target), ids = encoded(
        "fra-eng", pairs, source_min_frequency=2, target_min_frequency=2
    )
    assert source.tokens == ("<pad>", "<unk>", "<eos>", "je", "suis")
    assert target.tokens == ("<pad>", "<unk>", "<sos>", "<eos>", "i")
    assert ids[1] == ([3, source.unk, source.eos], [4, target.unk])


def test_dates_share_one_vocabulary():
    pairs = [("3/25/03", "2003-03-25")]
    _, (source, target), ids = encoded("dates-book", pairs)
    assert source is target
    assert set(source.tokens) == set("3/25/03 2003-03-25_")
    assert source.decode(ids[0][0]) == [*"3/25/03", *" " * 22]
    assert source.decode(ids[0][1]) == [*"2003-03-25"]


@pytest.mark.parametrize("bucketing", [True, False])
def test_an_epoch_shows_every_pair_once(bucketing):
    pairs = reverse.generate(DataConfig(samples=101, longest=6))
    task, vocabs, ids = encoded("reverse", pairs)
    model = task.defaults.model
    batches = Batches(ids, model, task.defaults.sequence, *vocabs, 16, bucketing)
    epochs = []
    for epoch in (1, 1, 2):
        rows = []
        for batch in batches.epoch(seed=4, epoch=epoch):
            spread = batch.source.lengths.max() - batch.source.lengths.min()
            assert not bucketing or spread <= 2
            for row, length in zip(batch.source.ids, batch.source.lengths, strict=True):
                rows.append(tuple(row[:length].tolist()))
        epochs.append(rows)
    assert len(batches) == 7
    assert epochs[0] == epochs[1] != epochs[2]
    expected = sorted(tuple(source) for source, _ in ids)
    assert sorted(epochs[0]) == sorted(epochs[2]) == expected
    assert len(list(batches.in_order())) == 7


def test_a_batch_feeds_what_stands_before_each_target():
    pairs = [("ab", "ba"), ("abcd", "dcba")]
    task, vocabs, ids = encoded("reverse", pairs)
    batches = Batches(ids, task.defaults.model, task.defaults.sequence, *vocabs, 2, True)
    batch = next(batches.in_order())
    target = vocabs[1]
    assert target.decode(batch.fed[0].tolist()) == ["<sos>", "b", "a", "<pad>", "<pad>"]
    assert target.decode(batch.target[0].tolist()) == ["b", "a", "<eos>", "<pad>", "<pad>"]
    assert batch.target_lengths.tolist() == [3, 5]
    assert batch.target_mask.sum(1).tolist() == [3, 5]
    assert vocabs[0].decode(batch.source.ids[1].tolist()) == [*"abcd", "<eos>"]


# How close the test part lies.


@pytest.mark.parametrize(
    ("source", "near"),
    [
        ("a b c", True),
        ("a x c", True),
        ("x b c", True),
        ("a b", True),
        ("a b c d", True),
        ("x a b c", True),
        ("a b x y", False),
        ("c b a", False),
        ("a", False),
    ],
)
def test_within_one_token(source, near):
    assert near_share([source.split()], [["a", "b", "c"]]) == near


def test_share_of_near_sources():
    sources = [text.split() for text in ("a b", "x y z", "a b c d", "q r s t")]
    assert near_share(sources, [["a", "b", "c"]]) == 0.5


def test_inputs_that_are_read_alike_are_counted():
    assert read_alike([[1, 2], [1, 3], [1, 2]], [[1, 2], [4]]) == 2
    assert read_alike([], [[1]]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fra-eng/attention", "fra-eng-small/dot"])
def test_a_card_counts_the_test_inputs_that_are_read_as_training_inputs(name):
    """36 of 2,279 in fra-eng."""
    model = checkpoint.load(name)
    file = corpus("eng-fra.tsv.gz")
    _, parts = load_parts(TASKS[model.task], model.about.data, model.sequence, file)

    def read(part):
        return [model.source_vocab.encode(s.split())[0] for s, _ in parts[part]]

    seen = {tuple(ids) for ids in read("train")}
    wanted = sum(tuple(ids) in seen for ids in read("test"))
    assert model.about.read_alike == wanted
    card = (ROOT / "checkpoints" / name / "README.md").read_text("utf-8")
    assert f"{wanted:,} of the {len(parts['test']):,} test inputs" in card
