"""The measurements behind the docs: what they compute, on small cases with known answers."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from gradient_cases import TARGET, TEXT
from tiny import ROOT, build_system

from s2s.errors import UserError
from s2s.probes import agreement, gradient_flow
from s2s.probes.agreement import tau
from s2s.results import LengthScore

sys.path.insert(0, str(ROOT / "benchmarks"))

import vanishing  # noqa: E402
import verdicts  # noqa: E402


def rows(*shares, pairs=200):
    return [LengthScore(n, pairs, s, None) for n, s in enumerate(shares, 3)]


def test_a_length_qualifies_in_every_seed_or_not_at_all():
    first, second = rows(1, 0.95, 0.949, 0.99), rows(1, 0.96, 1, 0.9)
    assert vanishing.qualifying([first]) == (3, 4, 6)
    assert vanishing.qualifying([first, second]) == (3, 4)
    assert vanishing.qualifying([first, rows(1) + rows(0, 1)[1:]]) == (3, 4)  # absent: no
    few = rows(1, pairs=99) + rows(0, 1, pairs=100)[1:]
    assert vanishing.qualifying([few]) == (4,)
    with pytest.raises(UserError, match="95 %"):
        vanishing.qualifying([first, rows(0.5, 0.5)])


def test_items_are_dealt_evenly_and_always_the_same():
    pairs = [(f"{n:0{length}}", "") for length in (3, 4, 5) for n in range(20)]
    items = vanishing.draw(pairs, (3, 5), 11)
    assert [len(source) for source, _ in items] == [3] * 6 + [5] * 5
    assert len(set(items)) == 11 and set(items) <= set(pairs)
    assert vanishing.draw(pairs[::-1], (3, 5), 11) == items
    with pytest.raises(UserError, match="20"):
        vanishing.draw(pairs, (3, 5), 50)


def test_the_ratio_is_of_letters():
    """Three letters and an end token on both sides; the end's row and column do not count."""
    sizes = np.array([[1.0, 5, 4, 900], [3, 5, 3, 900], [8, 5, 2, 900], [900, 900, 1, 1]])
    flow = SimpleNamespace(encoder=sizes, reading=SimpleNamespace(first=0, length=3))
    found = {name: np.exp(value) for name, value in vanishing.log_ratios(flow).items()}
    assert found == pytest.approx({
        "first written": 1 / 4, "last written": 4, "all": (1 / 4 * 1 * 4) ** (1 / 3), "size": 8
    })  # fmt: skip
    real = gradient_flow(build_system(cell="lstm"), TEXT, TARGET)
    assert real.source[-1] == "<eos>"
    assert vanishing.log_ratios(real)["first written"] == pytest.approx(
        np.log(real.encoder[0, 0] / real.encoder[0, -2])
    )


def test_the_geometric_mean_and_its_interval():
    mean, low, high, median = vanishing.summary(np.log([1.0, 1, 4, 4, 16, 1, 4, 4]))
    assert mean == pytest.approx(4 ** (6 / 8)) and median == pytest.approx(4)
    assert 1 < low < mean < high < 16
    # 200 normal logarithms: close to the interval of the normal distribution.
    logs = np.random.default_rng(3).normal(-2, 1, 200)
    mean, low, high, _ = np.log(vanishing.summary(logs))
    half = 1.96 * logs.std(ddof=1) / np.sqrt(200)
    assert (low, high) == pytest.approx((mean - half, mean + half), abs=0.02)


def test_seeds_are_pooled_item_by_item():
    models = [vanishing.Measured({"all": np.array(logs)}, {}) for logs in ([0.0, 4], [2.0, 0])]
    np.testing.assert_allclose(vanishing.pooled(models, "all"), [1, 2])
    np.testing.assert_allclose(vanishing.pooled(models, "all", np.array([False, True])), [2])


def test_the_page_holds_its_figures():
    items = [("abc", "cba"), ("abd", "dba"), ("abcd", "dcba"), ("abce", "ecba")]

    def measured(value):
        spread = np.array([-0.1, 0.1, -0.2, 0.2])
        logs = {name: np.log(value) + spread for name in (*vanishing.PLACES, "size")}
        return vanishing.Measured(logs, {3: 1.0, 4: 0.975})

    found = {"plain": [measured(0.02), measured(0.08)], "attention": [measured(30), measured(30)]}
    page = vanishing.document(found, items, {"plain": True, "attention": False})
    assert "**0.04 times**" in page and "**30 times** with attention" in page
    assert "| plain | seed 2 | 0.08 [" in page and "| attention | all seeds | 30 [" in page
    assert "lengths 3 to 4" in page and "seed 1 bit for bit, " in page
    assert "machine that made this page: `reverse/plain`." in page
    assert "| 4 | 2 | 97.5 / 97.5 | 0.04 | 30 | 0.04 | 30 |" in page


def test_two_significant_digits():
    assert [*map(vanishing.digits, (0.00123, 0.1, 4.06, 38.4, 384))] == [
        "0.0012", "0.1", "4.1", "38", "380"
    ]  # fmt: skip


def test_the_same_weights():
    one, again, other = (build_system(seed=seed) for seed in (1, 1, 2))
    assert vanishing.same_weights(one, again) and not vanishing.same_weights(one, other)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_tau_as_a_product():
    draw = np.random.default_rng(2)
    first, second = draw.integers(4, size=(2, 30, 6)).astype(float)
    first[0] = 1
    found = (verdicts.directions(first) * verdicts.directions(second)).sum(axis=1)
    wanted = [tau(a, b) for a, b in zip(first, second, strict=True)]
    assert np.isnan(wanted[0])
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_what_is_counted_of_a_sentence():
    found = agreement(build_system(attention="dot"), TEXT, TARGET)
    sample = verdicts.look(found, np.random.default_rng(1))
    assert sample.tokens == 4 and sample.sentence == found.median()
    assert sample.median.tolist() == [found.median(t) for t in range(5)]
    assert sample.shuffled.shape == (verdicts.SHUFFLES, 5) and sample.other.shape == (20,)
    np.testing.assert_allclose(sample.lost, np.log(found.probabilities / found.uniform))
    own = [tau(found.saliency.attention[0, :4], np.abs(getattr(found.saliency, name)[1, :4]))
           for name in verdicts.METHODS[1:]]  # fmt: skip
    assert sample.other[0] == pytest.approx(np.median(own))
    # Of random orders the mean tau is 0; the median of three stays near it.
    assert abs(sample.shuffled.mean()) < 0.15
    plain = verdicts.look(agreement(build_system(), TEXT), np.random.default_rng(1))
    assert plain.median.size == 0 and plain.sizes.min() > 0 and np.isfinite(plain.ceiling).all()
    assert verdicts.reach(np.array([0.5, 0.3, 0.2, -1])) == (25.0, 75.0)
