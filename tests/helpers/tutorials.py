"""The modules of tutorials 1, 3 and 5, written anew: their parameter names, one token at a time.

The modules take nothing from s2s: sequence first and a batch of one, as the tutorials have it.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.cli import main

SLOTS = 8
VOCABS: dict[str, dict[str, Any]] = {
    "tutorial1": {
        "source": ["저는", "강사", "입니다", "학생"],
        "target": ["<sos>", "I", "am", "an", "instructor", "<eos>"],
        "bos": 0, "eos": 5, "pad": None, "unk": None,
    },
    "tutorial3": {
        "source": ["<sos>", "<eos>", *"je suis tu es fatigue tres bon .".split()],
        "target": ["<sos>", "<eos>", *"i m you re tired good very".split()],
        "bos": 0, "eos": 1, "pad": None, "unk": None,
    },
    "tutorial5": {
        "source": ["<unk>", "<pad>", "<sos>", "<eos>", *"ein Mann sitzt auf der Bank .".split()],
        "target": ["<unk>", "<pad>", "<sos>", "<eos>", *"a man sits on the bench".split()],
        "bos": 2, "eos": 3, "pad": 1, "unk": 0,
    },
}  # fmt: skip


@dataclass
class Answer:
    """What a tutorial's loop computes: ids written, log p [T, V], weights over 8 slots [T, 8]."""

    output: list[int]
    log_p: Tensor
    attention: Tensor | None


class Cells(nn.Module):
    """Tutorial 1's wrapper, for its parameter names."""

    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden)


class OneHotHalf(nn.Module):
    """An encoder (no output) or a decoder of tutorial 1."""

    def __init__(self, inputs: int, hidden: int, output: int | None = None):
        super().__init__()
        self.cells = Cells(inputs, hidden)
        if output:
            self.fc = nn.Linear(hidden, output)

    def step(self, token: int, h: Tensor, c: Tensor):
        x = torch.zeros(1, 1, self.cells.lstm.input_size, dtype=h.dtype)
        x[0, 0, token] = 1
        return self.cells.lstm(x, (h, c))[1]


class Tutorial1(nn.Module):
    """The encoder hands over its hidden state alone; the decoder's cell starts at 0."""

    def __init__(self, source: int, target: int, hidden: int = 3):
        super().__init__()
        self.enc = OneHotHalf(source, hidden)
        self.dec = OneHotHalf(target, hidden, target)
        self.hidden = hidden

    def answer(self, ids: list[int], bos: int, eos: int, limit: int) -> Answer:
        h = c = torch.zeros(1, 1, self.hidden, dtype=self.dec.fc.weight.dtype)
        for token in ids:
            h, c = self.enc.step(token, h, c)
        c, fed, output, rows = torch.zeros_like(h), bos, [], []
        while len(output) < limit and eos not in output:
            h, c = self.dec.step(fed, h, c)
            rows.append(self.dec.fc(h[0, 0]))
            fed = int(rows[-1].argmax())
            output.append(fed)
        return Answer(output, torch.stack(rows).log_softmax(-1), None)


class GRUHalf(nn.Module):
    """An encoder or a decoder of tutorial 3; `attn` only where there is attention."""

    def __init__(self, tokens: int, hidden: int, writes: bool = False, attention: bool = False):
        super().__init__()
        self.embedding = nn.Embedding(tokens, hidden)
        self.gru = nn.GRU(hidden, hidden)
        if writes:
            self.fc = nn.Linear(hidden, tokens)
        if attention:
            self.attn = nn.Linear(2 * hidden, hidden)


class Tutorial3(nn.Module):
    """GRU; relu on the target embedding; dot attention over 8 slots, the empty ones zero."""

    def __init__(self, source: int, target: int, hidden: int = 5, attention: bool = True):
        super().__init__()
        self.encoder = GRUHalf(source, hidden)
        self.decoder = GRUHalf(target, hidden, writes=True, attention=attention)
        self.hidden, self.attends = hidden, attention

    def answer(self, ids: list[int], bos: int, eos: int, limit: int, slots: int = SLOTS) -> Answer:
        dtype = self.decoder.fc.weight.dtype
        state = torch.zeros(1, 1, self.hidden, dtype=dtype)
        memory = torch.zeros(slots, self.hidden, dtype=dtype)
        for place, token in enumerate([*ids, eos]):
            vector = self.encoder.embedding(torch.tensor([[token]]))
            state = self.encoder.gru(vector, state)[1]
            memory[place] = state[0, 0]
        fed, output, rows, looks = bos, [], [], []
        while len(output) < limit and eos not in output:
            vector = F.relu(self.decoder.embedding(torch.tensor([[fed]])))
            state = self.decoder.gru(vector, state)[1]
            features = state[0, 0]
            if self.attends:
                looks.append((memory @ features).softmax(0))
                both = torch.cat([looks[-1] @ memory, features])
                features = torch.tanh(self.decoder.attn(both))
            rows.append(self.decoder.fc(features).log_softmax(0))
            fed = int(rows[-1].argmax())
            output.append(fed)
        return Answer(output, torch.stack(rows), torch.stack(looks) if looks else None)


