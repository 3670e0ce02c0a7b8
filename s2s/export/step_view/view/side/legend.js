// How to read the picture, in the place of the candidates: for who sees it for the first time.

import { html, say, svg } from "../base/dom.js";

export function makeLegend(view) {
  const band = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  band.append(svg("path", { d: "M2 0H14C14 12 22 12 22 24H10C10 12 2 12 2 0Z" }));
  const lines = [
    ["band", say("Band: where it looks. Twice as wide, twice the weight.")],
    ["sure", say("Bar: how sure it is of the word.")],
    ["unwritten", say("Dashed: not written yet.")],
  ].map(([kind, words]) => {
    const sign = html("span", `sign ${kind}`, { "aria-hidden": "true" });
    if (kind === "band") sign.append(band);
    return html("p", "", {}, sign, html("span", "", {}, words));
  });
  const title = html("b", "title", {}, say("How to read it"));
  const element = html("div", "legend-lines", {}, title, ...lines);
  // A model that does not look back has no bands.
  const build = () => (lines[0].hidden = !view.data.attention);
  return { element, build, paint() {}, mark() {} };
}
