// The keyboard. Keys act only inside the step view and end there: Streamlit has keys of its own.

import { button, html, say } from "../base/dom.js";

/** The table of keys, as shown on "?". */
function keyTable(can, weights) {
  return [
    ["→ ←", say("next, previous step")],
    ["Home End", say("first, last step")],
    ["Space", say("play, pause")],
    ["↑ ↓", can ? say("mark a candidate") : null],
    ["Enter", can ? say("write the marked candidate") : null],
    ["Ctrl Z", can ? say("undo an edit; with Shift, redo it") : null],
    ["E", weights ? say("edit this step's weights") : null],
    ["H", say("hide what is not written yet")],
    ["F, Esc", say("full screen, leave it")],
    ["PageUp PageDown", say("previous, next step in full screen")],
    ["+ −", say("larger, smaller in full screen")],
    ["Tab", say("to the lanes, the candidates, the map; arrow keys inside")],
    ["?", say("this list")],
  ].filter(([, does]) => does);
}

export function makeKeyList(view, edit) {
  const close = button("close", { sign: "close", name: say("Close the list of keys") });
  const list = html("dl");
  const element = html(
    "div",
    "keylist",
    { role: "dialog", "aria-label": say("Keys"), hidden: true },
    html("b", "", {}, say("Keys")),
    close,
    list,
  );
  let before = null;
  function toggle() {
    element.hidden = !element.hidden;
    if (element.hidden) {
      before?.focus();
      return;
    }
    const rows = keyTable(Boolean(edit && view.data.can.force), view.tray.possible());
    list.replaceChildren(
      ...rows.map(([keys, does]) =>
        html("div", "", {}, html("dt", "", {}, keys), html("dd", "", {}, does)),
      ),
    );
    before = element.getRootNode().activeElement;
    close.focus();
  }
  close.onclick = toggle;
  return {
    element,
    toggle,
    close: () => {
      if (!element.hidden) toggle();
    },
  };
}

/** What a key does, as a function; null where it is not ours. `tabbed`: the focus came by keyboard. */
function keyAction(event, view, act, tabbed) {
  const { key, target } = event;
  // After a click on a source token the arrows go on stepping.
  const lane = tabbed ? target.closest?.(".lane")?.dataset.lane : null;
  const onMap = target === view.map.box;
  const across = { ArrowRight: 1, ArrowLeft: -1 }[key];
  const down = { ArrowDown: 1, ArrowUp: -1 }[key];
  const last = view.data.run.output.length - 1;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() !== "z" || event.altKey) return null;
    return event.shiftKey ? act.redo : act.undo;
  }
  if (event.altKey) return null;
  if (onMap && (across || down)) return () => view.map.move(down ?? 0, across ?? 0);
  if (onMap && key === "Enter") return () => act.go(view.map.chosen() ?? view.step);
  if (lane === "source" && (across || key === "Home" || key === "End")) {
    const end = view.data.source.length - 1;
    return () => act.focusSource(across ? view.focusSource + across : key === "Home" ? 0 : end);
  }
  if (across) return () => act.go(view.step + across);
  if (down) return () => act.mark(down);
  if (key === " ") return act.play;
  const presenter = { PageDown: 1, PageUp: -1 }[key];
  if (presenter) return view.full ? () => act.go(view.step + presenter) : null;
  const others = {
    Home: () => act.go(0),
    End: () => act.go(last),
    e: act.tray && (() => act.tray()),
    h: act.hide,
    f: act.full,
    "?": act.keys,
    Escape: act.leave,
  };
  if (view.full)
    Object.assign(others, {
      "+": () => act.zoom(1),
      "=": () => act.zoom(1),
      "-": () => act.zoom(-1),
      "−": () => act.zoom(-1),
    });
  return others[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

/** Whether a key belongs to the slider or the list in the tray that has the focus. */
function ownKey({ key, target, ctrlKey, metaKey }) {
  if (!target.closest?.(".tray") || ctrlKey || metaKey || key === "Escape") return false;
  return target.matches("select") || (target.matches("input") && /^(Arrow|Page|Home|End)/.test(key));
}

/**
 * After arrival ← and → step from anywhere on the page where nothing is edited, until the step view
 * has had the focus: the first of them gives it the focus. Returns how to end it.
 */
export function listenArrival(view, act) {
  const { card } = view;
  const heard = (event) => {
    const across = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const { ctrlKey, metaKey, altKey, shiftKey, defaultPrevented } = event;
    if (!view.arriving || !across || defaultPrevented) return;
    if (ctrlKey || metaKey || altKey || shiftKey) return;
    if (!event.composedPath()[0].matches?.("html, body, a, button:not([role])")) return;
    event.preventDefault();
    card.focus({ preventScroll: true });
    act.go(view.step + across);
  };
  card.addEventListener("focusin", () => (view.arriving = false));
  document.addEventListener("keydown", heard);
  return () => document.removeEventListener("keydown", heard);
}

/**
 * What a presenter's remote asks of the whole page: a step, as far as there is one, and that what is
 * not written yet is hidden. A lesson has keys of its own. Returns how to end it.
 */
export function listenRemote(view, act) {
  const heard = {
    "s2s-step": (event) => {
      const to = view.step + event.detail;
      const last = view.data.run.output.length - 1;
      if (event.defaultPrevented || view.data.small?.lesson || to < 0 || to > last) return;
      event.preventDefault();
      act.go(to);
    },
    "s2s-hide": (event) => {
      if (event.defaultPrevented || view.data.small?.lesson) return;
      event.preventDefault();
      act.hide();
    },
  };
  for (const [kind, does] of Object.entries(heard)) document.addEventListener(kind, does);
  return () => {
    for (const [kind, does] of Object.entries(heard)) document.removeEventListener(kind, does);
  };
}

/** Listens on the card. */
export function listenKeys(view, act) {
  const { card } = view;
  // A button that was reached with Tab answers the space bar as everywhere; elsewhere it plays.
  let tabbed = false;
  card.addEventListener("focusin", (event) => {
    tabbed = event.target.matches(":focus-visible");
  });
  const pressed = (target) =>
    tabbed &&
    target.closest?.(".transport, .whatif, .menu, .keylist, .tabs, .tray, .pen") &&
    target.matches("button");
  card.addEventListener("keydown", (event) => {
    // In a page that fills the screen a remote's keys are the page's, as they may lead to another.
    if (view.full || !/^Page(Up|Down)$/.test(event.key)) event.stopPropagation();
    const writing = event.target.matches?.("input[type=text]");
    if (writing && event.key === "Escape") event.target.blur();
    if (writing || event.isComposing || (event.key === " " && pressed(event.target))) return;
    if (ownKey(event)) return;
    const action = keyAction(event, view, act, tabbed);
    if (!action) return;
    event.preventDefault();
    action();
  });
  card.addEventListener("keyup", (event) => {
    event.stopPropagation();
    // A button would also answer the space bar when it is let go.
    if (event.key === " " && !event.target.matches?.("input[type=text]") && !pressed(event.target))
      event.preventDefault();
  });
  card.addEventListener("keypress", (event) => event.stopPropagation());
}
