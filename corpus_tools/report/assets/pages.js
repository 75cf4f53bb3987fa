// One page: its text as kept with every cut in its place, signs of spam, and its Markdown.
const LONG_PASSAGE = 280;

function showPage(id, filters) {
  const page = findPage(id);
  if (!page) return notHere("page", id);
  const text = textOf(page), cuts = CUTS_OF.get(page.at) || [], signs = SIGNS_OF.get(page.at) || [];
  return [
    h("header", { class: "title" },
      h("p", { class: "eyebrow" }, "Page ", roleBadge(page)),
      h("h1", { tabindex: -1 }, page.name),
      page.named !== "address" && (page.url || page.source) && h("p", { class: "dim wrap" }, page.url || page.source)),
    whyHere(page),
    decidePage(page),
    page.outcome === "rejected"
      ? card("Text", null, empty("Nothing was kept of this page", page.reason), cuts.length > 0 && h("div", { class: "text" }, cutBox(cuts)))
      : textCard(page, text, cuts, markedSigns(page), filters),
    cuts.length > 0 && decideCuts(page, cuts),
    signs.length > 0 && spamSigns(page, signs),
    pagePairs(page),
    card("Facts", null, facts([
      ["Words", count(page.words)], ["Language", page.language], ["Site", page.site], ["Address", page.named === "address" ? page.url : null], ["Found in", page.source],
      ["Input's own id", page.source_id], ["Fetched", page.fetched_at && page.fetched_at.replace("T", " ").slice(0, 16)], ["Cleaned as", page.path], ["Named by", page.named],
      ["Spam score", page.spam === null || page.spam === undefined ? null : score(page.spam)], ["Passages cut", count(page.cuts)], ["Page id", code(page.id)]])),
  ];
}

function notHere(what, id) {
  return [h("header", { class: "title" }, h("h1", { tabindex: -1 }, `This ${what} is not in the file`)),
    empty(id || "no id", `The run may have it: a report on a large run holds a sample. A file with everything is made with `, commandFor("report", "--full"), ".")];
}

function whyHere(page) {
  const kept = page.kept_id && PAGE_BY_ID.get(page.kept_id);
  const family = page.family && FAMILY_BY_ID.get(page.family);
  return h("div", { class: `verdict ${page.outcome}` },
    h("p", null, h("strong", null, sentence(page.reason || "kept"))),
    kept && h("p", null, "Kept in its place: ", link(address(`page=${kept.id}`), null, kept.name)),
    page.family && h("p", null, link(address(`family=${page.family}`, page.outcome === "removed" ? { page: page.id } : {}), null, page.outcome === "removed" ? "Compare it with the kept page" : `See its family${family ? ` of ${plural(family.size, "page")}` : ""}`)));
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function textCard(page, text, cuts, signs, filters) {
  if (text === undefined) return card("Text", null, empty("The text is not in this file", "It holds texts up to its size. To read it: ", commandFor("report", "--full"), " or the documents table of the run."));
  const markdown = markdownOf(page), views = [["text", "Text with cuts"], ["clean", "Text as kept"], ["markdown", "Markdown"]];
  const body = h("div", { class: "text", id: "page-text" });
  let view = views.some(([key]) => key === filters.view) ? filters.view : "text";
  const buttons = views.map(([key, label]) => h("button", { type: "button", class: "segment", "aria-pressed": String(key === view), onclick: () => choose(key) }, label));
  function choose(key) {
    view = key;
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(views[at][0] === key)));
    replace(body, key === "text" ? textWithCuts(text, cuts, signs) : key === "clean" ? marked(text, signs, 0, text.length) : previewMarkdown(markdown || text));
  }
  choose(view);
  const clipped = text.length >= 20000 && page.words > cutWords(text).length;
  return card("Text", cuts.length ? `${plural(cuts.length, "passage")} cut, shown where ${cuts.length === 1 ? "it" : "they"} stood.` : "Nothing was cut from this page.",
    h("div", { class: "segments", role: "group", "aria-label": "How to show the text" }, buttons), body,
    clipped && h("p", { class: "note" }, "The text goes on: this file holds its beginning."));
}

