// Tells the server that this browser draws no scene: without WebGL, Plotly would only say so.
let able;

export default function ({ setTriggerValue }) {
  able ??= Boolean(document.createElement("canvas").getContext("webgl"));
  if (!able) setTriggerValue("none", true);
}
