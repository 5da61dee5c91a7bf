/**
 * Takes in what was put aside when this device got new keys (entry/salvage.ts): words that the relay lacks, because it never had
 * them or has lost them since, go to it, and count or are late as any word of their author does. (Their files are sent by documents/transfers.ts.)
 *
 * Guarantees: nothing put aside goes before what came of it is on the disk; what could not be opened is told as a number.
 */
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import type { Key, Storage } from '#lib/storage/storage.ts';
import { SALVAGE } from '#lib/vault/entry/salvage.ts';
import type { OpenSpace } from './roster-space.ts';
import type { Spaces } from './spaces.ts';

export interface Salvaging {
  readonly storage: Storage;
  /** All open. */
  readonly spaces: Spaces;
  readonly onLost: (words: number) => Promise<void>;
  readonly wake: () => void;
}

/** As many frames at once. */
const BATCH = 200;

export async function takeSalvaged({ storage, spaces, onLost, wake }: Salvaging): Promise<void> {
  const keys = await storage.keys(SALVAGE);
  if (keys.length === 0) return;
  const unsent = keys.filter(([, , kind]) => kind === 'unsent');
  let lost = unsent.length;
  for (const space of spaces.all()) {
    const own = new Set(unsent.filter(([, id]) => id === hex(space.id)).map((key) => key.at(-1)!));
    const done = await takeFrames(storage, space);
    if (!done) return; // the disk refused: looked at again at the next start
    lost -= own.size - (await space.replica.lacking([...own])).length;
  }
  // While keys are still to come nothing is lost yet: looked at again at the next start.
  const isEveryKeyHere = [spaces.account, ...spaces.records()].every((space) => space.hasKey());
  if (lost > 0 && !isEveryKeyHere) return wake();
  if (lost > 0) await onLost(lost);
  await storage.write([{ type: 'deletePrefix', prefix: SALVAGE }], 'strict');
  wake();
}

async function takeFrames(storage: Storage, { id, replica }: OpenSpace): Promise<boolean> {
  for (const kind of ['held', 'unsent'])
    for (let after: Key | undefined; ;) {
      const page = after ? { limit: BATCH, after } : { limit: BATCH };
      const stored = await storage.list([...SALVAGE, hex(id), kind], page);
      const last = stored.at(-1);
      if (!last) break;
      after = last.key;
      const batch = stored.map(({ key, value }) => ({ topic: fromHex(key.at(-2)!), bytes: value }));
      // All that the relay shows is here: what is still news, the relay lacks, though it may have had it once.
      const taken = await replica.receive(batch, { unsent: true });
      if (!taken.ok) return false;
    }
  return true;
}
