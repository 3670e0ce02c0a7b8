"""The toolkits' own encoders and decoders, run as they stand in their packages.

Only the files that compute are imported. What these import for training, reading or logging is not
there; empty stand-ins take its place.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

PAD, BOS, EOS, WORDS = 1, 0, 2, 24
SENTENCES = [
    [3, 5, 2], [4, 14, 7, 2], [9, 2], [11, 3, 18, 6, 5, 2], [10, 6, 2], [3, 3, 3, 3, 2],
    [7, 8, 9, 10, 11, 23, 2], [5, 2], [6, 21, 2], [8, 4, 3, 2], [19, 10, 2], [4, 7, 5, 2],
]  # fmt: skip
LONGEST = 15


def stand_in(name: str, folder: Path | None = None, **held: Any) -> None:
    """A module of that name; with a folder its own files can be imported from there."""
    module = types.ModuleType(name)
    if folder is not None:
        module.__path__ = [str(folder)]
    for key, value in held.items():
        setattr(module, key, value)
    sys.modules[name] = module


def drawn(model: nn.Module) -> nn.Module:
    """Weights so large that outputs differ; no dropout."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.6 * torch.randn(parameter.shape, generator=generator))
    return model.eval().requires_grad_(False)


Run = Callable[[Sequence[int], Sequence[int]], Tensor]
"""Source ids and fed ids to logits [T, V]."""


def answers(run: Run, start: int) -> list[tuple[list[int], list[int], Tensor]]:
    """Source, output and logits [T, V] of greedy decoding, every step run anew from the first."""
    found = []
    for ids in SENTENCES:
        fed = [start]
        while len(fed) <= LONGEST and (len(fed) == 1 or fed[-1] != EOS):
            fed.append(int(run(ids, fed)[-1].argmax()))
        found.append((ids, fed[1:], run(ids, fed[:-1])))
    return found


def joeynmt(folder: Path) -> list[tuple[str, dict[str, Tensor], int, list]]:
    """JoeyNMT's recurrent models."""
    inside = folder / "joeynmt"
    stand_in("joeynmt", inside)
    stand_in("joeynmt.builders", build_activation=lambda name: {"tanh": torch.tanh}[name])
    stand_in("joeynmt.config", ConfigurationError=ValueError)
    stand_in("joeynmt.helpers", freeze_params=None, subsequent_mask=None)
    stand_in("joeynmt.helpers_for_ddp", get_logger=lambda name: None)
    stand_in("joeynmt.vocabulary", Vocabulary=None)
    stand_in("joeynmt.transformer_layers", PositionalEncoding=None, TransformerDecoderLayer=None,
             TransformerEncoderLayer=None)  # fmt: skip
    from joeynmt.decoders import RecurrentDecoder
    from joeynmt.embeddings import Embeddings
    from joeynmt.encoders import RecurrentEncoder

    found = []
    for cell, attention, start, feeding, layers in (
        ("gru", "bahdanau", "bridge", True, 1), ("lstm", "luong", "bridge", True, 2),
        ("lstm", "bahdanau", "zero", True, 2), ("gru", "luong", "zero", False, 1),
    ):  # fmt: skip
        model = nn.Module()
        model.src_embed, model.trg_embed = (Embeddings(6, vocab_size=WORDS, padding_idx=PAD)
                                            for _ in range(2))  # fmt: skip
        model.encoder = RecurrentEncoder(cell, hidden_size=8, emb_size=6, num_layers=layers)
        model.decoder = RecurrentDecoder(
            cell, emb_size=6, hidden_size=10, encoder=model.encoder, attention=attention,
            num_layers=layers, vocab_size=WORDS, init_hidden=start, input_feeding=feeding,
        )  # fmt: skip
        drawn(model)

        def run(ids: Sequence[int], fed: Sequence[int], model: Any = model) -> Tensor:
            mask = torch.ones(1, 1, len(ids), dtype=torch.bool)
            states, last = model.encoder(
                model.src_embed(torch.tensor([ids])), torch.tensor([len(ids)]), mask
            )
            out, *_ = model.decoder(
                trg_embed=model.trg_embed(torch.tensor([fed])), encoder_output=states,
                encoder_hidden=last, src_mask=mask, unroll_steps=len(fed),
            )  # fmt: skip
            return out[0]

        what = f"{cell.upper()}, {layers} layer{'s' * (layers > 1)}, {attention}, from {start}"
        what += "" if feeding else ", without input feeding"
        found.append((what, model.state_dict(), BOS, answers(run, BOS)))
    return found


