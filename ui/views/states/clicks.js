// Tells which mark of a path was clicked: Plotly says it to whoever listens at its element.
export default function ({ data, setTriggerValue }) {
  const listen = () => {
    for (const plot of document.querySelectorAll(`.st-key-${data.key} .js-plotly-plot`)) {
      if (!plot.on || plot.s2sClicked) continue;
      plot.s2sClicked = true;
      plot.on("plotly_click", (event) => {
        const at = event.points?.[0]?.customdata;
        if (typeof at === "string") setTriggerValue("at", at);
      });
    }
  };
  // A figure comes later than this script, and may come anew.
  const watch = setInterval(listen, 300);
  listen();
  return () => clearInterval(watch);
}
