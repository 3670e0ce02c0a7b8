"""The Korean grammar: is its Korean what Kiwi reads, its English right, and do its links hold?"""

import random
from collections import Counter

import pytest

from s2s.errors import UserError
from s2s.tasks import TASKS, DataConfig, phrases
from s2s.tasks.phrases.draw import draw_clause
from s2s.tasks.phrases.grammar import KINDS, korean
from s2s.tasks.phrases.lexicon import ADJECTIVES, NOUNS, PLACES, TIMES, VERBS
from s2s.tasks.split import PARTS
from s2s.text import NORMALISERS, TOKENISERS


@pytest.fixture(scope="module")
def pairs():
    return phrases.generate(1500, 3)


def test_there_are_a_few_hundred_words():
    assert 350 < len({*NOUNS, *PLACES, *VERBS, *ADJECTIVES, *TIMES}) < 700


@pytest.mark.parametrize(("korean", "english"), [
    ("저는 학생입니다.", "i m a student ."),
    ("저는 학생입니다", "i m a student ."),
    ("어디에 가요", ""),
    ("톰은 그 사과를 안 좋아할 거예요.", "tom won t like that apple ."),
    ("그는 의사가 아니에요.", "he s not a doctor ."),
    ("그녀는 간호사였어요.", "she was a nurse ."),
    ("나는 어제 도서관에서 책을 읽었다.", "i read a book at the library yesterday ."),
    ("나는 사과를 안 먹어.", "i don t eat an apple ."),
    ("톰은 고기를 먹지 않는다.", "tom doesn t eat meat ."),
    ("우리는 내일 서울에 갈 거예요.", "we ll go to seoul tomorrow ."),
    ("메리는 음악을 듣고 있어요.", "mary is listening to music ."),
    ("그녀는 커피를 마시고 싶어해요.", "she wants to drink coffee ."),
    ("저는 한국어를 배우고 싶습니다.", "i want to learn korean ."),
    ("톰은 수영할 수 없어요.", "tom can t swim ."),
    ("나는 숙제를 해야 해.", "i have to do homework ."),
    ("문을 열어 주세요.", "please open the door ."),
    ("학교에 갑시다.", "let s go to school ."),
    ("화장실이 어디에 있어요?", "where is the bathroom ?"),
    ("누가 피아노를 쳤어요?", "who played the piano ?"),
    ("무엇을 먹고 싶으세요?", "what do you want to eat ?"),
    ("너는 왜 우니?", "why do you cry ?"),
    ("언제 메리를 만났어요?", "when did you meet mary ?"),
    ("고양이가 의자 아래에 있다.", "the cat is under the chair ."),
    ("냉장고 안에 우유가 있어요.", "there is milk in the refrigerator ."),
    ("톰은 시간이 없었다.", "tom didn t have time ."),
    ("그들의", ""),
    ("오늘은 추워요.", ""),
    ("어제 추웠어요.", "it was cold yesterday ."),
    ("이 개는 위험하지 않아요.", "this dog isn t dangerous ."),
    ("나의 어머니는 선생님이다.", "my mother is a teacher ."),
    ("나는 친구에게 선물을 줬어.", "i gave a present to my friend ."),
])  # fmt: skip
def test_what_a_sentence_says(korean, english):
    """Sentences written by hand, as people spell them; some lie outside the grammar."""
    found = {" ".join(word for word, _, _ in phrases.english(c)) for c in phrases.read(korean)}
    assert found == ({english} if english else set())
    tokens = TOKENISERS["morphemes"].split(NORMALISERS["hangul"](korean).text)
    assert bool(TASKS["phrases"].doubt(tokens)) == (not english)


def test_a_sentence_says_one_thing(pairs):
    """The English follows from the Korean, however it is cut."""
    for source, target in pairs[:300]:
        found = {" ".join(word for word, _, _ in phrases.english(c)) for c in phrases.read(source)}
        assert found == {target}
    draw, said = random.Random(4), {}
    for _ in range(3000):
        source, target = phrases.written(draw_clause(draw))
        assert said.setdefault(source, target) == target


def test_the_draws_follow_their_seed(pairs):
    assert phrases.generate(300, 1) == phrases.generate(300, 1) != phrases.generate(300, 2)
    assert len(pairs) > 1350  # few are repeated, or cut otherwise by Kiwi
    assert len({source for source, _ in pairs}) == len(pairs)


def test_every_kind_and_way_of_speaking_comes():
    draw = random.Random(1)
    drawn = [draw_clause(draw) for _ in range(3000)]
    assert set(Counter(clause.kind for clause in drawn)) == set(KINDS)
    for name, count in {"mood": 4, "politeness": 5, "tense": 3, "aspect": 6, "negation": 3}.items():
        found = Counter(getattr(clause, name) for clause in drawn)
        assert len(found) == count and min(found.values()) > 9, name


def test_links_join_what_was_made_together(pairs):
    for source, target in pairs[:300]:
        pair = phrases.links(source, target)
        assert pair.source == tuple(TOKENISERS["morphemes"].split(source))
        assert pair.target == tuple(target.split())
        # A mark ends both, and nothing else is linked to it.
        last = len(pair.source) - 1, len(pair.target) - 1
        touching = [link for link in pair.possible if last[1] == link[1]]
        assert touching == [last] * (source[-1] in ".?") and set(touching) <= pair.sure


def test_links_worked_by_hand():
    target = "i read a book at the library yesterday ."
    pair = phrases.links("나는 어제 도서관에서 책을 읽었다 .", target)
    named = {(pair.source[s], pair.target[t]) for s, t in pair.sure}
    assert named == {("나", "i"), ("읽", "read"), ("책", "book"), ("에서", "at"),
                     ("도서관", "library"), ("어제", "yesterday"), (".", ".")}  # fmt: skip
    maybe = {(pair.source[s], pair.target[t]) for s, t in pair.possible - pair.sure}
    assert maybe == {("었", "read"), ("책", "a"), ("도서관", "the")}


@pytest.mark.parametrize(("source", "target"), [
    ("나는 책을 읽었다 .", "i read a newspaper ."), ("아이고 .", "oh ."), ("", ""),
])  # fmt: skip
def test_other_sentences_have_no_links(source, target):
    with pytest.raises(UserError, match="No links are known"):
        phrases.links(source, target)


def test_the_verb_moves(pairs):
    """The verb's stem stands late in Korean and second in English."""
    late, moved = 0, 0
    for source, _ in pairs[:300]:
        clause = phrases.read(source)[0]
        if clause.kind == "verb" and clause.object and clause.mood == "statement":
            parts = [part for _, part in korean(clause)]
            words = [sure for _, sure, _ in phrases.english(clause)]
            verb = next(t for t, sure in enumerate(words) if "verb" in sure)
            thing = next(t for t, sure in enumerate(words) if "object" in sure)
            late += 1
            moved += parts.index("verb") > parts.index("object") and verb < thing
    assert late > 50 and moved == late


def test_all_ways_of_saying_a_sentence_stay_together():
    task = TASKS["phrases"]
    data = DataConfig(samples=1500, test_percent=20, validation_percent=20)
    parts = task.parts(data, task.defaults.sequence, None)
    assert all(parts[name] for name in PARTS)
    said = Counter(target for name in PARTS for target in {target for _, target in parts[name]})
    assert set(said.values()) == {1}
