// The lists one can browse: what their rows are, what is searched, by what they are filtered and sorted.
const textWords = (page) => [page.name, page.url, page.source, page.source_id, page.id, page.site, textOf(page)];
const percentCell = (value) => (value === null ? "–" : percent(value));

const siteFacet = { key: "site", label: "Site", value: (page) => page.site, show: (value) => value };
const languageFacet = { key: "language", label: "Language", value: (page) => page.language, show: (value) => (value === "none" ? "not certain" : value) };
const outcomeFacet = { key: "outcome", label: "Outcome", value: (page) => page.outcome };
const kindFacet = { key: "kind", label: "Kind", value: (row) => row.kind, show: kindName };

// Where the words searched for stand in a text, with the words around it.
function snippet(text, query) {
  const words = (query || "").toLowerCase().split(/\s+/).filter(Boolean);
  if (!text || !words.length) return null;
  const at = text.toLowerCase().indexOf(words[0]);
  if (at < 0) return null;
  const from = Math.max(0, at - 60), to = Math.min(text.length, at + words[0].length + 100);
  return h("p", { class: "snippet" }, from > 0 && "… ", text.slice(from, at), h("mark", null, text.slice(at, at + words[0].length)), text.slice(at + words[0].length, to), to < text.length && " …");
}

function tableOf(label, columns, rows, state) {
  const shown = columns.filter((column) => column.cell);
  return table(shown, rows.map((row) => shown.map((column) => column.cell(row, state))), { label, class: "rows" });
}

const named = (pick) => ({ key: "name", label: "Page", sort: "name", up: true, value: (row) => pick(row).name.toLowerCase(), cell: (row, state) => [pageName(pick(row)), snippet(textOf(pick(row)), state.q)] });
const own = (row) => row;
const numeric = (key, label, sort, show) => ({ key, label, sort, number: true, value: (row) => row[key], cell: (row) => (show || count)(row[key]) });

