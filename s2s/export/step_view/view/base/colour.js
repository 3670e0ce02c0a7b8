// Colours: which palette, and the colour of a number.

/** Red, green and blue, 0 to 255, of any CSS colour; null where it is none. */
function rgb(colour) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour.trim());
  if (hex) {
    const digits = hex[1].length === 3 ? [...hex[1]].map((d) => d + d) : hex[1].match(/../g);
    return digits.map((pair) => parseInt(pair, 16));
  }
  const parts = /^rgba?\(([^)]+)\)$/i.exec(colour.trim());
  return parts
    ? parts[1]
        .split(/[\s,/]+/)
        .slice(0, 3)
        .map(Number)
    : null;
}

/** WCAG relative luminance, 0 to 1. */
function luminance([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** "light" or "dark": the page's own ground decides, and without one the visitor's system. */
export function themeOf(element) {
  const ground = rgb(getComputedStyle(element).getPropertyValue("--st-background-color"));
  if (ground) return luminance(ground) < 0.18 ? "dark" : "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The colour at 0 to 1 of evenly spaced colours, mixed as s2s.plots.palette does. */
export function scaleColour(scale, value) {
  const place = Math.min(Math.max(value, 0), 1) * (scale.length - 1);
  const lower = Math.min(Math.floor(place), scale.length - 2);
  const [from, to] = [rgb(scale[lower]), rgb(scale[lower + 1])];
  const mixed = from.map((c, i) => Math.round(c + (to[i] - c) * (place - lower)));
  return `rgb(${mixed.join(", ")})`;
}

/** Black or white, whichever reads better on a colour. */
export function onColour(colour) {
  const light = luminance(rgb(colour)) + 0.05;
  return light / 0.05 >= 1.05 / light ? "#000000" : "#FFFFFF";
}

/** The signed scale: minus `size` is its first colour, 0 the middle, plus `size` the last. */
export function signedColour(scale, value, size) {
  return scaleColour(scale, size > 0 ? 0.5 + value / (2 * size) : 0.5);
}

/** Puts the palette on the host as CSS variables. */
export function applyPalette(host, palette, theme) {
  for (const [name, value] of Object.entries(palette)) {
    if (typeof value === "string") host.style.setProperty(`--${name.replace("_", "-")}`, value);
  }
  host.style.setProperty(
    "--scale",
    `linear-gradient(to right, ${palette.attention_scale.join(", ")})`,
  );
  host.style.colorScheme = theme;
}
