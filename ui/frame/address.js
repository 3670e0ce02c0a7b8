// One entry of the browser's history for one deliberate change, and entries that stay as they were.
//
// Where Streamlit would push an entry for a step or for a control, the entry that stands there is
// replaced. While an entry is restored nothing is written: a run that an earlier press of back had
// started may still tell where it was. That ends with the next thing that the visitor does.
//
// A link that is pressed right after something was typed or chosen waits until the server has heard of
// that, written the address and drawn it. A busy server takes both as one request, and of that it keeps
// the page alone.
//
// Where one run breaks off another, Streamlit can mix their parts: it stops, and the page stays empty.
// Opened anew it shows what the address says.
//
// The document says which language it speaks, for who reads it aloud.
//
// What the head or a list has no room for stands whole where the pointer rests.
//
// A system that turns dark while the page is open changes Streamlit's own colours, but runs nothing,
// so the charts, which the server colours, would stay light: a run is asked for.

let known = null;
let restoring = false;
let redraw = null;
let heard = null;
let pressed = null; // a link that waits
const WAIT = 60; // ms
const MENDED = 2000; // ms after a page was opened; sooner it would be opened for ever
const FIELD = ".stTextInput input, .stTextArea textarea, .stNumberInput input";
const CHOICE = "button, label, [role=option], [role=radio]";
const LONGEST = { typed: 1500, chosen: 600 }; // ms; not all of it is written in the address

/** The page of an address; undefined at the first page, which shows nothing in particular. */
const pageOf = ({ pathname }) => known.pages[pathname.split("/").filter(Boolean).pop()];

/** Keeps where this browser is, for the first page's way back. */
function remember() {
  const page = pageOf(location);
  if (!page) return;
  const text = new URLSearchParams(location.search).get("text");
  const path = location.pathname + location.search;
  try {
    localStorage.setItem("s2s.last", JSON.stringify({ path, page, text }));
  } catch {
    // no storage allowed: then there is no way back
  }
}

function write(push, replace) {
  return (state, title, url) => {
    heard();
    if (restoring) return;
    const from = new URL(location.href);
    const to = new URL(url ?? from, from);
    if (!pageOf(to)) {
      to.search = "";
      if (from.href !== to.href) push(state, title, to);
      return;
    }
    if (!pageOf(from)) {
      push(state, title, url);
      remember();
      return;
    }
    const query = new URLSearchParams(from.search);
    const same = (key) =>
      (query.get(key) ?? known[key]) === (to.searchParams.get(key) ?? known[key]);
    if (from.pathname === to.pathname && known.deliberate.every(same)) {
      replace(state, title, url);
      remember();
      return;
    }
    // No query at all means "what is shown goes along", so an entry that is left has one.
    if (!from.search) {
      from.searchParams.set("task", known.task);
      replace(history.state, "", from);
    }
    push(state, title, url);
    remember();
  };
}

/** Back or forward was pressed. At the first page's address a query only leads on: step over it. */
function restored(event) {
  restoring = true;
  pressed = null;
  if (pageOf(location) || !location.search) {
    remember();
    return;
  }
  event.stopImmediatePropagation();
  history.back();
}

function keepHistory() {
  const [push, replace] = [history.pushState, history.replaceState].map((f) => f.bind(history));
  history.pushState = write(push, replace);
  history.replaceState = (...entry) => restoring || replace(...entry);
  addEventListener("popstate", restored, true);
  // Not the keys and buttons of a mouse that lead back themselves.
  const act = (event) => {
    if (!event.altKey && !event.metaKey && !(event.button > 2)) restoring = false;
  };
  for (const kind of ["pointerdown", "keydown", "click", "input"])
    addEventListener(kind, act, true);
}

function waitUntilHeard() {
  let before = null;
  let unheard = 0;
  const follow = (latest) => {
    const idle = document.querySelector("[data-test-script-state=notRunning]");
    if (idle || performance.now() > latest) {
      pressed?.click();
      pressed = null;
    } else setTimeout(follow, WAIT, latest);
  };
  heard = () => {
    clearTimeout(unheard);
    unheard = 0;
    if (pressed) setTimeout(follow, WAIT, performance.now() + LONGEST.typed);
  };
  addEventListener("focusin", ({ target }) => {
    before = target.value;
  });
  const told = (longest) => {
    clearTimeout(unheard);
    unheard = setTimeout(heard, longest);
  };
  const tell = ({ target }) => {
    if (!target.matches?.(FIELD) || target.value === before) return;
    before = target.value;
    told(LONGEST.typed);
  };
  addEventListener("focusout", tell);
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) tell(event);
  });
  const press = (event) => {
    if (!event.isTrusted) return;
    const link = event.target.closest?.("a[href]");
    if (!link && !unheard && event.target.closest?.(CHOICE)) told(LONGEST.chosen);
    const other = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || other || !(unheard || pressed)) return;
    event.preventDefault();
    event.stopPropagation();
    pressed = link;
  };
  addEventListener("click", press, true);
}

function mendMixedRuns() {
  addEventListener("error", ({ message }) => {
    if (/Bad delta path/.test(message) && performance.now() > MENDED) location.reload();
  });
}

const CUT = ".st-key-head :is(.stSelectbox, .st-key-head-size p, button), [role=option]";

/** Gives an element the title that it needs now: its own words if they are cut, else none. */
function tellWhole({ target }) {
  const box = target.closest?.(CUT);
  if (!box) return;
  const parts = [box, ...box.querySelectorAll("*")];
  const cut = parts.find((part) => {
    if (part.scrollWidth <= part.clientWidth || !part.clientWidth) return false;
    return getComputedStyle(part).textOverflow === "ellipsis";
  });
  const words = cut && (cut.value ?? cut.textContent);
  if (words) box.title = words;
  else box.removeAttribute("title");
}

function followTheSystem() {
  // Streamlit takes up the new colours first; the run tells the server which they are.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    setTimeout(() => redraw(), WAIT),
  );
}

export default function ({ data, setTriggerValue }) {
  redraw = () => setTriggerValue("scheme", true);
  if (!known) {
    waitUntilHeard();
    keepHistory();
    mendMixedRuns();
    addEventListener("pointerover", tellWhole);
    followTheSystem();
  }
  known = data;
  document.documentElement.lang = data.language;
  remember();
}
