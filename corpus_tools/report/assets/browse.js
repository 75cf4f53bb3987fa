// Lists with free text, facets, sorting and pages. A list is described in rows.js; its state is in the address.
const ROWS_A_PAGE = 50, FACET_VALUES = 12;

function showBrowse(name, filters) {
  const list = LISTS[name] || LISTS.pages;
  const rows = list.rows(), state = { ...filters };
  const results = h("div", { class: "results" }), side = h("div", { class: "facets" }), status = h("p", { class: "status", role: "status" });
  const search = h("input", { type: "search", id: "search", value: state.q || "", placeholder: list.placeholder, autocomplete: "off", spellcheck: "false", "aria-describedby": "search-hint" });
  const sorts = list.columns.filter((column) => column.sort);
  const sort = h("select", { id: "sort" }, sorts.map((column) => h("option", { value: column.key }, column.sort)));
  sort.value = state.sort || sorts[0].key;
  const update = (change, keepPage) => {
    Object.assign(state, change);
    if (!keepPage) delete state.p;
    for (const key of Object.keys(state)) if (state[key] === "" || state[key] === null || state[key] === undefined) delete state[key];
    history.replaceState(null, "", address(`browse/${list.key}`, state));
    draw();
  };
  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => update({ q: search.value.trim() }), 120); });
  sort.addEventListener("change", () => update({ sort: sort.value }));
  const narrow = window.matchMedia("(max-width: 860px)").matches;
  const drawer = h("details", { class: "facet-drawer", open: !narrow }, h("summary", null, "Filters"), side);
  function draw() {
    const found = sortRows(list, filterRows(list, rows, state), state.sort || sorts[0].key);
    const first = ROWS_A_PAGE * Math.max(0, (Number(state.p) || 1) - 1), shown = found.slice(first, first + ROWS_A_PAGE);
    const part = SAMPLING.get(list.sampling);
    replace(status, h("strong", null, count(found.length)), ` of ${plural(rows.length, list.one, list.many)}${part && part.shown < part.all ? " in this file" : ""}`, chips(list, state, update));
    replace(results, shown.length ? list.draw(shown, state) : nothing(list, state, rows, update), pager(found.length, first, update));
    const focused = document.activeElement && document.activeElement.id;
    replace(side, list.facets.map((facet) => facetGroup(list, facet, rows, state, update)));
    if (focused && side.querySelector(`#${CSS.escape(focused)}`)) side.querySelector(`#${CSS.escape(focused)}`).focus();
  }
  draw();
  return [
    h("header", { class: "title" }, h("h1", { tabindex: -1 }, list.title), h("p", { class: "lead" }, list.lead)),
    h("nav", { class: "tabs", "aria-label": "Lists" }, Object.values(LISTS).map((one) => link(`#browse/${one.key}`, { "aria-current": one.key === list.key ? "page" : null }, one.title, h("span", { class: "tab-count" }, count(one.all()))))),
    samplingNote(list.sampling),
    h("div", { class: "browse" },
      h("aside", { "aria-label": "Filters" }, drawer),
      h("div", null,
        h("div", { class: "controls" },
          h("div", { class: "field grow" }, h("label", { for: "search" }, "Search"), search, h("p", { id: "search-hint", class: "hidden" }, "All words must be found.")),
          h("div", { class: "field" }, h("label", { for: "sort" }, "Sort by"), sort)),
        status, results)),
  ];
}

// A row's value of a facet as it stands in the address, where | is between several.
const facetValue = (facet, row) => String(facet.value(row) ?? "none").replaceAll("|", "/");

// "0.70-0.74", "4-5" or "21-" as lower and upper bound.
function parseRange(text) {
  const [from, to] = String(text).split("-").map((part) => (part === "" ? null : Number(part)));
  return [from ?? -Infinity, to ?? Infinity];
}

function inRange(list, filter, text, value) {
  if (value === null || value === undefined) return false;
  const [from, to] = parseRange(text);
  return value >= from - 1e-9 && (filter.whole || to >= 1 ? value <= to : value < to - 1e-9);
}

function filterRows(list, rows, state, except) {
  const words = (state.q || "").toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = list.facets.filter((facet) => state[facet.key] && facet.key !== except).map((facet) => [facet, new Set(state[facet.key].split("|"))]);
  const ranges = (list.ranges || []).filter((range) => state[range.key]);
  return rows.filter((row) =>
    chosen.every(([facet, values]) => values.has(facetValue(facet, row))) &&
    ranges.every((range) => inRange(list, range, state[range.key], range.value(row))) &&
    (!words.length || words.every((word) => haystack(list, row).includes(word))));
}

