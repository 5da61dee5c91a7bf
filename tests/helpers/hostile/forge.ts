/**
 * Frames that an honest replica would never make, by somebody who holds real keys: a member turned bad, or a copy of a
 * device. And frames on paper, without seal or signature, for the tests of what counts.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { zeroId } from '#lib/keys/ids.ts';
import { makeFrame, type Draft, type Frame } from '#lib/replica/frames.ts';
import type { Members } from '#lib/replica/members.ts';
import type { WorldDevice, ReplicaWorld } from '../worlds/replica-world.ts';
import { seededRandom } from '../tools/random.ts';

export const ZERO = hex(zeroId());

/** A frame signed by this device that goes on from where its chain stands in `seenBy`, unless the draft says otherwise. */
export async function forge(
  world: ReplicaWorld,
  device: WorldDevice,
  draft: Partial<Draft> & Pick<Draft, 'kind' | 'content'>,
  seenBy: WorldDevice = device,
): Promise<Frame> {
  const head = seenBy.replica.head(device.id, 'data') ?? { seq: 0, id: ZERO };
  const place = { seq: head.seq + 1, before: head.id, prev: head.id };
  const clock = { time: world.clock.now(), counter: 0 };
  const full: Draft = { author: device.id, ...place, clock, deps: [], rules: [], ...draft };
  return makeFrame(full, world.epochs.at(-1)!, device.keys.signer, world.random);
}

/** What a relay would hand over. */
export function received(...frames: readonly Frame[]): { topic: Bytes; bytes: Bytes }[] {
  return frames.map(({ topic, bytes }) => ({ topic, bytes }));
}

/** A frame on paper. Its id follows from what it says. */
export function paperFrame(
  draft: Partial<Draft> & Pick<Draft, 'author' | 'seq' | 'before'>,
  epoch = 0,
): Frame {
  const full: Draft = {
    kind: 'update',
    clock: { time: draft.seq, counter: 0 },
    content: Uint8Array.of(0, 0),
    prev: draft.before,
    deps: [],
    rules: [],
    ...draft,
  };
  const inner = {
    ...full,
    author: fromHex(full.author),
    prev: fromHex(full.prev),
    deps: [],
    body: full.content,
  };
  const { content, ...said } = full;
  const hash = (value: unknown) => hex(sha256(new TextEncoder().encode(JSON.stringify(value)), content));
  const rest = { epoch, inner, topic: new Uint8Array(32), bytes: content };
  return { ...full, ...rest, saying: hash(said), id: hash([said, epoch]) };
}

/** Devices on paper that may do everything, each with a client id of its own. */
export function paperMembers(
  authors: readonly string[],
  pins: Readonly<Record<string, { seq: number; id: string }>> = {},
): Members {
  return {
    heads: [],
    author(device) {
      const index = authors.indexOf(device);
      const pin = pins[device];
      return index < 0
        ? undefined
        : { signing: new Uint8Array(32), clientId: index + 1, ...(pin && { pin }) };
    },
    admits({ device, seq, id }) {
      const pin = pins[device];
      return authors.includes(device) && (!pin || seq < pin.seq || (seq === pin.seq && id === pin.id));
    },
  };
}

export function paperDevice(name: string): string {
  return hex(seededRandom(`paper ${name}`)(32));
}
