"""Other people's models, written anew from public definitions: names, shapes, one greedy loop.

Nothing here comes from s2s. Batch of one; a half is as its tutorial or library builds it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

SOURCE, TARGET, E, H, LONGEST = 12, 11, 4, 6, 9
JOEY = 7  # units of a decoder of another size
BOS, EOS = 1, 2


class Half(nn.Module):
    """A part with an embedding and cells; what else there is, is added by name."""

    def __init__(self, tokens, reads=E, cell="gru", name="gru", hidden=H, width=E, **cells):
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        module = {"gru": nn.GRU, "lstm": nn.LSTM}[cell](reads, hidden, batch_first=True, **cells)
        self.cells = name
        self.add_module(name, module)

    def run(self, vectors, state=None):
        return getattr(self, self.cells)(vectors, state)


class Foreign(nn.Module):
    """An encoder and a decoder; a subclass says how they start and what a step computes."""

    def vectors(self, ids):
        return self.encoder.embedding(ids)

    def run(self, vectors):
        return self.encoder.run(vectors)

    def answer(self, ids, limit=8):
        """Output ids and logits [T, V] of greedy decoding."""
        states, state = self.run(self.vectors(torch.tensor([ids])))
        states, state = self.read(states, state)
        fed, output, rows = BOS, [], []
        while len(output) < limit and EOS not in output:
            logits, state = self.step(torch.tensor([[fed]]), state, states)
            rows.append(logits.reshape(-1))
            fed = int(rows[-1].argmax())
            output.append(fed)
        return output, torch.stack(rows)

    def read(self, states, state):
        return states, state


class Plain(Foreign):
    """The PyTorch tutorial without attention: a ReLU on the fed embedding."""

    def __init__(self, name="gru", output="out", cell="gru", relu=True, layers=1):
        super().__init__()
        self.relu, self.output = relu, output
        width = H if relu else E
        options = {"cell": cell, "name": name, "num_layers": layers, "width": width}
        self.encoder = Half(SOURCE, width, **options)
        self.decoder = Half(TARGET, width, **options)
        self.decoder.add_module(output, nn.Linear(H, TARGET))

    def step(self, token, state, states):
        x = self.decoder.embedding(token)
        top, state = self.decoder.run(F.relu(x) if self.relu else x, state)
        return getattr(self.decoder, self.output)(top), state


class Bahdanau(nn.Module):
    """The tutorial of 2023: v(tanh(W q + U k)), each layer with a bias."""

    def __init__(self):
        super().__init__()
        self.Wa, self.Ua, self.Va = nn.Linear(H, H), nn.Linear(H, H), nn.Linear(H, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys)))[..., 0]
        return scores.softmax(-1) @ keys


class Tutorial2023(Foreign):
    """The query is the state before; the context goes into the cell, behind the embedding."""

    def __init__(self):
        super().__init__()
        self.encoder = Half(SOURCE, H, width=H)
        self.decoder = Half(TARGET, 2 * H, width=H)
        self.decoder.attention = Bahdanau()
        self.decoder.out = nn.Linear(H, TARGET)

    def step(self, token, state, states):
        context = self.decoder.attention(state.transpose(0, 1), states)
        read = torch.cat([self.decoder.embedding(token), context[:, None][:, 0]], -1)
        top, state = self.decoder.run(read, state)
        return self.decoder.out(top), state


class Tutorial2017(Foreign):
    """Weights over MAX_LENGTH places from embedding and state; combined, through a ReLU."""

    def __init__(self):
        super().__init__()
        self.encoder = Half(SOURCE, H, width=H)
        self.decoder = Half(TARGET, H, width=H)
        self.decoder.attn = nn.Linear(2 * H, LONGEST)
        self.decoder.attn_combine = nn.Linear(2 * H, H)
        self.decoder.out = nn.Linear(H, TARGET)

    def step(self, token, state, states):
        x = self.decoder.embedding(token)[0]
        memory = F.pad(states[0], (0, 0, 0, LONGEST - states.shape[1]))
        weights = self.decoder.attn(torch.cat([x, state[0]], 1)).softmax(1)
        read = F.relu(self.decoder.attn_combine(torch.cat([x, weights @ memory], 1)))
        top, state = self.decoder.run(read[None], state)
        return self.decoder.out(top), state


class Attn(nn.Module):
    """The chatbot's three scores."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        if kind == "general":
            self.attn = nn.Linear(H, H)
        if kind == "concat":
            self.attn = nn.Linear(2 * H, H)
            self.v = nn.Parameter(torch.empty(H))

    def forward(self, query, states):
        if self.kind == "dot":
            scores = (query * states).sum(2)
        elif self.kind == "general":
            scores = (query * self.attn(states)).sum(2)
        else:
            both = torch.cat([query.expand_as(states), states], 2)
            scores = (self.v * torch.tanh(self.attn(both))).sum(2)
        return scores.softmax(1)[:, None] @ states


