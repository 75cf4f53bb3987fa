// Charts as SVG in the colours of the style sheet, each with a table of its numbers.
const PLOT = { width: 640, height: 220, left: 44, right: 14, top: 18, bottom: 30 };

function niceTop(value) {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 2.5, 5, 10].map((times) => times * step).find((top) => top >= value) || value;
}

// Bars over 0 to 1. `bars`: {from, to, rows, href, parts: [[class, rows]]}; `lines`: {at, label}.
function histogram(label, bars, lines, what) {
  const { width, height, left, right, top, bottom } = PLOT;
  const most = niceTop(Math.max(1, ...bars.map((bar) => bar.rows)));
  const low = Math.min(0.95, ...bars.map((bar) => bar.from)), x = (value) => left + ((value - low) / (1 - low)) * (width - left - right);
  const y = (value) => height - bottom - (value / most) * (height - top - bottom);
  const marks = [0, 0.5, 1].map((part) => part * most).filter((value) => Number.isInteger(value));
  const drawn = bars.map((bar) => {
    let base = 0;
    const title = `${bar.from.toFixed(2)} to ${bar.to.toFixed(2)}: ${plural(bar.rows, what)}`;
    const parts = bar.parts.map(([name, rows]) => {
      const from = base;
      base += rows;
      return svg("rect", { class: name, x: x(bar.from) + 0.75, y: y(base), width: Math.max(1, x(bar.to) - x(bar.from) - 1.5), height: Math.max(rows ? 1.5 : 0, y(from) - y(base)) });
    });
    return svg("a", { href: bar.href, tabindex: -1, "aria-hidden": "true", class: "bin" }, svg("title", null, title), svg("rect", { class: "hit", x: x(bar.from), y: top, width: x(bar.to) - x(bar.from), height: height - top - bottom }), parts);
  });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "group", "aria-label": label },
    marks.map((value) => [svg("path", { class: "grid", d: `M${left} ${y(value)}H${width - right}` }), svg("text", { x: left - 8, y: y(value) + 4, class: "tick end" }, count(value))]),
    drawn,
    (low > 0.4 ? [0.5, 0.6, 0.7, 0.8, 0.9, 1] : [0, 0.2, 0.4, 0.6, 0.8, 1]).filter((value) => value >= low - 0.001).map((value) => svg("text", { x: x(value), y: height - 10, class: "tick middle" }, value.toFixed(1))),
    lines.filter((line) => line.at >= low).map((line) => [svg("path", { class: "threshold", d: `M${x(line.at)} ${top - 4}V${height - bottom}` }), svg("text", { x: x(line.at) + (line.at > 0.8 ? -6 : 6), y: top + 4, class: `tick strong ${line.at > 0.8 ? "end" : ""}` }, line.label)]));
  const rows = bars.filter((bar) => bar.rows).map((bar) => [`${bar.from.toFixed(2)} – ${bar.to.toFixed(2)}`, bar.href ? link(bar.href, null, count(bar.rows)) : count(bar.rows)]);
  return h("div", { class: "chart" }, picture, details("As a table", table([{ label: "range" }, { label: `${what}s`, number: true }], rows, { label })));
}

// Lines over thresholds. `lines`: {name, class, values, low, high}, values between 0 and 1.
function curves(label, xs, lines, marks) {
  const { width, left, right, top, bottom } = PLOT, height = 300;
  const low = Math.min(...xs), high = Math.max(...xs), x = (value) => left + ((value - low) / (high - low || 1)) * (width - left - right);
  const y = (value) => height - bottom - value * (height - top - bottom);
  const path = (values) => values.map((value, at) => (value === null ? "" : `${at && values[at - 1] !== null ? "L" : "M"}${x(xs[at]).toFixed(1)} ${y(value).toFixed(1)}`)).join("");
  const band = (line) => line.low && svg("path", { class: `band ${line.class}`, d: `${path(line.high)}L${line.low.map((value, at) => `${x(xs[at]).toFixed(1)} ${y(value).toFixed(1)}`).reverse().join("L")}Z` });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img", "aria-label": label },
    [0, 0.25, 0.5, 0.75, 1].map((value) => [svg("path", { class: "grid", d: `M${left} ${y(value)}H${width - right}` }), svg("text", { x: left - 8, y: y(value) + 4, class: "tick end" }, percent(value))]),
    xs.map((value, at) => at % Math.ceil(xs.length / 8) === 0 && svg("text", { x: x(value), y: height - 10, class: "tick middle" }, value.toFixed(2))),
    lines.map(band),
    lines.map((line) => [svg("path", { class: `line ${line.class}`, d: path(line.values) }), line.values.map((value, at) => value !== null && svg("circle", { class: `dot ${line.class}`, cx: x(xs[at]), cy: y(value), r: 3.2 }, svg("title", null, `${line.name} ${percent(value)} at ${xs[at]}`)))]),
    marks.map((mark) => mark.at >= low && mark.at <= high && [svg("path", { class: "threshold", d: `M${x(mark.at)} ${top - 6}V${height - bottom}` }), svg("text", { x: x(mark.at) + (mark.at > 0.7 ? -6 : 6), y: height - bottom - 8, class: `tick strong ${mark.at > 0.7 ? "end" : ""}` }, mark.label)]));
  return h("div", { class: "chart" }, picture, h("ul", { class: "legend" }, lines.map((line) => h("li", null, h("span", { class: `swatch ${line.class}` }), line.name))));
}

