/**
 * What the relay must have, and has not (C01, R16): frames that it acknowledged or showed are missing from what it lists.
 *
 * It may have erased them rightly, because a snapshot covers them; perhaps one that this device has not seen yet, in this
 * topic or in another. So the missing ones are suspects, kept on the disk; once the relay has shown all it has they are
 * either covered, or lost: then they are sent again and it is told.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { readUndecided } from './adopt.ts';
import { isCovered } from './base.ts';
import { listFrames, readFrames, type Context } from './context.ts';
import type { Frame } from './frames.ts';
import { shortOf } from './lane.ts';
import type { Transaction } from './transaction.ts';

/** Notes what `listed` leaves out. */
export async function noteAbsent(
  context: Context,
  transaction: Transaction,
  topic: Bytes,
  { listed, unsent }: { readonly listed: ReadonlySet<Hex>; readonly unsent: ReadonlySet<Hex> },
): Promise<void> {
  const { opened } = await listFrames(context, context.layout.framesOf(topic));
  const absent = opened
    .map(({ frame }) => frame.frame)
    .filter((frame) => !listed.has(frame.id) && !unsent.has(frame.id) && !isFolded(transaction, frame));
  // No snapshot covers a control frame. One that covers the others may stand in any topic, so all of them come first.
  const lost = absent.filter(({ kind }) => kind === 'control');
  for (const frame of absent) if (!lost.includes(frame)) transaction.suspect(frame.topic, frame.id);
  sendAgain(transaction, topic, lost);
}

/** The relay has shown all it has: suspects that no snapshot has covered by now were lost. */
export async function settleSuspects(context: Context, transaction: Transaction): Promise<void> {
  const byTopic = new Map<Hex, Hex[]>();
  for (const [id, topic] of transaction.suspects) byTopic.set(topic, [...(byTopic.get(topic) ?? []), id]);
  for (const [topic, ids] of byTopic) {
    const keys = ids.flatMap((id): [Hex, readonly string[]][] => {
      const key = transaction.keyOf(id);
      return key ? [[id, key]] : [];
    });
    const { opened } = await readFrames(context, keys);
    const lost = opened.map(({ frame }) => frame).filter((frame) => !isFolded(transaction, frame));
    const told = await foldedElsewhere(context, transaction, lost);
    for (const frame of told) transaction.send(frame, 'again');
    const untold = lost.filter((frame) => !told.includes(frame));
    sendAgain(transaction, fromHex(topic), untold);
  }
  transaction.clearSuspects();
}

/**
 * Those that were erased rightly, as far as can be told here: by a snapshot that does not count, its author being out since; or
 * by one that may stand under an epoch of which this device has no keys. Nobody is accused.
 */
async function foldedElsewhere(
  context: Context,
  transaction: Transaction,
  lost: readonly Frame[],
): Promise<readonly Frame[]> {
  if (lost.length === 0 || !readsAll(context, transaction)) return lost;
  const lanes = (await readUndecided(context, transaction)).flatMap((snapshot) => [
    ...snapshot.lanes.values(),
  ]);
  return lost.filter(({ author, saying, seq }) =>
    lanes.some(({ head, lane }) => head.author === author && lane.frameAt(shortOf(saying)) === seq - 1),
  );
}

/** Whether this device has the keys of every epoch that counts, and those that come: one that was revoked is given none. */
export function readsAll({ keyring, self }: Context, { members }: Transaction): boolean {
  return members.stands(self.id) && members.epochs.every((epoch) => keyring.has(epoch));
}

function isFolded(transaction: Transaction, frame: Frame): boolean {
  return (
    frame.kind !== 'control' &&
    isCovered(frame, transaction.head.base?.lanes ?? new Map(), transaction.document)
  );
}

function sendAgain(transaction: Transaction, topic: Bytes, lost: readonly Frame[]): void {
  if (lost.length === 0) return;
  for (const frame of lost) transaction.send(frame, 'again');
  transaction.raise({ type: 'rollback', topic: hex(topic), frames: lost.length });
}