function haystack(list, row) {
  list.cache = list.cache || new Map();
  if (!list.cache.has(row)) list.cache.set(row, list.text(row).filter(Boolean).join("\n").toLowerCase());
  return list.cache.get(row);
}

function sortRows(list, rows, key) {
  const column = list.columns.find((one) => one.key === key) || list.columns[0];
  const way = column.up ? 1 : -1, value = column.value;
  if (!value) return rows;
  return [...rows].sort((a, b) => {
    const x = value(a), y = value(b);
    if (x === y) return 0;
    if (x === null || x === undefined) return 1;
    if (y === null || y === undefined) return -1;
    return typeof x === "string" ? way * x.localeCompare(y, "en") : way * (x - y);
  });
}

function facetGroup(list, facet, rows, state, update) {
  const counts = new Map(), chosen = new Set(state[facet.key] ? state[facet.key].split("|") : []);
  for (const row of filterRows(list, rows, state, facet.key)) {
    const value = facetValue(facet, row);
    counts.set(value, (counts.get(value) || 0) + 1);
  }
  for (const value of chosen) if (!counts.has(value)) counts.set(value, 0);
  if (counts.size < 2 && !chosen.size) return null;
  const ordered = [...counts.entries()].sort((a, b) => chosen.has(b[0]) - chosen.has(a[0]) || b[1] - a[1] || a[0].localeCompare(b[0]));
  const box = ([value, size]) => {
    const id = `facet-${facet.key}-${hashText(value)}`;
    const change = () => {
      if (chosen.has(value)) chosen.delete(value);
      else chosen.add(value);
      update({ [facet.key]: [...chosen].join("|") });
    };
    return h("li", null, h("label", { for: id }, h("input", { type: "checkbox", id, checked: chosen.has(value), onchange: change }), h("span", { class: "facet-name" }, facet.show ? facet.show(value) : value === "none" ? "none" : spaced(value)), h("span", { class: "facet-count" }, count(size))));
  };
  const more = ordered.slice(FACET_VALUES);
  return h("fieldset", null, h("legend", null, facet.label), h("ul", null, ordered.slice(0, FACET_VALUES).map(box)),
    more.length > 0 && details(`${count(more.length)} more`, h("ul", null, more.slice(0, 200).map(box))));
}

function hashText(text) {
  let held = 0;
  for (let at = 0; at < text.length; at++) held = (held * 31 + text.charCodeAt(at)) | 0;
  return (held >>> 0).toString(36);
}

function chips(list, state, update) {
  const chip = (key, text) => h("button", { type: "button", class: "chip", onclick: () => update({ [key]: "" }) }, text, h("span", { "aria-hidden": "true" }, " ×"), h("span", { class: "hidden" }, " remove this filter"));
  const made = [
    ...list.facets.filter((facet) => state[facet.key]).map((facet) => chip(facet.key, `${facet.label}: ${state[facet.key].split("|").map((value) => (facet.show ? facet.show(value) : spaced(value))).join(" or ")}`)),
    ...(list.ranges || []).filter((range) => state[range.key]).map((range) => chip(range.key, `${range.label}: ${state[range.key].replace("-", " to ").replace(/ to $/, " and more")}`)),
  ];
  return made.length > 0 && h("span", { class: "chips" }, made);
}

function nothing(list, state, rows, update) {
  const sampled = SAMPLING.get(list.sampling);
  if (!rows.length) return empty(list.none[0], ...list.none.slice(1));
  const clear = h("button", { type: "button", class: "button", onclick: () => update(Object.fromEntries(Object.keys(state).map((key) => [key, ""]))) }, "Remove all filters");
  const why = sampled && sampled.shown < sampled.all ? ["The run may have some: this file holds a sample. A file with everything is made with ", commandFor("report", "--full"), ". "] : ["No row fits these filters. "];
  return empty("Nothing found", ...why, clear);
}

function pager(total, first, update) {
  if (total <= ROWS_A_PAGE) return null;
  const page = first / ROWS_A_PAGE + 1, pages = Math.ceil(total / ROWS_A_PAGE);
  const go = (to) => { update({ p: to > 1 ? String(to) : "" }, true); document.querySelector(".results").scrollIntoView({ block: "start" }); };
  return h("nav", { class: "pager", "aria-label": "Pages of the list" },
    h("button", { type: "button", class: "button", disabled: page <= 1, onclick: () => go(page - 1) }, "Previous"),
    h("span", null, `${count(first + 1)} to ${count(Math.min(total, first + ROWS_A_PAGE))} of ${count(total)}`),
    h("button", { type: "button", class: "button", disabled: page >= pages, onclick: () => go(page + 1) }, "Next"));
}
