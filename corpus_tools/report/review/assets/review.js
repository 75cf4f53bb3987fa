// Shows one pair at a time and sends each answer as it is given. What pages hold is set as text, never as markup.
"use strict";
const ANSWERS = ["same", "not the same", "contains", "rewrite", "unsure"];
const byId = (id) => document.getElementById(id);
let pairs = [], decisions = [], at = 0, pair = null, busy = Promise.resolve();

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") node.addEventListener("click", value); else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

async function ask(path, body) {
  const asked = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const told = await fetch(path, asked);
  if (!told.ok) throw new Error(await told.text());
  return told.json();
}

function complain(error) {
  byId("problem").hidden = false;
  byId("problem").textContent = `Not saved: ${error.message}. If the command has ended, start it again: all earlier answers are there.`;
}

// Answers are sent one after the other, so that the last one given is the one that stays.
function send(path, body) {
  busy = busy.then(async () => {
    const told = await ask(path, body);
    byId("problem").hidden = true;
    decisions = told.decisions;
    drawProgress();
    drawDecisions();
  }).catch(complain);
  return busy;
}

async function show(place) {
  if (!pairs.length) { byId("progress").textContent = "This run has no pairs to judge."; return; }
  at = Math.max(0, Math.min(pairs.length - 1, place));
  try { pair = await ask(`/pair?at=${at}`); } catch (error) { complain(error); return; }
  byId("pair").replaceChildren(side("left", 0), side("right", 1));
  const share = (lost, own) => `${own ? Math.round(100 * (1 - lost / own)) : 100}%`;
  byId("evidence").textContent = `${pair.kind}, score ${pair.score.toFixed(3)}. The right page holds ${share(pair.lost_left, pair.own_left)} of the left page's own words, ` +
    `the left page ${share(pair.lost_right, pair.own_right)} of the right page's. Under the plan one may ${pair.merges ? "" : "not "}stand for the other. ` +
    `Left: ${pair.left.reason || "-"}. Right: ${pair.right.reason || "-"}.`;
  drawLabels(); drawProgress(); drawDecisions(); drawCuts();
  scrollTo(0, 0);
}

function side(name, number) {
  const page = pair[name], words = make("div", { class: "words", tabindex: "0", "aria-label": `Text of the ${name} page` });
  for (const both of pair.segments) {
    const mine = both[number], same = both[0].toLowerCase() === both[1].toLowerCase();
    if (mine) words.append(make(same ? "span" : number ? "ins" : "del", same ? { class: "shared" } : {}, mine), " ");
  }
  if (page.more) words.append(make("p", { class: "meta" }, `${page.more} more words are not shown.`));
  return make("article", { "aria-label": `The ${name} page` }, make("h2", {}, page.name), make("p", { class: "meta" }, `${page.url || page.source} · ${page.n_words} words`), words);
}

function drawLabels() {
  byId("labels").replaceChildren(...ANSWERS.map((label, number) => make("button", { type: "button", "aria-pressed": String(pairs[at].label === label), onclick: () => give(label) }, `${label} `, make("kbd", {}, String(number + 1)))));
}

function drawProgress() {
  const done = pairs.filter((one) => one.label).length;
  byId("progress").textContent = `Pair ${at + 1} of ${pairs.length} · ${done} judged, all saved`;
}

async function give(label) {
  const taken = pairs[at].label === label, here = at;
  pairs[here].label = taken ? "" : label;
  drawLabels();
  await send("/label", { at: here, label: pairs[here].label });
  if (!taken && here === at && at < pairs.length - 1) await show(at + 1);
}

const subject = (one) => JSON.stringify([one.decision, ...[one.page || "", one.other || ""].sort(), one.site || "", one.rule || "", one.passage || ""]);
const isDecided = (one) => decisions.some((held) => subject(held) === subject(one));
const toggle = (one) => send("/decision", { ...one, undo: isDecided(one) });
const button = (text, key, one) => make("button", { type: "button", "aria-pressed": String(isDecided(one)), onclick: () => toggle(one) }, `${text} `, ...(key ? [make("kbd", {}, key)] : []));

function choices() {
  const page = pair.left.page_id, other = pair.right.page_id, note = `${pair.left.name} | ${pair.right.name}`;
  return [
    ["These two are not one", "n", { decision: "apart", page, other, note }],
    ["These two are one", "o", { decision: "together", page, other, note }],
    ["Keep the left page", "q", { decision: "keep", page, note: pair.left.name }],
    ["Keep the right page", "w", { decision: "keep", page: other, note: pair.right.name }],
    ["Drop the left page", "a", { decision: "drop", page, note: pair.left.name }],
    ["Drop the right page", "s", { decision: "drop", page: other, note: pair.right.name }],
  ];
}

function drawDecisions() {
  if (!pair) return;
  byId("decide").replaceChildren(...choices().map(([text, key, one]) => button(text, key, one)));
  byId("decided").replaceChildren(...decisions.map((one) => make("li", {}, `${one.decision.replace("_", " ")} ${one.rule || ""} ${one.site || ""} ${one.passage || ""} ${one.note || `${one.page} ${one.other}`} `,
    make("button", { type: "button", onclick: () => send("/decision", { ...one, undo: true }) }, "Take back"))));
  drawCuts();
}

function drawCuts() {
  byId("cuts").replaceChildren(...["left", "right"].filter((name) => pair[name].cuts.length).map((name) => {
    const page = pair[name], open = byId(`cuts-${name}`)?.open;
    const rows = page.cuts.map((cut) => make("li", {}, `${cut.kind.replace("_", " ")}: ${cut.passage} `,
      button("Restore this passage", "", { decision: "restore", page: page.page_id, passage: cut.passage, note: page.name }),
      ...(page.site ? [button(`Never cut ${cut.rule} on ${page.site}`, "", { decision: "never_cut", site: page.site, rule: cut.rule })] : [])));
    const held = make("details", { id: `cuts-${name}` }, make("summary", {}, `Cut from the ${name} page (${page.cuts.length})`), make("ul", {}, ...rows));
    held.open = Boolean(open);
    return held;
  }));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !pair) return;
  const label = ANSWERS[Number(event.key) - 1], chosen = choices().find(([, key]) => key === event.key);
  if (label) give(label);
  else if (chosen) toggle(chosen[2]);
  else if (event.key === "j" || event.key === "ArrowRight") show(at + 1);
  else if (event.key === "k" || event.key === "ArrowLeft") show(at - 1);
  else return;
  event.preventDefault();
});
byId("next").addEventListener("click", () => show(at + 1));
byId("back").addEventListener("click", () => show(at - 1));
byId("stop").addEventListener("click", async () => {
  await busy;
  try { await ask("/stop", {}); byId("progress").textContent = "The review has ended. You can close this page."; } catch (error) { complain(error); }
});

ask("/queue").then((told) => {
  pairs = told.pairs; decisions = told.decisions;
  const first = pairs.findIndex((one) => !one.label);
  return show(first < 0 ? 0 : first);
}).catch(complain);