class Chatbot(Foreign):
    """Two layers; both directions summed up; the decoder takes the first two of four states."""

    def __init__(self, kind="dot"):
        super().__init__()
        self.encoder = Half(SOURCE, H, width=H, num_layers=2, bidirectional=True)
        self.decoder = Half(TARGET, H, width=H, num_layers=2)
        self.decoder.attn = Attn(kind)
        self.decoder.concat = nn.Linear(2 * H, H)
        self.decoder.out = nn.Linear(H, TARGET)

    def read(self, states, state):
        return states[..., :H] + states[..., H:], state[:2]

    def step(self, token, state, states):
        top, state = self.decoder.run(self.decoder.embedding(token), state)
        context = self.decoder.attn(top, states)
        mixed = torch.tanh(self.decoder.concat(torch.cat([top, context], -1)))
        return self.decoder.out(mixed), state


class Mixer(nn.Module):
    """A layer over context and state, by a library's name; some with a matrix for the query."""

    def __init__(self, bias, general=False):
        super().__init__()
        if general:
            self.linear_in = nn.Linear(H, H, bias=False)
        self.linear_out = nn.Linear(2 * H, H, bias=bias)

    def forward(self, top, states):
        query = self.linear_in(top) if hasattr(self, "linear_in") else top
        context = (query @ states.transpose(1, 2)).softmax(-1) @ states
        return torch.tanh(self.linear_out(torch.cat([context, top], -1)))


class IBM(Foreign):
    """pytorch-seq2seq: both ways side by side, also in the decoder's first state."""

    def __init__(self, cell="gru", two=True, attention=True):
        super().__init__()
        half = H // 2 if two else H
        self.encoder = Half(SOURCE, cell=cell, name="rnn", hidden=half, bidirectional=two)
        self.decoder = Half(TARGET, cell=cell, name="rnn")
        if attention:
            self.decoder.attention = Mixer(bias=True)
        self.decoder.out = nn.Linear(H, TARGET)

    def read(self, states, state):
        def joined(part):
            return torch.cat([part[0::2], part[1::2]], 2) if part.shape[2] < H else part

        return states, tuple(map(joined, state)) if isinstance(state, tuple) else joined(state)

    def step(self, token, state, states):
        top, state = self.decoder.run(self.decoder.embedding(token), state)
        if hasattr(self.decoder, "attention"):
            top = self.decoder.attention(top, states)
        return self.decoder.out(top), state


class Deeper(nn.Module):
    """d2l wraps its GRU once more."""

    def __init__(self, reads, layers):
        super().__init__()
        self.rnn = nn.GRU(reads, H, layers, batch_first=True)

    def forward(self, vectors, state=None):
        return self.rnn(vectors, state)


