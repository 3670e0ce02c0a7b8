"""Korean: morphemes, what a typed text becomes, the task's parts, a small model end to end."""

import random
import re
import unicodedata
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tiny import build_system, corpus

from s2s.decoding import single
from s2s.decoding.whatif import Edit, edited_source, run
from s2s.errors import UserError
from s2s.results import Cut, History
from s2s.tasks import TASKS, kor_eng, phrases
from s2s.tasks.parts import load_parts
from s2s.tasks.recipes import RECIPES
from s2s.tasks.split import PARTS
from s2s.text import korean
from s2s.text.units import NORMALISERS, TOKENISERS, changed_words, hangul
from s2s.text.vocab import BOS, EOS, PAD, UNK, Vocab
from s2s.training.recipe_tables import word_order
from s2s.training.seed_runs import Findings, SeedRun

TASK = TASKS["kor-eng"]
SENTENCES = (
    "저는 강사입니다 .", "나는 어제 책을 읽었다 .", "그녀는 학교에 갔다 .", "어디 가요 ?",
    "안녕하세요", "난 널 사랑해 !", "이것은 무엇인가요 ?",
)  # fmt: skip


# Morphemes.


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("저는 강사입니다 .", "저 는 강사 이 ㅂ니다 ."),
        ("나는 어제 책을 읽었다 .", "나 는 어제 책 을 읽 었 다 ."),
        ("톰은 학교에 갔다 .", "톰 은 학교 에 가 었 다 ."),  # 갔 is the stem and the past in one
        ("커피를 마신다 !", "커피 를 마시 ㄴ다 !"),
        ("", ""),
        (" ", ""),
        (". ! ?", ". ! ?"),
        ("je suis .", "je suis ."),
        ("뷁", "뷁"),
    ],
)
def test_stems_particles_and_endings_are_tokens(text, tokens):
    assert korean.split(text) == tokens.split()


def test_no_token_has_a_letter_that_cannot_be_typed():
    for text in SENTENCES:
        for token in korean.split(text):
            assert re.fullmatch(r"[가-힣ㄱ-ㅎ]+|[.!?]", token), token
    for place, letter in enumerate(korean.CODAS):
        coda = unicodedata.name(chr(0x11A8 + place))
        assert unicodedata.name(letter) == coda.replace("JONGSEONG", "LETTER")


def pieces(count):
    """Seeded runs of morphemes, syllables, jamo, Latin words and marks."""
    draw = random.Random(5)
    known = [token for text in SENTENCES for token in korean.split(text)]
    for _ in range(count):
        syllables = [chr(draw.randrange(0xAC00, 0xD7A4)) for _ in range(5)]
        yield draw.choices([*known, *syllables, "ㅋㅋ", "tom", "+"], k=draw.randint(1, 8))


def test_tokens_that_are_cut_already_are_read_as_they_are():
    """After a drop or a swap no token may be cut anew, whatever stands in it."""
    system = reader_of()
    for tokens in [["는"], ["ㅂ니다"], ["."], ["tom"], ["책", "을"], ["+"], *pieces(200)]:
        reading = system.read(Cut(tuple(tokens), "morphemes"), suggest=False)
        words = list(reading.tokens[:-1])
        for unknown in reading.unknown:
            words[unknown.position] = unknown.token
        assert words == tokens and reading.dropped == ()


@pytest.mark.parametrize(
    ("typed", "same", "dropped"),
    [
        ("저는 강사입니다. + ", "저는 강사입니다.", ("+",)),
        ("저는 강사입니다. 1+1", "저는 강사입니다.", ("1+1",)),
        ("C++ 저는 강사입니다.", "저는 강사입니다.", ("C++",)),
        ("저는+ 강사입니다.", "저는 강사입니다.", ("+",)),
        ("저는 강사입니다. ＋", "저는 강사입니다.", ("＋",)),
    ],
)
def test_a_plus_sign_is_a_dropped_character_like_others(typed, same, dropped):
    system = reader_of()
    reading = system.read(typed)
    assert reading.tokens == system.read(same).tokens and reading.dropped == dropped


def test_the_same_text_is_always_cut_alike():
    first = [korean.split(text) for text in SENTENCES]
    korean._morphemes.cache_clear()
    assert [korean.split(text) for text in reversed(SENTENCES)] == first[::-1]
    tokens = korean.split(SENTENCES[0])
    tokens.clear()  # the caller's own list
    assert korean.split(SENTENCES[0]) == first[0]


