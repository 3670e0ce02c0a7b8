"""Import: somebody's own model, on every page."""

from ui.frame import navigation

navigation.ensure()

import streamlit as st

from s2s.errors import UserError
from s2s.text.language import tr
from ui.markdown import plain
from ui.views.importing import bring, page

with st.container(horizontal=True, vertical_alignment="center", key="head"):
    st.title(tr("Import"), anchor=False, width="content")
    st.caption(
        tr(
            "Your own model on every page. Files are read as numbers, never as code, and stay on "
            "this computer."
        ),
        width="content",
    )
try:
    allowed = bring.mode()
except UserError as error:
    st.error(plain(str(error)))
else:
    if allowed == "off":
        st.info(tr("Nothing is imported on this server. `python -m s2s import` does it on yours."))
    else:
        page.show(allowed == "keep")
