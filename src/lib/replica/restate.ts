/**
 * Words of this device that rotted in both their places before the relay had them (R03). The record still holds what they
 * set. Once the relay has shown that it does not have them either, nobody has: their number and those after it are free,
 * and what was said under them is said again as one update, of the same values under the same clocks, so that the record
 * stays as it is and comes to be the same everywhere.
 *
 * Leaves out: a control frame lost that way. Its id cannot be made again, and what others must know by it (a rotation) is
 * then to be done anew.
 */
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { authorData } from './authoring.ts';
import { chainsOf, readBase } from './base.ts';
import type { Context } from './context.ts';
import type { RecordDocument } from './document.ts';
import { inspectUpdate } from './gate.ts';
import { admit, CHAIN_START, type Chain } from './log.ts';
import type { Frame } from './frames.ts';
import type { Unsent } from './outbox.ts';
import { readVerified } from './rebuild.ts';
import type { Turn } from './turn.ts';

/** What of the outbox is left nowhere on this disk. */
export function lostIn(turn: Turn, unsent: readonly Unsent[]): readonly Unsent[] {
  return unsent.filter(({ id, isLost }) => isLost && !turn.entered.has(id) && !turn.waiting.has(id));
}

/** How many of this device's words after what the relay has are not among these frames. */
export function holesIn({ head }: Turn, self: Hex, held: readonly Frame[]): number {
  const from = Math.max(head.sent.seq, head.base?.chains.get(self)?.seq ?? 0);
  const numbers = new Set(held.filter(({ kind }) => kind !== 'control').map(({ seq }) => seq));
  let holes = 0;
  for (let seq = from + 1; seq <= (head.chains.get(self)?.seq ?? 0); seq++) if (!numbers.has(seq)) holes++;
  return holes;
}

interface Restating {
  readonly unsent: readonly Unsent[];
  /** Frames that are to be sent and have left no trace. */
  readonly holes: number;
  readonly keys: EpochKeys;
  readonly client: number;
}

/** Says again what was lost. The relay has been asked for all of it. */
export async function restate(
  context: Context,
  turn: Turn,
  document: RecordDocument,
  { unsent, holes, keys, client }: Restating,
): Promise<void> {
  const lost = lostIn(turn, unsent).filter(({ id }) => !turn.controls.has(id));
  // What the relay had once, and others may have: it is theirs to send again.
  for (const { key, id } of lost.filter(({ isNew }) => !isNew)) {
    turn.unsend(key);
    turn.forget(id);
  }
  if (holes === 0 && !lost.some(({ isNew }) => isNew)) return;
  const end = await lastWhole(context, turn);
  const [content, to] = [document.since(client, end.clock), document.clock(client)];
  if (to > end.clock && !inspectUpdate(content, client)) return;
  for (const { key, id, own, isLost } of unsent) {
    if (isLost ? turn.controls.has(id) : (own?.seq ?? 0) <= end.seq) continue;
    turn.unsend(key);
    turn.forget(id);
    turn.entered.delete(id);
    turn.waiting.delete(id);
  }
  const chains = new Map(turn.head.chains).set(context.self.id, end);
  turn.setHead({ chains, announced: new Map(), announcedRules: [], unsent: turn.head.unsent - holes });
  if (to > end.clock) await authorData(context, turn, 'update', content, keys, to);
}

/** How far the frames that are there take this device's chain. */
async function lastWhole(context: Context, turn: Turn): Promise<Chain> {
  const start = chainsOf((await readBase(context, turn)).frontier);
  const held = [...(await readVerified(context, turn)).values()];
  const frames = held.filter(({ author, seq }) => seq > (start.get(author)?.seq ?? 0));
  return admit(frames, turn, start).chains.get(context.self.id) ?? CHAIN_START;
}
