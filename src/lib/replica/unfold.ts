/**
 * A document from its bytes (folded.ts).
 *
 * Guarantees: takes bytes of anybody. It refuses what a document of this kind cannot hold, in time linear in the bytes but
 * for a sort; what it makes is what Yjs would make of the same values, and lacks nothing it builds on.
 * Leaves out: whose clients they may be (snapshot.ts), and how many bytes may come (`MAX_STATE`).
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, Reader } from '#lib/bytes/reader.ts';
import {
  AFTER,
  ENTRY_LENGTH,
  isCounted,
  isPlain,
  MAX_STATE_VALUES,
  NUMBER,
  OF_ANOTHER,
  REPLACED,
  unzigzag,
  VERSION,
} from './folded.ts';
import { MAX_ROOT, MAX_SUB } from './gate.ts';

/** The document that folds to these bytes; null when there is none. */
export function unfold(folded: Bytes): Y.Doc | null {
  return decodeWith(folded, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    const doc = new Y.Doc();
    const forks: Forks = new Map();
    const clients = readClients(new Reader(reader.lengthPrefixed(reader.remaining)));
    const firsts = readValues(reader, doc, clients, forks);
    for (const { client, items } of clients) doc.store.clients.set(client, items);
    for (const first of firsts) chain(forks, first);
    return doc;
  });
}

type Root = Y.Map<unknown>;

/** Where several values were set in one place: all of them, by the first. */
type Forks = Map<Y.Item, Y.Item[]>;

/** What keys are made of, with the values that were set first under these keys. */
interface Section {
  readonly section: string;
  readonly name: string;
  readonly root: Root;
  /** By the index of the entry. */
  readonly firsts: (Y.Item | undefined)[];
}

interface ClientValues {
  readonly client: number;
  readonly count: number;
  /** The clock of a value is its index. */
  readonly items: Y.Item[];
}

/**
 * The values that were set first under every key, with that key. Of each, `right` leads on to what took its place, and so
 * on.
 */
function readValues(
  reader: Reader,
  doc: Y.Doc,
  clients: readonly ClientValues[],
  forks: Forks,
): readonly Y.Item[] {
  const column = () => new Reader(reader.lengthPrefixed(reader.remaining));
  const list = () => readJson(reader.lengthPrefixed(reader.remaining));
  const sections = list().map((pair) => sectionOf(pair, doc));
  const entries = list().map(textOf);
  checkKeys(sections, entries);
  const [tags, places, numbers] = [column(), column(), column()];
  const others = list();
  if (tags.remaining > MAX_STATE_VALUES) throw new MalformedBytes('too many values');
  if (clients.reduce((sum, { count }) => sum + count, 0) !== tags.remaining)
    throw new MalformedBytes('not as many values as said');
  const abroad: { item: Y.Item; client: number; clock: number }[] = [];
  let [entry, distance, number, other] = [0, 0, 0, 0];

  const readContent = (tag: number): Y.ContentAny | Y.ContentDeleted => {
    if ((tag & REPLACED) !== 0) return new Y.ContentDeleted(1);
    if ((tag & NUMBER) === 0) return new Y.ContentAny([valueOf(at(others, other++))]);
    number += unzigzag(numbers.varint());
    if (!isCounted(number)) throw new MalformedBytes('number out of range');
    return new Y.ContentAny([number]);
  };
  const starts: Y.Item[] = [];
  const readFirst = (item: Y.Item) => {
    const { root, name, firsts } = at(sections, places.varint());
    entry += unzigzag(places.varint());
    const id = at(entries, entry);
    if (id.length < ENTRY_LENGTH && name !== '') throw new MalformedBytes('a key that is cut elsewhere');
    const first = firsts[entry];
    if (first) {
      join(forks, first, item);
      return;
    }
    firsts[entry] = item;
    item.parent = root;
    item.parentSub = id + name;
    starts.push(item);
  };

  for (const { client, count, items } of clients) {
    for (let clock = 0; clock < count; clock++) {
      const tag = tags.u8();
      const content = readContent(tag);
      let before: Y.Item | null = null;
      if ((tag & (AFTER | OF_ANOTHER)) === AFTER) {
        distance += unzigzag(places.varint());
        before = at(items, clock - distance);
      }
      const id = Y.createID(client, clock);
      const item = new Y.Item(id, null, before && before.id, null, null, null, null, content);
      items.push(item);
      if (before) follow(forks, before, item);
      else if ((tag & AFTER) === 0) readFirst(item);
      else abroad.push({ item, client: places.varint(), clock: places.varint() });
    }
  }
  const crossings = abroad.map(({ item, client, clock }) => {
    const before = at(at(clients, client).items, clock);
    item.origin = before.id;
    follow(forks, before, item);
    return { item, before };
  });
  for (const column of [places, numbers]) column.end();
  if (other !== others.length || !isInOrder(crossings)) throw new MalformedBytes('left over, or in a circle');
  return starts;
}

/** A value in the place of another client's. */
interface Crossing {
  readonly item: Y.Item;
  readonly before: Y.Item;
}

/**
 * Whether the values could be set one after the other: a client sets its own in the order of its clocks, and each after
 * the one whose place it takes. Yjs would wait for ever for what goes in a circle.
 * @param crossings clients and clocks ascending
 */
