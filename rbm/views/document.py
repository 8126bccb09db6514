"""All figures in one HTML file that needs no network: plotly's code is in it, once."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from rbm.settings import KNOBS
from rbm.views.snapshot import Snapshot


def document(
    snapshot: Snapshot, figures: Mapping[str, tuple[go.Figure, str]], link: str = ""
) -> str:
    """A whole page as a string, about 5 MB.

    `figures`: name (of the picture files, letters and underscores) → figure and caption. Every
    figure has buttons that save it as PNG or SVG. The settings are listed at the end; `link`, to
    the same run, stands below the title. All texts are taken literally.
    """
    title = f"A continuous RBM learns: {snapshot.pattern}"
    pieces = [_HEAD.format(title=escape(title))]
    pieces.append(f"<script>{get_plotlyjs()}</script>\n<script>{_SAVE}</script>\n</head>\n<body>\n")
    pieces.append(f"<h1>{escape(title)}</h1>\n<p>{escape(snapshot.facts)}</p>\n")
    pieces.append(_link_line(link))
    for number, (name, (figure, caption)) in enumerate(figures.items(), start=1):
        pieces.append(_figure_block(number, name, figure, caption))
    pieces.append(_settings_table(snapshot))
    return "".join(pieces) + "</body>\n</html>\n"


def settings_rows(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Label, symbol and value of every setting that the run depends on, the data's first."""
    settings = snapshot.settings
    rows = [("Data", "", snapshot.pattern)]
    hidden = set(DATA_KNOBS) if snapshot.own_data else set()
    if snapshot.own_data:
        rows.append(("Points", "n", f"{len(snapshot.data)}"))
    else:
        rows += [(f"Pattern: {name}", "", f"{value:g}") for name, value in settings.options.items()]
    for name, knob in KNOBS.items():
        value = getattr(settings, name)
        text = ("on" if value else "off") if knob.kind == "bool" else str(value)
        if name not in hidden:
            rows.append((knob.label, knob.symbol, text))
    return rows


def _figure_block(number: int, name: str, figure: go.Figure, caption: str) -> str:
    chart = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"figure-{name}",
        config={"displaylogo": False, "responsive": True},
        default_width=f"{figure.layout.width}px",
        default_height=f"{figure.layout.height}px",
    )
    buttons = "".join(
        f"<button type=\"button\" onclick=\"save('{name}', '{kind}')\">{kind.upper()}</button>"
        for kind in ("png", "svg")
    )
    return (
        f"<figure>\n{chart}\n<figcaption><b>Figure {number}.</b> {escape(caption)} "
        f'<span class="save">{buttons}</span></figcaption>\n</figure>\n'
    )


def _settings_table(snapshot: Snapshot) -> str:
    rows = "".join(
        f"<tr><td>{escape(label)}</td><td>{escape(symbol)}</td><td>{escape(value)}</td></tr>\n"
        for label, symbol, value in settings_rows(snapshot)
    )
    return f"<h2>Settings</h2>\n<table>\n{rows}</table>\n"


def _link_line(link: str) -> str:
    """The link; one that a browser would not fetch over HTTP is shown but cannot be followed."""
    if not link:
        return ""
    text = escape(link)
    if link.startswith(("http://", "https://")):
        text = f'<a href="{text}">{text}</a>'
    return f'<p class="link">The same run: {text}</p>\n'


DATA_KNOBS = ("pattern_noise", "n_points", "data_seed")
"""Settings that say nothing about data of one's own."""

_SAVE = """
const SCALE = 3;
function save(name, format) {
  const chart = document.getElementById("figure-" + name);
  Plotly.downloadImage(chart, {
    format: format, filename: name, scale: format === "png" ? SCALE : 1,
    width: chart._fullLayout.width, height: chart._fullLayout.height,
  });
}
"""

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 Helvetica, Arial, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 940px; margin: 2rem auto; padding: 0 1rem; }}
figure {{ margin: 2.5rem 0; break-inside: avoid; overflow-x: auto; }}
figcaption {{ max-width: 42rem; margin-top: 0.5rem; }}
button {{ font: inherit; font-size: 14px; padding: 0.15rem 0.6rem; }}
table {{ border-collapse: collapse; }}
td {{ border-bottom: 1px solid #ddd; padding: 0.2rem 0.8rem 0.2rem 0; }}
.link {{ overflow-wrap: anywhere; }}
.save {{ white-space: nowrap; }}
@media print {{ .save {{ display: none; }} }}
</style>
"""
