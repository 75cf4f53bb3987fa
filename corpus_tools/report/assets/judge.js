// A person's answers: labels of pairs, and decisions that the next run obeys. They are kept in this browser and downloaded as files.
const ANSWERS = ["same", "not the same", "contains", "rewrite", "unsure"];
const LABEL_COLUMNS = ["left", "right", "label", "score", "kind"];
const STORE = `corpus-tools labels ${RUN.name} ${RUN.inputs.digest || ""}`;
const DECISION_COLUMNS = ["decision", "page", "other", "site", "rule", "passage", "note"];
const DECIDED_STORE = STORE.replace("labels", "decisions");
const LABELS = new Map(Object.entries(readStore(STORE)));
const DECISIONS = new Map(Object.entries(readStore(DECIDED_STORE)));

// What a page served by `review` replaces: called with each answer, after it stands in LABELS.
const SAVERS = [];

function readStore(name) {
  try { return JSON.parse(localStorage.getItem(name) || "{}"); } catch { return {}; }
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

// Decisions: each has an opposite that it takes the place of, or none.
const OPPOSITE = { apart: "together", together: "apart", keep: "drop", drop: "keep" };
const decisionKey = (row) => JSON.stringify(DECISION_COLUMNS.map((name) => row[name] || ""));

function decide(row) {
  const key = decisionKey(row);
  if (OPPOSITE[row.decision]) DECISIONS.delete(decisionKey({ ...row, decision: OPPOSITE[row.decision] }));
  if (!DECISIONS.delete(key)) DECISIONS.set(key, row);
  try { localStorage.setItem(DECIDED_STORE, JSON.stringify(Object.fromEntries(DECISIONS))); } catch { /* downloads still work */ }
  drawLabelCount();
}

// Buttons that decide: [what it says, the decision]. A pressed button is a decision that stands; pressing it again takes it back.
function decideBar(title, choices) {
  const bar = h("div", { class: "judge", role: "group", "aria-label": title }, h("span", { class: "judge-title" }, title));
  const buttons = choices.map(([told, row]) => h("button", { type: "button", class: "answer", onclick: () => { decide(row); draw(); } }, told));
  function draw() {
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(DECISIONS.has(decisionKey(choices[at][1])))));
  }
  draw();
  bar.append(...buttons);
  return bar;
}

function decidePair(one, two) {
  const [page, other] = [one.id, two.id].sort();
  return decideBar("In the next run", [["these two are not one", { decision: "apart", page, other }], ["these two are one", { decision: "together", page, other }]]);
}

const decidePage = (page) => decideBar("In the next run", [["keep this page", { decision: "keep", page: page.id }], ["drop this page", { decision: "drop", page: page.id }]]);

// A formula of a spreadsheet is kept from being one, as the command does.
const plainCell = (value) => { const flat = String(value || "").split(/\s+/).filter(Boolean).join(" "); return /^[=+@-]/.test(flat) ? `'${flat}` : flat; };

function decisionsCsv() {
  const rows = [...DECISIONS.values()].sort((a, b) => (decisionKey(a) < decisionKey(b) ? -1 : 1));
  return [DECISION_COLUMNS, ...rows.map((row) => DECISION_COLUMNS.map((name) => plainCell(row[name])))].map((row) => row.map(csvCell).join(",")).join("\n") + "\n";
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

const LABEL_COUNT = h("span", null), DECISION_COUNT = h("span", null);

function drawLabelCount() {
  replace(LABEL_COUNT, plural(LABELS.size, "label"));
  replace(DECISION_COUNT, plural(DECISIONS.size, "decision"));
}

function labelsCard() {
  drawLabelCount();
  return card("Your labels and decisions", "Answers stay in this browser until you download them. Nothing is sent anywhere. The next run obeys decisions.csv in the run folder.",
    h("p", { class: "actions" }, h("strong", null, DECISION_COUNT), h("button", { type: "button", class: "button", onclick: () => download("decisions.csv", decisionsCsv()) }, "Download decisions.csv")),
    h("p", { class: "actions" }, h("strong", null, LABEL_COUNT), h("button", { type: "button", class: "button", onclick: () => download("labels.csv", labelsCsv()) }, "Download labels.csv")));
}