def test_any_text_that_the_normaliser_lets_through_is_cut_without_blanks():
    draw = random.Random(3)
    pools = ((0xAC00, 0xD7A4), (0x3131, 0x3164), (0x20, 0x7F), (0x1100, 0x1200))
    for _ in range(200):
        typed = "".join(chr(draw.randrange(*draw.choice(pools))) for _ in range(20))
        tokens = korean.split(hangul(typed).text)
        assert all(token and not re.search(r"[\s+]", token) for token in tokens)


def test_a_missing_analyser_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "kiwipiepy", None)
    korean._kiwi.cache_clear()
    with pytest.raises(UserError, match="kiwipiepy; install requirements.txt again"):
        korean.split("한 번도 읽은 적이 없는 말")
    assert korean.split("je suis") == ["je", "suis"]


# What a typed text becomes.

VOCAB = Vocab(
    (PAD, UNK, EOS, *"저 는 강사 이 ㅂ니다 학생 . ?".split()), pad=0, unk=1, eos=2
)  # fmt: skip


def reader_of(**switches):
    return replace(
        build_system(TASK.defaults.sequence, VOCAB, task="kor-eng", **switches), reads="Korean"
    )


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_sentence_in_either_form(form):
    reading = reader_of().read(unicodedata.normalize(form, "저는 강사입니다."))
    assert reading.tokens == ("저", "는", "강사", "이", "ㅂ니다", ".", EOS)
    assert reading.length == 6 and reading.dropped == reading.changed == reading.unknown == ()


def test_unknown_morphemes_stand_where_they_were_typed():
    reading = reader_of().read("저는 의사입니다?")
    assert [(u.token, u.position) for u in reading.unknown] == [("의사", 2)]
    assert reading.tokens[2] == UNK and reading.length == 6


def test_latin_letters_digits_and_symbols_are_said_to_be_left_out():
    reading = reader_of().read("저는 «강사» 3 Tom입니다!")
    assert reading.dropped == ("«", "»", "3", "Tom")
    assert changed_words("저는 Tom É", hangul) == []


@pytest.mark.parametrize("typed", ["Je suis fatigué.", "3 + 4", "你好", "...", "ᄀ"])
def test_another_script_is_refused(typed):
    with pytest.raises(UserError, match="^This model reads Korean; it found no letters it knows"):
        reader_of().read(typed)


def test_length_is_counted_in_tokens():
    with pytest.raises(UserError, match="41 tokens; this model reads at most 40"):
        reader_of().read("저 " * 41)


def test_edits_of_the_source_keep_the_other_tokens():
    system, text = reader_of(attention="dot"), "저는 강사입니다."

    def tokens(*edits):
        return system.read(edited_source(system, text, edits)).tokens[:-1]

    assert tokens(Edit("drop", 1)) == ("저", "강사", "이", "ㅂ니다", ".")
    assert tokens(Edit("swap", 0)) == ("는", "저", "강사", "이", "ㅂ니다", ".")
    assert tokens(Edit("replace", 2, "학생")) == ("저", "는", "학생", "이", "ㅂ니다", ".")
    assert tokens(*[Edit("drop", 0)] * 4) == ("ㅂ니다", ".")
    assert run(system, text, [Edit("drop", 3)]).trace.attention.shape[1] == 6


@pytest.mark.parametrize("name", sorted(TOKENISERS))
def test_every_tokeniser_takes_nothing(name):
    assert TOKENISERS[name].split("") == [] and TOKENISERS[name].join([]) == ""


# The task.


def test_examples_can_be_read_whole():
    for text in TASK.examples:
        read = NORMALISERS[TASK.defaults.sequence.source_normaliser](text)
        assert not read.dropped
        assert len(korean.split(read.text)) <= TASK.defaults.data.max_length


@pytest.mark.slow
def test_parts_of_the_corpus():
    data, parts = load_parts(
        TASK, TASK.defaults.data, TASK.defaults.sequence, corpus("kor-eng.tsv")
    )
    assert data.sha256.startswith("745d43d5c6c2")
    assert [len(parts[name]) for name in PARTS] == [4796, 280, 597]
    for side in (0, 1):
        cut = (TOKENISERS["morphemes"].split, str.split)[side]
        seen = Counter(
            tokens for name in PARTS for tokens in {tuple(cut(pair[side])) for pair in parts[name]}
        )
        assert set(seen.values()) == {1}
    held_out = {source for name in PARTS[1:] for source, _ in parts[name]}
    watched = {source for source, _ in RECIPES["kor-eng/attention"].watch}
    assert watched & held_out and all(
        pair in {p for name in PARTS for p in parts[name]}
        for pair in RECIPES["kor-eng/attention"].watch
    )