// Character places count code points; JavaScript counts UTF-16 units. Both are the same unless the text has astral characters.
function toUnits(text, starts) {
  if (!/[\ud800-\udfff]/.test(text)) return starts;
  const wanted = [...starts].sort((a, b) => a - b), units = new Map();
  let point = 0, unit = 0, next = 0;
  for (const character of text) {
    while (next < wanted.length && wanted[next] <= point) units.set(wanted[next++], unit);
    point++;
    unit += character.length;
  }
  return starts.map((start) => units.get(start) ?? text.length);
}

function textWithCuts(text, cuts, signs) {
  const units = toUnits(text, cuts.map((cut) => cut.start)), parts = [];
  const placed = cuts.map((cut, at) => ({ cut, at: Math.min(units[at], text.length) })).sort((a, b) => a.at - b.at || a.cut.at - b.cut.at);
  let done = 0, next = 0;
  while (next < placed.length) {
    const at = placed[next].at, here = [];
    while (next < placed.length && placed[next].at === at) here.push(placed[next++].cut);
    const before = text.slice(done, at), inline = at > 0 && at < text.length && !/\n\s*$/.test(text.slice(Math.max(0, at - 3), at)) && !/^\s*\n/.test(text.slice(at, at + 3));
    parts.push(marked(text, signs, done, at).length && trimmed(before) ? marked(text, signs, done, at) : null, inline ? here.map(inlineCut) : cutBox(here));
    done = at;
    while (!inline && text[done] === "\n") done++;
  }
  parts.push(marked(text, signs, done, text.length));
  return parts;
}

// Passages to put back, and rules that shall not cut on this site again.
const DECIDED_CUTS = 100;
function decideCuts(page, cuts) {
  const shown = cuts.slice(0, DECIDED_CUTS).map((cut) => {
    const passage = passageOf(cut), rule = cut.rule.split(/\s+/)[0];
    const choices = [["put this passage back", { decision: "restore", page: page.id, passage }]];
    if (page.site) choices.push([`never cut ${rule} on ${page.site}`, { decision: "never_cut", site: page.site, rule }]);
    return h("div", { class: "cut-passage" }, h("p", { class: "wrap" }, passage), decideBar("In the next run", choices));
  });
  return card("Decide about passages", cuts.length > DECIDED_CUTS && `The first ${DECIDED_CUTS} of ${cuts.length}.`, details(plural(shown.length, "passage"), shown));
}

// A passage as a decision holds it: on one line, and if it is long its beginning.
function passageOf(cut) {
  const flat = cut.passage.split(/\s+/).filter(Boolean).join(" ");
  return flat.length > 300 || cut.length > cut.passage.length ? `${flat.slice(0, 300).trimEnd()}…` : flat;
}

const trimmed = (text) => text.trim().length > 0;

function inlineCut(cut) {
  return h("del", { class: "cut-inline", title: `${spaced(cut.kind)}, ${cut.rule}` }, h("span", { class: "hidden" }, `cut as ${spaced(cut.kind)}: `), cut.passage, h("span", { class: "cut-tag" }, `${spaced(cut.kind)} · ${cut.rule}`));
}

function cutBox(cuts) {
  const one = (cut) => {
    const long = cut.passage.length > LONG_PASSAGE, shown = h("span", null, long ? `${cut.passage.slice(0, LONG_PASSAGE)} …` : cut.passage);
    const more = long && h("button", { type: "button", class: "quiet", onclick: () => { replace(shown, cut.passage, cut.length > cut.passage.length && " …"); more.remove(); } }, `show all ${count(cut.length)} characters`);
    return h("div", { class: "cut-passage" }, h("p", { class: "cut-head" }, h("span", { class: "cut-sign", "aria-hidden": "true" }, "✂ "), h("span", { class: "hidden" }, "cut here: "), h("strong", null, spaced(cut.kind)), " ", code(cut.rule)), h("del", null, shown), more);
  };
  return cuts.length > 3 ? h("div", { class: "cuts" }, one(cuts[0]), details(`${plural(cuts.length - 1, "more passage")} cut here: ${[...new Set(cuts.slice(1).map((cut) => spaced(cut.kind)))].join(", ")}`, cuts.slice(1).map(one))) : h("div", { class: "cuts" }, cuts.map(one));
}

