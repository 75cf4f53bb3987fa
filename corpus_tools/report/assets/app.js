// The frame of the page: navigation, the address bar, colours, and the view about the run itself.
const VIEWS = [["overview", "Overview"], ["browse/pages", "Browse"], ["hardest", "Hardest"], ["thresholds", "Thresholds"], ["about", "About"]];

function parseAddress() {
  const [path, query] = location.hash.slice(1).split(/\?(.*)/s);
  const filters = Object.fromEntries((query || "").split("&").filter(Boolean).map((part) => part.split(/=(.*)/s)).map(([name, value]) => [name, safely(decodeURIComponent, value || "")]));
  const [, view, , rest] = /^([a-z]*)([=/]?)(.*)$/s.exec(path || "overview") || [];
  return { view: view || "overview", rest: safely(decodeURIComponent, rest || ""), filters };
}

function safely(read, text) {
  try { return read(text); } catch { return text; }
}

const SHOW = {
  overview: () => showOverview(),
  browse: ({ rest, filters }) => showBrowse(rest || "pages", filters),
  page: ({ rest, filters }) => showPage(rest, filters),
  family: ({ rest, filters }) => showFamily(rest, filters),
  pair: ({ rest }) => showPair(rest),
  hardest: ({ rest }) => showHardest(rest),
  thresholds: () => showThresholds(),
  about: () => showAbout(),
};

const MAIN = h("main", { id: "main", tabindex: -1 });
const NAV = h("nav", { class: "main-nav", "aria-label": "Views" }, VIEWS.map(([view, label]) => link(`#${view}`, null, label)));

function show(first) {
  const place = parseAddress(), view = SHOW[place.view] ? place.view : "overview";
  replace(MAIN, SHOW[view](place));
  const section = { page: "browse", family: "browse", pair: "browse" }[view] || view;
  for (const anchor of NAV.children) {
    if (anchor.getAttribute("href").slice(1).split("/")[0] === section) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  const heading = MAIN.querySelector("h1");
  document.title = `${heading ? heading.textContent : "Report"} – ${RUN.name} – corpus-tools`;
  if (!first) {
    window.scrollTo(0, 0);
    if (heading) heading.focus({ preventScroll: true });
  }
}

function showAbout() {
  const versions = Object.entries(RUN.versions).map(([name, value]) => [name, value]);
  const longest = RUN.stages.map((stage) => ({ label: stage.stage, value: stage.seconds, shown: `${stage.seconds.toFixed(1)} s`, note: `${count(stage.peak_mib)} MiB`, parts: [["family", stage.seconds]] }));
  const changed = Object.entries(RUN.changed);
  return [
    h("header", { class: "title" }, h("h1", { tabindex: -1 }, "About this run"), h("p", { class: "lead" }, RUN.summary ? `${RUN.summary}.` : "This run is not finished.")),
    RUN.notes.length > 0 && h("div", { class: "note" }, RUN.notes.map((note) => h("p", null, note))),
    h("div", { class: "grid" },
      card("Run", null, facts([["Folder", RUN.name], ["Finished", RUN.finished ? RUN.finished.replace("T", " ").replace("+00:00", " UTC") : "not recorded"], ["Input files", count(RUN.inputs.files)], ["Input size", RUN.inputs.bytes ? bytes(RUN.inputs.bytes) : null], ["Digest of the input listing", RUN.inputs.digest && code(RUN.inputs.digest)], ["On top of", RUN.against], ["Engine", RUN.engine], ["Page to keep", RUN.keep.join(", then ")]])),
      card("Versions", null, facts(versions)),
      card("Stages", "Seconds each stage took when it last ran, and its peak memory.", longest.length ? barList("Seconds by stage", longest, "seconds") : empty("Not recorded")),
      card("Plan", changed.length ? null : "Every setting has its default value.", changed.length > 0 && facts(changed.map(([name, value]) => [name, code(JSON.stringify(value))])), details("Every setting", h("pre", { class: "plan", tabindex: 0 }, RUN.plan)))),
    card("What this file holds", "Numbers and charts count every row of the run. Lists and texts may be a sample:",
      table([{ label: "rows" }, { label: "in this file", number: true }, { label: "in the run", number: true }, { label: "chosen" }], DATA.sampling.map((one) => [one.rows, count(one.shown), count(one.all), one.shown >= one.all ? "all" : one.how]), { label: "What this file holds", class: "rows" }),
      h("p", null, "A file with every row and text: ", commandFor("report", "--full"))),
    labelsCard(),
  ];
}

const DARK = window.matchMedia("(prefers-color-scheme: dark)");
const THEMES = ["auto", "light", "dark"];
const themeButton = h("button", { type: "button", class: "quiet theme", onclick: () => setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || "auto") + 1) % 3]) });

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.colours = theme === "auto" ? (DARK.matches ? "dark" : "light") : theme;
  replace(themeButton, `Colours: ${theme}`);
  try { localStorage.setItem("corpus-tools theme", theme); } catch { /* a browser that stores nothing starts with auto */ }
}

function start() {
  const frame = h("div", { class: "frame" },
    h("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); MAIN.focus(); } }, "Skip to the content"),
    h("header", { class: "bar" }, h("div", { class: "bar-inner" }, link("#overview", { class: "brand" }, "corpus-tools"), h("span", { class: "run-name" }, RUN.name), NAV, themeButton)),
    MAIN,
    h("footer", { class: "foot" }, h("p", null, `Report on ${RUN.name}. This file loads nothing from the network.`)));
  document.documentElement.dataset.mode = DATA.mode;
  document.body.append(frame);
  let theme = "auto";
  try { theme = localStorage.getItem("corpus-tools theme") || "auto"; } catch { /* as above */ }
  setTheme(THEMES.includes(theme) ? theme : "auto");
  DARK.addEventListener("change", () => setTheme(document.documentElement.dataset.theme));
  window.addEventListener("hashchange", () => show(false));
  show(true);
}

start();
