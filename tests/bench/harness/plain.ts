/** The same edits in one plain Yjs document: what a peer without lanes, seals and signatures would keep and send. */
import * as Y from 'yjs';
import type { Edit } from '#lib/record/entry.ts';

export class PlainTwin {
  readonly #doc = new Y.Doc();

  constructor(client: number) {
    this.#doc.clientID = client;
  }

  /** Makes the edits; the answer is the update for others. */
  edit(edits: readonly Edit[], time: number): Uint8Array {
    const before = Y.encodeStateVector(this.#doc);
    this.#doc.transact(() => {
      for (const edit of edits) {
        const map = this.#doc.getMap(edit.section);
        if (edit.type === 'put') {
          if (!map.has(`${edit.id}/@created`)) map.set(`${edit.id}/@created`, time);
          for (const [name, value] of Object.entries(edit.fields)) map.set(`${edit.id}/${name}`, value);
        } else map.set(`${edit.id}/@deleted`, edit.type === 'delete' ? time : null);
        map.set(`${edit.id}/@updated`, time);
      }
    });
    return Y.encodeStateAsUpdate(this.#doc, before);
  }
}