const LISTS = {
  pages: {
    key: "pages", title: "Pages", one: "page", sampling: "pages", lead: "Every page that came in, wherever it ended.", placeholder: "Words, address, id",
    all: () => TOTALS.documents + TOTALS.rejected, rows: () => PAGES, text: textWords, none: ["No pages", "This run read no page."],
    facets: [outcomeFacet, { key: "role", label: "Role", value: (page) => page.role, show: (value) => ({ single: "without copies", kept: "kept for a family", removed: "removed", none: "rejected" })[value] || value }, siteFacet, languageFacet,
      { key: "path", label: "Cleaned as", value: (page) => page.path, show: (value) => value || "none" }, { key: "named", label: "Named by", value: (page) => page.named, show: (value) => value }],
    ranges: [{ key: "spam", label: "Spam score", value: (page) => page.spam }],
    columns: [named(own), { key: "outcome", label: "Outcome", cell: roleBadge }, numeric("words", "Words", "words, most first"), numeric("cuts", "Cuts", "cuts, most first"), numeric("spam", "Spam", "spam score, highest first", score)],
    draw: (rows, state) => tableOf("Pages", LISTS.pages.columns, rows, state),
  },
  families: {
    key: "families", title: "Families", one: "family", many: "families", sampling: "families", lead: "Pages related by copies, revisions, excerpts or rewrites. A family may keep several pages.", placeholder: "Words in names of members, id",
    all: () => TOTALS.families, rows: () => FAMILIES, none: ["No families", "No page of this run is related to another one."],
    text: (family) => [family.id, ...(MEMBERS.get(family.id) || []).flatMap((page) => [page.name, page.url, page.id])],
    facets: [{ key: "kind", label: "Kind of removal", value: (family) => mixOf(family, (page) => page.kind), show: (value) => (value === SHARED ? "several kinds" : kindName(value)) }, { key: "site", label: "Site", value: (family) => mixOf(family, (page) => page.site), show: (value) => (value === SHARED ? "several sites" : value) }],
    ranges: [{ key: "size", label: "Pages", whole: true, value: (family) => family.size }],
    columns: [
      { key: "size", label: "Pages", sort: "pages, most first", number: true, value: (family) => family.size, cell: (family) => count(family.size) },
      { key: "name", label: "Family", sort: "name", up: true, value: (family) => familyName(family).toLowerCase(), cell: (family) => h("span", { class: "page-name" }, link(address(`family=${family.id}`), null, familyName(family)), h("span", { class: "dim small under" }, familySites(family))) },
      numeric("kept", "Kept", null), numeric("removed", "Removed", "removed, most first"), numeric("lost_words", "Words lost", "words lost, most first"),
      { key: "similarity", label: "Lowest score", number: true, sort: "lowest score first", up: true, value: (family) => family.similarity, cell: (family) => score(family.similarity) }],
    draw: (rows, state) => tableOf("Families", LISTS.families.columns, rows, state),
  },
  removed: {
    key: "removed", title: "Removed", one: "removed page", sampling: "pages", lead: "Pages that were removed because another page says what they say.", placeholder: "Words, address, id",
    all: () => TOTALS.removed, rows: () => PAGES.filter((page) => page.outcome === "removed"), text: (page) => [...textWords(page), page.reason], none: ["Nothing removed", "Every page of this run says something of its own."],
    facets: [kindFacet, siteFacet, languageFacet], ranges: [{ key: "lost", label: "Share of words lost", value: (page) => page.lost }, { key: "similarity", label: "Score", value: (page) => page.similarity }],
    columns: [named(own), { key: "kind", label: "Kind", cell: (page) => badge("removed", kindName(page.kind)) },
      { key: "kept", label: "Kept in its place", cell: (page) => (PAGE_BY_ID.has(page.kept_id) ? link(address(`family=${page.family}`, { page: page.id }), null, PAGE_BY_ID.get(page.kept_id).name) : code(page.kept_id)) },
      { key: "similarity", label: "Score", number: true, sort: "score, lowest first", up: true, value: (page) => page.similarity, cell: (page) => score(page.similarity) },
      { key: "lost", label: "Lost", number: true, sort: "words lost, most first", value: (page) => page.lost, cell: (page) => [percentCell(page.lost), page.lost_words ? h("span", { class: "dim small under" }, plural(page.lost_words, "word")) : null] }],
    draw: (rows, state) => tableOf("Removed pages", LISTS.removed.columns, rows, state),
  },
  rejected: {
    key: "rejected", title: "Rejected", one: "rejected page", sampling: "pages", lead: "Pages that could not be read, or that held too little text.", placeholder: "Words, address, reason",
    all: () => TOTALS.rejected, rows: () => PAGES.filter((page) => page.outcome === "rejected"), text: (page) => [...textWords(page), page.reason], none: ["Nothing rejected", "Every page could be read and held enough text."],
    facets: [{ key: "reason", label: "Reason", value: (page) => withoutNumbers(page.reason), show: (value) => value }, { key: "stage", label: "Stage", value: (page) => page.stage }, siteFacet],
    columns: [named(own), { key: "reason", label: "Reason", sort: "reason", up: true, value: (page) => page.reason, cell: (page) => page.reason }, { key: "stage", label: "Stage", cell: (page) => page.stage }],
    draw: (rows, state) => tableOf("Rejected pages", LISTS.rejected.columns, rows, state),
  },
  cuts: {
    key: "cuts", title: "Cut passages", one: "passage", sampling: "cuts", lead: "Boilerplate that was cut out of pages, with the rule that cut it.", placeholder: "Words of the passage, rule",
    all: () => TOTALS.cuts, rows: () => CUTS, text: (cut) => [cut.passage, cut.rule, PAGES[cut.page].name, PAGES[cut.page].url], none: ["Nothing cut", "No boilerplate was found in these pages."],
    facets: [{ key: "kind", label: "Kind", value: (cut) => cut.kind }, { key: "rule", label: "Rule", value: (cut) => withoutNumbers(cut.rule), show: (value) => value.replace(/ #$/, "") }, { key: "site", label: "Site", value: (cut) => PAGES[cut.page].site, show: (value) => value }],
    columns: [{ key: "found", label: "", sort: "page" }, { key: "length", label: "", sort: "length, longest first", value: (cut) => cut.length }, { key: "rule", label: "", sort: "rule", up: true, value: (cut) => cut.rule }],
    draw: (rows) => h("ul", { class: "passages" }, rows.map((cut) => h("li", null,
      h("p", { class: "passage-head" }, badge("cut", spaced(cut.kind)), " ", code(cut.rule), h("span", { class: "dim small" }, " on ", link(address(`page=${PAGES[cut.page].id}`), null, PAGES[cut.page].name))),
      h("blockquote", null, cut.passage, cut.length > cut.passage.length && h("span", { class: "dim" }, ` … (${count(cut.length)} characters)`))))),
  },
  pairs: {
    key: "pairs", title: "Pairs", one: "pair", sampling: "pairs", lead: "Two pages that were measured against each other.", placeholder: "Words in names, id",
    all: () => TOTALS.pairs, rows: () => PAIRS.filter((pair) => pair.table === "edges"), text: (pair) => [pair.one.name, pair.two.name, pair.one.url, pair.two.url, pair.one.id, pair.two.id], none: ["No pairs", "No two pages of this run share enough to be measured."],
    facets: [kindFacet, { key: "verdict", label: "In this run", value: pairFate }, { key: "table", label: "Table", value: (pair) => pair.table }], ranges: [{ key: "score", label: "Score", value: (pair) => pair.score }],
    columns: pairColumns("score"), draw: (rows, state) => tableOf("Pairs", LISTS.pairs.columns, rows, state),
  },
  rewrites: {
    key: "rewrites", title: "Rewrites", one: "pair", sampling: "rewrites", lead: "Pages made from other pages by changing their words.", placeholder: "Words in names, id",
    all: () => TOTALS.rewrites, rows: () => PAIRS.filter((pair) => pair.table === "rewrites"), text: (pair) => LISTS.pairs.text(pair), none: RUN.thresholds.rewrite === null ? ["Not looked for", "Run again with --rewrites."] : ["No rewrites", "No page of this run looks as if it was made from another one."],
    facets: [{ key: "verdict", label: "In this run", value: pairFate }, { key: "head", label: "Written", value: (pair) => pair.head, show: (value) => (value === "words" ? "words swapped in place" : "sentences written anew") }], ranges: [{ key: "score", label: "Probability", value: (pair) => pair.score }],
    columns: pairColumns("probability"), draw: (rows, state) => [DATA.substitutions.length > 0 && !state.q ? details("Words swapped most often", h("ul", { class: "swaps" }, DATA.substitutions.map(([left, right, support]) => h("li", null, `${left} → ${right}`, h("span", { class: "dim" }, ` ${plural(support, "pair")}`))))) : null, tableOf("Rewrites", LISTS.rewrites.columns, rows, state)],
  },
  spam: {
    key: "spam", title: "Spam", one: "page", sampling: "spam", lead: `Pages with a spam score of ${MARKED_SCORE} or more, and the signs that they were spun or made for search engines.`, placeholder: "Words, sign, address",
    all: () => TOTALS.spam, rows: () => PAGES.filter((page) => page.spam >= MARKED_SCORE && SIGNS_OF.has(page.at)), text: (page) => [...textWords(page), ...SIGNS_OF.get(page.at).flatMap(([sign, , passage]) => [signName(sign), passage])], none: ["No spam", `No page of this run has a spam score of ${MARKED_SCORE} or more.`],
    facets: [{ key: "sign", label: "Heaviest sign", value: (page) => SIGNS_OF.get(page.at)[0][0], show: signName }, outcomeFacet, siteFacet], ranges: [{ key: "score", label: "Spam score", value: (page) => page.spam }],
    columns: [{ key: "spam", label: "Score", number: true, sort: "score, highest first", value: (page) => page.spam, cell: (page) => [score(page.spam), meter("spam score", page.spam, "spam")] }, named(own),
      { key: "signs", label: "Heaviest signs", cell: (page) => h("ul", { class: "plain" }, SIGNS_OF.get(page.at).slice(0, 3).map(([sign, , passage]) => h("li", null, signName(sign), passage && h("span", { class: "dim" }, ` “${clip(passage, 70)}”`)))) }, { key: "outcome", label: "Outcome", cell: roleBadge }],
    draw: (rows, state) => tableOf("Spam", LISTS.spam.columns, rows, state),
  },
};

function pairColumns(measure) {
  return [
    { key: "score", label: measure === "score" ? "Score" : "Probability", number: true, sort: `${measure}, highest first`, value: (pair) => pair.score, cell: (pair) => link(address(`pair=${pair.one.id},${pair.two.id}`), { "aria-label": `Compare, ${measure} ${score(pair.score)}: ${pair.one.name} and ${pair.two.name}` }, score(pair.score)) },
    { key: "pages", label: "Pages", cell: (pair) => [pageName(pair.one), pageName(pair.two)] },
    { key: "kind", label: "Kind", cell: (pair) => kindName(pair.kind) },
    { key: "verdict", label: "In this run", cell: pairFate },
    { key: "far", label: "", sort: "nearest to the threshold", up: true, value: (pair) => Math.abs(pair.score - (pair.table === "rewrites" ? RUN.thresholds.rewrite : RUN.thresholds.near)) }];
}

function pairFate(pair) {
  if (pair.one.kept_id === pair.two.id || pair.two.kept_id === pair.one.id) return "one removed for the other";
  return pair.one.family && pair.one.family === pair.two.family ? "same family" : "apart";
}

function mixOf(family, key) {
  const values = new Set((MEMBERS.get(family.id) || []).map(key).filter(Boolean));
  return values.size > 1 ? SHARED : [...values][0] ?? null;
}

const withoutNumbers = (text) => (text || "").replace(/\d+(?:[.,]\d+)*/g, "#").slice(0, 160);
