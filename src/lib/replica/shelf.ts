/** What only receiving needs, from the disk: where every frame stands, and those that do not count yet. */
import type { Hex } from '#lib/keys/ids.ts';
import { listFrames, type Context } from './context.ts';
import type { Key } from './ports.ts';
import type { Shelf } from './turn.ts';

export const NO_SHELF: Shelf = {
  held: new Map(),
  waiting: new Map(),
  late: new Map(),
  refused: new Map(),
  strangers: new Map(),
  suspects: new Map(),
};

export async function readShelf(context: Context): Promise<Shelf> {
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
  const strangers = new Map(parked.opened.map(({ frame }) => [frame.frame.id, frame]));
  return {
    held,
    waiting: new Map(),
    late: new Map(late.opened.map(({ frame: { frame } }) => [frame.id, frame])),
    refused: new Map(refused.opened.map(({ frame: { frame } }) => [frame.id, frame])),
    strangers, // verified again with the first batch: the disk outside the seal is not believed
    suspects: new Map(suspects.map((key) => [key.at(-1) ?? '', key.at(-2) ?? ''])),
  };
}
