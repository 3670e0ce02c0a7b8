"""Tutorial 3's own way to train: one pair at a time, one Python call per token.

A reconstruction from the tutorial's description, in this project's names. The model is the same
system as ours: the same shapes, the same sum over attention slots, the same loss.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from s2s.config import ModelConfig
from s2s.model.seq2seq import Seq2Seq


class TokenEncoder(nn.Module):
    """Reads one token."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.embedding = nn.Embedding(config.source_vocabulary, config.source_embedding)
        self.rnn = nn.GRU(config.source_embedding, config.hidden)

    def forward(self, token: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Output [1, 1, H] and state [1, 1, H] after a token of one id."""
        return self.rnn(self.embedding(token).view(1, 1, -1), state)


class TokenDecoder(nn.Module):
    """Writes one token, looking at every slot of the memory."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.embedding = nn.Embedding(config.target_vocabulary, config.target_embedding)
        self.rnn = nn.GRU(config.target_embedding, config.hidden)
        self.attentional = nn.Linear(2 * config.hidden, config.hidden)
        self.output = nn.Linear(config.hidden, config.target_vocabulary)

    def forward(self, token: Tensor, state: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probabilities [1, V] and state [1, 1, H]; memory is [slots, H]."""
        vector = torch.relu(self.embedding(token).view(1, 1, -1))
        _, state = self.rnn(vector, state)
        scores = memory @ state.view(-1, 1)  # [slots, 1]
        context = (memory * torch.softmax(scores, dim=0)).sum(0)
        combined = torch.cat([context[None], state[0]], dim=1)  # [1, 2H]
        logits = self.output(torch.tanh(self.attentional(combined)))
        return torch.log_softmax(logits, dim=1), state


class PerTokenTrainer:
    """Both halves, an SGD optimiser for each, and the update of one pair."""

    def __init__(self, config: ModelConfig, start: int, learning_rate: float = 0.01):
        self.hidden, self.slots = config.hidden, config.attention_slots
        self.encoder, self.decoder = TokenEncoder(config), TokenDecoder(config)
        self.optimisers = [
            torch.optim.SGD(half.parameters(), lr=learning_rate)
            for half in (self.encoder, self.decoder)
        ]
        self.criterion = nn.NLLLoss()
        self.start = torch.tensor([start])

    def take_weights(self, model: Seq2Seq) -> None:
        """Start from the weights of the batched model."""
        for half, other in ((self.encoder, model.encoder), (self.decoder, model.decoder)):
            half.load_state_dict(
                {name.removeprefix("lookup."): value for name, value in other.state_dict().items()}
            )

    def parameter_count(self) -> int:
        """How many numbers both halves hold."""
        return sum(p.numel() for half in (self.encoder, self.decoder) for p in half.parameters())

    def loss(self, source: Tensor, target: Tensor) -> Tensor:
        """The summed loss of one pair of ids ([S, 1] and [T, 1], specials included)."""
        state = torch.zeros(1, 1, self.hidden)
        memory = torch.zeros(self.slots, self.hidden)
        for position in range(len(source)):
            output, state = self.encoder(source[position], state)
            memory[position] += output[0, 0]
        loss = torch.zeros(())
        fed = self.start
        for position in range(len(target)):
            scores, state = self.decoder(fed, state, memory)
            loss = loss + self.criterion(scores, target[position])
            fed = target[position]
        return loss

    def update(self, source: Tensor, target: Tensor) -> float:
        """One SGD step on one pair; returns its loss by target length, before the step."""
        for optimiser in self.optimisers:
            optimiser.zero_grad()
        loss = self.loss(source, target)
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        return loss.item() / len(target)
