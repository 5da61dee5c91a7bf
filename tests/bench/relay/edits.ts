/**
 * What a person changes, as 200 bytes: the text of a small entry is replaced, fifty entries in turn.
 *
 * Every seat writes entries of its own, which is the kindest case for a server that merges: nothing conflicts.
 */
import * as Y from 'yjs';

export const EDIT_BYTES = 200;
const ENTRIES = 50;

export interface Author {
  readonly clientId: number;
  /** The next Yjs update, about `EDIT_BYTES` long. */
  next(): Uint8Array;
}

export function authorOf(seat: number): Author {
  const doc = new Y.Doc();
  const make = replacing(doc, seat);
  return { clientId: doc.clientID, next: () => make(TEXT_LENGTH) };
}

function replacing(doc: Y.Doc, seat: number): (length: number) => Uint8Array {
  const entries = doc.getMap<string>('record');
  let update: Uint8Array = new Uint8Array();
  doc.on('update', (made: Uint8Array) => (update = made));
  let count = 0;
  return (length) => {
    entries.set(`${seat}-${count++ % ENTRIES}`, 'x'.repeat(length));
    return update;
  };
}

/** What an update holds besides the text shows once an entry is replaced. */
const TEXT_LENGTH = (() => {
  const make = replacing(new Y.Doc(), 0);
  const replaced = Array.from({ length: 2 * ENTRIES }, () => make(EDIT_BYTES / 2).length).at(-1)!;
  return EDIT_BYTES - (replaced - EDIT_BYTES / 2);
})();
