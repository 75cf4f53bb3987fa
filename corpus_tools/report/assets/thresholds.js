// What other thresholds would give, and with labels how right they are.
const CURVES = { kept_share: "share kept", precision: "precision", recall: "recall", f1: "F1" };
const FIGURES = { threshold: "threshold", kept: "kept", kept_share: "share kept", removed: "removed", clusters: "families", largest_cluster: "largest family", lost_words: "words lost", wrongly_removed: "removed wrongly" };

const LIST_LEADS = { wrong_pairs: "Pairs that a threshold gets wrong by the labels: merged though they are two, or missed though they are one." };

function showThresholds() {
  const held = DATA.thresholds, rows = held.rows.map((row) => Object.fromEntries(held.columns.map((name, at) => [name, row[at]])));
  const title = h("header", { class: "title" }, h("h1", { tabindex: -1 }, "Thresholds"), h("p", { class: "lead" }, "What other values of group.threshold would keep: the same measured pairs, grouped again at each."));
  if (!rows.length) return [title, empty("No thresholds", "This run measured no pairs.")];
  const lines = Object.entries(CURVES).filter(([name]) => held.columns.includes(name)).map(([name, label]) => ({
    name: label, class: `curve-${name}`, values: rows.map((row) => row[name]),
    low: held.columns.includes(`${name}_low`) ? rows.map((row) => row[`${name}_low`] ?? row[name]) : null, high: held.columns.includes(`${name}_high`) ? rows.map((row) => row[`${name}_high`] ?? row[name]) : null }));
  const nearest = rows.reduce((best, row) => (Math.abs(row.threshold - RUN.thresholds.near) < Math.abs(best.threshold - RUN.thresholds.near) ? row : best), rows[0]);
  return [title,
    card("By threshold", held.labelled ? "Bands are 95% intervals." : null, curves("Share kept by threshold", rows.map((row) => row.threshold), lines, [{ at: RUN.thresholds.near, label: `this run ${RUN.thresholds.near}` }]),
      !held.labelled && h("p", { class: "note" }, "Without labels nobody can say which threshold is right. With a file of labels this page also shows precision, recall and F1, each with its interval: ", commandFor("report", "--labels labels.csv"))),
    card("Figures", null, figuresTable(held, rows, nearest)),
    Object.entries(held.lists).map(([name, lists]) => wrongCard(name, lists, rows, nearest)),
    sharesChart(rows, nearest)];
}

function figuresTable(held, rows, nearest) {
  const names = held.columns.filter((name) => !/_(low|high)$/.test(name));
  const cell = (row, name) => {
    const value = row[name], low = row[`${name}_low`], high = row[`${name}_high`];
    if (name === "threshold") return value.toFixed(2);
    if (typeof value !== "number") return value ?? "–";
    if (Number.isInteger(value) && !(name in CURVES)) return count(value);
    return [percentOne(value), low !== undefined && low !== null && h("span", { class: "dim small under" }, `${(100 * low).toFixed(1)} – ${percentOne(high)}`)];
  };
  return table(names.map((name) => ({ label: FIGURES[name] || spaced(name), number: true })), rows.map((row) => ({ mark: row === nearest, cells: names.map((name) => cell(row, name)) })), { label: "Figures by threshold", class: "figures" });
}

function sharesChart(rows) {
  const bars = rows.map((row) => ({ label: row.threshold.toFixed(2), value: row.lost_words || 0, note: plural(row.clusters, "family", "families"), parts: [["lost", row.lost_words || 0]] }));
  return bars.some((bar) => bar.value) && card("Words lost by threshold", "Own words of removed pages that stand nowhere on the pages kept in their place.", barList("Words lost by threshold", bars, "words lost"));
}

// A list that the sweep gives for each threshold, such as its wrong pairs; pages in it become links.
function wrongCard(name, lists, rows, nearest) {
  const body = h("div", null), pick = h("select", { id: `pick-${name}` }, rows.map((row, at) => h("option", { value: at }, `${row.threshold.toFixed(2)} (${lists[at].length >= DATA.thresholds.clipped ? `first ${count(lists[at].length)}` : count(lists[at].length)})`)));
  pick.value = String(rows.indexOf(nearest));
  const page = (id) => { const found = typeof id === "string" && PAGE_BY_ID.get(id); return found ? pageName(found) : h("span", { class: "page-name" }, code(id ?? "–")); };
  const draw = () => {
    const held = lists[Number(pick.value)];
    if (!held.length) return replace(body, empty("None", "No such pair at this threshold."));
    const keys = Object.keys(held[0]).filter((key) => key !== "left" && key !== "right"), paired = "left" in held[0];
    const cell = (value) => (typeof value === "number" ? score(value) : value === null ? "–" : spaced(value));
    const both = (row) => [page(row.left), page(row.right)];
    const compare = (row) => (PAGE_BY_ID.has(row.left) && PAGE_BY_ID.has(row.right) ? link(address(`pair=${row.left},${row.right}`), { "aria-label": `Compare ${PAGE_BY_ID.get(row.left).name} and ${PAGE_BY_ID.get(row.right).name}` }, "compare") : "–");
    replace(body, table([...(paired ? [{ label: "pages" }] : []), ...keys.map((key) => ({ label: spaced(key), number: typeof held[0][key] === "number" })), ...(paired ? [{ label: "compare" }] : [])],
      held.map((row) => [...(paired ? [both(row)] : []), ...keys.map((key) => cell(row[key])), ...(paired ? [compare(row)] : [])]), { label: spaced(name), class: "rows" }));
  };
  pick.addEventListener("change", draw);
  draw();
  return card(sentence(spaced(name)), LIST_LEADS[name] || null, h("div", { class: "field" }, h("label", { for: `pick-${name}` }, "At threshold"), pick), body);
}
