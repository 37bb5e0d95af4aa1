// Draws the timeline as SVG. Only what lies in the visible part is drawn, anew at each zoom. All
// text is set as text: nothing of the data becomes markup.

import { axisTop } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { pointer, select } from "d3-selection";
import { zoom, zoomIdentity, zoomTransform } from "d3-zoom";

const gutter = 150;
const head = 26;
const right = 70;
const barTop = 20;
const barHeight = 22;
const ioHeight = 7;
const momentsMax = 2500; // that are drawn at once

function laneHeight(lane) {
  const rows = Math.min(lane.stack.length, 12);
  return Math.max(lane.kind === "task" ? 68 : 34, 20 + rows * (ioHeight + 5));
}

function shortened(text, width) {
  const letters = Math.floor(width / 6.6);
  if (text.length <= letters) return text;
  return letters < 3 ? "" : `${text.slice(0, letters - 1)}\u2026`;
}

export class Drawing {
  constructor(svg, model, choose) {
    this.svg = select(svg);
    this.model = model;
    this.choose = choose;
    this.chosen = null;
    this.found = [];
    this.byTime = false;
    let top = head;
    this.tops = model.lanes.map((lane) => {
      const here = top;
      top += laneHeight(lane);
      return here;
    });
    this.height = top + 16;
    this.svg.attr("height", this.height).attr("preserveAspectRatio", "xMinYMin meet");
    this.zoom = zoom().on("zoom", () => this.draw());
    this.svg.call(this.zoom).on("dblclick.zoom", null);
    this.svg.on("click", (event) => this.click(event));
    this.layers = {};
    for (const name of ["lanes", "chosen", "grid", "spans", "arrows", "marks", "names", "axis"]) {
      this.layers[name] = this.svg.append("g").attr("class", `layer-${name}`);
    }
    this.lay();
  }

  // After a change of the size or of the axis.
  lay() {
    this.width = Math.max(this.svg.node().getBoundingClientRect().width, 480);
    this.svg.attr("viewBox", `0 0 ${this.width} ${this.height}`);
    this.positions = this.model.positions(this.byTime);
    this.base = scaleLinear()
      .domain([0, this.positions[this.model.count]])
      .range([gutter, this.width - right]);
    const least = Math.max(1, this.model.count / momentsMax);
    this.zoom
      .scaleExtent([least, Math.max(least, this.model.count / 4)])
      .extent([[gutter, 0], [this.width - right, this.height]])
      .translateExtent([[gutter, 0], [this.width - right, this.height]]);
    this.draw();
  }

  setByTime(byTime) {
    this.byTime = byTime;
    this.lay();
  }

  fit() {
    this.svg.call(this.zoom.transform, zoomIdentity);
    this.svg.call(this.zoom.scaleTo, this.zoom.scaleExtent()[0]);
  }

  // Shows about `moments` moments around one.
  show(moment, moments) {
    const scale = Math.max(this.zoom.scaleExtent()[0], this.model.count / moments);
    this.svg.call(this.zoom.scaleTo, scale);
    this.center(moment);
  }

  center(moment) {
    this.svg.call(this.zoom.translateTo, this.base(this.middle(moment)), 0);
  }

  zoomBy(factor) {
    const around = this.chosen === null ? undefined : [this.x(this.middle(this.chosen)), 0];
    this.svg.call(this.zoom.scaleBy, factor, around);
  }

  isVisible(moment) {
    const x = this.x(this.middle(moment));
    return x > gutter && x < this.width - right / 2;
  }

  middle(moment) {
    return (this.positions[moment] + this.positions[moment + 1]) / 2;
  }

  click(event) {
    const [x] = pointer(event, this.svg.node());
    if (x < gutter) return;
    const place = this.x.invert(x);
    let moment = 0;
    while (moment + 1 < this.model.count && this.positions[moment + 1] <= place) ++moment;
    this.choose(moment);
  }

  draw() {
    this.x = zoomTransform(this.svg.node()).rescaleX(this.base);
    const [from, to] = [this.x.invert(gutter), this.x.invert(this.width)];
    const { positions, model } = this;
    this.isIn = (first, last) => positions[first] <= to && positions[Math.min(last + 1, model.count)] >= from;
    for (const layer of Object.values(this.layers)) layer.selectAll("*").remove();
    this.drawLanes();
    this.drawGrid();
    this.drawChosen();
    this.drawWaits();
    this.drawEntries();
    this.drawIos();
    this.drawStores();
    this.drawDecisions();
    this.drawFailure();
    this.drawFound();
  }

  left(moment) {
    return this.x(this.positions[moment]);
  }
  centerX(moment) {
    return this.x(this.middle(moment));
  }

