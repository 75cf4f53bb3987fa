// Families and pairs: members, and two pages side by side with what differs.
const CONTEXT_WORDS = 14;
const HARD_NAMES = { "group.threshold": "Near copies", "group.max_lost": "Words lost", "group.min_contained": "Contained", "rewrite.threshold": "Rewrites" };

function familyName(family) {
  const members = MEMBERS.get(family.id) || [];
  const kept = members.find((page) => page.outcome !== "removed") || members[0];
  return kept ? kept.name : `family ${family.id.slice(0, 8)}`;
}

function familySites(family) {
  const sites = [...new Set((MEMBERS.get(family.id) || []).map((page) => page.site).filter(Boolean))];
  return sites.length > 3 ? `${sites.slice(0, 3).join(", ")} and ${sites.length - 3} more sites` : sites.join(", ");
}

function showFamily(id, filters) {
  const family = FAMILY_BY_ID.get(id) || FAMILIES.find((one) => id.length >= 6 && one.id.startsWith(id));
  const members = MEMBERS.get(family ? family.id : id) || [];
  if (!family && !members.length) return notHere("family", id);
  const kept = members.filter((page) => page.outcome !== "removed"), removed = members.filter((page) => page.outcome === "removed").sort((a, b) => (a.similarity ?? 1) - (b.similarity ?? 1));
  const chosen = removed.find((page) => page.id === filters.page) || removed[0];
  const size = family ? family.size : members.length, place = family ? family.id : id;
  return [
    h("header", { class: "title" }, h("p", { class: "eyebrow" }, "Family"), h("h1", { tabindex: -1 }, family ? familyName(family) : members[0].name),
      h("p", { class: "lead" }, family ? `${plural(size, "page")}: ${count(family.kept)} kept, ${count(family.removed)} removed${family.lost_words ? `, ${plural(family.lost_words, "word")} lost` : ""}.` : `${plural(size, "page")} in this file.`)),
    members.length < size && h("p", { class: "note" }, `This file holds ${count(members.length)} of ${count(size)} members: the kept ones first, then those least like their kept page.`),
    h("div", { class: "family" },
      h("section", { class: "card members", "aria-label": "Members" },
        h("h2", null, kept.length === 1 ? "Kept" : `Kept: ${count(kept.length)} pages`),
        h("ul", { class: "member-list" }, kept.map((page) => h("li", { class: "member" }, h("span", { class: "member-main" }, pageName(page), h("span", { class: "small under" }, sentence(page.reason || "")))))),
        h("h2", null, removed.length === 1 ? "Removed" : `Removed: ${count(removed.length)} pages`),
        removed.length ? h("ul", { class: "member-list" }, removed.map((page) => memberItem(page, place, page === chosen))) : h("p", { class: "dim" }, "No page of this family was removed.")),
      h("section", { class: "compare-side", "aria-label": "Comparison" },
        chosen ? comparison(chosen, PAGE_BY_ID.get(chosen.kept_id)) : empty("Nothing to compare", "All pages of this family are kept, because each says something of its own."),
        h("div", { class: "judging-place", "data-family": place }))),
  ];
}

function memberItem(page, place, current) {
  return h("li", { class: "member", "aria-current": current ? "true" : null },
    link(address(`family=${place}`, { page: page.id }), { class: "member-link", "aria-label": `Compare ${page.name} with its kept page` },
      h("span", { class: "member-main" }, h("span", null, page.name), h("span", { class: "dim small under" }, whereabouts(page))),
      h("span", { class: "member-side" }, badge("removed", kindName(page.kind)), h("span", { class: "small" }, `score ${score(page.similarity)}`), page.lost !== null && h("span", { class: "small dim" }, `lost ${percent(page.lost)}`))));
}

function showPair(ids) {
  const [one, two] = ids.split(",").map((id) => findPage(id || ""));
  if (!one || !two) return notHere("pair", ids);
  return [h("header", { class: "title" }, h("p", { class: "eyebrow" }, "Pair"), h("h1", { tabindex: -1 }, one.name === two.name ? one.name : `${one.name} and ${two.name}`)), comparison(one, two)];
}

