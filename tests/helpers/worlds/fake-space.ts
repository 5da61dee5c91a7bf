/**
 * A space that understands nothing: frames are random bytes chained by author, as real ones are, so that a hole in a
 * chain is noticed. It stands in for a replica where a test is about sync alone.
 */
import { concat, fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok } from '#lib/bytes/result.ts';
import type { Role } from '#lib/protocol/relay.ts';
import type { Credential, Cursor, Followed, Outgoing, Syncable } from '#lib/sync/syncable.ts';
import type { SeededRandom } from '../tools/random.ts';
import { idOf, keyPair } from './relay-world.ts';

const ID = 32;
const GENESIS = new Uint8Array(ID);

export interface FakeSpace extends Syncable {
  /** Makes a frame and puts it into the outbox. */
  write(size?: number): Bytes;
  /** Hex ids of all frames here, sorted. */
  ids(): string[];
  /** Frames that the relay lost and that went back to the outbox. */
  readonly lost: number;
  /** While set, the disk refuses. */
  failing: boolean;
}

export function fakeSpace(topic: Bytes, random: SeededRandom): FakeSpace {
  const frames = new Map<string, Bytes>();
  const outbox = new Map<string, Outgoing>();
  let cursor: Cursor = { after: 0, frame: null };
  let head = GENESIS;
  let lost = 0;
  const diskFull = { type: 'quota' } as const;

  const wanted = new Map<string, Bytes>(); // what frames here build on and that is not here

  const keep = (bytes: Bytes): Bytes => {
    const id = idOf(bytes);
    frames.set(hex(id), bytes);
    wanted.delete(hex(id));
    const before = bytes.slice(0, ID);
    if (hex(before) !== hex(GENESIS) && !frames.has(hex(before))) wanted.set(hex(before), before);
    return id;
  };

  const space: FakeSpace = {
    failing: false,
    write(size = 40) {
      const bytes = concat(head, random(size));
      head = keep(bytes);
      outbox.set(hex(head), { topic, id: head, bytes });
      return head;
    },
    ids: () => [...frames.keys()].sort(),
    get lost() {
      return lost;
    },
    topics: () => [topic],
    cursor: () => cursor,
    async receive(batch, { upTo } = {}) {
      if (space.failing) return fail(diskFull);
      for (const { bytes } of batch) keep(bytes.slice());
      if (upTo) cursor = { after: upTo.after, frame: upTo.frame };
      return ok();
    },
    outbox: async (limit = Infinity) => [...outbox.values()].slice(0, limit),
    unsent: () => outbox.size,
    async acknowledge(ids) {
      if (space.failing) return fail(diskFull);
      for (const id of ids) outbox.delete(hex(id));
      return ok();
    },
    missing: () => [...wanted.values()],
    wantsHistory: () => false,
    async reconcile(_, ids) {
      const there = new Set(ids.map(hex));
      for (const [name, bytes] of frames) {
        if (there.has(name) || outbox.has(name)) continue;
        outbox.set(name, { topic, id: fromHex(name), bytes });
        lost++;
      }
      return ok({ wanted: ids.filter((id) => !frames.has(hex(id))) });
    },
    deletable: async () => [],
    proposed: async () => ok(),
  };
  return space;
}

/** The keys of a topic, as a member with that role holds them. */
export interface TopicKeys {
  readonly topic: Bytes;
  follow(space: Syncable, role?: Role): Followed;
}

export function topicKeys(random: SeededRandom): TopicKeys {
  const topic = random(ID);
  const keys = { owner: keyPair(random), writer: keyPair(random), reader: keyPair(random) };
  const credential = (role: Role): Credential => ({
    role,
    key: keys[role].publicKey,
    sign: async (statement) => keys[role].sign(statement),
    ...(role === 'owner'
      ? {
          creation: {
            writeKey: keys.writer.publicKey,
            deleteKey: keys.owner.publicKey,
            ttl: 0,
            openToReaders: false,
          },
        }
      : {}),
  });
  return { topic, follow: (space, role = 'owner') => ({ space, credential: () => credential(role) }) };
}
