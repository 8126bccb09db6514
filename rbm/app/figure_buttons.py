"""PNG and SVG buttons for a figure: the browser makes the files, nothing is installed or fetched.

`st.plotly_chart` already holds plotly's picture maker, but its toolbar has one camera for one
format. So each button sets the format and presses that camera. Everything happens in the page of
whoever presses it; the server is not asked.
"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

PNG_SCALE = 3
"""Picture pixels for each pixel of the figure: 640 × 760 becomes 1920 × 2280, sharp in print."""

_HTML = """
<button type="button" value="png">PNG</button>
<button type="button" value="svg">SVG</button>
<span role="status"></span>
"""

_CSS = """
button {
  font: inherit; color: inherit; background: transparent; cursor: pointer;
  min-width: 4rem; min-height: 2.75rem; margin-right: 0.25rem;
  border: 1px solid var(--st-border-color, #8888); border-radius: var(--st-button-radius, 0.5rem);
}
button:hover, button:focus-visible { border-color: var(--st-primary-color, #0072B2); }
"""

_JS = """
export default function ({ data, parentElement }) {
  const status = parentElement.querySelector("span");
  for (const button of parentElement.querySelectorAll("button")) {
    button.setAttribute("aria-label", `Save ${data.label} as ${button.value.toUpperCase()}`);
    button.onclick = () => {
      const chart = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
      const camera = chart?.querySelector('.modebar-btn[data-title^="Download plot"]');
      status.textContent = camera ? "" : "The figure is not there yet: try again in a moment.";
      if (!camera) return;
      chart._context.toImageButtonOptions = {
        format: button.value, filename: data.filename, width: data.width, height: data.height,
        scale: button.value === "png" ? data.scale : 1,
      };
      camera.click();
    };
  }
}
"""

_buttons = st.components.v2.component("figure_buttons", html=_HTML, css=_CSS, js=_JS)


def figure_with_buttons(figure: go.Figure, name: str, label: str, filename: str) -> None:
    """Shows `figure` at rest, with buttons that save it as `filename`.png or .svg.

    `name` (letters and underscores) tells the charts of a page apart; `label` is what screen
    readers call the figure.
    """
    chart = f"figure_{name}"
    st.plotly_chart(figure, theme=None, key=chart, alt=label, config={"displaylogo": False})
    _buttons(
        key=f"save_{name}",
        data={
            "chart": chart,
            "label": label,
            "filename": filename,
            "width": figure.layout.width,
            "height": figure.layout.height,
            "scale": PNG_SCALE,
        },
    )
