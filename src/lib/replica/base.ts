/**
 * What the log starts from: the snapshots that were adopted (adopt.ts), read again from their frames.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { readFrames, type Context } from './context.ts';
import type { Frame } from './frames.ts';
import type { Chain } from './log.ts';
import { decodeSnapshot, type CoveredChain, type Snapshot } from './snapshot.ts';
import type { Base, Origin } from './state.ts';
import type { Turn } from './turn.ts';

export interface Foundation {
  readonly snapshots: readonly Origin[];
  /** What they cover together, each chain as the snapshot has it that covers most of it. */
  readonly frontier: ReadonlyMap<Hex, CoveredChain>;
  readonly states: readonly Bytes[];
}

/** Those of the adopted snapshots that are still held and still count. */
export async function readBase(context: Context, turn: Turn): Promise<Foundation> {
  const read: { origin: Origin; snapshot: Snapshot }[] = [];
  for (const origin of turn.head.base?.snapshots ?? []) {
    const snapshot = await readSnapshot(context, turn, origin);
    if (snapshot) read.push({ origin, snapshot });
  }
  const frontier = new Map<Hex, CoveredChain>();
  for (const { snapshot } of read)
    for (const [author, chain] of snapshot.frontier)
      if (chain.seq > (frontier.get(author)?.seq ?? 0)) frontier.set(author, chain);
  return {
    snapshots: read.map(({ origin }) => origin),
    frontier,
    states: read.map(({ snapshot }) => snapshot.state),
  };
}

/** Whether all that was adopted could be read. */
export function isWhole({ snapshots }: Foundation, base: Base | null): boolean {
  return snapshots.length === (base?.snapshots.length ?? 0);
}

/** The chains as admission wants them, without what only Merkle roots need. */
export function chainsOf(frontier: ReadonlyMap<Hex, CoveredChain>): Map<Hex, Chain> {
  return new Map(
    [...frontier].map(([author, { seq, id, frame, clock }]) => [author, { seq, id, frame, clock }]),
  );
}

/** Whether a frame of this kind and author may count here. */
export function counts(turn: Turn, { author, seq, saying: id, kind }: Frame): boolean {
  return turn.members.admits({ device: author, seq, id, kind });
}

async function readSnapshot(context: Context, turn: Turn, { parts }: Origin): Promise<Snapshot | null> {
  const frames: Frame[] = [];
  for (const id of parts) {
    const key = turn.keyOf(id);
    const atHand = turn.entered.get(id) ?? turn.waiting.get(id);
    const { opened } = atHand || !key ? { opened: [] } : await readFrames(context, [[id, key]]);
    const frame = atHand ?? opened[0]?.frame;
    if (!frame || !counts(turn, frame)) return null;
    frames.push(frame);
  }
  return decodeSnapshot(
    frames.map(({ content }) => content),
    turn.members,
    context.schema,
  );
}