// Two pages: verdict, evidence, what differs, what was lost, and a place for a person's answer.
function comparison(one, two) {
  if (!two) return card("Compare", null, empty("The kept page is not in this file", "A file with everything is made with ", commandFor("report", "--full"), "."));
  const pairs = pairsOf(one, two), found = verdictOf(one, two, pairs[0]), left = found.goes || one, right = found.stays || two;
  const pair = (found.goes && pairs.find((held) => (held.table === "rewrites") === (found.goes.kind === "rewrite"))) || pairs[0];
  return h("div", { class: "comparison" },
    h("div", { class: `verdict ${found.goes ? "removed" : "kept"}` }, h("p", null, h("strong", null, sentence(found.text || ""))),
      left.family && h("p", { class: "small" }, link(address(`family=${left.family}`), null, "Family"), " · ", link(address(`pair=${left.id},${right.id}`), null, "Link to this pair"))),
    judgeBar(left, right, pair),
    decidePair(left, right),
    differences(left, right),
    card("Evidence", null, evidence(pair, found.goes, found.stays) || h("p", { class: "dim" }, "This pair was not measured: the search did not propose it, or the file does not hold the measures.")));
}

function differences(left, right) {
  const names = (page, sign) => h("div", { class: "side-name" }, h("span", { class: `side-sign ${sign}` }, sign === "minus" ? "−" : "+"), pageName(page), roleBadge(page));
  const head = h("div", { class: "side-names" }, names(left, "minus"), names(right, "plus"));
  const [a, b] = [textOf(left), textOf(right)];
  if (a === undefined || b === undefined) return card("Differences", null, head, empty("The texts are not in this file", "To see them: ", commandFor("explain", left.id, right.id)));
  const losing = left.kept_id === right.id, words = [cutWords(a), cutWords(b)], runs = diffWords(...words), body = h("div", { class: "diff" });
  const same = runs.filter((run) => run.kind === "same").reduce((all, run) => all + run.left[1] - run.left[0], 0);
  const views = [["line", "In one text"], ["sides", "Side by side"]];
  let view = "line", whole = false;
  const buttons = views.map(([key, label]) => h("button", { type: "button", class: "segment", "aria-pressed": String(key === view), onclick: () => { view = key; draw(); } }, label));
  const toggle = h("button", { type: "button", class: "segment alone", "aria-pressed": "false", onclick: () => { whole = !whole; draw(); } }, "Show all shared words");
  function draw() {
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(views[at][0] === view)));
    toggle.setAttribute("aria-pressed", String(whole));
    body.className = `diff ${view}`;
    replace(body, view === "line" ? inOneText(runs, words, whole) : sideBySide(runs, words, whole));
  }
  draw();
  const lost = findLost(...words);
  return card("Differences", null, head,
    h("p", { class: "figure" }, h("strong", null, percent((2 * same) / Math.max(1, words[0].length + words[1].length))), " of the words are the same and in the same order. ",
      words.some((side) => side.length >= COMPARED_WORDS) && `The first ${count(COMPARED_WORDS)} words of each are compared.`),
    h("div", { class: "diff-tools" }, h("div", { class: "segments", role: "group", "aria-label": "How to show the differences" }, buttons), toggle,
      h("p", { class: "key" }, h("del", null, losing ? "only on the removed page" : "only on the first"), " ", h("ins", null, losing ? "only on the kept page" : "only on the second"))),
    body,
    lost.length > 0 && details(`${losing ? "Passages of the removed page that stand nowhere on the kept page" : "Passages of the first page that stand nowhere on the second"}: ${count(lost.length)}`,
      losing && left.lost_words !== null && h("p", { class: "dim small" }, `The run counts ${plural(left.lost_words, "lost word")} (${percent(left.lost)}); words that many pages share do not count there.`),
      h("ul", { class: "lost" }, lost.slice(0, 100).map(([from, to]) => h("li", null, h("span", { class: "dim" }, shownWords(words[0], [Math.max(0, from - 4), from])), h("del", null, shownWords(words[0], [from, to])), h("span", { class: "dim" }, shownWords(words[0], [to, Math.min(words[0].length, to + 4)])))))));
}

// A long run of shared words shortened to its ends, with a button that shows it all.
function sharedRun(words, [from, to], whole) {
  if (whole || to - from <= 3 * CONTEXT_WORDS) return h("span", { class: "same" }, shownWords(words, [from, to]));
  const node = h("span", { class: "same" });
  const first = from === 0 ? 0 : CONTEXT_WORDS, last = to === words.length ? 0 : CONTEXT_WORDS, hidden = to - from - first - last;
  const button = h("button", { type: "button", class: "gap", onclick: () => replace(node, shownWords(words, [from, to])) }, `${plural(hidden, "shared word")}`);
  return fill(node, [shownWords(words, [from, from + first]), button, " ", shownWords(words, [to - last, to])]);
}

// A changed run of words; the space after it stays outside of the mark, so that lines end where they ended.
function changed(tag, text) {
  const body = text.trimEnd(), space = text.slice(body.length);
  return [h(tag, null, body), tag === "ins" && space ? space : " "];
}

