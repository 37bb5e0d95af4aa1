// The timeline's data, with what the page needs to find its way in it. Moments are the facts of a
// run in their order; everything begins and ends at one. docs/TIMELINE.md describes the data.

export class Model {
  constructor(data, rows) {
    Object.assign(this, data);
    this.rows = rows; // of the table, one for each moment
    this.moments = [];
    this.events.forEach((event, index) => {
      event.first = this.moments.length;
      for (let i = 0; i < event.moments; ++i) this.moments.push(index);
    });
    this.count = this.moments.length;
    this.stackIos();
  }

  eventAt(moment) {
    return this.events[this.moments[moment]];
  }

  eventNumbered(number) {
    return this.events.find((event) => event.number === number);
  }

  // Stores, decisions and the end: what one looks for first. In the order of time, each only once.
  get marks() {
    const moments = [...this.stores, ...this.decisions].map((mark) => mark.moment);
    return [...new Set([...moments, this.count - 1])].sort((a, b) => a - b);
  }

  // I/Os that are in flight at the same time lie in different rows of their lane.
  stackIos() {
    for (const lane of this.lanes) lane.stack = [];
    for (const io of this.ios) {
      const ends = this.lanes[io.lane].stack;
      let row = ends.findIndex((end) => end <= io.submit);
      if (row < 0) row = ends.length;
      ends[row] = (io.delivery ?? this.count) + 1;
      io.row = row;
    }
  }

  // Where each moment begins on the axis, and where the last one ends. As steps, all are one wide.
  // By time, what happens at one time stands close together, and the gaps grow with the logarithm of
  // the virtual time between: one nanosecond and one hour both have to be seen.
  positions(byTime) {
    const positions = [0];
    for (let moment = 1; moment <= this.count; ++moment) {
      let step = 1;
      if (byTime) {
        const before = BigInt(this.eventAt(moment - 1).time_ns);
        const now = moment < this.count ? BigInt(this.eventAt(moment).time_ns) : before;
        step = 0.6 + (now > before ? Math.log2(1 + Number(now - before)) : 0);
      }
      positions.push(positions[moment - 1] + step);
    }
    return positions;
  }

  matches(text) {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") return [];
    const found = [];
    for (let moment = 0; moment < this.count; ++moment) {
      const id = this.eventAt(moment).id.toLowerCase();
      const words = this.rows[moment].textContent.toLowerCase();
      if (words.includes(wanted) || id.includes(wanted)) found.push(moment);
    }
    return found;
  }
}
