// Pieces that several views use: badges, names of pages, measures in words.
const OUTCOMES = { kept: "kept", removed: "removed", rejected: "rejected" };
const KIND_NAMES = { exact: "exact copy", near: "near copy", contained: "contained", rewrite: "rewrite" };
const SIGN_NAMES = {
  grammar_error: "grammar error", odd_pairs: "odd word pairs", odd_before: "odd word before", odd_after: "odd word after",
};
const kindName = (kind) => KIND_NAMES[kind] || spaced(kind);
const signName = (sign) => SIGN_NAMES[sign] || spaced(sign);

const badge = (name, text) => h("span", { class: `badge ${name}` }, text || name);

function roleBadge(page) {
  if (page.outcome === "removed") return badge("removed", `removed: ${kindName(page.kind)}`);
  if (page.outcome === "rejected") return badge("rejected", "rejected");
  return badge("kept", page.role === "single" ? "kept" : "kept for its family");
}

// A page's name as a link to it, and below it where it came from.
function pageName(page, props) {
  return h("span", { class: "page-name" },
    link(address(`page=${page.id}`), props, page.name),
    h("span", { class: "dim small under" }, whereabouts(page)));
}

function whereabouts(page) {
  const parts = [page.named === "address" ? page.site : page.url || page.source || page.source_id];
  if (page.named === "first words" || page.named === "id") parts.push(`no title${page.url ? "" : " or address"}, page ${page.id.slice(0, 8)}`);
  return parts.filter(Boolean).join(" · ");
}

function facts(pairs) {
  const told = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return h("dl", { class: "facts" }, told.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));
}

function meter(label, value, name) {
  return h("span", { class: "meter", role: "img", "aria-label": `${label}: ${percent(value)}` },
    h("span", { class: `fill ${name || ""}`, vars: { width: `${Math.max(0, Math.min(100, 100 * value))}%` } }));
}

// The note above a list of which only a part is in the file.
function samplingNote(name) {
  const one = SAMPLING.get(name);
  if (!one || one.shown >= one.all) return null;
  return h("p", { class: "note" }, `This file holds ${count(one.shown)} of ${count(one.all)}: ${one.how}. `, link("#about", null, "What is sampled"));
}

const commandFor = (verb, ...words) => code(`corpus-tools ${verb} ${RUN.name} ${words.join(" ")}`.trim());

// What was measured on a pair, in sentences. `goes` is the page that is removed, `stays` the one kept, where it is so.
function evidence(pair, goes, stays) {
  const told = [];
  const swapped = pair && goes && pair.one !== goes;
  const side = (name, left) => pair[`${name}_${left !== Boolean(swapped) ? "left" : "right"}`];
  const first = goes ? "the removed page" : "the first page", second = goes ? "the kept page" : "the second page";
  if (pair && pair.table === "rewrites") {
    told.push(["Probability that one is a rewrite of the other", score(pair.score), pair.score >= (RUN.thresholds.rewrite ?? 1) ? `at or above rewrite.threshold ${RUN.thresholds.rewrite}` : `below rewrite.threshold ${RUN.thresholds.rewrite}`]);
    const original = pair.original === 1 ? pair.two : pair.one;
    told.push(["The original is", original === goes ? first : second, pair.why_original]);
    told.push(["Verdict rests on", pair.head === "words" ? "words swapped in place" : "sentences written anew", null]);
  } else if (pair) {
    told.push(["Score", score(pair.score), pair.score >= RUN.thresholds.near ? `at or above group.threshold ${RUN.thresholds.near}` : `below group.threshold ${RUN.thresholds.near}`]);
    told.push(["Words in the same order", percent(pair.ordered), "share of the words of both pages that match in order"]);
    if (side("own", true)) told.push([`Own words of ${first} that stand nowhere on ${second}`, `${count(side("lost", true))} of ${count(side("own", true))}`, percent(side("lost", true) / side("own", true))]);
    if (side("own", false)) told.push([`Own words of ${second} that stand nowhere on ${first}`, `${count(side("lost", false))} of ${count(side("own", false))}`, percent(side("lost", false) / side("own", false))]);
    if (pair.replaced) told.push(["Largest passage in place of another", plural(pair.replaced, "word"), null]);
    if (pair.same_address) told.push(["Address", "the same", "two captures of one page: that raises the score"]);
    if (pair.same_title) told.push(["Title", "the same", "two states of one page are likelier: that raises the score"]);
    if (pair.subject_conflict) told.push(["Subjects", "differ", "the pages share a frame, but each names another subject: they stay apart"]);
    if (pair.shared_notice) told.push(["A shared notice", "is what they share", "many other pages hold it, and the rest differs: they stay apart"]);
  } else if (goes && stays) {
    told.push(["Score", score(goes.similarity), `measured when ${kindName(goes.kind)} was decided; the pair itself was not proposed by the search`]);
    if (goes.lost !== null) told.push(["Own words that stand nowhere on the kept page", plural(goes.lost_words, "word"), percent(goes.lost)]);
  }
  if (pair) {
    told.push(["Five-word sequences in common", percent(pair.jaccard), "Jaccard similarity of the shingle sets"]);
    told.push([`Sequences of ${first} found on ${second}`, percent(side("containment", true)), null]);
    told.push([`Sequences of ${second} found on ${first}`, percent(side("containment", false)), null]);
  }
  return told.length > 0 && h("dl", { class: "evidence" }, told.map(([name, value, note]) =>
    h("div", null, h("dt", null, name), h("dd", null, h("strong", null, value), note && h("span", { class: "dim" }, ` ${note}`)))));
}

// In one sentence, whether the two pages stand for each other in this run, and why.
function verdictOf(one, two, pair) {
  const [goes, stays] = one.kept_id === two.id ? [one, two] : two.kept_id === one.id ? [two, one] : [];
  if (goes) return { goes, stays, text: goes.reason };
  if (one.outcome === "rejected" || two.outcome === "rejected") return { text: "One of the two was rejected, so it was not compared." };
  if (one.family && one.family === two.family) return { text: sayFamily(one, two) };
  return { text: `The two stay apart${pair ? `: ${sayApart(pair)}` : ", and were not measured against each other"}.` };
}

function sayFamily(one, two) {
  if (one.kept_id && one.kept_id === two.kept_id) return `Both were removed in favour of a third page: ${nameOf(one.kept_id)}.`;
  const removed = [one, two].filter((page) => page.kept_id);
  if (!removed.length) return "Both are kept, though they are in one family: each says something of its own.";
  return `Both are in one family. ${removed.map((page) => `The ${page === one ? "first" : "second"} was removed in favour of ${nameOf(page.kept_id)}.`).join(" ")}`;
}

const nameOf = (id) => (PAGE_BY_ID.has(id) ? PAGE_BY_ID.get(id).name : `page ${id.slice(0, 8)}`);

// Why a measured pair of two families does not let one page stand for the other.
function sayApart(pair) {
  if (pair.subject_conflict) return "they share a frame, but each names another subject";
  if (pair.shared_notice) return "what they share is a notice that many other pages hold";
  const threshold = pair.table === "rewrites" ? RUN.thresholds.rewrite : RUN.thresholds.near;
  if (pair.score < threshold) return `${pair.table === "rewrites" ? "the probability" : "the score"} ${score(pair.score)} is below the threshold ${threshold}`;
  return "too many of a page's own words would be lost";
}
