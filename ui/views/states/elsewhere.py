"""Take a state and continue: the decoder starts from another sentence, or from a mix."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from s2s.config.limits import limits
from s2s.decoding.whatif import WhatIf
from s2s.errors import UserError
from s2s.text.language import tr
from ui.cached import states as cached_states
from ui.frame import link
from ui.markdown import plain
from ui.views.states.paths import Seen

FROM, MIX, FIELD = "from", "mix", "states_from"
MIXES = (0, 25, 50, 75, 100)


def show(seen: Sequence[Seen], what: WhatIf) -> None:
    """The other sentence, the mix, and what comes out of each model."""
    task = seen[0].model.task
    given = link.view().get(FROM, "")[: limits().text_characters]

    def typed(text: str | None) -> None:
        link.show(**{FROM: text or None})

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            tr("Start writing in the state of this sentence"),
            placeholder=next((one for one in task.examples if one != what.text), tr(task.prompt)),
            max_chars=limits().text_characters,
            help=tr("The decoder begins with the state that this sentence ends in. What attention "
            "looks at stays that of the sentence above."),
            **link.shown(FIELD, given, typed),
        )  # fmt: skip
        mix = st.select_slider(
            tr("How much of it, percent"), MIXES, width=260, **link.one_of(MIX, MIXES, 100)
        )
        st.button(
            tr("Take it back"), icon=":material/undo:", disabled=not given,
            on_click=lambda: link.show(**{FROM: None, MIX: None}),
        )  # fmt: skip
    if not given:
        st.caption(tr("Type a sentence, and the models write on from where it leaves them."))
        return
    for one in seen:
        mark = one.model.family.mark if one.model.family else ""
        try:
            found = {
                share: cached_states.elsewhere(one.model.key, what.source, given, share / 100)
                for share in MIXES
            }
        except UserError as error:
            st.warning(f"{plain(one.model.variant)}: {plain(str(error))}")
            continue
        chosen = found.get(mix, found[100])
        steps = [
            {tr("Step"): n + 1, tr("Writes"): token, tr("Probability"): round(float(p), 3),
             tr("Own answer"): found[0].output[n] if n < found[0].steps else ""}
            for n, (token, p) in enumerate(
                zip(chosen.output, chosen.probabilities, strict=True)
            )
        ]  # fmt: skip
        st.markdown(f"{mark} **{plain(one.model.variant)}**: {plain(chosen.text)}")
        left, right = st.columns(2)
        with left:
            st.dataframe(
                pd.DataFrame(steps), hide_index=True, height=240,
                alt=tr("What {model} writes from there, step by step", model=one.model.variant),
            )  # fmt: skip
        with right:
            ladder = [
                {tr("Percent"): share, tr("It writes"): trace.text}
                for share, trace in found.items()
            ]
            st.dataframe(
                pd.DataFrame(ladder), hide_index=True,
                alt=tr("What {model} writes from each mix", model=one.model.variant),
            )  # fmt: skip
