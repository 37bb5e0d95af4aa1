// The page: the drawing, the table and the details of the chosen event, moved by buttons, keys and
// links.

import { addCopyButtons } from "./copy.js";
import { Drawing } from "./drawing.js";
import { Model } from "./model.js";

const byId = (id) => document.getElementById(id);
const shownAtFirst = 90; // moments

function element(name, text, parent) {
  const made = document.createElement(name);
  made.textContent = text;
  parent.append(made);
  return made;
}

// One of the runs that the page has: its section has its table, its links begin with its letter.
function runOf(letter, section, table, data) {
  const rows = [...document.querySelectorAll(`#${table} tbody tr`)];
  if (rows.length === 0) return null;
  return { letter, section: byId(section), model: new Model(JSON.parse(byId(data).textContent), rows) };
}

class Page {
  // The smallest run, and the one before it was made smaller if the page has it.
  constructor(runs) {
    this.runs = runs;
    this.sources = JSON.parse(byId("sources").textContent); // excerpts, by place
    this.matches = [];
    this.byTime = false;
    this.actions = {
      up: () => this.choose(Math.max(this.drawing.chosen - 1, 0)),
      down: () => this.choose(Math.min(this.drawing.chosen + 1, this.model.count - 1)),
      previous: () => this.step(-1),
      next: () => this.step(1),
      mark: () => this.mark(1),
      before: () => this.mark(-1),
      in: () => this.drawing.zoomBy(1.6),
      out: () => this.drawing.zoomBy(1 / 1.6),
      fit: () => this.drawing.fit(),
      axis: () => this.toggleAxis(),
      run: () => this.toggleRun(),
      theme: () => this.toggleTheme(),
      search: () => byId("search").focus(),
      first: () => this.choose(0),
      last: () => this.choose(this.model.count - 1),
    };
    for (const each of [byId("run-note"), document.querySelector("[data-do=run]")]) {
      each.hidden = runs.length < 2;
    }
    this.use(runs[0]);
    this.listen();
    this.describeAxis();
    if (!this.follow(location.hash)) this.showEnd();
  }

  // Makes one of the runs the one that is shown.
  use(run) {
    this.unmark();
    this.run = run;
    this.model = run.model;
    for (const each of this.runs) each.section.hidden = each !== run;
    byId("drawing").replaceChildren();
    this.drawing = new Drawing(byId("drawing"), run.model, (moment) => this.choose(moment));
    if (this.byTime) this.drawing.setByTime(true);
    const isSmallest = run === this.runs[0];
    document.querySelector("[data-do=run]").setAttribute("aria-pressed", String(!isSmallest));
    const events = run.model.events_before + run.model.events.length;
    const which = isSmallest ? "the smallest run that fails" : "the run before it was made smaller";
    byId("run-note").textContent = `This is ${which}: ${events} ${events === 1 ? "event" : "events"}.`;
  }

  showEnd(writesLink = false) {
    this.drawing.show(this.model.count - 1, shownAtFirst);
    this.choose(this.model.count - 1, writesLink);
  }

  toggleRun() {
    if (this.runs.length < 2) return;
    this.use(this.runs[this.run === this.runs[0] ? 1 : 0]);
    this.showEnd(true);
    this.find(byId("search").value);
  }