class _Fairseq(nn.Module):
    """What stands for fairseq's bases: they keep the dictionary and the last step."""

    def __init__(self, dictionary: Any):
        super().__init__()
        self.dictionary = dictionary

    def set_incremental_state(self, *_: Any) -> None:
        """Every step is run from the first one here."""


class _Undropped(nn.Module):
    """Dropout that is off."""

    def __init__(self, p: float, module_name: str):
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """As it is."""
        return x


def fairseq(folder: Path) -> list[tuple[str, dict[str, Tensor], int, list]]:
    """The encoder and the decoder of fairseq's LSTM."""
    stand_in("fairseq", folder / "fairseq")
    stand_in("fairseq.utils", convert_padding_direction=lambda tokens, *_, **__: tokens)
    stand_in("fairseq.modules", AdaptiveSoftmax=None, FairseqDropout=_Undropped)
    stand_in(
        "fairseq.models", folder / "fairseq" / "models", FairseqEncoder=_Fairseq,
        FairseqEncoderDecoderModel=object, FairseqIncrementalDecoder=_Fairseq,
        register_model=lambda *_: lambda kind: kind,
        register_model_architecture=lambda *_: lambda kind: kind,
    )  # fmt: skip
    from fairseq.models.lstm import LSTMDecoder, LSTMEncoder

    class Words(list):
        """A dictionary of fairseq's, as far as it is asked."""

        def pad(self) -> int:
            return PAD

    words, found = Words(range(WORDS)), []
    for two, size, layers, tied in (
        (False, 8, 1, False), (True, 10, 2, False), (True, 16, 2, True),
    ):  # fmt: skip
        model = nn.Module()
        model.encoder = LSTMEncoder(words, embed_dim=6, hidden_size=8, num_layers=layers,
                                    bidirectional=two)  # fmt: skip
        model.decoder = LSTMDecoder(
            words, embed_dim=size if tied else 6, hidden_size=size, out_embed_dim=size,
            num_layers=layers, encoder_output_units=model.encoder.output_units,
            share_input_output_embed=tied,
        )  # fmt: skip
        drawn(model)

        def run(ids: Sequence[int], fed: Sequence[int], model: Any = model) -> Tensor:
            read = model.encoder(torch.tensor([ids]), torch.tensor([len(ids)]))
            return model.decoder(torch.tensor([fed]), read)[0][0]

        what = f"{layers} layer{'s' * (layers > 1)}, {'both ways' if two else 'one way'}"
        what += ", one table for input and output" if tied else ""
        found.append((what, model.state_dict(), EOS, answers(run, EOS)))
    return found


def opennmt(folder: Path) -> list[tuple[str, dict[str, Tensor], int, list]]:
    """OpenNMT-py's recurrent models, with and without input feeding."""
    inside = folder / "onmt"
    for name in ("onmt", "onmt.encoders", "onmt.decoders", "onmt.utils", "onmt.modules"):
        stand_in(name, inside.joinpath(*name.split(".")[1:]))
    stand_in("onmt.models")
    stand_in("onmt.models.sru", SRU=None)
    stand_in("onmt.utils.misc", sequence_mask=None)
    stand_in("onmt.utils.logging", logger=None)
    from onmt.modules.global_attention import GlobalAttention

    sys.modules["onmt.modules"].GlobalAttention = GlobalAttention  # type: ignore[attr-defined]
    sys.modules["onmt.modules"].context_gate_factory = None  # type: ignore[attr-defined]
    from onmt.decoders.decoder import InputFeedRNNDecoder, StdRNNDecoder
    from onmt.encoders.rnn_encoder import RNNEncoder
    from onmt.modules.embeddings import Embeddings

    found = []
    for kind, score in ((InputFeedRNNDecoder, "general"), (InputFeedRNNDecoder, "dot"),
                        (StdRNNDecoder, "general")):  # fmt: skip
        tables = [Embeddings(6, WORDS, word_padding_idx=PAD) for _ in range(2)]
        model = nn.Module()
        model.encoder = RNNEncoder("LSTM", True, 2, 10, embeddings=tables[0])
        model.decoder = kind("LSTM", True, 2, 10, attn_type=score, embeddings=tables[1])
        model.generator = nn.Linear(10, WORDS)
        drawn(model)

        def run(ids: Sequence[int], fed: Sequence[int], model: Any = model) -> Tensor:
            states, last, _ = model.encoder(torch.tensor([ids])[..., None])
            model.decoder.init_state(None, None, last)
            out, _ = model.decoder(torch.tensor([fed])[..., None], states)
            return model.generator(out[0])

        what = f"LSTM, 2 layers, {score}"
        what += "" if kind is InputFeedRNNDecoder else ", without input feeding"
        found.append((what, model.state_dict(), BOS, answers(run, BOS)))
    return found
