"""An attention or a cell that nothing here has heard of is shown right, or refused by name."""

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest
import reference
import torch
from foreign_parts import CELLS, KINDS, NAMES, SCORES, Leaky, registered
from gradient_cases import TARGET, TEXT, Case
from tiny import about_of, build_system

from s2s.checkpoints import checkpoint
from s2s.decoding import single
from s2s.errors import UserError
from s2s.export.numpy_program import numpy_snippet
from s2s.export.source_code import source_code
from s2s.model import gru
from s2s.model.attention import ATTENTIONS, Dot
from s2s.model.batch import make_batch, make_source
from s2s.model.cells import RNNS, equations
from s2s.model.score import Attention, ScoreAdjoints
from s2s.plots.step_data import Names, Shape, step_data
from s2s.plots.walk_words import score_strips, sum_words
from s2s.probes import agreement, gradient_flow, hidden_states, input_influence, saliency
from s2s.probes.through_time import by_hand, fits
from s2s.probes.unrolled import by_autograd, log_odds
from s2s.probes.walk import walk
from s2s.results import History
from s2s.results.formulas import stages


@pytest.fixture(autouse=True)
def newcomers():
    with registered():
        yield


@pytest.fixture
def literal(monkeypatch):
    """The second implementation learns the scores from their equations."""
    monkeypatch.setattr(reference, "score", lambda kind, weights, q, h: SCORES[kind](weights, q, h))


def plain_autograd(system, text, target):
    """[T, S] gradient times input by the model's own modules, and its log odds [T]."""
    reading = system.read(text)
    source = make_source([reading.ids], system.config, system.sequence, system.source_vocab)
    seen = []

    def keep(module, given, vectors):
        seen.append(vectors.detach().requires_grad_())
        return seen[-1]

    hook = system.model.encoder.lookup.register_forward_hook(keep)
    memory, state = system.model.encode(source)
    hook.remove()
    fed = torch.tensor([[system.start, *target[:-1]]])
    odds = log_odds(system.model.decoder(fed, state, memory).logits[0], torch.tensor(target))
    rows = [torch.autograd.grad(one, seen[0], retain_graph=True)[0] for one in odds]
    return np.stack(
        [(row * seen[0]).sum(-1)[0].detach().numpy() for row in rows]
    ), odds.detach().numpy()


@pytest.mark.parametrize("switches", [{}, {"cell": "lstm", "attention_slots": 8}, {"layers": 2}])
@pytest.mark.parametrize("kind", NAMES)
def test_gradients_agree_with_finite_differences(literal, kind, switches):
    system = build_system(attention=kind, **switches)
    case = Case(system, TEXT, TARGET)
    assert not fits(case.sentence)
    case.check(by_autograd(case.sentence, "hidden", 0), closely=True)
    flow = gradient_flow(system, TEXT, TARGET, layer=0)
    found = by_autograd(case.sentence, "hidden", 0)
    np.testing.assert_allclose(flow.encoder, np.abs(found.encoder).sum(-1), rtol=1e-12)
    trace = single.forced(system, system.read(TEXT), TARGET)
    np.testing.assert_allclose(flow.probabilities, trace.probabilities, rtol=1e-10)


def test_a_derivative_of_its_own_is_used_and_a_parents_is_not(literal, monkeypatch):
    monkeypatch.setitem(SCORES, "doubled", lambda w, q, h: 2 * (q @ h))
    monkeypatch.setitem(SCORES, "heir", lambda w, q, h: 6 * (q @ h))

    class Doubled(Dot):
        formula = replace(Dot.formula, program=None)

        def score(self, query, keys):
            return 2 * super().score(query, keys)

        def scores_back(self, query, memory, d_scores):
            return super().scores_back(query, memory, 2 * d_scores)

    class Heir(Doubled):
        formula = Doubled.formula

        def score(self, query, keys):
            return 3 * super().score(query, keys)

    ATTENTIONS["doubled"], ATTENTIONS["heir"] = Doubled, Heir
    try:
        case = Case(build_system(attention="doubled"), TEXT, TARGET)
        heir = Case(build_system(attention="heir"), TEXT, TARGET)
    finally:
        del ATTENTIONS["doubled"], ATTENTIONS["heir"]
    slow, fast = by_autograd(case.sentence, "hidden", 0), by_hand(case.sentence, "hidden")
    assert fits(case.sentence) and not fits(heir.sentence)
    case.check(fast, closely=True)
    heir.check(by_autograd(heir.sentence, "hidden", 0), closely=True)
    for part in ("encoder", "decoder", "initial", "log_odds"):
        np.testing.assert_allclose(getattr(fast, part), getattr(slow, part), atol=1e-10)
    with pytest.raises(ValueError, match="Heir has no derivative"):
        by_hand(heir.sentence, "hidden")
    states = torch.zeros(2, 6), torch.zeros(3, 6), torch.zeros(2, 3)
    assert isinstance(case.sentence.attention.scores_back(*states), ScoreAdjoints)


