/** What only receiving needs, from the disk: where every frame stands, and those that do not count yet. */
import type { Hex } from '#lib/keys/ids.ts';
import { listFrames, verifyAll, type Context } from './context.ts';
import type { OpenedFrame } from './frames.ts';
import type { Members } from './members.ts';
import type { Key } from './ports.ts';
import type { Parked } from './transaction.ts';

export const NOTHING_PARKED: Parked = {
  held: new Map(),
  waiting: new Map(),
  late: new Map(),
  refused: new Map(),
  strangers: new Map(),
  parkedBy: null,
  suspects: new Map(),
};

/**
 * The disk outside the seal is not believed: what says it is late or refused is verified again, and leaves its place where
 * its signature is not good; strangers are, with the first batch.
 */
export async function readParked(context: Context, members: Members): Promise<Parked> {
  const { layout, ports } = context;
  const { disk } = ports;
  const held = new Map<Hex, Key>();
  for (const prefix of [layout.frames, layout.late, layout.parked, layout.refused])
    for (const key of await disk.keys(prefix)) held.set(key.at(-1) ?? '', key);
  const suspects = await disk.keys(layout.suspects);
  const parked = await listFrames(context, layout.parked);
  const late = await listFrames(context, layout.late);
  const refused = await listFrames(context, layout.refused);
  for (const key of [...parked.damaged, ...late.damaged, ...refused.damaged]) held.delete(key.at(-1) ?? '');
  const verified = async (stored: readonly { readonly frame: OpenedFrame }[]) => {
    const { good, bad, unknown } = await verifyAll(
      stored.map(({ frame }) => frame),
      members,
      new Map(),
    );
    for (const { frame } of [...bad, ...unknown]) held.delete(frame.id);
    return new Map(good.map(({ frame }) => [frame.id, frame]));
  };
  const strangers = new Map(parked.opened.map(({ frame }) => [frame.frame.id, frame]));
  return {
    held,
    waiting: new Map(),
    late: await verified(late.opened),
    refused: await verified(refused.opened),
    strangers,
    parkedBy: null,
    suspects: new Map(suspects.map((key) => [key.at(-1) ?? '', key.at(-2) ?? ''])),
  };
}
