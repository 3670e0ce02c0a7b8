// Streamlit calls this again whenever the data or the theme changes; one step view each place.

import { mountStepper } from "./stepper.js";

const steppers = new WeakMap();

/** When the style is there: without it everything would be measured wrongly. */
function styled(parentElement) {
  const link = parentElement.querySelector("link[rel=stylesheet]");
  if (!link || link.sheet) return Promise.resolve();
  return new Promise((done) => link.addEventListener("load", done, { once: true }));
}

export default function (component) {
  const { parentElement } = component;
  const known = steppers.get(parentElement);
  // In another language everything is said anew.
  if (known && known.language !== component.data.language) known.remove();
  else if (known) {
    known.component = component;
    known.stepper?.update(component.data);
    return known.remove;
  }
  const entry = { component, stepper: null, language: component.data.language };
  entry.remove = () => {
    steppers.get(parentElement)?.stepper?.destroy();
    steppers.delete(parentElement);
  };
  steppers.set(parentElement, entry);
  styled(parentElement).then(() => {
    if (steppers.get(parentElement) !== entry) return;
    const place = parentElement.querySelector(".step-view") ?? parentElement;
    // A small one and a map alone have nobody to tell.
    const { small, run } = entry.component.data;
    const told = !small && run.probability !== null && {
      // A trigger each: a state that is the same as a while ago would tell nothing.
      onStep: (step) =>
        entry.component.setTriggerValue("step", { id: entry.component.data.id, step }),
      onHide: (hidden) => entry.component.setTriggerValue("hide", { hidden }),
      onEdit: (payload) => entry.component.setTriggerValue("edit", payload),
    };
    entry.stepper = mountStepper(place, entry.component.data, told || {});
  });
  return entry.remove;
}
