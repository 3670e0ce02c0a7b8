"""Korean particles after any token, as it is read aloud."""

from __future__ import annotations

import pytest

from s2s.text.particles import PAIRS, ending, particle

C, V, R = "x", "", "ㄹ"

READ = {
    # Hangul
    C: """책 문장 어텐션 모델은 집 강 학습 예측 병목 확률값 값 닭 앉 앞 부엌 꽃 옷 빛 밖 밑 여덟 삶
        토큰 문맥 인코딩 시작 끝 단점 방 번역 기억 답
        10 100 1000 10000 100000000 3 6 0 13 26 0.50 0.3 20 400 1,000 2.0 30
        book look cook map top shop ship step cup stop up cat hat not but hot it that what robot
        internet market ticket back black clock neck truck music magic club web job lab
        maison time name line machine one come some song thing sing am garden man woman from
        RNN LSTM token attention system room dream plan gone sleep keep group good type big bag
        M N m n ㄱ ㅂ = : - ␣ # 3M 2003""".split(),
    V: """나 우리 단어 기계 오후 벡터 다리 코 소 가 네 위 뒤 어휘 기울기 크기 가중치
        2 4 5 9 12 45 99 1994 0.09 1000000000000 85\u00a0% 18% 3× 20°
        keys house door week speak break park walk think milk make like camp help hope tape
        start test lost right night write date note boat eat great street dog red the me he she we
        cles nous avons perdu sa for her car year fire idea you high check set soup
        GRU BLEU CPU S a b e f k s x z <eos> <sos> «the» . , ! ? ㅏ 1° été\u0301""".split(),
    R: """모델 길 물 기말 하늘 글 셀 레이블 디코딩할 일 7 8 1 11 21 107 2008 0.8 08
        table people apple little while male whole rule small tool model cell girl beautiful
        L l R r HTML URL ㄹ""".split(),
}  # fmt: skip
ALL = [(word, end) for end, words in READ.items() for word in words]


def test_there_are_two_hundred_tokens():
    assert len({word for word, _ in ALL}) == len(ALL) >= 200


@pytest.mark.parametrize(("word", "end"), ALL)
def test_the_last_sound(word: str, end: str):
    assert ending(word) == end


@pytest.mark.parametrize(
    ("word", "pair", "form"),
    [
        ("책", "은/는", "은"), ("나", "은/는", "는"), ("길", "은/는", "은"),
        ("책", "이/가", "이"), ("keys", "이/가", "가"), ("book", "을/를", "을"),
        ("85\u00a0%", "을/를", "를"), ("길", "으로/로", "로"), ("책", "으로/로", "으로"),
        ("나", "으로/로", "로"), ("7", "으로/로", "로"), ("10", "으로/로", "으로"),
        ("책", "과/와", "과"), ("LSTM", "이라/라", "이라"), ("나", "이에요/예요", "예요"),
    ],
)  # fmt: skip
def test_the_form(word: str, pair: str, form: str):
    assert particle(word, pair) == form


@pytest.mark.parametrize("word", ["", " ", "​", "😀", "漢字", "дом", "\ud800", "…", "<>"])
def test_any_text_has_one(word: str):
    for pair in PAIRS:
        assert particle(word, pair) in pair.split("/")


def test_an_unknown_pair_is_refused():
    with pytest.raises(ValueError, match="은/는"):
        particle("책", "는/은")
