// The first view: what the run did, in numbers that lead to their rows.
function showOverview() {
  const total = TOTALS.kept + TOTALS.removed + TOTALS.rejected;
  return [
    h("header", { class: "title" },
      h("p", { class: "eyebrow" }, "Run"),
      h("h1", { tabindex: -1 }, RUN.name),
      h("p", { class: "lead" }, RUN.summary ? `${RUN.summary}.` : "This run is not finished."),
      h("p", { class: "dim small" }, describeRun())),
    tiles(total),
    total > 0 && h("section", { class: "card wide" }, h("h2", null, "Where the pages went"), flow(total)),
    h("div", { class: "grid" }, h("div", { class: "stack" }, scoresCard(), lostCard(), sitesCard(), languagesCard()), h("div", { class: "stack" }, rewriteCard(), spamCard(), familyCard(), cutsCard(), rejectedCard())),
    nextSteps(),
  ];
}

function describeRun() {
  const parts = [RUN.finished ? `Finished ${RUN.finished.replace("T", " ").replace("+00:00", " UTC")}` : null,
    RUN.inputs.files ? `${plural(RUN.inputs.files, "input file")}, ${bytes(RUN.inputs.bytes || 0)}` : null,
    RUN.against ? `on top of ${RUN.against}` : null,
    RUN.versions["corpus-tools"] ? `corpus-tools ${RUN.versions["corpus-tools"]}` : null];
  const changed = Object.keys(RUN.changed).length;
  return [parts.filter(Boolean).join(" · "), " · ", link("#about", null, changed ? `plan: ${plural(changed, "setting")} changed` : "default plan")];
}

function tiles(total) {
  const words = sum(TALLY.flow.filter((row) => row.role !== "removed"), "words");
  const rows = [
    ["pages in", total, "#browse/pages", ""],
    ["kept", TOTALS.kept, address("browse/pages", { outcome: "kept" }), "kept"],
    ["removed as copies", TOTALS.removed, "#browse/removed", "removed"],
    ["rejected", TOTALS.rejected, "#browse/rejected", "rejected"],
    [TOTALS.families === 1 ? "family" : "families", TOTALS.families, "#browse/families", ""],
    ["passages cut", TOTALS.cuts, "#browse/cuts", ""],
    ["words kept", words, address("browse/pages", { outcome: "kept", sort: "words" }), ""],
  ];
  return h("ul", { class: "tiles" }, rows.map(([name, value, href, kind]) =>
    h("li", null, link(href, { class: `tile ${kind}` }, h("strong", null, count(value)), h("span", null, name), name === "families" && TOTALS.shrunk < value && h("span", { class: "dim small" }, `${count(TOTALS.shrunk)} with a removed page`), kind && total > 0 && h("span", { class: "dim small" }, percent(value / total))))));
}

function flowGroups() {
  const rows = (roles) => TALLY.flow.filter((row) => roles.includes(row.role));
  const single = sum(rows(["single", null]), "pages"), kept = sum(rows(["kept"]), "pages");
  const removed = rows(["removed"]).sort((a, b) => b.pages - a.pages);
  const most = TALLY.rejected.slice(0, 4), other = sum(TALLY.rejected.slice(4), "pages");
  const groups = [
    { class: "kept", label: "kept", pages: TOTALS.kept, href: address("browse/pages", { outcome: "kept" }), parts: [
      { label: "without copies", pages: single, href: address("browse/pages", { role: "single" }) },
      { label: "kept for a family", pages: kept, href: address("browse/pages", { role: "kept" }) }] },
    { class: "removed", label: "removed", pages: TOTALS.removed, href: "#browse/removed",
      parts: removed.map((row) => ({ label: kindName(row.kind), pages: row.pages, href: address("browse/removed", { kind: row.kind }) })) },
    { class: "rejected", label: "rejected", pages: TOTALS.rejected, href: "#browse/rejected",
      parts: [...most.map((row) => ({ label: row.reason ? clip(row.reason, 34) : "other reasons", pages: row.pages, href: row.reason ? address("browse/rejected", { reason: row.reason }) : "#browse/rejected" })),
        { label: "other reasons", pages: other, href: "#browse/rejected" }] },
  ];
  for (const group of groups) group.parts = group.parts.filter((part) => part.pages > 0);
  return groups.filter((group) => group.pages > 0 && group.parts.length);
}

const clip = (text, size) => (text.length > size ? `${text.slice(0, size - 1)}…` : text);