class D2lScore(nn.Module):
    def __init__(self):
        super().__init__()
        self.W_k, self.W_q = nn.Linear(H, H, bias=False), nn.Linear(H, H, bias=False)
        self.w_v = nn.Linear(H, 1, bias=False)

    def forward(self, query, states):
        scores = self.w_v(torch.tanh(self.W_q(query) + self.W_k(states)))[..., 0]
        return scores.softmax(-1)[:, None] @ states


class D2l(Foreign):
    """The context stands behind the embedding without attention, before it with attention."""

    def __init__(self, attention, wrapped=True):
        super().__init__()
        self.encoder, self.decoder = Half(SOURCE, name="rnn"), Half(TARGET, name="rnn")
        for half, reads in ((self.encoder, E), (self.decoder, E + H)):
            half.rnn = Deeper(reads, 2) if wrapped else Deeper(reads, 2).rnn
        if attention:
            self.decoder.attention = D2lScore()
        self.decoder.dense = nn.Linear(H, TARGET)

    def read(self, states, state):
        self.last = states[:, -1:]
        return states, state

    def step(self, token, state, states):
        x = self.decoder.embedding(token)
        if hasattr(self.decoder, "attention"):
            read = torch.cat([self.decoder.attention(state[-1][:, None], states), x], -1)
        else:
            read = torch.cat([x, self.last], -1)
        top, state = self.decoder.run(read, state)
        return self.decoder.dense(top), state


class Luts(nn.Module):
    """OpenNMT-py's embeddings: make_embedding.emb_luts.0."""

    def __init__(self, tokens):
        super().__init__()
        self.make_embedding = nn.Sequential()
        self.make_embedding.emb_luts = nn.ModuleList([nn.Embedding(tokens, E)])

    def forward(self, ids):
        return self.make_embedding.emb_luts[0](ids)


