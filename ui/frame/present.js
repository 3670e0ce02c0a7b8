// The page on the whole screen, and the keys of a presenter's remote.
//
// A step goes to whoever on the page can take it: the step view and a lesson are asked by an event,
// buttons in a row are pressed. Where nobody can go further, the next view of the running order
// comes. A browser fills the screen for a press alone: a link that asks for it waits for one.

let known = null; // the instance that listens
let armed = false;

const root = document.documentElement;
const full = () => document.fullscreenElement === root;
const fill = () => root.requestFullscreen?.().catch(() => {});
const toggle = () => (document.fullscreenElement ? document.exitFullscreen() : fill());

/** Whether somebody on the page did what was asked. */
const taken = (kind, detail) =>
  !document.dispatchEvent(new CustomEvent(`s2s-${kind}`, { detail, cancelable: true }));

// Buttons that lead on and back: an epoch of a replay, a row of a diagnosis.
const WAYS = {
  "1": "[class*=-step-on] button:enabled, .st-key-diagnose_Down button:enabled",
  "-1": "[class*=-step-back] button:enabled, .st-key-diagnose_Up button:enabled",
};

/** Says something over the page, above its lower edge; the element, to be taken away. */
function say(text) {
  const said = document.createElement("div");
  said.className = "s2s-asks";
  said.setAttribute("role", "status");
  document.body.append(said);
  said.textContent = text;
  return said;
}

let nothing = null; // what says that there is nothing to hide, while it does

function hide() {
  if (taken("hide")) return;
  nothing?.remove();
  const said = (nothing = say(known.data.nothing));
  setTimeout(() => said.remove(), 3000);
}

/** Presses the button beside the token that is chosen, or one that leads on. */
function pressed(by) {
  const row = [...document.querySelectorAll(".st-key-picker [role=radio]")];
  const beside = row[row.findIndex((one) => one.ariaChecked === "true") + by];
  const way = row.length ? beside : document.querySelector(WAYS[by]);
  way?.click();
  return Boolean(way);
}

/** Whether the running order has a view there; it is asked for. */
function turn(by) {
  const there = by > 0 ? known.data.onward : known.data.back;
  if (there) known.setTriggerValue("turn", { by });
  return there;
}

function key(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const [target] = event.composedPath();
  if (target.matches?.("input, textarea, select, [contenteditable]")) return;
  const way = { PageDown: 1, PageUp: -1 }[event.key];
  const does = {
    f: toggle,
    h: hide,
    PageDown: full() && (() => taken("step", way) || pressed(way) || turn(way)),
  }[way ? "PageDown" : event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  does();
}

/** Waits for the press for which a browser fills the screen, and says so. */
function arm() {
  if (armed || full() || !root.requestFullscreen) return;
  armed = true;
  const said = say(known.data.asks);
  const kinds = ["pointerdown", "keydown"];
  const done = () => {
    for (const kind of kinds) removeEventListener(kind, press, true);
    document.removeEventListener("fullscreenchange", done);
    said.remove();
  };
  // A press that the browser does not count as one fills nothing: the next may.
  const press = (event) => {
    if (event.key === "Escape") done();
    else if (event.key?.toLowerCase() !== "f") fill();
  };
  for (const kind of kinds) addEventListener(kind, press, true);
  document.addEventListener("fullscreenchange", done);
}

function listen() {
  // After everybody else: what a page's own keys did is done.
  addEventListener("keydown", key);
  document.addEventListener("s2s-turn", (event) => turn(event.detail) && event.preventDefault());
  document.addEventListener("fullscreenchange", () => {
    if (document.fullscreenElement && !full()) return;
    if (full() !== known.data.full) known.setTriggerValue("full", { on: full() });
  });
}

export default function (component) {
  const { data, parentElement } = component;
  if (data.button) {
    const button = document.createElement("button");
    const cap = document.createElement("kbd");
    cap.textContent = data.key;
    button.type = "button";
    button.append(data.button, " ", cap);
    button.onclick = toggle;
    button.style.cssText =
      "font: inherit; color: inherit; width: 100%; min-height: 40px; cursor: pointer;" +
      "border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);" +
      "background: var(--st-background-color)";
    parentElement.querySelector("div").replaceChildren(button);
    return;
  }
  const first = !known;
  known = component;
  if (first) listen();
  if (first && data.full) arm();
}