function flow(total) {
  const groups = flowGroups();
  const bars = groups.flatMap((group) => [{ ...group, value: group.pages, parts: [[group.class, group.pages]] }, ...group.parts.map((part) => ({ ...part, label: `– ${part.label}`, value: part.pages, parts: [[group.class, part.pages]] }))]);
  return [h("div", { class: "only-wide" }, flowChart(groups, total)), h("div", { class: "only-narrow" }, barList("Where the pages went", bars, "pages"))];
}

// Counts by bin as bars for `histogram`; `parts` maps a value of the second column to a class.
function binBars(rows, bins, by, parts, href) {
  const merged = window.innerWidth < 560 && bins > 25 ? 2 : 1;
  const groups = groupBy(rows, (row) => Math.floor(row.at / merged));
  return [...groups.entries()].sort((a, b) => a[0] - b[0]).map(([bin, held]) => {
    const from = (bin * merged) / bins, to = ((bin + 1) * merged) / bins;
    const counts = Object.entries(parts).map(([value, name]) => [name, sum(held.filter((row) => !by || row[by] === value), "rows")]);
    return { from, to, rows: sum(held, "rows"), parts: counts.filter(([, size]) => size), href: href(`${from.toFixed(2)}-${to.toFixed(2)}`) };
  });
}

const legend = (rows) => h("ul", { class: "legend" }, rows.map(([name, text]) => h("li", null, h("span", { class: `swatch ${name}` }), text)));

function scoresCard() {
  const bars = binBars(TALLY.scores, 50, "kind", { near: "kind-near", contained: "kind-contained", exact: "kind-exact" }, (range) => address("browse/pairs", { score: range, table: "edges" }));
  return card("Scores of measured pairs", "How much of two pages is the same. Pairs at or above the threshold may stand for each other.",
    bars.length ? [histogram("Pairs by score", bars, [{ at: RUN.thresholds.near, label: `threshold ${RUN.thresholds.near}` }], "pair"), legend([["kind-near", "near"], ["kind-contained", "contained"], ["kind-exact", "exact"]].filter(([, kind]) => TALLY.scores.some((row) => row.kind === kind))),
      h("p", null, link("#hardest/group.threshold", null, "See the pairs nearest to the threshold"))] : empty("No pairs", "No two pages of this run share enough to be measured."));
}

function rewriteCard() {
  if (RUN.thresholds.rewrite === null) return card("Rewrites", null, empty("Not looked for", "Run again with ", code("--rewrites"), " to find pages made from other pages with synonym software."));
  const bars = binBars(TALLY.rewrite_scores, 50, "head", { words: "kind-rewrite", sentences: "kind-sentences" }, (range) => address("browse/rewrites", { score: range }));
  return card("Probability of rewrites", "How likely one page was made from another by changing its words.",
    bars.length ? [histogram("Rewrites by probability", bars, [{ at: RUN.thresholds.rewrite, label: `threshold ${RUN.thresholds.rewrite}` }], "pair"), legend([["kind-rewrite", "words swapped in place"], ["kind-sentences", "sentences written anew"]]),
      h("p", null, link("#hardest/rewrite.threshold", null, "See the pairs nearest to the threshold"))] : empty("No rewrites", "No page of this run looks as if it was made from another one."));
}

function lostCard() {
  const removed = TALLY.flow.filter((row) => row.role === "removed");
  const words = sum(removed, "words"), lost = sum(removed, "lost_words");
  const bars = binBars(TALLY.lost, 20, "kind", { near: "kind-near", contained: "kind-contained", exact: "kind-exact", rewrite: "kind-rewrite" }, (range) => address("browse/removed", { lost: range }));
  return card("Words lost", "Own words of removed pages that stand nowhere on the page kept in their place, as a share of each page. Rewrites keep no words and are not measured.",
    removed.length ? [h("p", { class: "figure" }, h("strong", null, count(lost)), ` of ${count(words)} words on ${plural(TOTALS.removed, "removed page")}`),
      bars.length > 0 && histogram("Removed pages by share of words lost", bars, [{ at: RUN.group.max_lost, label: `limit ${RUN.group.max_lost}` }], "page"),
      h("p", null, link(address("browse/removed", { sort: "lost" }), null, "See the pages that lost most"))] : empty("Nothing removed", "Every page of this run says something of its own."));
}

