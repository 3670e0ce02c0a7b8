// The card's layout at its width.

import { flowGeometry } from "./geometry.js";

/**
 * How much larger full screen is: half as large again, or less where the controls or both columns
 * would have no room.
 */
export function fullScale(view) {
  const { clientWidth } = view.host;
  const fits = (scale) => {
    const { room, other } = roomOf(view, Math.floor(clientWidth / scale) - 2);
    const { height } = flowGeometry(view.data, { ...room, height: 0 }, view.measure).y;
    return !room.stacked && (height + other) * scale <= innerHeight;
  };
  return [1.5, 1.4, 1.3, 1.2, 1.1].find(fits) ?? 1;
}

/** How much larger the page is on a projector's whole screen; it says so itself. */
export const projected = (host) =>
  Number(getComputedStyle(host).getPropertyValue("--projected")) || 1;

/** Whether the card stands beside something, so that it follows the window however narrow it is. */
export const hasNeighbour = ({ small }) => Boolean(small?.beside || small?.lesson) && innerWidth > 720;

const MARGIN = 16; // px between the card and the window's lower edge
const FEWEST = 96; // px of the map

/**
 * The px of the card, at its scale, that the window has for its height as the page stands before it
 * is scrolled, less those that what is `below` it needs.
 */
export function windowRoom(host, scale, below) {
  const page = host.getRootNode().host?.closest("[data-testid=stMain]");
  const top = host.getBoundingClientRect().top + (page?.scrollTop ?? scrollY);
  return Math.max((innerHeight - top) / scale - (below ?? MARGIN), 0);
}

/** What the flow can have at a width, and the px of height that the rest of the card takes. */
function roomOf({ data, coarse, full, fold, readout, trust, choices, hidden, step }, width) {
  const stacked = width < 720;
  const phone = width < 480;
  const steps = Math.max(data.run.output.length, data.original?.output.length ?? 0);
  const rows = Math.max(...data.run.candidates.map((row) => row.length)) + 1;
  const most = Math.min(Math.max(130, steps * 6), 240);
  const other = 60 + (full ? 60 : readout.element.offsetHeight) + trust.element.offsetHeight + (data.edits.length ? 52 : 0);
  // What the window has for the flow, and for the candidates and the map beside it.
  const follows = !stacked || hasNeighbour(data);
  const under = stacked && data.small?.lesson ? choices.element.offsetHeight + 23 : 0; // the legend
  const high = follows && !full ? Math.max(fold - other - under, 1) : 0;
  const above = data.small ? 196 : data.run.probability === null ? 190 : 118 + (coarse ? 44 : 30) * rows;
  let map = data.attention ? Math.min(steps * (phone ? 22 : 18.5), stacked ? 300 : most) : FEWEST;
  if (high) map = Math.min(map, Math.max(high - above, data.small ? FEWEST / 2 : FEWEST));
  const blank = hidden ? step + 1 : Infinity; // the first token of which nothing may be seen
  return { room: { width, stacked, phone, coarse, high, blank, least: stacked ? 0 : above + map }, other, map };
}

/** Which layout the card has at this width, and the geometry of the flow in it. */
export function layOut(view, width, scale) {
  const { card, data, coarse, full } = view;
  const { room, other, map } = roomOf(view, width);
  const { stacked } = room;
  // In full screen the flow takes what the rest leaves; so it does in a lesson on a projector.
  const whole = full ? innerHeight / scale : data.small?.lesson && scale > 1 ? view.fold : other;
  const height = stacked ? 0 : whole - other;
  view.g = flowGeometry(data, { ...room, height: 0 }, view.measure);
  if (height && view.g.mode !== "wide" && view.g.mode !== "scroll") {
    view.g = flowGeometry(data, { ...room, height }, view.measure);
  }
  view.g.mapHeight = map;
  const below = stacked || view.g.mode === "wide" || view.g.mode === "scroll";
  card.dataset.layout = stacked ? "narrow" : below ? "wide" : "beside";
  card.classList.toggle("coarse", coarse);
}
