// The step view as an anywidget: a notebook's kernel has the data, and is told the step.

import { mountStepper } from "./stepper.js";

/** Where the view stands; the notebook's own colours are its ground. */
function placed(el) {
  const place = document.createElement("div");
  place.className = "step-view";
  place.classList.add("in-notebook");
  el.append(place);
  return place;
}

function render({ model, el }) {
  const data = () => ({ ...model.get("data"), step: model.get("step") });
  const view = mountStepper(placed(el), data(), {
    onStep: (step) => {
      model.set("step", step);
      model.save_changes();
    },
  });
  const again = () => view.update(data());
  model.on("change:data", again);
  model.on("change:step", again);
  return () => {
    model.off("change:data", again);
    model.off("change:step", again);
    view.destroy();
  };
}

export default function () {
  return { render };
}