// Part of a text with the passages of its signs of spam marked.
function marked(text, signs, from, to) {
  const part = text.slice(from, to).replace(/^\n+|\n+$/g, "");
  if (!part) return [];
  const found = [];
  for (const [sign, weight, passage] of signs) {
    const words = (passage || "").trim().split(/\s+/).filter(Boolean);
    if (!words.length) continue;
    const at = part.indexOf(words.join(" "));
    const size = words.join(" ").length;
    if (at >= 0 && !found.some((one) => at < one.end && at + size > one.at)) found.push({ at, end: at + size, sign, weight });
  }
  found.sort((a, b) => a.at - b.at);
  const pieces = [];
  let done = 0;
  for (const one of found) {
    pieces.push(part.slice(done, one.at), h("mark", { class: "sign", title: `${signName(one.sign)}, weight ${score(one.weight)}` }, part.slice(one.at, one.end), h("span", { class: "cut-tag" }, signName(one.sign))));
    done = one.end;
  }
  return [h("div", { class: "kept-text" }, pieces, part.slice(done))];
}

const markedSigns = (page) => (page.spam >= MARKED_SCORE ? SIGNS_OF.get(page.at) || [] : []);

function spamSigns(page, signs) {
  const rows = signs.map(([sign, weight, passage]) => [signName(sign), score(weight), passage ? `“${passage}”` : "–"]);
  return card("Signs of spam", `Score ${score(page.spam)}: the probability that the page was spun or made for search engines. The weight is a sign's share of the log-odds.${page.spam >= MARKED_SCORE ? " They are marked in the text." : ""}`,
    table([{ label: "sign" }, { label: "weight", number: true }, { label: "passage" }], rows, { label: "Signs of spam" }));
}

function pagePairs(page) {
  const mine = PAIRS.filter((pair) => pair.left === page.at || pair.right === page.at).sort((a, b) => b.score - a.score);
  if (!mine.length) return null;
  const rows = mine.slice(0, 20).map((pair) => {
    const other = pair.one === page ? pair.two : pair.one;
    return [link(address(`pair=${page.id},${other.id}`), { "aria-label": `Compare with ${other.name}` }, score(pair.score)), kindName(pair.kind), pageName(other), pairFate(pair)];
  });
  return card("Measured against", null, table([{ label: "score", number: true }, { label: "kind" }, { label: "page" }, { label: "in this run" }], rows, { label: "Pairs of this page", class: "rows" }));
}

// Headings, lists, tables, code and quotations of our own Markdown as elements.
function previewMarkdown(source) {
  const lines = source.split("\n"), out = h("div", { class: "markdown" });
  let at = 0;
  const take = (test) => { const from = at; while (at < lines.length && test(lines[at])) at++; return lines.slice(from, at); };
  while (at < lines.length) {
    const line = lines[at], heading = /^(#{1,6}) (.*)$/.exec(line);
    if (!line.trim()) at++;
    else if (heading) { out.append(h("p", { class: `heading level-${heading[1].length}` }, unescaped(heading[2]))); at++; }
    else if (/^(```+|~~~+)/.test(line)) { at++; const held = take((one) => !/^(```+|~~~+)\s*$/.test(one)); at++; out.append(h("pre", null, held.join("\n"))); }
    else if (/^\s*\|/.test(line)) out.append(markdownTable(take((one) => /^\s*\|/.test(one))));
    else if (/^>/.test(line)) out.append(h("blockquote", null, unescaped(take((one) => /^>/.test(one)).map((one) => one.replace(/^> ?/, "")).join("\n"))));
    else if (/^\s*(?:[-*+]|\d+[.)]) /.test(line)) out.append(markdownList(take((one) => /^\s*(?:[-*+]|\d+[.)]) /.test(one))));
    else out.append(h("p", null, unescaped(take((one) => one.trim() && !/^(#{1,6} |>|```|\s*\||\s*(?:[-*+]|\d+[.)]) )/.test(one)).join("\n") || lines[at++])));
  }
  return out;
}

const unescaped = (text) => text.replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, "$1");

function markdownList(lines) {
  const tag = /^\s*\d/.test(lines[0]) ? "ol" : "ul";
  return h(tag, null, lines.map((line) => h("li", { class: `depth-${Math.min(4, Math.floor(/^\s*/.exec(line)[0].length / 2))}` }, unescaped(line.replace(/^\s*(?:[-*+]|\d+[.)]) /, "")))));
}

function markdownTable(lines) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => unescaped(cell.trim()));
  const rows = lines.filter((line) => !/^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/.test(line)).map(cells);
  return h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Table of the page" }, h("table", null, h("tbody", null, rows.map((row, at) => h("tr", null, row.map((cell) => h(at ? "td" : "th", null, cell)))))));
}