function isInOrder(crossings: readonly Crossing[]): boolean {
  const seen = new Uint8Array(crossings.length);
  const [ENTERED, LEFT] = [1, 2];
  for (let start = 0; start < crossings.length; start++) {
    const path = [start];
    for (let i = path.at(-1); i !== undefined; i = path.at(-1)) {
      if (seen[i] !== 0) {
        seen[i] = LEFT;
        path.pop();
        continue;
      }
      seen[i] = ENTERED;
      const { item, before } = crossings[i]!;
      for (const { client, clock } of [Y.createID(item.id.client, item.id.clock - 1), before.id]) {
        const earlier = lastUpTo(crossings, client, clock);
        if (earlier === null || seen[earlier] === LEFT) continue;
        if (seen[earlier] === ENTERED) return false;
        path.push(earlier);
      }
    }
  }
  return true;
}

/** The last crossing of a client up to a clock. */
function lastUpTo(crossings: readonly Crossing[], client: number, clock: number): number | null {
  let [low, high] = [0, crossings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { id } = crossings[middle]!.item;
    if (id.client < client || (id.client === client && id.clock <= clock)) low = middle + 1;
    else high = middle;
  }
  return crossings[low - 1]?.item.id.client === client ? low - 1 : null;
}

function follow(forks: Forks, before: Y.Item, item: Y.Item): void {
  if (before.right instanceof Y.Item) join(forks, before.right, item);
  else before.right = item;
}

function join(forks: Forks, first: Y.Item, item: Y.Item): void {
  const all = forks.get(first);
  if (all) all.push(item);
  else forks.set(first, [first, item]);
}

/**
 * Strings the values of one key together as Yjs does: after a value come those set in its place, the lowest client first
 * and each followed by what took its own place. The last one stands.
 */
function chain(forks: Forks, first: Y.Item): void {
  const { parent, parentSub } = first;
  let last: Y.Item | null = null;
  /** What comes after what hangs on the value at hand, the next one last. */
  const coming: Y.Item[] = [];
  let item = earliest(forks, first, coming);
  while (item) {
    const next: Y.Item | null = item.right;
    if (last) {
      last.right = item;
      replace(last);
    }
    item.left = last;
    item.right = null;
    item.parent = parent;
    item.parentSub = parentSub;
    last = item;
    item = next ? earliest(forks, next, coming) : coming.pop();
  }
  if (!last) return;
  if (last.content instanceof Y.ContentDeleted) replace(last);
  (parent as Root)._map.set(parentSub!, last);
}

/** Of the values set in one place the one that comes first; the others are put aside. */
function earliest(forks: Forks, first: Y.Item, aside: Y.Item[]): Y.Item | undefined {
  const all = forks.size > 0 ? forks.get(first) : undefined;
  if (!all) return first;
  all.sort((a, b) => b.id.client - a.id.client || a.id.clock - b.id.clock);
  for (const one of all) aside.push(one);
  return aside.pop();
}

function replace(item: Y.Item): void {
  if (!(item.content instanceof Y.ContentDeleted)) item.content = new Y.ContentDeleted(item.length);
  item.markDeleted();
}

function readClients(reader: Reader): ClientValues[] {
  const clients: ClientValues[] = [];
  for (let last = -1; reader.remaining > 0;) {
    const client = reader.varint();
    const count = reader.varint();
    if (client <= last || count === 0) throw new MalformedBytes('clients out of order');
    clients.push({ client, count, items: [] });
    last = client;
  }
  return clients;
}

function readJson(bytes: Bytes): readonly unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(decoder.decode(bytes));
  } catch {
    throw new MalformedBytes('not JSON');
  }
  if (!Array.isArray(list)) throw new MalformedBytes('not a list');
  return list;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new MalformedBytes('not a text');
  return value;
}

function sectionOf(value: unknown, doc: Y.Doc): Section {
  if (!Array.isArray(value) || value.length !== 2) throw new MalformedBytes('not a pair');
  const [section, name] = [textOf(value[0]), textOf(value[1])];
  return { section, name, root: doc.getMap(section), firsts: [] };
}

/** Keys have one spelling: no section or entry stands there twice, and only a whole entry has a name behind it. */
function checkKeys(sections: readonly Section[], entries: readonly string[]): void {
  const pairs = new Set(sections.map(({ section, name }) => JSON.stringify([section, name])));
  const areShort = sections.every(
    ({ section, name }) => section.length <= MAX_ROOT && name.length <= MAX_SUB - ENTRY_LENGTH,
  );
  if (!areShort || pairs.size < sections.length || new Set(entries).size < entries.length)
    throw new MalformedBytes('bad keys');
  for (const entry of entries) if (entry.length > ENTRY_LENGTH) throw new MalformedBytes('bad entry');
}

function valueOf(json: unknown): unknown {
  if (isPlain(json)) return json;
  const { any } = json as { any?: unknown };
  const bytes = typeof any === 'string' ? fromBase64url(any) : null;
  if (!bytes) throw new MalformedBytes('no value');
  try {
    return decoding.readAny(decoding.createDecoder(bytes));
  } catch {
    throw new MalformedBytes('no value'); // lib0 throws all kinds of errors
  }
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new MalformedBytes('nothing there');
  return value;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
