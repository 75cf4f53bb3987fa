// Two texts word by word: what both have in the same order, and what only one of them has.
const WORD = /[\p{L}\p{M}\p{N}]+(?:['‘’‛ʼ.,][\p{L}\p{M}\p{N}]+)*/gu;
const COMPARED_WORDS = 6000, LARGEST_DISTANCE = 1200;

const foldWord = (word) => word.toLowerCase().normalize("NFKD").replace(/\p{M}+/gu, "").replace(/[\u2018\u2019\u201b\u02bc]/g, "'");

// Words as written, each with the characters up to the next word, and folded as they are compared.
function cutWords(text) {
  const words = [];
  let match;
  WORD.lastIndex = 0;
  while ((match = WORD.exec(text)) && words.length < COMPARED_WORDS) {
    words.push({ start: match.index, end: WORD.lastIndex, folded: foldWord(match[0]) });
  }
  for (let at = 0; at < words.length; at++) {
    const from = at ? words[at].start : 0;
    const to = at + 1 < words.length ? words[at + 1].start : words.length < COMPARED_WORDS ? text.length : words[at].end;
    words[at].shown = text.slice(from, to);
  }
  return words;
}

// Runs of words in reading order: {kind: "same" | "left" | "right", left: [from, to], right: [from, to]}.
function diffWords(a, b) {
  const numbers = new Map();
  const number = (word) => {
    if (!numbers.has(word.folded)) numbers.set(word.folded, numbers.size);
    return numbers.get(word.folded);
  };
  const left = Int32Array.from(a, number), right = Int32Array.from(b, number);
  const matches = [];
  matchRange(left, 0, left.length, right, 0, right.length, matches);
  return toRuns(matches, left.length, right.length);
}

// Pairs of places where the words agree: ends first, then words that stand once on both sides, then Myers between those.
function matchRange(left, a0, a1, right, b0, b1, out) {
  while (a0 < a1 && b0 < b1 && left[a0] === right[b0]) out.push([a0++, b0++]);
  const tail = [];
  while (a0 < a1 && b0 < b1 && left[a1 - 1] === right[b1 - 1]) tail.push([--a1, --b1]);
  if (a0 < a1 && b0 < b1) {
    const anchors = (a1 - a0) * (b1 - b0) > 40000 ? findAnchors(left, a0, a1, right, b0, b1) : [];
    if (anchors.length) {
      let a = a0, b = b0;
      for (const [x, y] of anchors) {
        matchBetween(left, a, x, right, b, y, out);
        out.push([x, y]);
        a = x + 1;
        b = y + 1;
      }
      matchBetween(left, a, a1, right, b, b1, out);
    } else {
      matchBetween(left, a0, a1, right, b0, b1, out);
    }
  }
  for (let at = tail.length - 1; at >= 0; at--) out.push(tail[at]);
}

// Runs of three words that stand once on both sides, in an order that both share (longest increasing subsequence).
function findAnchors(left, a0, a1, right, b0, b1) {
  const places = (side, from, to) => {
    const seen = new Map();
    for (let at = from; at + 2 < to; at++) {
      const key = `${side[at]},${side[at + 1]},${side[at + 2]}`;
      seen.set(key, seen.has(key) ? -1 : at);
    }
    return seen;
  };
  const there = places(right, b0, b1), pairs = [];
  for (const [key, at] of places(left, a0, a1)) {
    const other = there.get(key);
    if (at >= 0 && other !== undefined && other >= 0) pairs.push([at, other]);
  }
  pairs.sort((x, y) => x[0] - y[0]);
  const ends = [], before = new Int32Array(pairs.length);
  for (let at = 0; at < pairs.length; at++) {
    let low = 0, high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]][1] < pairs[at][1]) low = middle + 1;
      else high = middle;
    }
    before[at] = low ? ends[low - 1] : -1;
    ends[low] = at;
  }
  const found = [];
  for (let at = ends.length ? ends[ends.length - 1] : -1; at >= 0; at = before[at]) found.push(pairs[at]);
  return found.reverse();
}

// Myers' greedy algorithm; ranges too different for it stay unmatched.
function matchBetween(left, a0, a1, right, b0, b1, out) {
  const n = a1 - a0, m = b1 - b0;
  if (!n || !m) return;
  const limit = Math.min(n + m, LARGEST_DISTANCE), furthest = new Int32Array(2 * limit + 3), trace = [];
  for (let d = 0; d <= limit; d++) {
    trace.push(furthest.slice(limit - d, limit + d + 3));
    for (let k = -d; k <= d; k += 2) {
      const at = k + limit + 1;
      let x = k === -d || (k !== d && furthest[at - 1] < furthest[at + 1]) ? furthest[at + 1] : furthest[at - 1] + 1;
      while (x < n && x - k < m && left[a0 + x] === right[b0 + x - k]) x++;
      furthest[at] = x;
      if (x >= n && x - k >= m) return walkBack(trace, d, n, m, a0, b0, out);
    }
  }
}

function walkBack(trace, d, n, m, a0, b0, out) {
  const found = [];
  let x = n, y = m;
  for (; d > 0; d--) {
    const held = trace[d], get = (k) => held[k + d + 1];
    const k = x - y, before = k === -d || (k !== d && get(k - 1) < get(k + 1)) ? k + 1 : k - 1;
    const x0 = get(before), y0 = x0 - before;
    while (x > x0 && y > y0) found.push([a0 + --x, b0 + --y]);
    x = x0;
    y = y0;
  }
  while (x > 0 && y > 0) found.push([a0 + --x, b0 + --y]);
  for (let at = found.length - 1; at >= 0; at--) out.push(found[at]);
}

function toRuns(matches, n, m) {
  const runs = [];
  let a = 0, b = 0;
  for (let at = 0; at <= matches.length; at++) {
    const [x, y] = at < matches.length ? matches[at] : [n, m];
    if (x > a) runs.push({ kind: "left", left: [a, x], right: [b, b] });
    if (y > b) runs.push({ kind: "right", left: [x, x], right: [b, y] });
    if (at === matches.length) break;
    const last = runs[runs.length - 1];
    if (last && last.kind === "same" && last.left[1] === x && last.right[1] === y) {
      last.left[1] = x + 1;
      last.right[1] = y + 1;
    } else {
      runs.push({ kind: "same", left: [x, x + 1], right: [y, y + 1] });
    }
    a = x + 1;
    b = y + 1;
  }
  return runs;
}

// Passages of `a` that stand nowhere in `b`: words that no run of three words shared with `b` covers; [from, to] each.
function findLost(a, b) {
  const width = Math.min(3, a.length, b.length);
  if (!width) return a.length ? [[0, a.length]] : [];
  const key = (words, at) => words.slice(at, at + width).map((word) => word.folded).join(" ");
  const there = new Set(), covered = new Uint8Array(a.length);
  for (let at = 0; at + width <= b.length; at++) there.add(key(b, at));
  for (let at = 0; at + width <= a.length; at++) if (there.has(key(a, at))) covered.fill(1, at, at + width);
  const lost = [];
  for (let at = 0; at < a.length; at++) {
    if (covered[at]) continue;
    if (lost.length && lost[lost.length - 1][1] === at) lost[lost.length - 1][1] = at + 1;
    else lost.push([at, at + 1]);
  }
  return lost;
}

const shownWords = (words, [from, to]) => words.slice(from, to).map((word) => word.shown).join("");
