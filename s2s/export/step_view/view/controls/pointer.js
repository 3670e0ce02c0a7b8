// Pointing and clicking in the lanes.

export function listenPointer(view, act) {
  const { flow } = view;

  /** The token or ribbon an event is about. */
  function target(event) {
    const element = event.target.closest?.("[data-s], .token[data-t]");
    if (!element) return null;
    if (element.dataset.t !== undefined)
      return { kind: "output", s: null, t: Number(element.dataset.t) };
    return { kind: "source", s: Number(element.dataset.s), t: null };
  }

  flow.element.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") act.point(target(event));
  });
  flow.element.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") act.point(null);
  });
  flow.element.addEventListener("focusin", (event) => {
    const to = target(event);
    if (to?.kind === "source") view.focusSource = to.s;
    // A click focuses too; only a focus from the keyboard points.
    if (to && event.target.matches(":focus-visible")) act.point(to);
  });
  flow.element.addEventListener("focusout", () => act.point(null));
  flow.element.addEventListener("click", (event) => {
    const to = target(event);
    if (!to) {
      act.point(null);
      return;
    }
    const same = view.point && view.point.s === to.s && view.point.t === to.t;
    if (view.touched && !same) act.point(to);
    else if (to.kind === "output") act.go(to.t);
    else act.pin(to.s);
  });
  view.card.addEventListener("pointerdown", (event) => {
    view.touched = event.pointerType === "touch";
  });
}
