"""Three Korean words to an English sentence: one pair, small enough to follow by hand."""

from __future__ import annotations

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.languages import ENGLISH, KOREAN
from s2s.tasks.split import PARTS, Pair
from s2s.text.language import N_
from s2s.text.vocab import BOS, EOS

PAIR: Pair = ("저는 강사 입니다", "I am an instructor")


def parts(data: DataConfig, sequence: SequenceConfig, path: str | None) -> dict[str, list[Pair]]:
    """The one pair, for training; nothing can be held out."""
    return {part: [PAIR] if part == "train" else [] for part in PARTS}


TASK = Task(
    name="toy",
    title=N_("Three Korean words → English"),
    source_name=KOREAN,
    target_name=ENGLISH,
    unit="token",
    score="exact_match",
    unseen=N_("on the one sentence it was trained on"),
    examples=(PAIR[0], "입니다 강사 저는", "강사 입니다", "저는"),
    prompt=N_("Type 저는, 강사, 입니다 in any order"),
    defaults=Defaults(
        data=DataConfig(test_percent=0, validation_percent=0),
        # One-hot vectors in, three units, the decoder's cell starts at 0 (tutorial 1).
        model=ModelConfig(
            cell="lstm", hidden=3, source_input="one_hot", target_input="one_hot",
            attentional_layer=False,
        ),
        sequence=SequenceConfig(
            source_normaliser="verbatim",
            target_normaliser="verbatim",
            source_eos=False,
            max_source_length=10,
            max_output_length=10,
            weights_dtype="float32",
        ),
        train=TrainConfig(
            epochs=100, batch_size=1, optimiser="sgd", learning_rate=0.5,
            loss_reduction="mean_over_steps",
        ),
    ),
    parts=parts,
    specials=({}, {"bos": BOS, "eos": EOS}),
    reads=N_("the three words 저는, 강사, 입니다"),
    split_key="",
    like=lambda text: bool(text.split()) and set(text.split()) <= set(PAIR[0].split()),
    tutorials=N_("tutorial 1"),
)  # fmt: skip
