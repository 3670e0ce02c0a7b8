// What changes around the card: its width, the window, full screen, the colours, the fonts.

import { hasNeighbour } from "./card.js";

/** Arranges the card anew when something around it changes. Returns what ends that. */
export function watchOutside(view, root, arrange) {
  const { host, card } = view;
  let frame = 0;
  const later = (force) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => arrange(force));
  };
  const onFull = () => {
    view.full = (root.fullscreenElement ?? host.getRootNode().fullscreenElement) === host;
    card.classList.toggle("full", view.full);
    later(true);
  };
  // Where the card stacks, its height has nothing to do with the window's, but beside a table.
  const onWindow = () =>
    (card.dataset.layout !== "narrow" || hasNeighbour(view.data)) && later(true);
  const outside = [
    [document, "fullscreenchange", onFull],
    [window, "resize", onWindow],
    [matchMedia("(prefers-color-scheme: dark)"), "change", () => later(true)],
  ];
  const observer = new ResizeObserver(() => later(false));
  observer.observe(host);
  for (const [where, kind, heard] of outside) where.addEventListener(kind, heard);
  document.fonts.ready.then(() => later(true));
  return () => {
    observer.disconnect();
    for (const [where, kind, heard] of outside) where.removeEventListener(kind, heard);
    cancelAnimationFrame(frame);
  };
}
