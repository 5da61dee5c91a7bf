/**
 * The end of what a snapshot covers (docs/protocol.md, rules 28 and 29): the base is named first, so that it counts whatever
 * becomes of who made it, and what it covers is let go when that word is out.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { authorData, headsContent } from './authoring.ts';
import { isCovered } from './base.ts';
import type { Context } from './context.ts';
import { readLog } from './recount.ts';
import type { Transaction } from './transaction.ts';

/** Names a verified base, so that it counts whatever becomes of who made it; what it covers may go once this is out. */
export async function namesBase(context: Context, transaction: Transaction): Promise<void> {
  const { base } = transaction.head;
  const keys = context.keyring.current;
  if (!base?.verified || base.namedBy !== null || !keys) return;
  if (!transaction.members.stands(context.self.id) || !transaction.members.author(context.self.id)?.clientId)
    return;
  const isOwn = base.snapshots.every(({ author }) => author === context.self.id);
  const last = base.snapshots.at(-1)?.parts.at(-1) ?? null;
  const frame = isOwn
    ? null
    : await authorData(context, transaction, 'heads', headsContent(transaction, new Map()), keys);
  transaction.setHead({ base: { ...transaction.head.base!, namedBy: frame?.id ?? last } });
}

/**
 * What a verified base covers leaves the disk, once the relay has this device's word for it; an owner notes it for deletion.
 */
export async function letGo(
  context: Context,
  transaction: Transaction,
  acknowledged: (id: Hex) => boolean,
): Promise<void> {
  const { base } = transaction.head;
  if (!base?.verified || base.hasLetGo || base.namedBy === null || !acknowledged(base.namedBy)) return;
  transaction.setHead({ base: { ...base, hasLetGo: true } });
  const owns = transaction.members.stands(context.self.id);
  for (const frame of (await readLog(context, transaction)).values()) {
    if (!isCovered(frame, base.lanes, transaction.document) || transaction.late.has(frame.id)) continue;
    transaction.waiting.delete(frame.id);
    transaction.refused.delete(frame.id);
    transaction.entered.delete(frame.id);
    transaction.place(frame, 'nowhere');
    if (owns)
      transaction.changes.push({
        type: 'put',
        key: transaction.layout.doom(frame.topic, frame.id),
        value: new Uint8Array(0),
      });
  }
}