  listen() {
    const keys = {
      ArrowLeft: "previous", ArrowRight: "next", ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last", n: "mark", p: "before",
      "+": "in", "=": "in", "-": "out", f: "fit", t: "axis", o: "run", d: "theme", "/": "search",
    };
    document.addEventListener("keydown", (event) => {
      if (event.target === byId("search") || event.ctrlKey || event.metaKey || event.altKey) return;
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      this.actions[action]();
    });
    for (const button of document.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.actions[button.dataset.do]());
    }
    const search = byId("search");
    search.addEventListener("input", () => this.find(search.value));
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.nextMatch(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") search.blur();
    });
    for (const run of this.runs) {
      run.section.addEventListener("click", (event) => {
        const moment = run.model.rows.indexOf(event.target.closest("tbody tr"));
        if (moment >= 0) this.choose(moment);
      });
    }
    window.addEventListener("hashchange", () => this.follow(location.hash));
    window.addEventListener("resize", () => this.drawing.lay());
  }

  // A link such as `#e131`, or `#o131` for the original run. Whether there is such an event.
  follow(hash) {
    const link = /^#([a-z])(\d+)$/.exec(hash);
    const run = link && this.runs.find((each) => each.letter === link[1]);
    const event = run && run.model.eventNumbered(Number(link[2]));
    if (!event) return false;
    if (run !== this.run) this.use(run);
    this.drawing.show(event.first, shownAtFirst);
    this.choose(event.first, false);
    byId("timeline").scrollIntoView();
    return true;
  }

  choose(moment, writesLink = true) {
    const event = this.model.eventAt(moment);
    this.drawing.chosen = moment;
    if (this.drawing.isVisible(moment)) {
      this.drawing.draw();
    } else {
      this.drawing.center(moment);
    }
    for (const row of document.querySelectorAll("tr.chosen")) row.classList.remove("chosen");
    const rows = this.model.rows.slice(event.first, event.first + event.moments);
    for (const row of rows) row.classList.add("chosen");
    this.describe(event, rows);
    if (writesLink) history.replaceState(null, "", `#${this.run.letter}${event.number}`);
  }

  describe(event, rows) {
    const details = byId("details");
    details.replaceChildren();
    element("h3", `event ${event.number} at ${event.time}: ${event.id}`, details);
    const list = element("ul", "", details);
    let chosen = null;
    rows.forEach((row, index) => {
      const item = element("li", `${row.cells[2].textContent}: ${row.cells[3].firstChild?.textContent ?? ""}`, list);
      if (event.first + index === this.drawing.chosen) chosen = item;
    });
    if (event.place) element("p", `its task has yielded last at ${event.place}`, details);
    if (this.sources[event.place]) element("pre", this.sources[event.place], details);
    chosen.classList.add("chosen");
    details.scrollTop = chosen.offsetTop - details.offsetTop - details.clientHeight / 2;
  }

  step(by) {
    const index = this.model.moments[this.drawing.chosen] + by;
    const event = this.model.events[Math.min(Math.max(index, 0), this.model.events.length - 1)];
    this.choose(event.first);
  }

  mark(by) {
    const here = this.drawing.chosen;
    const marks = this.model.marks.filter((moment) => (by > 0 ? moment > here : moment < here));
    if (marks.length > 0) this.choose(by > 0 ? marks[0] : marks[marks.length - 1]);
  }

  unmark() {
    for (const moment of this.matches) this.model.rows[moment].classList.remove("match");
    this.matches = [];
  }

  find(text) {
    this.unmark();
    this.matches = this.model.matches(text);
    for (const moment of this.matches) this.model.rows[moment].classList.add("match");
    this.drawing.found = this.matches;
    this.drawing.draw();
    const none = text.trim() === "" ? "" : "nothing found";
    byId("matches").textContent = this.matches.length > 0 ? `${this.matches.length} found` : none;
  }

  nextMatch(by) {
    if (this.matches.length === 0) return;
    const here = this.matches.indexOf(this.drawing.chosen);
    const next = (here + by + this.matches.length) % this.matches.length;
    const index = here < 0 ? 0 : next;
    this.choose(this.matches[index]);
    byId("matches").textContent = `${index + 1} of ${this.matches.length}`;
  }

  toggleAxis() {
    this.byTime = !this.byTime;
    this.drawing.setByTime(this.byTime);
    document.querySelector("[data-do=axis]").setAttribute("aria-pressed", String(this.byTime));
    this.describeAxis();
    if (!this.drawing.isVisible(this.drawing.chosen)) this.drawing.center(this.drawing.chosen);
  }

  describeAxis() {
    byId("axis-note").textContent = this.byTime
      ? "By virtual time: gaps grow with the logarithm of the time between two events."
      : "By steps: everything that happens is equally wide. The numbers are those of the events.";
  }

  toggleTheme() {
    const root = document.documentElement;
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  }
}

addCopyButtons();
const runs = [
  runOf("e", "smallest", "events", "data"),
  runOf("o", "original", "original-events", "original-data"),
].filter((run) => run !== null);
if (runs.length > 0) {
  byId("timeline").hidden = false;
  new Page(runs);
}
