/** What this device may say here now. */
import type { Context } from './context.ts';
import { CHAIN_START } from './log.ts';
import type { Members } from './members.ts';
import { isSilenced } from './owed.ts';
import type { Memory } from './turn.ts';

type Said = 'update' | 'heads' | 'snapshot';

/** The Yjs client that it writes as. */
export function clientOf({ self }: Context, members: Members): number | undefined {
  return members.author(self.id)?.clientId;
}

export function mayAuthor(
  { self: { id: device } }: Context,
  { head, members }: Pick<Memory, 'head' | 'members'>,
  kind: Said,
): boolean {
  const { seq } = head.chains.get(device) ?? CHAIN_START;
  return members.admits({ device, seq: seq + 1, id: '', kind });
}

/** Whether something is owed that has to be there before it says this. */
export function mustWait(context: Context, memory: Memory, kind: Said): boolean {
  const { owed } = memory.head;
  const isJudged = owed !== null && !owed.unknown && owed.controls === 0;
  return isSilenced(memory, context.self.id) && !(isJudged && !mayAuthor(context, memory, kind));
}