function familyCard() {
  const ranges = [[2, 2], [3, 3], [4, 5], [6, 10], [11, 20], [21, 100], [101, Infinity]];
  const rows = ranges.map(([from, to]) => {
    const value = sum(TALLY.family_sizes.filter((row) => row.size >= from && row.size <= to), "families");
    const label = to === Infinity ? `${from} pages and more` : from === to ? `${from} pages` : `${from} to ${to} pages`;
    return { label, value, parts: [["family", value]], href: address("browse/families", { size: `${from}-${to === Infinity ? "" : to}` }) };
  }).filter((row) => row.value);
  return card("Families by size", "Pages related by copies, revisions, excerpts or rewrites.", rows.length ? barList("Families by size", rows, "families") : empty("No families", "No page of this run is related to another one."));
}

function sitesCard() {
  const rows = TALLY.sites.slice(0, 12).map((row) => ({
    label: row.site || (row.others ? `${count(row.others)} more sites` : "no site"), value: row.pages, href: row.site ? address("browse/pages", { site: row.site }) : null,
    note: row.kept ? null : "nothing kept", parts: [["kept", row.kept], ["removed", row.removed], ["rejected", row.rejected]],
  }));
  const rest = TALLY.sites.slice(12);
  if (rest.length) rows.push({ label: `${count(rest.reduce((all, row) => all + (row.others || 1), 0))} more sites`, value: sum(rest, "pages"), parts: [["kept", sum(rest, "kept")], ["removed", sum(rest, "removed")], ["rejected", sum(rest, "rejected")]] });
  return card("Sites", null, legend([["kept", "kept"], ["removed", "removed"], ["rejected", "rejected"]]), barList("Pages by site", rows, "pages"));
}

function cutsCard() {
  const rows = TALLY.cuts.map((row) => ({ label: spaced(row.kind), value: row.passages, note: `${count(row.characters)} characters`, parts: [["cut", row.passages]], href: address("browse/cuts", { kind: row.kind }) }));
  return card("Cut from the pages", "Boilerplate inside pages, by kind.", rows.length ? barList("Cut passages by kind", rows, "passages") : empty("Nothing cut", "No boilerplate was found in these pages."));
}

function languagesCard() {
  const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
  const name = (value) => { try { return names.of(value); } catch { return value; } };
  const rows = TALLY.languages.map((row) => ({ label: row.language ? name(row.language) : row.others ? "other" : "not certain", value: row.pages, parts: [["kept", row.pages - row.removed], ["removed", row.removed]], href: row.others ? null : address("browse/pages", { language: row.language || "none", outcome: "kept|removed" }) }));
  return card("Languages", null, rows.length ? barList("Pages by language", rows, "pages") : empty("No pages"));
}

function rejectedCard() {
  const rows = TALLY.rejected.slice(0, 10).map((row) => ({ label: row.reason || "other reasons", value: row.pages, note: row.stage ? `at ${row.stage}` : null, parts: [["rejected", row.pages]], href: row.reason ? address("browse/rejected", { reason: row.reason }) : "#browse/rejected" }));
  return card("Reasons of rejection", "Pages that could not be read, or that held too little.", rows.length ? barList("Rejected pages by reason", rows, "pages") : empty("Nothing rejected", "Every page could be read and held enough text."));
}

function spamCard() {
  const bars = binBars(TALLY.spam, 20, null, { all: "spam" }, (range) => (Number(range.split("-")[0]) >= MARKED_SCORE ? address("browse/spam", { score: range }) : address("browse/pages", { spam: range, sort: "spam" })));
  const lines = RUN.drop_spam ? [{ at: RUN.drop_spam, label: `rejected from ${RUN.drop_spam}` }] : [];
  return card("Spam score", RUN.drop_spam ? null : "Probability that a page was spun or made for search engines. This run rejects no page for it.", bars.length ? [histogram("Pages by spam score", bars, lines, "page"), h("p", null, link("#browse/spam", null, "See the highest scores and their signs"))] : empty("Not judged"));
}

function nextSteps() {
  return card("Where to look first", null, h("ol", { class: "steps" },
    h("li", null, link("#hardest", null, "Read the hardest pairs"), ": the ones nearest to a threshold, one a family."),
    h("li", null, link(address("browse/removed", { sort: "lost" }), null, "Look at removed pages that lost most words"), "."),
    h("li", null, link("#browse/cuts", null, "Skim the cut passages"), " by kind and rule."),
    h("li", null, link("#thresholds", null, "See what other thresholds would keep"), ".")));
}