  drawLanes() {
    this.model.lanes.forEach((lane, i) => {
      const height = laneHeight(lane);
      this.layers.lanes.append("rect")
        .attr("class", i % 2 ? "lane odd" : "lane")
        .attr("y", this.tops[i]).attr("width", this.width).attr("height", height);
      const name = this.layers.names;
      name.append("rect").attr("class", "gutter")
        .attr("y", this.tops[i]).attr("width", gutter - 4).attr("height", height);
      name.append("text").attr("x", 8).attr("y", this.tops[i] + 16)
        .text(shortened(lane.name, gutter - 16)).append("title").text(lane.name);
      name.append("text").attr("class", "faint").attr("x", 8).attr("y", this.tops[i] + 29)
        .text(lane.kind === lane.name ? "" : lane.kind);
    });
    this.layers.names.append("rect").attr("class", "gutter")
      .attr("width", gutter - 4).attr("height", head);
    this.layers.names.append("text").attr("class", "faint").attr("x", 8).attr("y", 17)
      .text(this.byTime ? "virtual time" : "event");
  }

  // A line for each event, and a label, where there is room.
  drawGrid() {
    const labels = [];
    let free = gutter - 1;
    let last = -Infinity; // the line before
    for (const event of this.model.events) {
      if (!this.isIn(event.first, event.first + event.moments - 1)) continue;
      const x = this.left(event.first);
      if (x < gutter - 1) continue;
      if (x >= last + 4) {
        last = x;
        this.layers.grid.append("line").attr("class", "grid")
          .attr("x1", x).attr("x2", x).attr("y1", head).attr("y2", this.height - 16);
      }
      if (x < free) continue;
      labels.push(event);
      free = x + (this.byTime ? 64 : 40);
    }
    const at = new Map(labels.map((event) => [this.positions[event.first], event]));
    const axis = axisTop(this.x).tickValues([...at.keys()]).tickSize(5)
      .tickFormat((place) => (this.byTime ? at.get(place).time : at.get(place).number));
    this.layers.axis.attr("transform", `translate(0,${head})`).call(axis);
  }

  // The event, and in it the moment.
  drawChosen() {
    if (this.chosen === null) return;
    const { first, moments } = this.model.eventAt(this.chosen);
    for (const [from, to, name] of [
      [first, first + moments, "chosen-event"],
      [this.chosen, this.chosen + 1, "chosen"],
    ]) {
      const bar = this.bar(this.layers.chosen, this.left(from), this.left(to), head, this.height - 16 - head);
      bar?.attr("class", name);
    }
  }

  // A rectangle between two places of the axis, cut at the gutter; nothing if none of it is visible.
  bar(layer, from, to, y, height) {
    const left = Math.max(from, gutter);
    const width = Math.max(Math.min(to, this.width) - left, 1.5);
    if (to < gutter) return null;
    return layer.append("rect").attr("x", left).attr("y", y).attr("width", width).attr("height", height);
  }

  drawWaits() {
    for (const wait of this.model.waits) {
      const isOpen = wait.last === this.model.count - 1;
      const [first, end] = [wait.first + 1, isOpen ? wait.last + 1 : wait.last];
      if (end <= first || !this.isIn(first, end - 1)) continue;
      const y = this.tops[wait.lane] + barTop;
      const bar = this.bar(this.layers.spans, this.left(first), this.left(end), y + 3, barHeight - 6);
      bar?.attr("class", "wait").append("title").text(`waits for ${wait.for}`);
    }
  }

  drawEntries() {
    const next = new Map(); // by lane: where the label of the entry after it begins
    for (const entry of [...this.model.entries].reverse()) {
      const from = this.left(entry.first);
      const room = Math.min(next.get(entry.lane) ?? this.width, this.width) - Math.max(from, gutter);
      next.set(entry.lane, from);
      if (!this.isIn(entry.first, entry.last)) continue;
      const y = this.tops[entry.lane] + barTop;
      const group = this.layers.spans.append("g").attr("class", "entry");
      const end = this.left(entry.last + 1);
      const bar = this.bar(group, from, end, y, barHeight);
      if (!bar) continue;
      bar.attr("rx", 2);
      group.append("title").text(
        `operation ${entry.operation}, entry ${entry.entry}\nentered at: ${entry.state}\n${entry.end}`);
      const middle = (Math.max(from, gutter) + Math.min(end, this.width)) / 2;
      if (end - from > 14) {
        group.append("text").attr("x", middle).attr("y", y + 15).attr("text-anchor", "middle")
          .text(end - from > 60 ? `entry ${entry.entry}` : entry.entry);
      }
      this.layers.spans.append("text").attr("class", "mono").attr("x", Math.max(from, gutter))
        .attr("y", y - 5).text(shortened(entry.state, room - 4));
    }
  }

  ioY(io) {
    return this.tops[io.lane] + 12 + Math.min(io.row, 11) * (ioHeight + 5);
  }

