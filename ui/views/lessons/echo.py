"""One phone draws what all of them show: what its run sent is sent on to the others.

Thirty phones that follow one teacher are shown the same. A run of the script costs the server a
hundred times what its few messages cost, so one phone of each kind runs the part of its page that
follows, and each other is sent what differs from what stands there already. Streamlit 1.67 names
the place of every element in its message, and its text by a hash; both are alike for sessions whose
pages are. Where they are not, where a script is just running, or where the phone that draws goes
away in the middle, the others run by themselves: dearer, never wrong.

What a phone alone knows (its own guess) may not be part of what is sent: the browser keeps it.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qsl, urlencode
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from ui import server

Place = tuple[int, ...]
"""Of an element, in the page."""


@dataclass
class Stand:
    """What is known of one session.

    Attributes:
        part: the fragment that follows.
        kind: sessions of one kind are shown the same.
        knew: the number of the call that its last run knew of.
        drawn: hash of what stands at each place of the part.
        call: the number of the call that it draws for.
        others: whom it draws for.
        sent: what its run has sent for them so far.
    """

    part: str = ""
    kind: Hashable = None
    knew: int = 0
    drawn: dict[Place, str] = field(default_factory=dict)
    call: int = 0
    others: list[AppSession] = field(default_factory=list)
    sent: dict[Place, ForwardMsg] = field(default_factory=dict)


_stands: WeakKeyDictionary[AppSession, Stand] = WeakKeyDictionary()
_calls = itertools.count(1)
_last = 0


def stand(session_id: str, kind: Hashable) -> None:
    """Say, first thing in a fragment, that sessions of one kind are shown the same by it.

    Args:
        session_id: whose run this is.
        kind: everything on which what is drawn depends, besides what all are told.
    """
    session = server.session(session_id)
    if session is None:
        return
    found = _stands.get(session)
    if found is None:
        found = _stands[session] = Stand()
        session._enqueue_forward_msg = partial(heard, session)  # type: ignore[method-assign]
    found.part, found.kind, found.knew = ThreadState.get().fragment_id or "", kind, _last


def tell(session_ids: Iterable[str], at: Mapping[str, str | None]) -> None:
    """Let these sessions be shown what there is to see now; those that left are passed over.

    Args:
        session_ids: whom.
        at: what their addresses say from now on; None for a parameter that is not there.
    """
    global _last
    call = _last = next(_calls)
    sessions = [one for one in map(server.session, tuple(session_ids)) if one is not None]
    if sessions:
        sessions[0]._event_loop.call_soon_threadsafe(told, sessions, at, call)


def told(sessions: Sequence[AppSession], at: Mapping[str, str | None], call: int) -> None:
    """Let one of each kind draw for the others of its kind; on the server's thread."""
    kinds: dict[Hashable, list[AppSession]] = {}
    for session in sessions:
        put(session, at)
        known = _stands.get(session)
        if known is None or not session.has_fragment(known.part):
            server.again(session)
        else:
            kinds.setdefault((known.part, known.kind), []).append(session)
    for alike in kinds.values():
        first = next((one for one in alike if not runs(one)), alike[0])
        stand = _stands[first]
        others = [*stand.others, *(one for one in alike if one is not first)]
        stand.call, stand.others = call, list(dict.fromkeys(others))
        draw(first)


def put(session: AppSession, at: Mapping[str, str | None]) -> None:
    """Change the address of a session's page; also where the server is another one tomorrow."""
    before = session._client_state.query_string
    query: dict[str, str | None] = {**dict(parse_qsl(before, keep_blank_values=True)), **at}
    after = urlencode({name: value for name, value in query.items() if value is not None})
    if after != before:
        session._client_state.query_string = after
        msg = ForwardMsg()
        msg.page_info_changed.query_string = after
        session._enqueue_forward_msg(msg)


def runs(session: AppSession) -> bool:
    """Whether a script of a session is running."""
    return session._scriptrunner is not None


def draw(session: AppSession) -> None:
    """Run the part of a session's page that follows, or all of it where there is no such part."""
    known = _stands.get(session)
    if known is None or not session.has_fragment(known.part):
        server.again(session)
        return
    asked = ClientState()
    asked.CopyFrom(session._client_state)
    asked.fragment_id = known.part
    session.request_rerun(asked)


def heard(session: AppSession, msg: ForwardMsg) -> None:
    """A session's message goes to its browser, and is noted; on the server's thread."""
    AppSession._enqueue_forward_msg(session, msg)
    stand, kind = _stands[session], msg.WhichOneof("type")
    if kind == "new_session":
        stand.sent = {}
        parts = msg.metadata.run.fragment_ids
        if not parts or stand.part in parts:
            stand.drawn = {}
    elif kind == "delta" and msg.delta.fragment_id == stand.part:
        place = tuple(msg.metadata.delta_path)
        stand.drawn[place] = msg.hash
        if stand.others:
            stand.sent[place] = msg
    elif kind == "script_finished" and stand.others and stand.knew >= stand.call:
        others, sent = stand.others, stand.sent
        stand.others, stand.sent = [], {}
        whole = msg.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
        for other in others:
            if not whole or not pass_on(sent, stand, other):
                draw(other)


def pass_on(sent: dict[Place, ForwardMsg], drawn: Stand, other: AppSession) -> bool:
    """Send another session what differs; False where its page is not like the one that was drawn.

    Args:
        sent: by the run.
        drawn: of the session that ran.
        other: whom to tell.
    """
    known = _stands.get(other)
    if known is None or runs(other) or known.drawn.keys() != drawn.drawn.keys():
        return False
    if (known.part, known.kind) != (drawn.part, drawn.kind):
        return False
    for place, msg in sent.items():
        if known.drawn[place] != msg.hash:
            other._enqueue_forward_msg(msg)
    return True


def _left(session_id: str) -> None:
    """Whoever has gone draws for nobody any more."""
    for session, known in list(_stands.items()):
        if session.id == session_id and known.others:
            others, known.others = known.others, []
            for other in others:
                draw(other)


server.LEAVERS["echo"] = _left
