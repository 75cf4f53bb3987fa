"""A sweep as a picture: hand-written SVG, no plotting library."""

from __future__ import annotations

import polars as pl

WIDTH, HEIGHT, EDGE, LEGEND = 640, 320, 40, 110
COLOURS = {"kept_share": "#777777", "precision": "#1b6ca8", "recall": "#c8511b", "f1": "#2a7f3f"}


def draw_sweep(table: pl.DataFrame, title: str = "Thresholds") -> str:
    """The sweep as an SVG picture: kept share and, where they were judged, precision, recall and f1 with its interval."""
    names = [name for name in ("kept_share", "precision", "recall", "f1") if name in table.columns]
    x, columns = _across(table["threshold"]), {name: _down(table[name]) for name in names}
    parts = [_axes(table["threshold"], title)]
    if "f1_low" in table.columns:
        high, low = _down(table["f1_high"]), _down(table["f1_low"])
        band = " ".join(f"{a:.1f},{b:.1f}" for a, b in [*zip(x, high, strict=True), *reversed(list(zip(x, low, strict=True)))])
        parts.append(f'<polygon points="{band}" fill="{COLOURS["f1"]}" opacity=".15"/>')
    for place, name in enumerate(names):
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, columns[name], strict=True))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        parts.append(f'<text x="{WIDTH - 96}" y="{60 + 18 * place}" fill="{COLOURS[name]}">{name.replace("_", " ")}</text>')
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
    return frame + "".join(parts) + "</svg>\n"


def _across(values: pl.Series) -> list[float]:
    low, high = float(values.min() or 0), float(values.max() or 1)  # type: ignore[arg-type]
    room = WIDTH - EDGE - LEGEND
    return [EDGE + room * (float(value) - low) / ((high - low) or 1) for value in values]


def _down(values: pl.Series) -> list[float]:
    return [HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * float(value) for value in values]


def _axes(thresholds: pl.Series, title: str) -> str:
    """Background, title, grid and the numbers at the axes."""
    right = WIDTH - LEGEND
    safe = title.replace("&", "&amp;").replace("<", "&lt;")
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/><text x="{EDGE}" y="24" font-size="15">{safe}</text>']
    for step in range(6):
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * step / 5
        parts.append(
            f'<path d="M{EDGE} {y:.1f}H{right}" stroke="#ddd"/><text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{step / 5:.1f}</text>'
        )
    marks = list(zip(thresholds, _across(thresholds), strict=True))
    for value, x in marks[:: max(1, len(marks) // 10)]:
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{value:g}</text>')
    return "".join(parts)
