// How wide texts are, and which density fits.

/** measure(text, size, bold) in px, for the font the host really has. */
export function measurer(host) {
  const context = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(host).fontFamily;
  const known = new Map();
  return (text, size, bold = true) => {
    const font = `${bold ? 650 : 400} ${size}px ${family}`;
    const key = `${font}|${text}`;
    if (!known.has(key)) {
      context.font = font;
      known.set(key, context.measureText(text).width);
    }
    return known.get(key);
  };
}

/** A label, cut with an ellipsis where it is wider than `room`. */
export function fitText(label, room, size, measure) {
  if (measure(label, size) <= room) return label;
  const characters = [...label];
  let kept = characters.length;
  while (kept > 1 && measure(`${characters.slice(0, kept).join("")}…`, size) > room) {
    kept = kept > 40 ? Math.floor(kept / 2) : kept - 1;
  }
  return `${characters.slice(0, kept).join("")}…`;
}

/**
 * Sizes of tiles, the largest first. `pad` is beside the text, `gap` the least between tiles, `most`
 * the widest one: before labels slant they are cut where slanted ones would be.
 */
export function tileSizes(unit, phone) {
  const words = [
    { size: 20, pad: 12, gap: 10, least: 28 },
    { size: 17, pad: 10, gap: 8, least: 24 },
    { size: 14, pad: 8, gap: 6, least: 20 },
    { size: 14, pad: 5, gap: 4, least: 16, most: 120 },
    { size: 13, pad: 5, gap: 4, least: 16, most: 120 },
  ];
  const characters = [
    { size: 20, pad: 8, gap: 10, least: 38 },
    { size: 17, pad: 6, gap: 8, least: 30 },
    { size: 16, pad: 2, gap: 4, least: 17 },
    { size: 14, pad: 1, gap: 2, least: 14 },
  ];
  if (unit !== "token") return characters;
  return phone ? words : words.slice(0, 4);
}

/**
 * Tiles of one size: [{texts, cut, w}]. A column is {labels, small}: labels one below the other
 * (edited, original), `small` a word in 12 px or null; it is as wide as its widest.
 */
function tiles(columns, style, room, measure) {
  const longest = Math.min(style.most ?? 160, room) - 2 * style.pad;
  return columns.map(({ labels, small }) => {
    const texts = labels.map((label) => fitText(label, longest, style.size, measure));
    const under = small && fitText(small, longest, 12, measure);
    const wide = Math.max(
      measure(under ?? "", 12),
      ...texts.map((text) => measure(text, style.size)),
    );
    const w = Math.max(style.least, Math.ceil(wide) + 2 * style.pad);
    return { texts, under, cut: texts[0] !== labels[0], w };
  });
}

/** The width a row of tiles needs. */
function rowWidth(row, gap) {
  return row.reduce((sum, tile) => sum + tile.w, 0) + gap * (row.length - 1);
}

/** The first size at which a lane fits into `room`: {style, row}, or null. */
export function firstFit(columns, styles, room, measure) {
  for (const style of styles) {
    const row = tiles(columns, style, room, measure);
    if (rowWidth(row, style.gap) <= room) return { style, row };
  }
  return null;
}

/**
 * The tiles from the `blank`th on are as wide as each other, whatever their words: three letters of
 * their size and what is beside them, or what the words before leave them.
 */
export function alike({ style, row }, blank, room) {
  const later = row.slice(blank);
  if (!later.length) return { style, row };
  const left = room - rowWidth(row.slice(0, blank), 0) - style.gap * (row.length - 1);
  const w = Math.max(style.least, Math.min(2 * style.size + 2 * style.pad, Math.floor(left / later.length)));
  return { style, row: row.map((tile, i) => (i < blank ? tile : { ...tile, w })) };
}

/** Both lanes as tiles: words in one size for both, characters each in its own; or null. */
export function fitTiles(lanes, unit, phone, room, measure) {
  const styles = tileSizes(unit, phone);
  if (unit !== "token") {
    const fits = lanes.map((lane) => firstFit(lane, styles, room, measure));
    return fits.every(Boolean) ? fits : null;
  }
  for (const style of styles) {
    const fits = lanes.map((lane) => firstFit(lane, [style], room, measure));
    if (fits.every(Boolean)) return fits;
  }
  return null;
}

/** Puts tiles side by side between x0 and x1, evenly, in the middle where the gap is at most `most`. */
export function spread(row, x0, x1, most, rtl) {
  const total = rowWidth(row, 0);
  const gap = row.length > 1 ? Math.min(most, (x1 - x0 - total) / (row.length - 1)) : 0;
  let x = x0 + (x1 - x0 - total - gap * (row.length - 1)) / 2;
  return row.map((tile) => {
    const left = rtl ? x0 + x1 - x - tile.w : x;
    x += tile.w + gap;
    return { ...tile, x: left, c: left + tile.w / 2 };
  });
}

/** Slanted labels: their text, cut at 120 px, and how far they reach. One letter stands upright. */
export function slanted(columns, measure) {
  return columns.map(({ labels }) => {
    const texts = labels.map((label) => fitText(label, 120, 15, measure));
    const upright = texts.every((text) => [...text].length < 2);
    const long = upright ? 0 : Math.max(...texts.map((text) => measure(text, 15)));
    return { texts, cut: texts[0] !== labels[0], upright, long };
  });
}

/** Uniform cells of one pitch between x0 and x1. */
export function cells(labels, x0, x1, rtl) {
  const pitch = Math.min(44, (x1 - x0) / labels.length);
  const start = x0 + (x1 - x0 - pitch * labels.length) / 2;
  return labels.map((label, i) => {
    const left = rtl ? x0 + x1 - start - (i + 1) * pitch : start + i * pitch;
    return { ...label, x: left, w: pitch, c: left + pitch / 2 };
  });
}
