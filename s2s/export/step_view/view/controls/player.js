// Playing: one step after the other, and a stop at the end.

/** play(on) starts, stops or, at another speed, goes on; `rested` is called when it has stopped. */
export function makePlayer(view, show, rested) {
  let timer = 0;
  const last = () => view.data.small?.until ?? view.data.small?.rest ?? view.data.run.output.length - 1;

  function play(on) {
    clearTimeout(timer);
    const was = view.playing;
    view.playing = on && last() > 0;
    if (view.playing && !was && view.step >= last()) show(0);
    if (view.playing) timer = setTimeout(tick, 900 / view.rate);
    view.transport.paint();
    view.readout.paint();
    if (was && !view.playing) rested();
  }

  function tick() {
    show(view.step + 1);
    play(view.step < last());
  }

  /** Stops without a word, as when another sentence comes. */
  function halt() {
    clearTimeout(timer);
    view.playing = false;
  }

  return { play, halt };
}

/** Whether the first page plays by itself: once in a browser, and not where motion is unwelcome. */
export function playsByItself() {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return false;
  try {
    if (localStorage.getItem("s2s.played")) return false;
    localStorage.setItem("s2s.played", "1");
    return true;
  } catch {
    return false; // no storage allowed: it would play again and again
  }
}
