/** Snapshots that an honest replica would never make, by an owner's device turned bad. */
import { fromHex } from '#lib/bytes/bytes.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import { openReceived, type Frame } from '#lib/replica/frames.ts';
import { Lane, shortOf } from '#lib/replica/lane.ts';
import { decodeSnapshot, encodeSnapshot, type FoldedLane, type Snapshot } from '#lib/replica/snapshot.ts';
import { encodeUpdate, readUpdate } from '#lib/replica/update.ts';
import type { ReplicaWorld, WorldDevice } from '../worlds/replica-world.ts';
import { forge } from './forge.ts';

/** Every lane as its frames make it, as this device has them. */
export async function truthOf(world: ReplicaWorld, device: WorldDevice): Promise<Snapshot> {
  const made = await device.replica.snapshot();
  if (!made.ok) throw new Error(made.error.type);
  const outgoing = (await device.replica.outbox()).at(-1)!;
  const opened = openReceived(outgoing.bytes, outgoing.id, world.epochs[0]!, true);
  if (typeof opened === 'string') throw new Error(opened);
  const snapshot = await decodeSnapshot([opened.frame.content], device.replica.members());
  if (!snapshot) throw new Error('no snapshot');
  return snapshot;
}

/** The words that the relay has, by saying. */
export function wordsAt({ epochs, relay }: ReplicaWorld): ReadonlyMap<Hex, Frame> {
  const [keys] = epochs;
  const frames = relay
    .list(keys!.topic, 0, true)
    .map(({ id, bytes }) => openReceived(bytes, fromHex(id), keys!, true))
    .flatMap((opened) => (typeof opened === 'string' ? [] : [opened.frame]));
  return new Map(frames.filter(({ kind }) => kind !== 'control').map((frame) => [frame.saying, frame]));
}

/** A lane of the frames that it is said to be made of, in which values are something else. */
export function lyingLane(
  world: ReplicaWorld,
  { head, lane }: FoldedLane,
  change: (value: FieldValue) => FieldValue,
): Lane {
  const words = wordsAt(world);
  const way: Frame[] = [];
  for (let next = words.get(head.saying); next; next = words.get(next.before[0] ?? '')) way.unshift(next);
  const lying = new Lane(lane.client);
  for (const { kind, content, saying, clock } of way) {
    const said = kind === 'update' ? readUpdate(content)! : null;
    const values = said?.values.map((value) => ({
      ...value,
      content: [change(value.content[0]), value.content[1]] as const,
    }));
    const update = said && values ? encodeUpdate({ ...said, values }) : null;
    if (!lying.apply(update, { short: shortOf(saying), ...clock })) throw new Error('not next');
  }
  return lying;
}

/** The snapshot in a frame of this device, which goes on from where `seenBy` has it. */
export async function snapshotBy(
  world: ReplicaWorld,
  device: WorldDevice,
  snapshot: Snapshot,
  seenBy: WorldDevice,
): Promise<Frame> {
  const contents = await encodeSnapshot(snapshot);
  return forge(world, device, { kind: 'snapshot', content: contents![0]! }, seenBy);
}
