/**
 * What a person changes, as 200 bytes: the text of a small entry is replaced, fifty entries in turn.
 *
 * Every seat writes entries of its own, which is the kindest case for a server that merges: nothing conflicts.
 */
import * as Y from 'yjs';

export const EDIT_BYTES = 200;
const ENTRIES = 50;

/** Successive Yjs updates of one author, each about `EDIT_BYTES` long. */
export function editsOf(seat: number): () => Uint8Array {
  const make = replacing(seat);
  return () => make(TEXT_LENGTH);
}

function replacing(seat: number): (length: number) => Uint8Array {
  const doc = new Y.Doc();
  const entries = doc.getMap<string>('record');
  let update = new Uint8Array();
  doc.on('update', (made: Uint8Array<ArrayBuffer>) => (update = made));
  let count = 0;
  return (length) => {
    entries.set(`${seat}-${count++ % ENTRIES}`, 'x'.repeat(length));
    return update;
  };
}

/** What an update holds besides the text shows once an entry is replaced. */
const TEXT_LENGTH = (() => {
  const make = replacing(0);
  const replaced = Array.from({ length: 2 * ENTRIES }, () => make(EDIT_BYTES / 2).length).at(-1)!;
  return EDIT_BYTES - (replaced - EDIT_BYTES / 2);
})();
