// A person's answers about pairs: kept in this browser, and downloaded as labels.csv. A server can save them as they are given.
const ANSWERS = ["same", "not the same", "contains", "rewrite", "unsure"];
const LABEL_COLUMNS = ["left", "right", "label", "score", "kind"];
const STORE = `corpus-tools labels ${RUN.name} ${RUN.inputs.digest || ""}`;
const LABELS = new Map(Object.entries(readStore()));

// What a page served by `review` replaces: called with each answer, after it stands in LABELS.
const SAVERS = [];

function readStore() {
  try { return JSON.parse(localStorage.getItem(STORE) || "{}"); } catch { return {}; }
}

const labelKey = (one, two) => [one.id, two.id].sort().join(",");
const labelOf = (one, two) => LABELS.get(labelKey(one, two))?.label;

function answer(one, two, pair, label) {
  const [left, right] = [one.id, two.id].sort();
  if (label) LABELS.set(labelKey(one, two), { left, right, label, score: pair ? pair.score : "", kind: pair ? pair.kind : "" });
  else LABELS.delete(labelKey(one, two));
  try { localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(LABELS))); } catch { /* a browser that stores nothing still downloads */ }
  for (const save of SAVERS) save({ left, right, label });
  drawLabelCount();
}

// The buttons under a comparison. Keys 1 to 5 answer while the focus is in it.
function judgeBar(one, two, pair) {
  const buttons = ANSWERS.map((label, at) => h("button", { type: "button", class: "answer", "aria-pressed": String(labelOf(one, two) === label), onclick: () => give(label) }, label, h("kbd", { "aria-hidden": "true" }, at + 1)));
  const said = h("span", { class: "hidden", role: "status" });
  function give(label) {
    const next = labelOf(one, two) === label ? "" : label;
    answer(one, two, pair, next);
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(labelOf(one, two) === ANSWERS[at])));
    replace(said, next ? `Labelled ${next}` : "Label removed");
  }
  return h("div", { class: "judge", role: "group", "aria-label": "What do you say? Keys 1 to 5 answer while the focus is here.", onkeydown: (event) => {
    const at = Number(event.key) - 1;
    if (!event.ctrlKey && !event.metaKey && !event.altKey && ANSWERS[at]) { event.preventDefault(); give(ANSWERS[at]); }
  } }, h("span", { class: "judge-title" }, "What do you say?"), buttons, said);
}

const csvCell = (value) => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));

function labelsCsv() {
  const rows = [...LABELS.values()].sort((a, b) => (a.left + a.right < b.left + b.right ? -1 : 1));
  return [LABEL_COLUMNS, ...rows.map((row) => LABEL_COLUMNS.map((name) => row[name]))].map((row) => row.map(csvCell).join(",")).join("\n") + "\n";
}

function download(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const anchor = h("a", { href, download: name, class: "hidden" });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}

const LABEL_COUNT = h("span", null);

function drawLabelCount() {
  replace(LABEL_COUNT, plural(LABELS.size, "label"));
}

function labelsCard() {
  drawLabelCount();
  return card("Your labels", "Answers stay in this browser until you download them. Nothing is sent anywhere.",
    h("p", { class: "actions" }, h("strong", null, LABEL_COUNT), h("button", { type: "button", class: "button", onclick: () => download("labels.csv", labelsCsv()) }, "Download labels.csv")));
}
