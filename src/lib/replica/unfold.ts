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
    readValues(reader, doc, clients, forks);
    for (const section of doc.share.keys()) {
      const root: Root = doc.getMap(section);
      for (const [key, first] of root._map) chain(forks, first, root, key);
    }
    return doc;
  });
}

type Root = Y.Map<unknown>;

/** Where several values were set in one place: all of them, by the first. */
type Forks = Map<Y.Item, Y.Item[]>;

interface ClientValues {
  readonly client: number;
  readonly count: number;
  /** The clock of a value is its index. */
  readonly items: Y.Item[];
}

/**
 * Puts the values into the document: under every key the one that was set first, whose `right` leads on to what took its
 * place, and so on.
 */
function readValues(reader: Reader, doc: Y.Doc, clients: readonly ClientValues[], forks: Forks): void {
  const column = () => new Reader(reader.lengthPrefixed(reader.remaining));
  const list = () => readJson(reader.lengthPrefixed(reader.remaining));
  const sections = list().map((pair) => keyEndOf(pair, doc));
  const entries = list().map(textOf);
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
  const readFirst = (item: Y.Item) => {
    const { values, name } = at(sections, places.varint());
    entry += unzigzag(places.varint());
    const key = at(entries, entry) + name;
    if (key.length > MAX_SUB) throw new MalformedBytes('key too long');
    const first = values.get(key);
    if (first) join(forks, first, item);
    else values.set(key, item);
  };

  for (const { client, count, items } of clients) {
    doc.store.clients.set(client, items);
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
function chain(forks: Forks, first: Y.Item, parent: Root, key: string): void {
  const coming: Y.Item[] = [];
  const come = (item: Y.Item) => {
    const all = forks.get(item);
    if (!all) coming.push(item);
    else
      for (const one of all.sort((a, b) => b.id.client - a.id.client || a.id.clock - b.id.clock))
        coming.push(one);
  };
  let last: Y.Item | null = null;
  come(first);
  for (let item = coming.pop(); item; item = coming.pop()) {
    const next: Y.Item | null = item.right;
    if (last) {
      last.right = item;
      replace(last);
    }
    item.left = last;
    item.right = null;
    item.parent = parent;
    item.parentSub = key;
    last = item;
    if (next) come(next);
  }
  if (last?.content instanceof Y.ContentDeleted) replace(last);
  if (last && last !== first) parent._map.set(key, last);
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

/** How keys end, and where they stand. */
function keyEndOf(value: unknown, doc: Y.Doc): { values: Map<string, Y.Item>; name: string } {
  if (!Array.isArray(value) || value.length !== 2) throw new MalformedBytes('not a pair');
  const [section, name] = [textOf(value[0]), textOf(value[1])];
  if (section.length > MAX_ROOT) throw new MalformedBytes('section too long');
  return { values: doc.getMap(section)._map, name };
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