@pytest.mark.parametrize(
    "switches",
    [*({"attention": kind} for kind in NAMES), *({"cell": cell, "attention": "dot"}
     for cell in CELLS), {"cell": "leaky", "peeky": "cell_and_output"}],
    ids=str,
)  # fmt: skip
def test_attributions_agree_with_plain_autograd(switches):
    system = build_system(**switches)
    wanted, odds = plain_autograd(system, TEXT, TARGET)
    found = saliency(system, TEXT, TARGET)
    np.testing.assert_allclose(found.gradient_x_input, wanted, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.scores, odds, rtol=1e-10)
    both = agreement(system, TEXT, TARGET, permutations=2)
    np.testing.assert_array_equal(both.saliency.gradient_x_input, found.gradient_x_input)
    if system.config.has_attention:
        even = single.greedy(system, system.read(TEXT), attend={0: [1.0] * 5})
        first = dict(zip(even.candidates[0], even.candidate_probabilities[0], strict=True))
        (token,) = system.target_vocab.decode(TARGET[:1])
        if token in first:
            assert both.uniform[0] == pytest.approx(first[token], rel=1e-9)
        trace = single.forced(system, system.read(TEXT), TARGET)
        np.testing.assert_allclose(found.attention, trace.attention, rtol=1e-10)


@pytest.mark.parametrize("kind", NAMES)
def test_states_and_influence_do_not_depend_on_the_attention(kind):
    system = build_system(attention=kind)
    trace = single.forced(system, system.read(TEXT), TARGET)
    states = hidden_states(system, TEXT, TARGET)
    np.testing.assert_allclose(states.encoder[-1].states, trace.encoder_states, atol=1e-12)
    np.testing.assert_allclose(states.decoder[-1].states, trace.decoder_states, atol=1e-12)
    found = input_influence(system, TEXT, TARGET)
    known = input_influence(build_system(), TEXT, TARGET)
    np.testing.assert_array_equal(known.influence, found.influence)
    mine = saliency(system, TEXT, TARGET).attention
    np.testing.assert_array_less(found.context, mine @ found.influence + 1e-12)


@pytest.mark.parametrize("kind", NAMES)
def test_a_walk_says_what_the_class_says(kind):
    system = build_system(attention=kind)
    weights = {k: v.double().numpy() for k, v in system.model.state_dict().items()}
    for step in (0, 3):
        found = walk(system, TEXT, step)
        wanted = [SCORES[kind](weights, found.state, h) for h in found.memory]
        np.testing.assert_allclose(found.scores, wanted, rtol=1e-10)
        formula = next(stage for stage in stages(found) if stage.name == "score")
        assert formula.text == KINDS[kind].formula.text and formula.text in numpy_snippet(found)
        sizes = {shape.name: shape.sizes for shape in formula.shapes}
        for name, own in found.score_parameters.items():
            assert sizes[name] == (own.shape or (1,))
        for place in range(len(found.source)):
            terms = found.score_terms(place)
            assert (terms is None) == (kind != "cosine")
            if terms is not None:
                assert terms.sum() == pytest.approx(found.scores[place], rel=1e-9)
                assert sum_words(terms)[0]
        assert len(score_strips(found)) == 1 + (found.query is not None) + len(found.source)
        for most in (4096, 5, None):
            names = {}
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(numpy_snippet(found, most=most), names)
            assert "agrees with the model" in printed.getvalue()
            np.testing.assert_allclose(names["scores"], found.scores, atol=1e-5)


def test_what_a_foreign_class_does_not_say_is_not_taken_from_its_parent():
    known, louder = (walk(build_system(attention=k), TEXT, 0) for k in ("dot", "louder"))
    assert known.products is not None and louder.products is None
    assert "h @ s" in numpy_snippet(known) and "h @ s" not in numpy_snippet(louder)
    assert "as the model computed them" in numpy_snippet(louder)
    quieter = walk(build_system(attention="quieter"), TEXT, 0)
    assert quieter.query is None and set(quieter.score_parameters) == {
        "query.weight", "key.weight", "energy.weight"
    }  # fmt: skip
    with pytest.raises(TypeError, match="Mute needs a formula of its own"):
        type("Mute", (Dot,), {"score": KINDS["louder"].score})


