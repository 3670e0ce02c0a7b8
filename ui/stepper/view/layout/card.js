// The card's layout at its width.

import { flowGeometry } from "./geometry.js";

/** Which layout the card has at this width, and the geometry of the flow in it. */
export function layOut(view, width, scale) {
  const { card, data, coarse, full } = view;
  const stacked = width < 720;
  const phone = width < 480;
  const steps = Math.max(data.run.output.length, data.original?.output.length ?? 0);
  const rows = Math.max(...data.run.candidates.map((row) => row.length)) + 1;
  const most = Math.min(Math.max(130, steps * 6), 240);
  const map = data.attention ? Math.min(steps * (phone ? 22 : 18.5), stacked ? 300 : most) : 96;
  const least = stacked ? 0 : 48 + rows * 36 + 40 + map + 20;
  // In full screen the flow takes what the rest leaves.
  const other = 60 + 60 + (data.edits.length ? 52 : 0);
  const height = full && !stacked ? innerHeight / scale - other : 0;
  const room = { width, stacked, phone, coarse, least };
  view.g = flowGeometry(data, { ...room, height: 0 }, view.measure);
  if (height && view.g.mode !== "wide" && view.g.mode !== "scroll") {
    view.g = flowGeometry(data, { ...room, height }, view.measure);
  }
  view.g.mapHeight = map;
  const below = stacked || view.g.mode === "wide" || view.g.mode === "scroll";
  card.dataset.layout = stacked ? "narrow" : below ? "wide" : "beside";
  card.classList.toggle("coarse", coarse);
}