// One bar a row: {label, href, value, parts: [[class, value]], note}.
function barList(label, rows, what) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return h("ul", { class: "bars", "aria-label": label }, rows.map((row) =>
    h("li", null,
      h("span", { class: "bar-name" }, row.href ? link(row.href, null, row.label) : row.label, row.note && h("span", { class: "dim" }, ` ${row.note}`)),
      h("span", { class: "bar-track", "aria-hidden": "true" }, row.parts.map(([name, value]) => h("span", { class: `fill ${name}`, vars: { width: `${(100 * value) / most}%` } }))),
      h("span", { class: "bar-value" }, row.shown || count(row.value), h("span", { class: "hidden" }, ` ${what}`)))));
}

// Pages in, where they ended, and why: bands whose heights are numbers of pages.
function flowChart(groups, total) {
  const width = 1000, gap = 14, least = 16, bar = 10;
  const leaves = groups.flatMap((group) => group.parts.map((part) => ({ ...part, group })));
  const scale = Math.max(120, 300 - leaves.length * 4) / Math.max(1, total), tall = (pages) => Math.max(least, pages * scale);
  for (const group of groups) group.height = group.parts.reduce((all, part) => all + tall(part.pages), 0);
  const place = (rows, heights) => {
    let at = 4;
    return rows.map((row, number) => {
      const y = at;
      at += heights[number] + gap;
      return y;
    });
  };
  const rights = place(leaves, leaves.map((leaf) => tall(leaf.pages)));
  const height = rights[rights.length - 1] + tall(leaves[leaves.length - 1].pages) + 8;
  const middles = groups.map((group) => {
    const mine = leaves.map((leaf, at) => [leaf, at]).filter(([leaf]) => leaf.group === group).map(([, at]) => at);
    const first = rights[mine[0]], last = rights[mine[mine.length - 1]] + tall(leaves[mine[mine.length - 1]].pages);
    return (first + last - group.height) / 2;
  });
  const all = groups.reduce((sumOf, group) => sumOf + group.height, 0), start = (height - all) / 2, columns = [0, 400, 700];
  const ribbon = (x0, y0, x1, y1, size, name) => svg("path", { class: `ribbon ${name}`, d: `M${x0} ${y0}C${(x0 + x1) / 2} ${y0} ${(x0 + x1) / 2} ${y1} ${x1} ${y1}V${y1 + size}C${(x0 + x1) / 2} ${y1 + size} ${(x0 + x1) / 2} ${y0 + size} ${x0} ${y0 + size}Z` });
  const parts = [svg("rect", { class: "node all", x: columns[0], y: start, width: bar, height: all })];
  const label = (x, y, href, name, value) => svg("a", { href, class: "flow-label" }, svg("text", { x, y: y + 5 }, svg("tspan", { class: "flow-count" }, count(value)), svg("tspan", { dx: 8 }, name)));
  let from = start, leafAt = 0;
  groups.forEach((group, number) => {
    let inner = middles[number];
    parts.push(ribbon(columns[0] + bar, from, columns[1], inner, group.height, group.class), svg("rect", { class: `node ${group.class}`, x: columns[1], y: inner, width: bar, height: group.height }));
    from += group.height;
    for (const part of group.parts) {
      const size = tall(part.pages), y = rights[leafAt++];
      parts.push(ribbon(columns[1] + bar, inner, columns[2], y, size, group.class), svg("rect", { class: `node ${group.class}`, x: columns[2], y, width: bar, height: size }), label(columns[2] + 20, y + size / 2, part.href, part.label, part.pages));
      inner += size;
    }
    parts.push(label(columns[1] + 20, middles[number] + group.height / 2, group.href, group.label, group.pages));
  });
  parts.push(label(columns[0] + 20, start + all / 2, "#browse/pages", "pages in", total));
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "flow", role: "group", "aria-label": "Where the pages went" }, parts);
}
