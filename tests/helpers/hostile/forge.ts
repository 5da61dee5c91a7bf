/**
 * Frames that an honest replica would never make, by somebody who holds real keys: a member turned bad, or a copy of a
 * device.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { makeFrame, type Draft, type Frame } from '#lib/replica/frames.ts';
import type { WorldDevice, ReplicaWorld } from '../worlds/replica-world.ts';

/** A frame signed by this device that goes on from where its lane stands in `seenBy`, unless the draft says otherwise. */
export async function forge(
  world: ReplicaWorld,
  device: WorldDevice,
  draft: Partial<Draft> & Pick<Draft, 'kind' | 'content'>,
  seenBy: WorldDevice = device,
): Promise<Frame> {
  const [head] = seenBy.replica.lanesOf(device.id);
  const place = { seq: (head?.seq ?? 0) + 1, before: head ? [head.saying] : [] };
  const clock = { time: world.clock.now(), counter: 0 };
  const full: Draft = { author: device.id, ...place, clock, deps: [], names: [], chains: [], ...draft };
  return makeFrame(full, world.epochs.at(-1)!, device.keys.signer, world.random);
}

/** What a relay would hand over. */
export function received(...frames: readonly Frame[]): { topic: Bytes; bytes: Bytes }[] {
  return frames.map(({ topic, bytes }) => ({ topic, bytes }));
}