class OpenNMT(Foreign):
    """Two LSTM layers, read both ways; the generator lies beside encoder and decoder."""

    def __init__(self, general=True):
        super().__init__()
        common = {"cell": "lstm", "name": "rnn", "num_layers": 2}
        self.encoder = Half(SOURCE, hidden=H // 2, bidirectional=True, **common)
        self.decoder = Half(TARGET, **common)
        for half, tokens in ((self.encoder, SOURCE), (self.decoder, TARGET)):
            del half.embedding
            half.embeddings = Luts(tokens)
        self.decoder.attn = Mixer(bias=False, general=general)
        self.generator = nn.Sequential(nn.Linear(H, TARGET))

    def answer(self, ids, limit=8):
        for half in (self.encoder, self.decoder):
            half.embedding = half.embeddings
        try:
            return super().answer(ids, limit)
        finally:
            for half in (self.encoder, self.decoder):
                del half.embedding

    def read(self, states, state):
        return states, tuple(torch.cat([part[0::2], part[1::2]], 2) for part in state)

    def step(self, token, state, states):
        top, state = self.decoder.run(self.decoder.embedding(token), state)
        return self.generator(self.decoder.attn(top, states)), state


class Stacked(nn.Module):
    """OpenNMT-py's decoder cells with input feeding: one LSTMCell a layer."""

    def __init__(self, reads, count):
        super().__init__()
        self.layers = nn.ModuleList(nn.LSTMCell(H if n else reads, H) for n in range(count))

    def forward(self, vectors, state):
        after, read = [], vectors
        for cell, h, c in zip(self.layers, *state, strict=True):
            read, c = cell(read, (h, c))
            after.append((read, c))
        return read, tuple(map(torch.stack, zip(*after, strict=True)))


class OpenNMTFed(OpenNMT):
    """The attentional vector of a step joins the next one's input, behind the embedding."""

    def __init__(self, general=True):
        super().__init__(general)
        del self.decoder.rnn
        self.decoder.rnn = Stacked(E + H, 2)

    def read(self, states, state):
        return states, (super().read(states, state)[1], torch.zeros(1, H))

    def step(self, token, state, states):
        cells, fed = state
        read = torch.cat([self.decoder.embedding(token)[0], fed], -1)
        top, cells = self.decoder.rnn(read, cells)
        mixed = self.decoder.attn(top[None], states)
        return self.generator(mixed), (cells, mixed[0])


class Bentrevett2(Foreign):
    """The encoder's state at every step, before the cell and before the output."""

    def __init__(self):
        super().__init__()
        self.encoder = Half(SOURCE, name="rnn")
        self.decoder = Half(TARGET, E + H, name="rnn")
        self.decoder.fc_out = nn.Linear(E + 2 * H, TARGET)

    def read(self, states, state):
        self.context = state.transpose(0, 1)
        return states, state

    def step(self, token, state, states):
        x = self.decoder.embedding(token)
        top, state = self.decoder.run(torch.cat([x, self.context], -1), state)
        return self.decoder.fc_out(torch.cat([x, top, self.context], -1)), state


class BentrevettScore(nn.Module):
    def __init__(self, hidden, legacy):
        super().__init__()
        self.legacy = legacy
        both = nn.Linear(2 * H + hidden, hidden)
        last = nn.Linear(hidden, 1, bias=False)
        if legacy:
            self.attn, self.v = both, last
        else:
            self.attn_fc, self.v_fc = both, last

    def forward(self, state, states):
        both, last = (self.attn, self.v) if self.legacy else (self.attn_fc, self.v_fc)
        query = state.transpose(0, 1).expand(-1, states.shape[1], -1)
        scores = last(torch.tanh(both(torch.cat([query, states], 2))))[..., 0]
        return scores.softmax(-1)[:, None] @ states


class Bentrevett4(Foreign):
    """States of 2H, a decoder of another size, a layer between; output from [s; c; x]."""

    def __init__(self, hidden=5, legacy=True):
        super().__init__()
        self.encoder = Half(SOURCE, name="rnn", bidirectional=True)
        self.encoder.fc = nn.Linear(2 * H, hidden)
        self.decoder = Half(TARGET, 2 * H + E, name="rnn", hidden=hidden)
        self.decoder.attention = BentrevettScore(hidden, legacy)
        self.decoder.fc_out = nn.Linear(2 * H + hidden + E, TARGET)

    def read(self, states, state):
        return states, torch.tanh(self.encoder.fc(torch.cat([state[-2], state[-1]], 1)))[None]

    def step(self, token, state, states):
        x = self.decoder.embedding(token)
        context = self.decoder.attention(state, states)
        top, state = self.decoder.run(torch.cat([x, context], 2), state)
        return self.decoder.fc_out(torch.cat([top, context, x], 2)), state


class Table(nn.Module):
    """JoeyNMT's embeddings: lut."""

    def __init__(self, tokens):
        super().__init__()
        self.lut = nn.Embedding(tokens, E)

    def forward(self, ids):
        return self.lut(ids)


class JoeyScore(nn.Module):
    """luong compares the query with a layer of the states, bahdanau both through a tanh."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.key_layer = nn.Linear(2 * H, JOEY, bias=False)
        if kind == "bahdanau":
            self.query_layer = nn.Linear(JOEY, JOEY, bias=False)
            self.energy_layer = nn.Linear(JOEY, 1, bias=False)

    def forward(self, query, states):
        keys = self.key_layer(states)
        if self.kind == "bahdanau":
            scores = self.energy_layer(torch.tanh(self.query_layer(query) + keys))[..., 0]
        else:
            scores = (query * keys).sum(-1)
        return scores.softmax(-1)[:, None] @ states


class Joey(Foreign):
    """Each decoder layer from the top states of both ways, or from zeros; an LSTM's cell too."""

    def __init__(self, kind="luong", cell="gru", feeding=True, bridge=True, layers=2):
        super().__init__()
        self.layers, self.feeding = layers, feeding
        common = {"cell": cell, "name": "rnn", "num_layers": layers}
        self.encoder = Half(SOURCE, bidirectional=True, **common)
        self.decoder = Half(TARGET, E + JOEY * feeding, hidden=JOEY, **common)
        del self.encoder.embedding, self.decoder.embedding
        self.src_embed, self.trg_embed = Table(SOURCE), Table(TARGET)
        self.decoder.attention = JoeyScore(kind)
        self.decoder.att_vector_layer = nn.Linear(JOEY + 2 * H, JOEY)
        self.decoder.output_layer = nn.Linear(JOEY, TARGET, bias=False)
        if bridge:
            self.decoder.bridge_layer = nn.Linear(2 * H, JOEY)

    def vectors(self, ids):
        return self.src_embed(ids)

    def read(self, states, state):
        hidden = state[0] if isinstance(state, tuple) else state
        first = torch.zeros(1, 1, JOEY)
        if hasattr(self.decoder, "bridge_layer"):
            last = torch.cat([hidden[-2], hidden[-1]], 1)  # of the top layer, both ways
            first = torch.tanh(self.decoder.bridge_layer(last))[None]
        first = first.to(states.dtype).repeat(self.layers, 1, 1)
        fed = torch.zeros(1, 1, JOEY, dtype=states.dtype)
        return states, ((first, first) if isinstance(state, tuple) else first, fed)

    def step(self, token, state, states):
        state, fed = state
        x = self.trg_embed(token)
        _, state = self.decoder.run(torch.cat([x, fed], -1) if self.feeding else x, state)
        query = (state[0] if isinstance(state, tuple) else state)[-1][:, None]
        both = torch.cat([query, self.decoder.attention(query, states)], -1)
        fed = torch.tanh(self.decoder.att_vector_layer(both))
        return self.decoder.output_layer(fed), (state, fed)


class FairseqScore(nn.Module):
    """The query through a layer, then the dot product; context and query through a tanh."""

    def __init__(self, query, memory):
        super().__init__()
        self.input_proj = nn.Linear(query, memory, bias=False)
        self.output_proj = nn.Linear(query + memory, query, bias=False)

    def forward(self, query, states):
        weights = (self.input_proj(query)[:, None] * states).sum(-1).softmax(-1)
        context = (weights[..., None] * states).sum(1)
        return torch.tanh(self.output_proj(torch.cat([context, query], -1)))


class Fairseq(Foreign):
    """An LSTMCell a layer; the last vector behind the input; layers without a tanh between."""

    def __init__(self, two=True, hidden=JOEY, tied=False, layers=2):
        super().__init__()
        memory = 2 * H if two else H
        self.encoder = nn.Module()
        self.encoder.embed_tokens = nn.Embedding(SOURCE, E)
        self.encoder.lstm = nn.LSTM(E, H, layers, bidirectional=two, batch_first=True)
        self.decoder = nn.Module()
        self.decoder.embed_tokens = nn.Embedding(TARGET, hidden if tied else E)
        if memory != hidden:
            self.decoder.encoder_hidden_proj = nn.Linear(memory, hidden)
            self.decoder.encoder_cell_proj = nn.Linear(memory, hidden)
        reads = (hidden if tied else E) + hidden
        self.decoder.layers = nn.ModuleList(
            [nn.LSTMCell(hidden if n else reads, hidden) for n in range(layers)]
        )
        self.decoder.attention = FairseqScore(hidden, memory)
        if not tied:
            self.decoder.fc_out = nn.Linear(hidden, TARGET)

    def vectors(self, ids):
        return self.encoder.embed_tokens(ids)

    def run(self, vectors):
        return self.encoder.lstm(vectors)

    def read(self, states, state):
        if self.encoder.lstm.bidirectional:
            state = [torch.cat([part[0::2], part[1::2]], 2) for part in state]
        if hasattr(self.decoder, "encoder_hidden_proj"):
            layers = self.decoder.encoder_hidden_proj, self.decoder.encoder_cell_proj
            state = [layer(part) for layer, part in zip(layers, state, strict=True)]
        return states, (list(zip(*state, strict=True)), torch.zeros_like(state[0][0]))

    def step(self, token, state, states):
        cells, fed = state
        read = torch.cat([self.decoder.embed_tokens(token)[0], fed], -1)
        after = []
        for cell, before in zip(self.decoder.layers, cells, strict=True):
            read, memory = cell(read, before)
            after.append((read, memory))
        fed = self.decoder.attention(read, states)
        if hasattr(self.decoder, "fc_out"):
            return self.decoder.fc_out(fed), (after, fed)
        return fed @ self.decoder.embed_tokens.weight.T, (after, fed)


def made(model, seed=1):
    """Weights so large that outputs differ."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            drawn = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(0.8 * drawn)
    return model.eval().requires_grad_(False)


MODELS = {
    "PyTorch tutorial, plain": (Plain, {}, "pytorch-tutorial"),
    "PyTorch tutorial of 2023": (Tutorial2023, {}, "pytorch-tutorial-2023"),
    "PyTorch tutorial before 2023": (Tutorial2017, {}, "pytorch-tutorial-2017"),
    "chatbot, dot": (Chatbot, {"kind": "dot"}, "chatbot"),
    "chatbot, general": (Chatbot, {"kind": "general"}, "chatbot"),
    "chatbot, concat": (Chatbot, {"kind": "concat"}, "chatbot"),
    "IBM, GRU": (IBM, {}, "ibm-pytorch-seq2seq"),
    "IBM, LSTM one way": (IBM, {"cell": "lstm", "two": False}, "ibm-pytorch-seq2seq"),
    "IBM, plain": (IBM, {"attention": False}, "ibm-pytorch-seq2seq"),
    "d2l, plain": (D2l, {"attention": False}, "d2l"),
    "d2l, attention": (D2l, {"attention": True}, "d2l-attention"),
    "d2l, unwrapped": (D2l, {"attention": True, "wrapped": False}, "d2l-attention"),
    "OpenNMT-py, general": (OpenNMT, {}, "opennmt-py"),
    "OpenNMT-py, dot": (OpenNMT, {"general": False}, "opennmt-py"),
    "OpenNMT-py with input feeding": (OpenNMTFed, {}, "opennmt-py-fed"),
    "OpenNMT-py with input feeding, dot": (OpenNMTFed, {"general": False}, "opennmt-py-fed"),
    "JoeyNMT, GRU luong": (Joey, {}, "joeynmt"),
    "JoeyNMT, LSTM bahdanau": (Joey, {"kind": "bahdanau", "cell": "lstm"}, "joeynmt"),
    "JoeyNMT, one layer": (Joey, {"cell": "lstm", "layers": 1}, "joeynmt"),
    "JoeyNMT from zeros": (Joey, {"kind": "bahdanau", "bridge": False}, "joeynmt"),
    "JoeyNMT, LSTM from zeros": (Joey, {"cell": "lstm", "bridge": False}, "joeynmt"),
    "JoeyNMT without input feeding": (Joey, {"feeding": False}, "joeynmt"),
    "fairseq LSTM": (Fairseq, {"two": False, "hidden": H}, "fairseq-lstm"),
    "fairseq LSTM, both ways": (Fairseq, {}, "fairseq-lstm"),
    "fairseq LSTM, one table": (Fairseq, {"tied": True, "layers": 1}, "fairseq-lstm"),
    "bentrevett 1": (Plain, {"name": "rnn", "output": "fc_out", "cell": "lstm", "relu": False,
                             "layers": 2}, "tutorial5"),
    "bentrevett 2": (Bentrevett2, {}, "bentrevett-2"),
    "bentrevett 3": (Bentrevett4, {"legacy": True}, "bentrevett-4"),
    "bentrevett 4": (Bentrevett4, {"legacy": False, "hidden": 6}, "bentrevett-4"),
}  # fmt: skip
