/** What is said, as plain data, and what it builds on. */
export type Id = string;
/** Its first letter is its address. */
export type Device = string;
export type Address = string;

export interface Said {
  readonly id: Id;
  readonly author: Device;
  /** What it builds on, its author's own words just before among it. */
  readonly after: readonly Id[];
}

export const addressOf = (device: Device): Address => device[0]!;

/** Statements with all that they build on, each after that; what names something unknown is left out. */
export class History<S extends Said> {
  readonly all: S[] = [];
  readonly #pasts = new Map<Id, Set<Id>>();

  constructor(said: Iterable<S>) {
    const left = new Map([...said].map((one) => [one.id, one]));
    for (let placed = true; placed;) {
      placed = false;
      for (const one of [...left.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
        if (!one.after.every((id) => this.#pasts.has(id))) continue;
        this.#pasts.set(one.id, new Set(one.after.flatMap((id) => [id, ...this.past(id)])));
        this.all.push(one);
        left.delete(one.id);
        placed = true;
      }
    }
  }

  has(id: Id): boolean {
    return this.#pasts.has(id);
  }

  past(id: Id): ReadonlySet<Id> {
    return this.#pasts.get(id)!;
  }

  areApart(a: Id, b: Id): boolean {
    return a !== b && !this.past(a).has(b) && !this.past(b).has(a);
  }

  /** These and all that they build on. */
  upTo(heads: Iterable<Id>): S[] {
    const ids = new Set([...heads].flatMap((id) => [id, ...this.past(id)]));
    return this.all.filter(({ id }) => ids.has(id));
  }

  /** Those of these that none of them builds on. */
  heads(ids: Iterable<Id>): Id[] {
    const list = [...ids];
    return list.filter((id) => !list.some((other) => this.past(other).has(id))).sort();
  }
}
