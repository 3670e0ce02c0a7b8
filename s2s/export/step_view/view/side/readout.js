// The sentence above the picture. Its parts come from Python; a hover borrows the place.

import { html, ordinal, say, saidInParts, setText, weight } from "../base/dom.js";
import { onColour, scaleColour } from "../base/colour.js";

/** The parts while a source token, an output token, or a cell of the map is pointed at. */
function pointedParts(data, step, { s, t }) {
  const run = data.run;
  const at = t ?? step;
  const plain = (text) => ({ text, kind: "plain", weight: null });
  const written = { text: run.output[at].label, kind: "token", weight: run.probability?.[at] ?? null };
  if (s === null)
    return at === step
      ? run.readout[at]
      : [plain(`${say("Step {n}", { n: at + 1 })}. `), ...run.readout[at]];
  const token = data.source[s];
  const share = run.attention ? run.attention[at][s] : null;
  const source = { text: token.label, kind: "attended", weight: share };
  const typed = token.typed ? ` (${say("typed: {word}", { word: token.typed })})` : "";
  const values = {
    source,
    typed,
    written,
    n: at + 1,
    place: ordinal(token.order ?? s + 1),
    of: data.source.length,
    weight: share > 0 && share < 0.005 ? "<\u00a00.01" : weight(share ?? 0),
  };
  const text =
    share === null
      ? "{source}{typed} is read {place} of {of}."
      : "Step {n}: {written} looked at {source}{typed} with weight {weight}.";
  return saidInParts(text, values)
    .filter((part) => part !== "")
    .map((part) => (part.kind ? part : plain(String(part))));
}

/** The readout: one line whose pieces are reused, as high as its longest sentence. */
export function makeReadout(view) {
  const element = html("p", "readout", {
    role: "status",
    "aria-live": "polite",
    "aria-atomic": "true",
  });
  const pieces = [];

  function write(parts, target, pool) {
    while (pool.length < parts.length) {
      pool.push(html("span", "part-plain"));
      target.append(pool[pool.length - 1]);
    }
    pool.forEach((piece, i) => {
      const part = parts[i];
      piece.hidden = !part;
      setText(piece, part ? (part.kind === "plain" ? part.text : shortened(part.text)) : "");
      if (!part) return;
      piece.className = `part-${part.kind}`;
      const filled = part.kind === "attended" && part.weight !== null;
      const ground = filled ? scaleColour(view.palette.attention_scale, part.weight) : "";
      piece.style.backgroundColor = ground;
      piece.style.color = filled ? onColour(ground) : "";
    });
  }

  // The whole of a very long token stands in the tip at its tile.
  const shortened = (text) =>
    [...text].length > 60 ? `${[...text].slice(0, 59).join("")}…` : text;

  return {
    element,
    /** Gives the line the height of the longest sentence, so that stepping moves nothing. */
    build() {
      const probe = html("p", "readout probe", { "aria-hidden": "true" });
      view.card.append(probe);
      const pool = [];
      let high = 0;
      for (const parts of longest(view.data.run.readout)) {
        write(parts, probe, pool);
        high = Math.max(high, probe.offsetHeight);
      }
      probe.remove();
      element.style.minHeight = `${high}px`;
    },
    paint() {
      const { data, step, point } = view;
      // What is pointed at names itself; reading it here too would say it twice.
      const elsewhere = point && (point.s !== null || point.t !== step);
      element.setAttribute("aria-live", view.playing || elsewhere ? "off" : "polite");
      write(point ? pointedParts(data, step, point) : data.run.readout[step], element, pieces);
    },
  };
}

/** The few sentences that can be the highest. */
function longest(sentences) {
  const length = (parts) => parts.reduce((sum, part) => sum + part.text.length, 0);
  return [...sentences].sort((a, b) => length(b) - length(a)).slice(0, 6);
}
