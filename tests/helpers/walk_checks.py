"""What holds of every walk: the trace's own numbers, and sums that come out at them."""

import numpy as np
import pytest
from rounding import close

from s2s.probes.walk import walk
from s2s.results.terms import LARGEST, WHOLE


def check_terms(terms, left, right, close):
    """Largest first or all in order, and nothing left out."""
    products = np.asarray(left, float) * np.asarray(right, float)
    assert len(terms.terms) + terms.more == len(products)
    if len(products) <= WHOLE:
        assert terms.more == 0 and terms.rest == 0
    else:
        assert len(terms.terms) == LARGEST
        sizes = [abs(term.value) for term in terms.terms]
        np.testing.assert_array_equal(sizes, sorted(np.abs(products))[: -LARGEST - 1 : -1])
    for term in terms.terms:
        assert term.value == term.factors[0] * term.factors[1]
    listed = sum(term.value for term in terms.terms)
    assert listed + terms.rest == pytest.approx(products.sum(), abs=1e-9)
    assert abs(terms.sum() - terms.total) <= close * max(1, abs(terms.total))


def check(system, trace, step, within):
    """Everything of one step; returns the walk."""
    found = walk(system, trace, step)
    config = system.config
    for mine, theirs in (
        (found.state, trace.decoder_states), (found.scores, trace.scores),
        (found.weights, trace.attention), (found.context, trace.contexts),
        (found.empty, trace.empty_attention),
    ):  # fmt: skip
        assert (mine is None) == (theirs is None)
        if theirs is not None:
            np.testing.assert_array_equal(mine, theirs[step])
    np.testing.assert_array_equal(found.memory, trace.encoder_states)
    np.testing.assert_array_equal(found.initial, trace.initial_state)
    assert (found.fed, found.written) == (trace.fed[step], trace.output[step])
    assert (found.forced, found.given) == (step in trace.forced, step in trace.attended)
    assert found.has_attention == config.has_attention

    # The words: the trace's own, and every one of the vocabulary in the sum.
    ranks = min(len(trace.candidates[step]), len(found.candidates))
    assert found.candidates[:ranks] == trace.candidates[step][:ranks]
    close(found.probabilities[:ranks], trace.candidate_probabilities[step][:ranks])
    assert found.probabilities[found.chosen] == trace.probabilities[step]
    every = [*found.logits.astype(float), *([] if found.others is None else [found.others])]
    total = np.logaddexp.reduce(every)
    np.testing.assert_allclose(np.exp(found.logits - total), found.probabilities, atol=1e-7)
    assert (found.others is None) == (len(found.candidates) == found.vocabulary)

    for place in range(len(found.candidates)):
        terms = found.logit_terms(place)
        check_terms(terms, found.features, found.parameters["W_o"][place], within)
        parts = found.feature_parts()
        for term in terms.terms:
            assert term.factors[1] == parts[term.part][term.place]
    if found.has_attention:
        check_attention(found, config, within)
    return found


def check_attention(found, config, within):
    for place in range(len(found.source)):
        terms = found.score_terms(place)
        if config.attention == "location":
            assert terms is None
            continue
        if config.attention == "additive":
            mixed = found.products.right[place]
            np.testing.assert_allclose(mixed, np.tanh(found.query + found.keys[place]), atol=within)
            check_terms(terms, mixed, found.parameters["v"], within)
        else:
            compared = found.memory if found.keys is None else found.keys
            check_terms(terms, found.asked, compared[place], within)
        assert terms.divisor == (config.hidden**0.5 if config.attention == "scaled_dot" else 1)
    for unit in range(0, config.encoder_size, max(1, config.encoder_size // 12)):
        check_terms(found.context_terms(unit), found.weights, found.memory[:, unit], within)
    for unit in range(0, config.hidden, max(1, config.hidden // 12)):
        if config.attentional_layer:
            terms = found.combine_terms(unit)
            read = np.concatenate([found.context, found.state])
            check_terms(terms, read, found.parameters["W_c"][unit], within)
            assert np.tanh(terms.total) == pytest.approx(found.combined[unit], abs=within)
    if not found.given:
        fractions = found.powers()
        np.testing.assert_allclose(fractions.powers / fractions.total, found.weights, atol=within)
        assert (fractions.empty is None) == (found.empty is None)
        if found.empty is not None:
            assert fractions.empty / fractions.total == pytest.approx(found.empty, abs=within)
