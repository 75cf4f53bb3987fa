// The data of the report: columns to rows, and look-ups by id.
const DATA = JSON.parse(document.getElementById("data").textContent);
const RUN = DATA.run, TOTALS = DATA.totals, TALLY = DATA.tally;

function toRows(table) {
  const names = Object.keys(table.columns);
  const rows = Array.from({ length: table.rows }, (_, at) => ({ at }));
  for (const name of names) {
    const column = table.columns[name];
    for (let at = 0; at < table.rows; at++) {
      rows[at][name] = column.pool ? (column.at[at] < 0 ? null : column.pool[column.at[at]]) : column[at];
    }
  }
  return rows;
}

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const value = key(row);
    if (!groups.has(value)) groups.set(value, []);
    groups.get(value).push(row);
  }
  return groups;
}

const PAGES = toRows(DATA.pages);
const FAMILIES = toRows(DATA.families);
const PAIRS = toRows(DATA.pairs);
const CUTS = toRows(DATA.cuts);
const SAMPLING = new Map(DATA.sampling.map((one) => [one.rows, one]));
const PAGE_BY_ID = new Map(PAGES.map((page) => [page.id, page]));
const FAMILY_BY_ID = new Map(FAMILIES.map((family) => [family.id, family]));
const MEMBERS = groupBy(PAGES.filter((page) => page.family), (page) => page.family);
const CUTS_OF = groupBy(CUTS, (cut) => cut.page);
const SIGNS_OF = new Map(DATA.spam);
// Below this spam score signs are listed, but a page is not called spam, and nothing is marked in its text.
const MARKED_SCORE = 0.2;
const SHARED = "more than one page";

for (const pair of PAIRS) {
  pair.one = PAGES[pair.left];
  pair.two = PAGES[pair.right];
}
const PAIR_BY_PAGES = new Map();
for (const pair of PAIRS) {
  const key = `${pair.left},${pair.right}`;
  if (!PAIR_BY_PAGES.has(key)) PAIR_BY_PAGES.set(key, []);
  PAIR_BY_PAGES.get(key).push(pair);
}

const textOf = (page) => DATA.texts[page.at];
const markdownOf = (page) => DATA.markdown[page.at];

// A page by its id or the first six digits of it and more; undefined where the report does not hold it.
function findPage(id) {
  if (PAGE_BY_ID.has(id)) return PAGE_BY_ID.get(id);
  const found = id.length >= 6 ? PAGES.filter((page) => page.id.startsWith(id)) : [];
  return found.length === 1 ? found[0] : undefined;
}

// What was measured on two pages, the pair that decided first.
function pairsOf(one, two) {
  const [left, right] = one.id < two.id ? [one.at, two.at] : [two.at, one.at];
  return PAIR_BY_PAGES.get(`${left},${right}`) || [];
}
