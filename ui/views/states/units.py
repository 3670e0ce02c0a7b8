"""Which units are on at a phrase alone, and where else in the corpus they are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from s2s.export.tables import csv_bytes
from s2s.findings.states import units_finding
from s2s.results.patterns import contexts, elsewhere, unit_pattern
from s2s.results.state_corpus import StateCorpus
from s2s.text.language import tr
from s2s.text.numbers import number
from ui.frame import link
from ui.markdown import plain
from ui.parts.export import TakeAway
from ui.parts.token_picker import plain_token
from ui.views.states.paths import Seen

PHRASE, THRESHOLD, UNIT = "phrase", "threshold", "unit"
THRESHOLDS = tuple(n / 10 for n in range(1, 10))
FIRST = 0.3
COUNT, MOST_ROWS = 6, 12
COMMON, RARE = 0.25, 0.08


def show(seen: Seen, take: TakeAway) -> None:
    """The phrase, the units, and the contexts of one of them."""
    corpus = seen.corpus
    if corpus is None:
        st.caption(tr("Other sentences are being read, to compare with."))
        return
    side = seen.place.side
    tokens = seen.states.source if side == "encoder" else seen.states.output
    places, threshold = _choice(tokens, seen.place.token)
    layers = seen.states.encoder if side == "encoder" else seen.states.decoder
    part = corpus.side(side)
    found = unit_pattern(layers[seen.layer].states, places, threshold, part)
    st.markdown(plain(units_finding(found, tokens)))
    total = layers[seen.layer].states.shape[1]
    unit = st.number_input(
        tr("Unit"), 0, total - 1, width=130,
        **link.between(UNIT, 0, total - 1, found.units[0] if found.units else 0),
    )  # fmt: skip
    left, right = st.columns([1, 1.4])
    rows = [
        {"unit": unit, "here": round(float(here), 2), "on_in_all_tokens": float(rate)}
        for unit, here, rate in zip(found.units, found.here, found.rates, strict=True)
    ]  # fmt: skip
    with left:
        st.markdown(tr("**On at the phrase, off in the rest of this sentence**"))
        if rows:
            frame = pd.DataFrame(rows[:MOST_ROWS])
            frame[""] = [
                tr("common") if rate > COMMON else tr("rare") if rate < RARE else ""
                for rate in frame["on_in_all_tokens"]
            ]
            st.dataframe(
                frame, hide_index=True, alt=tr("Units of the phrase"),
                column_config={
                    "unit": tr("Unit"), "here": tr("Here"),
                    "on_in_all_tokens": st.column_config.ProgressColumn(
                        tr("On in all tokens"), format="percent", min_value=0, max_value=1
                    ),
                },
            )  # fmt: skip
        st.caption(
            tr(
                "On: {threshold:.1f} or above. A unit that is on in a third of all tokens says "
                "little about these. Hundreds of units share the work; none of them *is* a word.",
                threshold=threshold,
            )
        )
        together = elsewhere(part, found.units, threshold, COUNT)
        if together:
            st.markdown(tr("**Where most of them are on together**"))
            _lines(corpus, side, [n for n, _ in together],
                   [tr("{n} of "
                       "{of}", n=on, of=len(found.units)) for _, on in together])  # fmt: skip
    with right:
        most, least = contexts(part, int(unit), COUNT)
        for title, states in (
            (tr("Where unit {n} is most active", n=int(unit)), most),
            (tr("Where unit {n} is least active", n=int(unit)), least),
        ):
            st.markdown(f"**{title}**")
            values = [number(float(part.states[n, int(unit)]), 2) for n in states]
            _lines(corpus, side, states, values)
    if rows:
        name = f"{corpus.model.replace('/', '-')}-units.csv"
        take.file("numbers", tr("Units of the phrase"), name, lambda: csv_bytes(rows))


def _choice(tokens: tuple[str, ...], first: int) -> tuple[tuple[int, ...], float]:
    """The phrase as 0-based places, and the threshold."""

    def read(text: str) -> list[int]:
        found = sorted({int(part) - 1 for part in text.split("-")})
        if not found or found[0] < 0 or found[-1] >= len(tokens):
            raise ValueError(text)
        return found

    held = link.held(
        PHRASE, [first], read, lambda picked: "-".join(str(n + 1) for n in sorted(picked))
    )
    picked = st.pills(
        tr("Press one token or several"), range(len(tokens)), selection_mode="multi", wrap=True,
        format_func=lambda n: f"{n + 1} · {plain_token(tokens[n])}", **held,
    )  # fmt: skip
    places = tuple(n for n in picked if isinstance(n, int) and 0 <= n < len(tokens)) or (first,)
    threshold = st.select_slider(
        tr("Threshold: a unit is on from here"), THRESHOLDS, width=300,
        **link.one_of(THRESHOLD, THRESHOLDS, FIRST),
    )  # fmt: skip
    return places, threshold if threshold in THRESHOLDS else FIRST


def _lines(corpus: StateCorpus, side: str, states: list[int], told: list[str]) -> None:
    """A line a state: what is told of it, and its sentence with the token marked."""
    part, lines = corpus.side(side), []
    for n, what in zip(states, told, strict=True):
        row, at = corpus.tokens(side)[part.sentence[n]], int(part.place[n])
        low = max(0, at - 8)
        shown = " ".join(
            f":primary-background[**{plain_token(t)}**]" if low + k == at else plain_token(t)
            for k, t in enumerate(row[low : at + 6])
        )
        lines.append(f"{what} · {'… ' if low else ''}{shown}{' …' if at + 6 < len(row) else ''}")
    st.markdown("  \n".join(lines))
