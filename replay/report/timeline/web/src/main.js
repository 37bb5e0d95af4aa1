// The page: the drawing, the table and the details of the chosen event, moved by buttons, keys and
// links.

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

class Page {
  constructor(model) {
    this.model = model;
    this.matches = [];
    this.drawing = new Drawing(byId("drawing"), model, (moment) => this.choose(moment));
    this.actions = {
      up: () => this.choose(Math.max(this.drawing.chosen - 1, 0)),
      down: () => this.choose(Math.min(this.drawing.chosen + 1, model.count - 1)),
      previous: () => this.step(-1),
      next: () => this.step(1),
      mark: () => this.mark(1),
      before: () => this.mark(-1),
      in: () => this.drawing.zoomBy(1.6),
      out: () => this.drawing.zoomBy(1 / 1.6),
      fit: () => this.drawing.fit(),
      axis: () => this.toggleAxis(),
      theme: () => this.toggleTheme(),
      search: () => byId("search").focus(),
      first: () => this.choose(0),
      last: () => this.choose(model.count - 1),
    };
    this.listen();
    this.describeAxis();
    if (!this.follow(location.hash)) {
      this.drawing.show(model.count - 1, shownAtFirst);
      this.choose(model.count - 1, false);
    }
  }

  listen() {
    const keys = {
      ArrowLeft: "previous", ArrowRight: "next", ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last", n: "mark", p: "before",
      "+": "in", "=": "in", "-": "out", f: "fit", t: "axis", d: "theme", "/": "search",
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
    byId("events").addEventListener("click", (event) => {
      const moment = this.model.rows.indexOf(event.target.closest("tbody tr"));
      if (moment >= 0) this.choose(moment);
    });
    window.addEventListener("hashchange", () => this.follow(location.hash));
    window.addEventListener("resize", () => this.drawing.lay());
  }

  // A link such as `#e131`. Whether there is such an event.
  follow(hash) {
    const link = /^#e(\d+)$/.exec(hash);
    const event = link && this.model.eventNumbered(Number(link[1]));
    if (!event) return false;
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
    if (writesLink) history.replaceState(null, "", `#e${event.number}`);
  }

  describe(event, rows) {
    const details = byId("details");
    details.replaceChildren();
    element("h3", `event ${event.number} at ${event.time}: ${event.id}`, details);
    const list = element("ul", "", details);
    let chosen = null;
    rows.forEach((row, index) => {
      const item = element("li", `${row.cells[2].textContent}: ${row.cells[3].textContent}`, list);
      if (event.first + index === this.drawing.chosen) chosen = item;
    });
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

  find(text) {
    for (const moment of this.matches) this.model.rows[moment].classList.remove("match");
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
    const byTime = !this.drawing.byTime;
    this.drawing.setByTime(byTime);
    document.querySelector("[data-do=axis]").setAttribute("aria-pressed", String(byTime));
    this.describeAxis();
    if (!this.drawing.isVisible(this.drawing.chosen)) this.drawing.center(this.drawing.chosen);
  }

  describeAxis() {
    byId("axis-note").textContent = this.drawing.byTime
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

const rows = [...document.querySelectorAll("#events tbody tr")];
if (rows.length > 0) {
  byId("timeline").hidden = false;
  new Page(new Model(JSON.parse(byId("data").textContent), rows));
}