function inOneText(runs, words, whole) {
  return runs.map((run) => run.kind === "same" ? sharedRun(words[1], run.right, whole) : changed(run.kind === "left" ? "del" : "ins", run.kind === "left" ? shownWords(words[0], run.left) : shownWords(words[1], run.right)));
}

function sideBySide(runs, words, whole) {
  const column = (number, kind, tag) => h("div", { class: "column" }, runs.map((run) => run.kind === "same" ? sharedRun(words[number], number ? run.right : run.left, whole) : run.kind === kind ? changed(tag, shownWords(words[number], number ? run.right : run.left)) : null));
  return [column(0, "left", "del"), column(1, "right", "ins")];
}

// The lists of borderline pairs, and one pair of them with the next ones at hand.
function showHardest(rest) {
  const lists = DATA.hardest, [name, number] = rest.split("/"), list = lists.find((one) => one.name === name) || lists.find((one) => one.pairs.length) || lists[0];
  const tabs = h("nav", { class: "tabs", "aria-label": "Thresholds" }, lists.map((one) => link(address(`hardest/${one.name}`), { "aria-current": one === list ? "page" : null }, HARD_NAMES[one.name] || one.name, h("span", { class: "tab-count" }, count(one.pairs.length)))));
  const at = number ? Math.min(list.pairs.length, Math.max(1, Number(number) || 1)) : 0;
  if (at && list.pairs.length) return showHardPair(list, at, tabs);
  return [
    h("header", { class: "title" }, h("h1", { tabindex: -1 }, "Hardest first"), h("p", { class: "lead" }, "The pairs nearest to each threshold, one a family, spread over kinds and sites. Read these before you trust a threshold.")),
    tabs,
    list && list.pairs.length > 0 && h("p", { class: "dim small" }, `Nearest to ${list.name} = ${list.value}. The mark in the middle of each line is the threshold; the number is the ${list.measure}.`),
    list && list.pairs.length ? h("ol", { class: "hard-list" }, list.pairs.map((entry, index) => hardItem(list, entry, index + 1))) : empty("No borderline pairs", "No pair of this run is near this threshold."),
    labelsCard(),
  ];
}

function hardItem(list, [at, measure], number) {
  const pair = PAIRS[at], above = measure >= list.value, label = labelOf(pair.one, pair.two);
  return h("li", null, link(address(`hardest/${list.name}/${number}`), { class: "hard" },
    gauge(list, measure),
    h("span", { class: "hard-names" }, h("span", null, pair.one.name), h("span", { class: "dim small" }, whereabouts(pair.one)), h("span", null, pair.two.name), h("span", { class: "dim small" }, whereabouts(pair.two))),
    h("span", { class: "hard-side" }, h("span", { class: "small" }, kindName(pair.kind)), h("span", { class: "small dim" }, pairFate(pair)), label && badge("label", label), h("span", { class: "hidden" }, above ? "above the threshold" : "below the threshold"))));
}

// How far a measure is from its threshold: the middle is the threshold.
function gauge(list, measure) {
  const far = Math.max(-1, Math.min(1, (measure - list.value) / 0.2));
  return h("span", { class: "gauge" }, h("strong", null, score(measure)), h("span", { class: "gauge-track", "aria-hidden": "true" }, h("span", { class: `gauge-dot ${far >= 0 ? "above" : "below"}`, vars: { left: `${50 + 50 * far}%` } })), h("span", { class: "small dim" }, `${measure >= list.value ? "+" : "−"}${Math.abs(measure - list.value).toFixed(3)}`));
}

function showHardPair(list, number, tabs) {
  const [at, measure] = list.pairs[number - 1], pair = PAIRS[at];
  const step = (to, text) => (to >= 1 && to <= list.pairs.length ? link(address(`hardest/${list.name}/${to}`), { class: "button", rel: to < number ? "prev" : "next" }, text) : h("span", { class: "button off", "aria-hidden": "true" }, text));
  return [
    h("header", { class: "title" }, h("p", { class: "eyebrow" }, link(address(`hardest/${list.name}`), null, "Hardest first"), ` · ${list.name} ${list.value}`), h("h1", { tabindex: -1 }, pair.one.name === pair.two.name ? pair.one.name : `${pair.one.name} and ${pair.two.name}`),
      h("p", { class: "lead" }, `Its ${list.measure} is ${score(measure)}, ${Math.abs(measure - list.value) < 0.0005 ? "at the threshold" : `${Math.abs(measure - list.value).toFixed(3)} ${measure >= list.value ? "above" : "below"} the threshold`}.`)),
    tabs,
    h("nav", { class: "stepper", "aria-label": "Pairs" }, step(number - 1, "← Previous"), h("span", null, `${number} of ${list.pairs.length}`), step(number + 1, "Next →")),
    comparison(pair.one, pair.two),
  ];
}