class LSTMHalf(nn.Module):
    """An encoder or a decoder of tutorial 5."""

    def __init__(self, tokens: int, embedding: int, hidden: int, layers: int, writes: bool = False):
        super().__init__()
        self.embedding = nn.Embedding(tokens, embedding)
        self.rnn = nn.LSTM(embedding, hidden, layers)
        if writes:
            self.fc_out = nn.Linear(hidden, tokens)


class Tutorial5(nn.Module):
    """LSTM of some layers; the source between its specials; hidden and cell are handed over."""

    def __init__(self, source: int, target: int, layers: int = 2, hidden: int = 5):
        super().__init__()
        self.encoder = LSTMHalf(source, 4, hidden, layers)
        self.decoder = LSTMHalf(target, 3, hidden, layers, writes=True)

    def answer(self, ids: list[int], bos: int, eos: int, limit: int) -> Answer:
        whole = torch.tensor([bos, *ids, eos])[:, None]
        state = self.encoder.rnn(self.encoder.embedding(whole))[1]
        fed, output, rows = bos, [], []
        while len(output) < limit and eos not in output:
            top, state = self.decoder.rnn(self.decoder.embedding(torch.tensor([[fed]])), state)
            rows.append(self.decoder.fc_out(top[0, 0]))
            fed = int(rows[-1].argmax())
            output.append(fed)
        return Answer(output, torch.stack(rows).log_softmax(-1), None)


KINDS = {"tutorial1": Tutorial1, "tutorial3": Tutorial3, "tutorial5": Tutorial5}


def make(preset: str, seed: int = 1, **switches: Any) -> nn.Module:
    """A tutorial's model for its vocabularies, with weights so large that outputs differ."""
    vocab = VOCABS[preset]
    model = KINDS[preset](len(vocab["source"]), len(vocab["target"]), **switches).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.8 * torch.randn(parameter.shape, generator=generator))
    return model.requires_grad_(False)


def halves(model: nn.Module) -> tuple[nn.Module, nn.Module]:
    """Encoder and decoder."""
    return tuple(model.children())[:2]  # type: ignore[return-value]


def store(folder: Path, preset: str, model: nn.Module, form: str) -> list[str]:
    """Write V.json and the weights as `prefixed`, `nested` or `files`; the command's arguments."""
    vocab = folder / "V.json"
    vocab.write_text(json.dumps(VOCABS[preset]), "utf-8")
    shared = ["--preset", preset, "--vocab", str(vocab)]
    encoder, decoder = (half.state_dict() for half in halves(model))
    if form == "files":
        torch.save(encoder, folder / "E.pt")
        torch.save(decoder, folder / "D.pt")
        return ["--encoder", str(folder / "E.pt"), "--decoder", str(folder / "D.pt"), *shared]
    whole = {"encoder": encoder, "decoder": decoder} if form == "nested" else model.state_dict()
    torch.save(whole, folder / "model.pt")
    return [str(folder / "model.pt"), *shared]


def given(
    folder: Path, preset: str = "tutorial3", form: str = "prefixed", **switches: Any
) -> list[str]:
    """Arguments that would import a model."""
    model = make(preset, **switches)
    return [*store(folder, preset, model, form), "--as", "fra-eng/mine"]


def with_state(
    folder: Path, change: Callable, preset: str = "tutorial3", **switches: Any
) -> list[str]:
    """Arguments for a prefixed file whose state dict was changed."""
    arguments = given(folder, preset, **switches)
    state = OrderedDict(make(preset, **switches).state_dict())
    changed = change(state)
    torch.save(state if changed is None else changed, folder / "model.pt")
    return arguments


def with_vocab(folder: Path, change: dict[str, Any], preset: str = "tutorial3") -> list[str]:
    """Arguments for a V.json that was changed."""
    arguments = given(folder, preset)
    data = json.loads((folder / "V.json").read_text("utf-8"))
    (folder / "V.json").write_text(json.dumps(data | change), "utf-8")
    return arguments


def caller(root: Path, monkeypatch: Any, capsys: Any) -> Callable[..., SimpleNamespace]:
    """``call(*arguments)`` gives code, out and err of one command; models lie under `root`."""
    monkeypatch.setenv("S2S_CHECKPOINTS", str(root))

    def call(*arguments: Any) -> SimpleNamespace:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return call


def refuser(call: Callable[..., SimpleNamespace], folder: Path) -> Callable[..., str]:
    """``refused(*arguments)`` gives the one sentence; exit code 2, nothing written in `folder`."""

    def refused(*arguments: Any) -> str:
        before = sorted(folder.rglob("*"))
        result = call("import", *arguments)
        assert (result.code, result.out) == (2, ""), result
        assert result.err.count("\n") == 1 and result.err.endswith(".\n"), result.err
        assert "Traceback" not in result.err and "Warning" not in result.err
        assert sorted(folder.rglob("*")) == before
        return result.err

    return refused
