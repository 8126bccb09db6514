// The training data, which may change while the run goes on: which points belong to which epoch.

/** (n, 2) numbers row by row -> a cloud: all first coordinates, then all second ones. */
export function cloudOf(rows) {
  const count = rows.length / 2;
  return Float64Array.from({ length: 2 * count }, (_, place) =>
    place < count ? rows[2 * place] : rows[2 * (place - count) + 1],
  );
}

/** The datasets of one run, in order; each is learnt from its epoch on, until the next begins. */
export class Datasets {
  constructor() {
    this.listed = []; // {id, from}, as the newest message has it
    this.held = new Map(); // id -> cloud
    this.shown = new Float64Array(0);
  }

  /** Takes a message's list, and the arrays "data:<id>" that came with it; forgets all others. */
  receive(listed, arrays) {
    this.listed = listed;
    const held = new Map();
    for (const { id } of listed) {
      const fresh = arrays[`data:${id}`];
      const cloud = fresh ? cloudOf(fresh.values) : this.held.get(id);
      if (cloud) held.set(id, cloud);
    }
    this.held = held;
  }

  /** Ids of the datasets that have arrived. */
  get ids() {
    return [...this.held.keys()];
  }

  get complete() {
    return this.listed.every(({ id }) => this.held.has(id));
  }

  /**
   * The cloud learnt at an epoch: that of the last dataset that begins at or before it. While it
   * has not arrived the newest one that has stands in, and while none has, what was shown last.
   */
  at(epoch) {
    const wanted = this.listed.findLast(({ from }) => from <= epoch) ?? this.listed[0];
    this.shown = this.held.get(wanted?.id) ?? [...this.held.values()].at(-1) ?? this.shown;
    return this.shown;
  }
}
