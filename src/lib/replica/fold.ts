/** A document to its bytes (folded.ts). */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import {
  AFTER,
  ENTRY_LENGTH,
  isCounted,
  isPlain,
  NUMBER,
  OF_ANOTHER,
  REPLACED,
  VERSION,
  zigzag,
} from './folded.ts';

/** The bytes of a document that holds what document.ts writes and the gate lets in. */
export function fold(doc: Y.Doc): Bytes {
  const columns = new FoldColumns([...doc.store.clients.keys()].sort((a, b) => a - b));
  for (const client of columns.clients) {
    for (const struct of doc.store.clients.get(client) ?? []) {
      if (!(struct instanceof Y.Item)) throw new Error('not a value under a key');
      columns.add(struct);
    }
  }
  return columns.finish((client) => Y.getState(doc.store, client));
}

class FoldColumns {
  readonly #index: ReadonlyMap<number, number>;
  readonly #sections = new Map<string, Map<string, number>>();
  readonly #pairs: [section: string, name: string][] = [];
  readonly #entries = new Map<string, number>();
  readonly #tags = new Writer(65_536);
  readonly #places = new Writer(65_536);
  readonly #numbers = new Writer(65_536);
  readonly #others: unknown[] = [];
  readonly #roots = new Map<unknown, string>();
  #entry = 0;
  #distance = 0;
  #number = 0;

  readonly clients: readonly number[];

  constructor(clients: readonly number[]) {
    this.clients = clients;
    this.#index = new Map(clients.map((client, i) => [client, i]));
  }

  add(item: Y.Item): void {
    const { id, origin, length, content } = item;
    const values = content instanceof Y.ContentAny && !item.deleted ? content.arr : [];
    // Yjs joins values that were replaced one right after the other; here each stands for itself.
    for (let i = 0; i < length; i++) {
      const before = i === 0 ? origin : Y.createID(id.client, id.clock + i - 1);
      const tag = this.#value(values, i) | this.#place(item, before, id.clock + i);
      this.#tags.u8(tag);
    }
  }

  finish(count: (client: number) => number): Bytes {
    const clients = new Writer();
    for (const client of this.clients) clients.varint(client).varint(count(client));
    const columns = [
      clients.finish(),
      utf8(JSON.stringify(this.#pairs)),
      utf8(JSON.stringify([...this.#entries.keys()])),
      ...[this.#tags, this.#places, this.#numbers].map((writer) => writer.finish()),
      utf8(JSON.stringify(this.#others)),
    ];
    const writer = new Writer(columns.reduce((sum, { length }) => sum + 4 + length, 1)).u8(VERSION);
    for (const column of columns) writer.lengthPrefixed(column);
    return writer.finish();
  }

  #value(values: readonly unknown[], i: number): number {
    if (i >= values.length) return REPLACED;
    const value = values[i];
    if (isCounted(value)) {
      this.#numbers.varint(zigzag(value - this.#number));
      this.#number = value;
      return NUMBER;
    }
    this.#others.push(isPlain(value) ? value : { any: toBase64url(encodeAny(value)) });
    return 0;
  }

  #place(item: Y.Item, before: Y.ID | null, clock: number): number {
    const client = item.id.client;
    if (!before) {
      const key = item.parentSub ?? '';
      const entry = numberIn(this.#entries, key.slice(0, ENTRY_LENGTH));
      this.#places
        .varint(this.#pair(this.#rootOf(item.parent), key.slice(ENTRY_LENGTH)))
        .varint(zigzag(entry - this.#entry));
      this.#entry = entry;
      return 0;
    }
    if (before.client === client) {
      const distance = clock - before.clock;
      this.#places.varint(zigzag(distance - this.#distance));
      this.#distance = distance;
      return AFTER;
    }
    this.#places.varint(this.#index.get(before.client) ?? 0).varint(before.clock);
    return AFTER | OF_ANOTHER;
  }

  #pair(section: string, name: string): number {
    const names = this.#sections.get(section) ?? new Map<string, number>();
    this.#sections.set(section, names);
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, this.#pairs.length);
    return this.#pairs.push([section, name]) - 1;
  }

  #rootOf(parent: unknown): string {
    const known = this.#roots.get(parent);
    if (known !== undefined) return known;
    const root = Y.findRootTypeKey(parent as Y.AbstractType<unknown>);
    this.#roots.set(parent, root);
    return root;
  }
}

function encodeAny(value: unknown): Bytes {
  return toOwned(
    encoding.encode((encoder) => {
      encoding.writeAny(encoder, value as Parameters<typeof encoding.writeAny>[1]);
    }),
  );
}

function numberIn(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}
