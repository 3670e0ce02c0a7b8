"""Korean sentences from a grammar of our own, with English by rule: verbs move, links are known."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from functools import partial

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.errors import UserError
from s2s.results.alignment import GoldPair
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.languages import ENGLISH, KOREAN, looks
from s2s.tasks.phrases.draw import draw_clause
from s2s.tasks.phrases.english import english
from s2s.tasks.phrases.grammar import Clause, korean
from s2s.tasks.phrases.read import clauses, forms, plain
from s2s.tasks.split import Pair, split
from s2s.text import NORMALISERS, TOKENISERS
from s2s.text import korean as morphemes
from s2s.text.language import N_, later, tr
from s2s.text.vocab import BOS, EOS, PAD, UNK


def written(clause: Clause) -> Pair:
    """A clause in Korean and English, as a model reads and writes them."""
    text = morphemes.join([morpheme for morpheme, _ in korean(clause)])
    return NORMALISERS["hangul"](text).text, " ".join(word for word, _, _ in english(clause))


def generate(samples: int, seed: int) -> list[Pair]:
    """Distinct pairs; a sentence that Kiwi cuts otherwise than the grammar is left out.

    Draws follow the seed alone; what is repeated or left out makes the list shorter than `samples`.
    """
    draw = random.Random(seed)
    found: dict[str, str] = {}
    for _ in range(samples):
        clause = draw_clause(draw)
        source, target = written(clause)
        own = forms([morpheme for morpheme, _ in korean(clause)])
        if source not in found and plain(morphemes.split(source)) == own:
            found[source] = target
    return list(found.items())


def parts(data: DataConfig, sequence: SequenceConfig, path: str | None) -> dict[str, list[Pair]]:
    """All ways of saying one English sentence stay in one part: the key is that sentence."""
    pairs = generate(data.samples, data.seed)
    return split(pairs, (target for _, target in pairs), data.test_percent, data.validation_percent)


def read(source: str) -> list[Clause]:
    """What a Korean text says in this grammar; empty where it is none of its sentences."""
    return list(clauses(TOKENISERS["morphemes"].split(NORMALISERS["hangul"](source).text)))


def links(source: str, target: str) -> GoldPair:
    """Links of one of the grammar's pairs, morpheme to word, as both sides were made.

    Raises:
        UserError: when the source is none of the grammar's sentences, or says something else.
    """
    tokens = tuple(TOKENISERS["morphemes"].split(source))
    for clause in clauses(tokens):
        words = english(clause)
        if [word for word, _, _ in words] == target.split():
            part_of = [part for _, part in korean(clause)]
            return GoldPair(
                tokens,
                tuple(target.split()),
                _links(part_of, (sure for _, sure, _ in words)),
                _links(part_of, (maybe for _, _, maybe in words)),
            )
    raise no_links(source, target)


def no_links(source: str, target: str) -> UserError:
    """What to raise for a pair that no generator could have made."""
    return UserError(
        later('No links are known for "{source}" and "{target}".', source=source, target=target)
    )


def _links(part_of: list[str], words: Iterable[tuple[str, ...]]) -> frozenset[tuple[int, int]]:
    return frozenset(
        (s, t) for t, parts in enumerate(words) for s, part in enumerate(part_of) if part in parts
    )


def doubt(tokens: Sequence[str]) -> str:
    """Why a model of these sentences may answer wrongly; empty for a sentence of the grammar."""
    if any(clauses(tokens)):
        return ""
    return tr("This is none of the sentences of the grammar that made its training pairs.")


TASK = Task(
    name="phrases",
    title=N_("Korean → English, made by a grammar"),
    source_name=KOREAN,
    target_name=ENGLISH,
    unit="token",
    score="exact_match",
    unseen=N_("on combinations it has never seen"),
    like=partial(looks, language=KOREAN),
    examples=(
        "저는 학생입니다.",
        "나는 어제 도서관에서 책을 읽었다.",
        "그녀는 커피를 마시고 싶어해요.",
        "화장실이 어디에 있어요?",
        "문을 열어 주세요.",
        "우리는 내일 서울에 갈 거예요.",
    ),
    prompt=N_("Type a simple Korean sentence"),
    defaults=Defaults(
        data=DataConfig(samples=40_000),
        model=ModelConfig(
            hidden=192, bidirectional=True, source_embedding=96, target_embedding=96, dropout=0.1
        ),
        sequence=SequenceConfig(
            source_normaliser="hangul",
            source_tokeniser="morphemes",
            max_source_length=40,
            max_output_length=30,
        ),
        train=TrainConfig(
            epochs=8, batch_size=64, learning_rate=2e-3, rate_schedule="linear", clip=1.0
        ),
    ),
    parts=parts,
    specials=(
        {"pad": PAD, "unk": UNK, "eos": EOS},
        {"pad": PAD, "unk": UNK, "bos": BOS, "eos": EOS},
    ),
    reads=KOREAN,
    split_key="the English sentence",
    doubt=doubt,
)