def test_step_data_and_source():
    system = build_system(attention="gated")
    trace = system.translate(TEXT)
    names = Names("French", "English", "token")
    data = step_data(trace, names, Shape(vocabulary=10), 0)
    np.testing.assert_allclose(data["run"]["attention"], trace.attention, atol=1e-4)
    titles = {record.title: record for record in source_code("gated")}
    assert "torch.sigmoid" in titles["Gated.score"].code
    assert titles["Gated.score"].file == "tests/helpers/foreign_parts.py"
    namespace = {"Attention": Attention, "formula": Dot.formula}
    exec("class Typed(Attention):\n    formula = formula\n    def score(self, q, k): return q",
         namespace)  # fmt: skip
    ATTENTIONS["typed"] = namespace["Typed"]
    try:
        with pytest.raises(UserError, match="source of attention 'typed' is in no file"):
            source_code("typed")
    finally:
        del ATTENTIONS["typed"]


def test_names_that_would_be_mistaken_for_others_are_refused():
    class Greedy(Dot):
        formula = Dot.formula

        def named(self):
            return {"W_o": torch.zeros(2)}

    ATTENTIONS["greedy"] = Greedy
    ATTENTIONS["module"] = torch.nn.Linear
    try:
        with pytest.raises(UserError, match="names a parameter W_o, as another layer does"):
            walk(build_system(attention="greedy"), TEXT, 0)
        with pytest.raises(UserError, match="attention 'module' is no subclass of Attention"):
            build_system(attention="module")
    finally:
        del ATTENTIONS["greedy"], ATTENTIONS["module"]


@pytest.mark.parametrize(("field", "name"), [("attention", "gated"), ("cell", "leaky")])
def test_a_checkpoint_of_a_foreign_part(tmp_path, monkeypatch, field, name):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path))
    system = build_system(dtype=torch.float32, **{"attention": "dot", field: name})
    checkpoint.save(tmp_path / "fra-eng/own", system, about_of(system), History(()))
    loaded = checkpoint.load("fra-eng/own")
    np.testing.assert_allclose(
        loaded.translate(TEXT).attention, system.translate(TEXT).attention, atol=1e-2
    )
    known = {"attention": ATTENTIONS, "cell": RNNS}[field]
    monkeypatch.delitem(known, name)
    message = f"ModelConfig.{field} is '{name}'; it must be one of .*{next(iter(known))}"
    with pytest.raises(UserError, match=message):
        checkpoint.load("fra-eng/own")
    assert f"ModelConfig.{field} is '{name}'" in str(checkpoint.entries()[0].problem)
    monkeypatch.setitem(known, name, {**KINDS, **CELLS}[name])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("probe", [gradient_flow, hidden_states, input_influence])
def test_what_takes_steps_apart_refuses_a_foreign_cell_by_name(cell, probe):
    system = build_system(cell=cell, attention="dot")
    with pytest.raises(UserError, match=f"'{cell}'. Its steps cannot be taken apart") as caught:
        probe(system, TEXT, TARGET)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    # Put in the place of a known one, it still does not count as that.
    system = build_system(cell="gru", attention="dot")
    system.model.decoder.rnn = build_system(cell=cell, attention="dot").model.decoder.rnn
    with pytest.raises(UserError, match="cannot be taken apart"):
        probe(system, TEXT, TARGET)


@pytest.mark.parametrize("cell", CELLS)
def test_a_walk_through_a_foreign_cell(cell):
    found = walk(build_system(cell=cell, attention="general"), TEXT, 0)
    state = stages(found)[0]
    assert state.text == f"s_t = {cell}(x_t, s_t−1)" and state.source == ""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(numpy_snippet(found), {})
    assert "agrees with the model" in printed.getvalue()


def test_which_modules_compute_known_equations():
    made = {"rnn": torch.nn.RNN(2, 3), "gru": torch.nn.GRU(2, 3), "lstm": torch.nn.LSTM(2, 3)}
    assert {name: equations(module) for name, module in made.items()} == {n: n for n in made}
    for other in (Leaky(2, 3), CELLS["relu_rnn"](2, 3), torch.nn.GRU(2, 3, bias=False),
                  torch.nn.LSTM(2, 3, proj_size=2), torch.nn.Linear(2, 3)):  # fmt: skip
        assert equations(other) is None


def shares_beginnings(encoder) -> bool:
    return gru.fits(encoder.rnn, encoder.lookup.embedding, encoder.dropout)


def test_a_subclass_of_gru_is_trained_by_its_own_forward():
    system = build_system(cell="leaky", attention="dot")
    vocabs = system.source_vocab, system.target_vocab
    pairs = [([3, 4, 5, 2], [4, 5]), ([3, 2], [6])]
    batch = make_batch(pairs, system.config, system.sequence, *vocabs)
    assert not shares_beginnings(system.model.train().encoder)
    trained = system.model(batch).logits
    torch.testing.assert_close(trained, system.model.eval()(batch).logits)
    assert shares_beginnings(build_system(attention="dot").model.train().encoder)
