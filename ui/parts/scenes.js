// Tells the server that this browser draws no scene: without WebGL, Plotly would only say so.
//
// What is told before the run that draws the page is over can be lost, so it is told again until
// the server takes this script away.
let able;

export default function ({ setTriggerValue }) {
  able ??= Boolean(document.createElement("canvas").getContext("webgl"));
  if (able) return;
  const tell = () => setTriggerValue("none", true);
  const again = setInterval(tell, 1000);
  tell();
  return () => clearInterval(again);
}
