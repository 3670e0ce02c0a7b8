// The step view as one object: state, and who paints what.

import { html, say, speak } from "./base/dom.js";
import { applyPalette, themeOf } from "./base/colour.js";
import { measurer } from "./layout/measure.js";
import { watchOutside } from "./layout/outside.js";
import { fullScale, layOut, projected, windowRoom } from "./layout/card.js";
import { makeReadout } from "./side/readout.js";
import { makeTrust, makeVerdict } from "./side/trust.js";
import { keepFocus, makeFlow } from "./flow/flow.js";
import { paintSource } from "./flow/paint.js";
import { makeAlone } from "./side/alone.js";
import { makeCandidates } from "./side/candidates.js";
import { makeLegend } from "./side/legend.js";
import { makeMap } from "./side/map.js";
import { makeTable } from "./side/table.js";
import { makeTransport } from "./controls/transport.js";
import { makeSourceMenu, makeWhatIf } from "./edit/whatif.js";
import { editWeights, makeTray } from "./edit/tray.js";
import { listenArrival, listenKeys, listenRemote, makeKeyList } from "./controls/keys.js";
import { makePlayer, playsByItself } from "./controls/player.js";
import { listenPointer } from "./controls/pointer.js";

/**
 * Shows a sentence step by step in `root` (an element or a shadow root).
 *
 * onStep(step) tells the last step, 400 ms after it; onHide(hidden) whether the rest is hidden;
 * onEdit(payload) what the visitor changes. Without them nothing is told and nothing can be edited.
 * `seen` is {hidden, pin, which, fold} of another view, for a copy of it. Returns {update(data), destroy()}.
 */
