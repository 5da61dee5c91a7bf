/** Layer 3: whose words count. */
import type { Device, Id } from './history.ts';

/** A frame of data: what its author had said just before, and what of others it names. */
export interface Word {
  readonly id: Id;
  readonly author: Device;
  readonly before: readonly Id[];
  readonly names: readonly Id[];
}

/** What layer 3 needs of a roster, the model's or the product's. */
export interface Standing {
  readonly stands: (device: Device) => boolean;
  readonly isKnown: (device: Device) => boolean;
  readonly anchors: readonly { readonly saying: Id }[];
}

/** The least set that holds what standing devices say, what counting controls name, and what either names or goes on from. */
export function countedWords(words: Iterable<Word>, { stands, isKnown, anchors }: Standing): Set<Id> {
  const known = new Map([...words].filter(({ author }) => isKnown(author)).map((word) => [word.id, word]));
  const counted = new Set<Id>();
  const reached = [...known.values()].filter(({ author }) => stands(author)).map(({ id }) => id);
  reached.push(...anchors.map(({ saying }) => saying));
  for (let id = reached.pop(); id !== undefined; id = reached.pop()) {
    const word = known.get(id);
    if (!word || counted.has(id)) continue;
    counted.add(id);
    reached.push(...word.before, ...word.names);
  }
  return counted;
}
