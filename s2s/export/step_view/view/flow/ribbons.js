// Attention as ribbons: as wide as the weight. Other steps' strong links stay as ghosts.

import { setAll, svg } from "../base/dom.js";
import { bandPath, linePath, links } from "../layout/geometry.js";
import { shownRow } from "../edit/tray.js";

export function makeLinks(view, layer) {
  const { data, g } = view;
  const ghosts = svg("g", { class: "ghosts" });
  const steps = data.run.attention.map((row, t) => ghostGroup(g, row, t));
  ghosts.append(...steps);
  const ribbons = svg("g", { class: "ribbons" });
  const bands = data.source.map((_, s) => svg("path", { class: "band", "data-s": s }));
  const lines = data.source.map((_, s) => svg("path", { class: "line", "data-s": s }));
  const rest = svg("rect", { class: "rest", height: 10, y: g.y.bottom - 10 });
  ribbons.append(rest, ...lines, ...bands);
  const probe = svg("path", { class: "probe" });
  layer.append(ghosts, ribbons, probe);

  function paint() {
    const { step, hidden } = view;
    const row = shownRow(view);
    const { found, rest: end } = links(g, row, step);
    found.forEach(({ x0, x1, width }, s) => {
      const wide = width >= 2.5;
      const none = row[s] < 0.005;
      bands[s].setAttribute("d", bandPath(x0, g.y.top, x1, g.y.bottom, width));
      lines[s].setAttribute("d", linePath(x0, g.y.top, x1, g.y.bottom));
      lines[s].style.strokeWidth = Math.max(0.8, width);
      bands[s].style.visibility = none || !wide ? "hidden" : "";
      lines[s].style.visibility = none || wide ? "hidden" : "";
      bands[s].style.opacity = 0.42 + 0.4 * row[s];
    });
    // What went to empty slots has no token above it: a neutral stump keeps the trunk at 1.
    const empty = (view.draft ? 0 : (data.run.empty?.[step] ?? 0)) * g.trunk[step];
    setAll(rest, { x: end, width: empty >= 0.5 ? empty : 0 });
    steps.forEach((group, t) => {
      group.style.visibility = t === step || (hidden && t > step) ? "hidden" : "";
    });
    point();
  }

  function point() {
    const { step, point: at } = view;
    const s = at?.s ?? null;
    const t = at?.t ?? null;
    const other = t !== null && t !== step;
    ribbons.classList.toggle("dim", at !== null && (s !== null || other));
    for (const [i, band] of bands.entries()) {
      const lit = !other && s === i;
      band.classList.toggle("lit", lit);
      lines[i].classList.toggle("lit", lit);
    }
    steps.forEach((group, i) => group.classList.toggle("lit", other && s === null && i === t));
    const far = other && s !== null;
    probe.style.visibility = far ? "" : "hidden";
    if (!far) return;
    probe.setAttribute(
      "d",
      linePath(g.source.tiles[s].c, g.y.top, g.output.tiles[t].c, g.y.bottom),
    );
    probe.style.strokeWidth = Math.max(0.8, data.run.attention[t][s] * g.trunk[t]);
  }

  return { paint, point };
}

/** The links of one step that are worth a ghost. */
function ghostGroup(g, row, t) {
  const group = svg("g", { "data-t": t });
  row.forEach((share, s) => {
    if (share < 0.2) return;
    const d = linePath(g.source.tiles[s].c, g.y.top, g.output.tiles[t].c, g.y.bottom);
    group.append(svg("path", { d, "stroke-width": (3.4 * share).toFixed(2) }));
  });
  return group;
}
