"""Korean to English: the verb moves from the end to second place."""

from __future__ import annotations

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.sentences import SPLIT_KEY, TATOEBA, parts
from s2s.text.vocab import BOS, EOS, PAD, UNK

TASK = Task(
    name="kor-eng",
    title="Korean → English",
    source_name="Korean",
    target_name="English",
    unit="token",
    score="bleu",
    unseen="on sentences it has never seen",
    examples=(
        "나는 프랑스어를 배우고 싶다.",
        "톰은 프랑스어를 할 수 있다.",
        "나는 커피를 좋아한다.",
        "톰은 나에게 책을 줬다.",
    ),
    prompt="Type a Korean sentence",
    defaults=Defaults(
        data=DataConfig(
            origin="file",
            columns="target,source",
            max_length=20,
            source_min_frequency=2,
            target_min_frequency=2,
            test_percent=10,
            validation_percent=5,
        ),
        model=ModelConfig(
            hidden=192, bidirectional=True, source_embedding=128, target_embedding=128, dropout=0.4
        ),
        sequence=SequenceConfig(
            source_normaliser="hangul",
            source_tokeniser="morphemes",
            max_source_length=40,
            max_output_length=30,
        ),
        train=TrainConfig(
            epochs=20, batch_size=32, learning_rate=2e-3, rate_schedule="linear", clip=1.0
        ),
    ),
    parts=parts,
    specials=(
        {"pad": PAD, "unk": UNK, "eos": EOS},
        {"pad": PAD, "unk": UNK, "bos": BOS, "eos": EOS},
    ),
    needs_file=True,
    licence=TATOEBA,
    reads="Korean",
    split_key=SPLIT_KEY,
)
