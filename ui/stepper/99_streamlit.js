// Streamlit calls this again whenever the data or the theme changes; one step view each place.

const steppers = new WeakMap();

export default function (component) {
  const { parentElement, data } = component;
  const known = steppers.get(parentElement);
  if (known) {
    known.component = component;
    known.stepper.update(data);
    return known.remove;
  }
  const entry = { component };
  entry.stepper = mountStepper(parentElement.querySelector(".step-view") ?? parentElement, data, {
    onStep: (step) => entry.component.setStateValue("step", { id: entry.component.data.id, step }),
    onEdit: (payload) => entry.component.setTriggerValue("edit", payload),
  });
  entry.remove = () => {
    entry.stepper.destroy();
    steppers.delete(parentElement);
  };
  steppers.set(parentElement, entry);
  return entry.remove;
}
