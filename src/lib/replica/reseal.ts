/**
 * Unsent work after a rotation (R18). It was sealed for the members of an older epoch; whoever was removed since must not
 * read it, so it is sealed again under the current one before it is sent.
 *
 * What is said stays the same, number and all ([Note: sayings] in keys/signed.ts): should the relay have had the old frame
 * after all (sent, but never acknowledged), both are one. Control frames stay as they are: a rotation has to be read
 * under the epoch it ends.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { listFrames, type Context } from './context.ts';
import { makeFrame, type Frame } from './frames.ts';
import { ownLanes } from './log.ts';
import { readUnsentFrame, type Unsent } from './outbox.ts';
import { readLog } from './recount.ts';
import type { Transaction } from './transaction.ts';

/** The frames that took the place of unsent ones, in order. */
export async function resealUnsent(
  context: Context,
  transaction: Transaction,
  unsent: readonly Unsent[],
): Promise<readonly Frame[]> {
  const keys = context.keyring.current;
  const old = oldIn(context, unsent);
  if (!keys || old.length === 0) return [];
  const resealed: Frame[] = [];
  const renamed = new Map<Hex, Hex>();
  for (const one of old) {
    const frame = await readUnsentFrame(context, one, transaction.members);
    if (!frame) continue;
    const again = await makeFrame(
      frame,
      keys,
      context.self.signer,
      context.ports.random,
      context.policy.hasGrounds,
    );
    renamed.set(frame.id, again.id);
    transaction.unsend(one.key);
    replace(transaction, frame, again);
    transaction.send(again);
    resealed.push(again);
  }
  rename(context, transaction, renamed);
  return resealed;
}

/** Whether something waits that was sealed under other keys than those in use. */
export function isOldIn(context: Context, unsent: readonly Unsent[]): boolean {
  return oldIn(context, unsent).length > 0;
}

function oldIn({ keyring: { current } }: Context, unsent: readonly Unsent[]): Unsent[] {
  return unsent.filter(({ own, topic }) => own !== null && current && hex(topic) !== hex(current.topic));
}

/** Wherever one of these frames is named, on this device, by its id. */
function rename({ self }: Context, transaction: Transaction, renamed: ReadonlyMap<Hex, Hex>): void {
  const nameOf = (id: Hex) => renamed.get(id) ?? id;
  const { lane, before } = ownLanes(self.id, transaction.head.lanes);
  const { base, undecided } = transaction.head;
  const lanes = new Map(transaction.head.lanes);
  if (before[0]) lanes.set(lane, { ...before[0], frame: nameOf(before[0].frame) });
  transaction.setHead({
    lanes,
    undecided: undecided.map(nameOf),
    ...(base?.namedBy && { base: { ...base, namedBy: nameOf(base.namedBy) } }),
  });
}

/** In its place, whether it counts, is late or waits. */
function replace(transaction: Transaction, frame: Frame, again: Frame): void {
  transaction.place(frame, 'nowhere');
  const waits = transaction.waiting.delete(frame.id) || transaction.strangers.delete(frame.id);
  if (waits) transaction.waiting.set(again.id, again);
  const isLate = transaction.late.delete(frame.id);
  if (isLate) transaction.late.set(again.id, again);
  if (!waits && !isLate) transaction.entered.set(again.id, again);
  transaction.place(again, waits ? 'park' : isLate ? 'late' : 'frame');
}

/** What this device made and the relay may not have: its words after what is known to be sent, and its control frames. */
export async function readUnacknowledged(
  context: Context,
  transaction: Transaction,
): Promise<readonly Frame[]> {
  const parked = [...transaction.strangers.values()].map(({ frame }) => frame);
  const isOwn = ({ author }: Frame) => author === context.self.id;
  const data = [...(await readLog(context, transaction)).values(), ...parked]
    .filter((frame) => isOwn(frame) && frame.kind !== 'control' && frame.seq > transaction.head.sent.seq)
    .sort((a, b) => a.seq - b.seq);
  const { opened } = await listFrames(context, context.layout.frames);
  const controls = opened
    .map(({ frame }) => frame.frame)
    .filter((frame) => isOwn(frame) && frame.kind === 'control');
  return [...controls, ...data];
}