def test_the_grammar_joins_the_training_part_alone(tmp_path):
    """None of its sentences reads or says what is held out; a Korean spelling is no way round."""
    everyone = phrases.generate(1200, 7)
    file = tmp_path / "pairs.tsv"
    file.write_text("".join(f"{target}\t{source}\n" for source, target in everyone[:300]), "utf-8")
    data = replace(TASK.defaults.data, samples=1200, seed=7, test_percent=20)
    alone = TASK.parts(data, TASK.defaults.sequence, str(file))
    mixed = TASK.parts(
        replace(data, origin="file and generator"), TASK.defaults.sequence, str(file)
    )
    assert mixed["test"] == alone["test"] and mixed["validation"] == alone["validation"]
    count = kor_eng.REPEATS * len(alone["train"])
    assert mixed["train"][:count] == alone["train"] * kor_eng.REPEATS
    made = mixed["train"][count:]
    assert 700 < len(made) < 1200 and set(made) <= set(everyone)
    held_out = [pair for part in ("validation", "test") for pair in mixed[part]]
    read = {tuple(korean.split(source)) for source, _ in held_out}
    assert not {target for _, target in made} & {target for _, target in held_out}
    assert not read & {tuple(korean.split(source)) for source, _ in made}
    assert set(everyone) & set(held_out)  # so something had to be left out
    held_of_the_grammar = phrases.parts(
        replace(phrases.TASK.defaults.data, samples=1200, seed=7), TASK.defaults.sequence, None
    )
    assert not set(made) & {*held_of_the_grammar["test"], *held_of_the_grammar["validation"]}


@pytest.mark.slow
def test_a_small_model_end_to_end(tmp_path, monkeypatch):
    """From a file to a checkpoint that reads a typed sentence by itself."""
    from s2s.checkpoints import checkpoint
    from s2s.training.experiment import Plan, execute, prepare

    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "checkpoints"))
    jobs = {"강사": "an instructor", "학생": "a student", "의사": "a doctor", "농부": "a farmer"}
    lines = [
        f"{who} {name}.\t{subject} {job}입니다.\n"
        for subject, who in (("저는", "I am"), ("당신은", "You are"))
        for job, name in jobs.items()
    ]
    file = tmp_path / "pairs.tsv"
    file.write_text("".join(lines), "utf-8")
    start = TASK.defaults
    plan = Plan(
        TASK, "tiny",
        replace(start.data, test_percent=0, validation_percent=0),
        replace(start.model, hidden=32, source_embedding=16, target_embedding=16, dropout=0.0,
                attention="dot"),
        start.sequence,
        replace(start.train, epochs=40, batch_size=4, learning_rate=1e-2),
        str(file), "-", tmp_path / "runs",
    )  # fmt: skip
    execute(prepare(plan))
    system = checkpoint.load("kor-eng/tiny")
    assert system.reads == "Korean"
    trace = system.translate("당신은 의사입니다.")
    assert trace.source == ("당신", "은", "의사", "이", "ㅂ니다", ".", EOS)
    assert trace.text == "you are a doctor ."


def test_word_order_says_where_the_words_look(monkeypatch):
    """Weights set by hand. The second pair does not begin with a subject and does not count."""
    target = Vocab((PAD, UNK, BOS, EOS, *"i am an instructor .".split()), 0, 1, 2, 3)
    system = build_system(TASK.defaults.sequence, VOCAB, target, task="kor-eng", attention="dot")
    weights = np.full((6, 7), 0.05)  # i am an instructor . <eos>; 저 는 강사 이 ㅂ니다 . <eos>
    for step, place in enumerate((0, 4, 3, 2, 5, 6)):
        weights[step, place] = 0.7
    weights[0, 6] = 0.9  # the end token does not count
    forced = single.forced
    monkeypatch.setattr(single, "forced", lambda *a: replace(forced(*a), attention=weights))
    source = "저는 강사입니다 ."
    pairs = [(source, "i am an instructor ."), (source, "an instructor am i .")]
    run = SeedRun(1, system, History(), {"test": pairs})
    table = word_order(Findings(RECIPES["kor-eng/attention"], [run], run, lambda: ([], [])))
    assert table.rows == (
        ("first", 1, "0.00"), ("second", 1, "1.00"), ("third", 1, "0.75"), ("last", 1, "0.50"),
    )  # fmt: skip
    assert "In 100 % of them" in table.note