  drawIos() {
    for (const io of this.model.ios) {
      const last = Math.max(io.delivery ?? this.model.count - 1, io.re_entry ?? 0);
      if (!this.isIn(io.submit, last)) continue;
      const y = this.ioY(io);
      const from = this.centerX(io.submit);
      const to = io.delivery === undefined ? this.left(this.model.count) : this.centerX(io.delivery);
      const bar = this.bar(this.layers.spans, from, to, y, ioHeight);
      bar?.attr("class", io.failed ? "io failed" : "io").attr("rx", 3);
      bar?.append("title").text(`${io.name}\n${io.outcome ?? "still in flight"}`);
      if (io.effect !== undefined) this.effect(this.centerX(io.effect), y, io);
      const task = this.tops[io.task_lane] + barTop + barHeight;
      this.arrow(from, task, from, y, `${io.name} is submitted`);
      if (io.delivery === undefined) continue;
      const back = io.re_entry === undefined ? null : this.left(io.re_entry) + 3;
      if (back !== null) this.arrow(to, y, back, task, `${io.name}: ${io.outcome}; the machine is entered again`);
    }
  }

  effect(x, y, io) {
    if (x < gutter) return;
    this.layers.spans.append("line").attr("class", "effect")
      .attr("x1", x).attr("x2", x).attr("y1", y - 2).attr("y2", y + ioHeight + 2)
      .append("title").text(`${io.name} takes effect`);
  }

  arrow(x1, y1, x2, y2, text) {
    if (x1 < gutter || x2 < gutter || Math.min(x1, x2) > this.width) return;
    const group = this.layers.arrows.append("g");
    const down = y2 > y1 ? 1 : -1;
    const bend = (y1 + y2) / 2;
    group.append("path").attr("class", "arrow")
      .attr("d", `M${x1},${y1}C${x1},${bend} ${x2},${bend} ${x2},${y2 - 5 * down}`);
    group.append("path").attr("class", "head")
      .attr("d", `M${x2},${y2}l-4,${-6 * down}h8z`);
    group.append("title").text(text);
  }

  // The moments of one entry may be close together: stores that clash are drawn above the others.
  drawStores() {
    const clash = [];
    for (const store of [...this.model.stores].sort((a, b) => (a.clashes ? 1 : 0) - (b.clashes ? 1 : 0))) {
      const x = this.centerX(store.moment);
      const y = this.tops[store.lane] + barTop + barHeight + 10;
      if (store.clashes) clash.push([x, y]);
      if (!this.isIn(store.moment, store.moment) || x < gutter) continue;
      this.layers.marks.append("path").attr("class", store.clashes ? "store clash" : "store")
        .attr("d", `M${x},${y - 6}l6,6l-6,6l-6,-6z`)
        .append("title").text(`changes ${store.text}`);
    }
    if (clash.length < 2) return;
    const [[x1, y1], [x2, y2]] = [clash[0], clash[clash.length - 1]].map(([x, y]) => [Math.max(x, gutter), y + 7]);
    this.layers.marks.insert("path", ":first-child").attr("class", "join")
      .attr("d", `M${x1},${y1}C${x1},${y1 + 13} ${x2},${y2 + 13} ${x2},${y2}`);
    if (x2 - x1 < 60) return;
    this.layers.marks.append("text").attr("class", "join-label").attr("text-anchor", "middle")
      .attr("x", (x1 + x2) / 2).attr("y", y1 - 2).text(shortened("the same store, again", x2 - x1));
  }

  drawDecisions() {
    for (const decision of this.model.decisions) {
      const x = this.centerX(decision.moment);
      if (!this.isIn(decision.moment, decision.moment) || x < gutter) continue;
      const isTask = this.model.lanes[decision.lane].kind === "task";
      const y = this.tops[decision.lane] + (isTask ? barTop + barHeight + 10 : 14);
      const mark = decision.fault
        ? this.layers.marks.append("path").attr("class", "fault")
          .attr("d", `M${x + 2},${y - 11}l-8,12h5l-2,10l9,-13h-5l3,-9z`)
        : this.layers.marks.append("circle").attr("class", "decision")
          .attr("cx", x).attr("cy", y).attr("r", 4.5);
      mark.append("title").text(decision.text);
    }
  }

  drawFailure() {
    if (!this.model.failure) return;
    const x = this.left(this.model.count);
    if (x > this.width) return;
    this.layers.marks.append("line").attr("class", "failure")
      .attr("x1", x).attr("x2", x).attr("y1", head).attr("y2", this.height - 14);
    this.layers.marks.append("text").attr("class", "failure-label").attr("text-anchor", "end")
      .attr("x", Math.min(x + 60, this.width - 4)).attr("y", this.height - 3).text(this.model.failure);
  }

  drawFound() {
    for (const moment of this.found) {
      if (!this.isIn(moment, moment)) continue;
      const [x1, x2] = [this.left(moment), this.left(moment + 1)];
      if (x2 < gutter) continue;
      this.layers.marks.append("line").attr("class", "match")
        .attr("x1", Math.max(x1, gutter)).attr("x2", x2).attr("y1", head + 2).attr("y2", head + 2);
    }
  }
}
