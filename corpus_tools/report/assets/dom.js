// Elements made of data. Text only ever becomes text nodes; nothing is parsed as markup.
function fill(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

function make(node, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const [key, held] of Object.entries(value)) node.style.setProperty(key, held);
    else if (name === "value") node.value = value;
    else if (name === "checked") node.checked = true;
    else node.setAttribute(name, value === true ? "" : value);
  }
  return fill(node, children);
}

const h = (tag, props, ...children) => make(document.createElement(tag), props, children);
const svg = (tag, props, ...children) => make(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);

function replace(node, ...children) {
  node.replaceChildren();
  return fill(node, children);
}

const whole = new Intl.NumberFormat("en");
const count = (value) => (value === null || value === undefined ? "–" : whole.format(value));
const plural = (value, one, many) => `${count(value)} ${value === 1 ? one : many || `${one}s`}`;
const percent = (share) => {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  if (share > 0 && share < 0.001) return "< 0.1%";
  if (share < 1 && share > 0.999) return "> 99.9%";
  return `${(100 * share).toFixed(share > 0.1 && share < 0.9 ? 0 : 1).replace(/\.0$/, "")}%`;
};
const percentOne = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)}%`);
const score = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));
const spaced = (name) => String(name).replaceAll("_", " ");
const bytes = (size) => (size >= 1e9 ? `${(size / 1e9).toFixed(1)} GB` : size >= 1e6 ? `${(size / 1e6).toFixed(1)} MB` : size >= 1e3 ? `${Math.round(size / 1e3)} kB` : `${size} bytes`);
const sum = (rows, key) => rows.reduce((total, row) => total + (row[key] || 0), 0);

// The address of a view with its filters, such as #browse/pages?site=example.org.
function address(view, filters) {
  const given = Object.entries(filters || {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `#${view}${query ? `?${query}` : ""}`;
}

const link = (href, props, ...children) => h("a", { href, ...props }, ...children);

function table(head, rows, props) {
  const cells = (row) => row.map((cell, at) => h("td", { class: head[at].number ? "number" : null, "data-label": head[at].label }, cell));
  return h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": props.label },
    h("table", { class: props.class },
      h("caption", { class: "hidden" }, props.label),
      h("thead", null, h("tr", null, head.map((one) => h("th", { scope: "col", class: one.number ? "number" : null }, one.label)))),
      h("tbody", null, rows.map((row) => h("tr", { class: row.mark ? "marked" : null }, cells(row.cells || row))))));
}

function details(summary, ...children) {
  return h("details", null, h("summary", null, summary), ...children);
}

function card(title, lead, ...children) {
  return h("section", { class: "card" }, h("h2", null, title), lead && h("p", { class: "lead" }, lead), ...children);
}

function empty(title, ...hint) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), hint.length > 0 && h("p", null, ...hint));
}

const code = (text) => h("code", null, text);
