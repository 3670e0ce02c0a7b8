// Computed styles as what a drawing needs: colours with their share of cover, gradients, fonts.

/** A computed colour as {colour: "#rrggbb", alpha}; "none" covers nothing. */
export function ink(css) {
  const numbers = (css.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  if (numbers.length < 3) return { colour: "#000000", alpha: 0 };
  // Mixed colours come as "color(srgb 0.4 0.5 0.5 / 0.55)", which drawing programs cannot read.
  const whole = css.startsWith("color(") ? 255 : 1;
  const digits = numbers.slice(0, 3).map((value) => Math.min(255, Math.round(value * whole)));
  const colour = `#${digits.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  return { colour, alpha: numbers[3] ?? 1 };
}

/** A computed linear gradient, to the right or to the top, over a box; null where there is none. */
export function gradient(css, { x, y, w, h }) {
  if (!css.startsWith("linear-gradient(")) return null;
  const found = [...css.matchAll(/((?:rgba?|color)\([^)]*\))\s*([\d.]+%)?/g)];
  const stops = found.map(([, colour, at], i) => ({
    at: at ? parseFloat(at) / 100 : i / (found.length - 1),
    ...ink(colour),
  }));
  const up = css.startsWith("linear-gradient(to top");
  return up ? { line: [x, y + h, x, y], stops } : { line: [x, y, x + w, y], stops };
}

/** The rings of a computed shadow: [{spread, inset, colour, alpha}]. Soft shadows are left out. */
export function rings(css) {
  if (css === "none") return [];
  return css.split(/,(?![^(]*\))/).flatMap((shadow) => {
    const [, , blur, spread] = (shadow.match(/-?[\d.]+px/g) ?? []).map(parseFloat);
    const colour = ink(shadow.replace(/-?[\d.]+px/g, ""));
    return blur || !spread ? [] : [{ spread, inset: shadow.includes("inset"), ...colour }];
  });
}

/** How a line is dashed, as the browsers dash borders; null where it is not. */
export function dashes(style, width) {
  if (style !== "dashed") return null;
  return width < 3 ? [width * 3, width * 2] : [width * 2, width];
}

/** A list of font families with the generic one last: what comes after it is never looked at. */
export function families(css) {
  const all = css.split(",").map((name) => name.trim().replace(/^["']|["']$/g, ""));
  // The page's own font is installed under other names. Where it is not, these two look like it
  // and are no wider: not every program squeezes a text that has no room.
  const alike = ["Source Sans 3", "Source Sans Pro", "Calibri", "Carlito"];
  if (all.includes("Source Sans")) all.splice(all.indexOf("Source Sans") + 1, 0, ...alike);
  const generic = all.find((name) => /^(sans-serif|serif|monospace|system-ui)$/.test(name));
  const named = all.filter((name) => !/^(sans-serif|serif|monospace|system-ui)$/.test(name));
  const quoted = [...new Set(named)].map((name) => (/[^\w-]/.test(name) ? `'${name}'` : name));
  return [...quoted, generic ?? "sans-serif"].join(", ");
}

/** Which part of a text box lies above the base line. */
const ascents = new Map();
export function ascent(font) {
  if (!ascents.has(font)) {
    const context = document.createElement("canvas").getContext("2d");
    context.font = font;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = context.measureText("x");
    ascents.set(font, up / (up + down));
  }
  return ascents.get(font);
}