export function mountStepper(root, data, { onStep, onHide, onEdit, seen } = {}) {
  speak(data.words);
  const host = html("div", "s2s");
  const kinds = { small: data.small, "in-lesson": data.small?.lesson, beside: data.small?.beside };
  const kind = Object.keys(kinds).filter((name) => kinds[name]);
  const card = html("section", ["card", ...kind].join(" "), {
    "aria-label": say("Step view"),
    tabindex: "-1",
  });
  host.append(card);
  root.append(host);
  const view = {
    host,
    card,
    data,
    step: 0,
    point: null,
    pin: null,
    focusSource: 0,
    hidden: false,
    which: "edited",
    playing: false,
    rate: 1,
    full: false,
    zoom: null,
    touched: false,
    coarse: matchMedia("(pointer: coarse)").matches,
    draft: null,
    waiting: 0,
  };
  const timers = { tell: 0, busy: 0 };
  let [told, received, width, hidden] = [null, null, 0, false];

  function paint() {
    const { readout, flow, choices, map, transport, table, menu, tray, verdict } = view;
    for (const part of [readout, flow, choices, map, transport, table, menu, tray, verdict]) part.paint();
  }

  /** Shows a step; the last of a row of steps is told, but none while it plays. */
  function show(step) {
    // In a lesson what is asked for cannot be stepped to.
    const last = view.data.small?.until ?? view.data.run.output.length - 1;
    const next = Math.min(Math.max(step, 0), last);
    if (next !== step) view.transport.paint();
    const inLane = host.getRootNode().activeElement?.matches?.("[data-lane=output] .token");
    if (next !== view.step) {
      view.tray.send();
      view.draft = null;
      view.step = next;
      view.point = view.pin === null ? null : { kind: "source", s: view.pin, t: null };
      if (view.hidden) widen();
      paint();
      view.flow.point();
      // The focus of the output lane is the current token.
      if (inLane) view.flow.parts.output.tiles[next].focus({ preventScroll: true });
    }
    tell();
  }

  function tell() {
    clearTimeout(timers.tell);
    if (view.playing || !onStep) return;
    timers.tell = setTimeout(() => {
      if (view.step === told) return;
      told = view.step;
      onStep(view.step);
    }, 400);
  }

  const { play, halt } = makePlayer(view, show, tell);

  function point(to) {
    const pinned = view.pin === null ? null : { kind: "source", s: view.pin, t: null };
    const next = to ?? pinned;
    if (next?.t > view.step && view.hidden) return;
    if (JSON.stringify(next) === JSON.stringify(view.point)) return;
    view.point = next;
    view.flow.point();
    view.readout.paint();
    view.map.mark();
  }

  function pin(s) {
    view.pin = view.pin === s ? null : s;
    point(null);
    paint();
    view.flow.point();
  }
  view.unpin = () => pin(view.pin);

  /** Sends an edit; a thin line moves on the card while the answer takes more than 150 ms. */
  const edit =
    onEdit &&
    ((payload) => {
      play(false);
      clearTimeout(timers.tell);
      clearTimeout(view.waiting);
      if (payload.do !== "attend") view.draft = null;
      onEdit(payload);
      clearTimeout(timers.busy);
      timers.busy = setTimeout(() => {
        card.classList.add("busy");
        timers.busy = setTimeout(() => card.classList.remove("busy"), 5000);
      }, 150);
    });

  const act = {
    go: (step) => {
      play(false);
      show(step);
    },
    play: () => play(!view.playing),
    speed: () => {
      view.rate = { 1: 2, 2: 0.5, 0.5: 1 }[view.rate];
      play(view.playing);
    },
    hide: () => {
      hide(!view.hidden);
      point(null);
      widen();
      paint();
      view.flow.point();
      onHide?.(view.hidden);
    },
    keys: () => view.keyList.toggle(),
    full: () =>
      document.fullscreenElement ? document.exitFullscreen() : host.requestFullscreen?.().catch(() => {}),
    leave: () => {
      view.keyList.close();
      if (view.tray.open()) act.tray();
      view.transport.why(false);
      if (view.pin !== null) view.unpin();
      point(null);
    },
    zoom: (way) => {
      view.zoom = Math.min(Math.max(scaleNow() + way * 0.25, 1), 3);
      arrange(true);
    },
    mark: (way) => view.choices.mark(way),
    undo: () => edit && view.data.can.undo && edit({ do: "undo" }),
    redo: () => edit && view.data.can.redo && edit({ do: "redo" }),
    tray: edit && ((from) => editWeights(view, from)),
    focusSource: (s) => {
      view.focusSource = Math.min(Math.max(s, 0), view.data.source.length - 1);
      paintSource(view, view.flow.parts.source);
      view.flow.parts.source.tiles[view.focusSource].focus();
    },
    point,
    pin,
  };

  const scaleNow = () => (view.full ? (view.zoom ?? fullScale(view)) : projected(host));

  /** Gives everything its place, again where the width, the sentence or the colours changed. */
  function arrange(force) {
    const scale = scaleNow();
    const now = Math.floor(host.clientWidth / scale);
    if (!now || (!force && now === width)) return;
    width = now;
    card.style.zoom = scale;
    view.measure = measurer(host);
    const theme = themeOf(host);
    view.palette = view.data.palettes[theme];
    applyPalette(host, view.palette, theme);
    for (const part of [view.readout, view.trust, view.choices]) part.build();
    view.fold = seen?.fold ?? windowRoom(host, scale, data.small?.below);
    layOut(view, width - 2, scale);
    const { whatIf, flow, map, transport, table, tray } = view;
    keepFocus(view, act, () => {
      for (const part of [whatIf, flow, map, tray, transport, table]) part.build();
      paint();
    });
    view.flow.point();
  }

  /** Where later words are hidden, each step shows how wide its own is. */
  function widen() {
    layOut(view, width - 2, scaleNow());
    keepFocus(view, act, view.flow.build);
  }

  const hide = (wanted) => card.classList.toggle("hides", (view.hidden = wanted));

  /** Takes new data. The same id means: only the step or the theme changed. */
  function update(next) {
    clearTimeout(timers.busy);
    card.classList.remove("busy");
    const fresh = next.id !== view.data.id || received === null;
    const drawn = view.draft;
    view.data = next;
    if (fresh) {
      halt();
      clearTimeout(timers.tell);
      view.step = Math.min(Math.max(next.step, 0), next.run.output.length - 1);
      view.pin = null;
      view.point = null;
      view.arriving = !card.matches(":focus-within");
      told = view.step;
    } else if (next.step !== received && next.step !== told) {
      // The page asks for a step of its own; what we told it ourselves comes back and is old news.
      play(false);
      told = next.step;
      show(next.step);
    }
    // As with the step: only what the page asks for anew counts, unless it shows something else.
    const hides = fresh || next.hidden !== hidden;
    if (hides) hide((hidden = next.hidden === true));
    // The answer is there; a weight that was moved in the meantime stays.
    if (drawn?.sent || drawn?.step !== view.step || drawn?.row.length !== next.source.length)
      view.draft = null;
    const changed =
      hides || drawn !== view.draft || themeOf(host) !== host.style.colorScheme;
    received = next.step;
    arrange(changed);
  }

  view.readout = makeReadout(view);
  view.trust = makeTrust(view);
  view.verdict = makeVerdict(view);
  view.flow = makeFlow(view);
  const alone = data.run.probability === null;
  view.choices = data.small ? makeLegend(view) : alone ? makeAlone() : makeCandidates(view, edit);
  view.map = makeMap(view, { go: act.go, point, tray: act.tray });
  view.transport = makeTransport(view, act, mountStepper);
  view.table = makeTable(view);
  view.whatIf = makeWhatIf(view, edit);
  view.tray = makeTray(view, edit);
  view.menu = makeSourceMenu(view, edit);
  view.keyList = makeKeyList(view, edit);
  view.flow.element.append(view.menu.element);
  const side = html("div", "side", {}, view.choices.element, view.map.element);
  card.append(
    view.whatIf.element,
    view.readout.element,
    view.trust.element,
    view.flow.element,
    side,
    view.tray.element,
    view.transport.element,
    view.table.element,
    view.keyList.element,
    html("i", "progress"),
  );
  host.append(view.verdict.element);
  listenKeys(view, act);
  const deaf = [listenArrival(view, act), listenRemote(view, act)];
  listenPointer(view, act);

  update(data);
  if (seen) {
    Object.assign(view, seen);
    hide(view.hidden);
    point(null);
    arrange(true);
  }
  const unwatch = watchOutside(view, root, arrange);
  if (data.small && !data.small.lesson && playsByItself()) act.play();

  return {
    update,
    destroy() {
      unwatch();
      for (const end of deaf) end();
      halt();
      for (const timer of ["tell", "busy"]) clearTimeout(timers[timer]);
      clearTimeout(view.waiting);
      host.remove();
    },
  };
}
