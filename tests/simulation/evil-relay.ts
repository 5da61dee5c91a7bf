/**
 * A relay that keeps every frame it was ever given, and shows of it what it likes: it drops, delays, reorders, replays,
 * flips, truncates, injects, keeps a topic or a chain from one reader, keeps devices in two worlds and falls back to
 * yesterday. What it did is noted, since only what somebody did may be reported. Of every four one is honest: under it
 * nobody may be told of anything.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Received } from '#lib/replica/replica.ts';
import { plainRelay, type Kept, type PlainRelay } from '../helpers/worlds/plain-relay.ts';
import type { SeededRandom } from '../helpers/tools/random.ts';

export type Malice =
  'drop' | 'withhold' | 'reorder' | 'replay' | 'flip' | 'truncate' | 'inject' | 'fork' | 'rollback';

export interface EvilRelay extends PlainRelay {
  /** What was done to anybody so far. */
  readonly done: Set<Malice>;
  /** What this device is shown of an answer. */
  show(device: string, topic: Bytes, entries: readonly Kept[]): readonly Received[];
  /** Cuts the devices into two worlds that do not see each other's frames from here on. */
  fork(devices: readonly string[]): void;
  join(): void;
  /** From here on this device sees nothing new of this topic, or of the chains. */
  withhold(device: string, topic: Bytes | 'chains'): void;
  /** Whether new statements of chains are kept from the device. */
  hidesChains(device: string): boolean;
  /** Falls back to the last backup, or makes one. */
  rollBack(): void;
  backUp(): void;
  /** From here on it is honest, and has every frame it was ever given and not told to erase. */
  repent(): void;
  putFrom(device: string, topic: Bytes, bytes: Bytes): Kept;
  /** Every frame it was ever given. */
  given(): readonly Received[];
  /** Whether a frame is gone because somebody proposed it. */
  hasErased(id: string): boolean;
  /** How many different ones. */
  size(): number;
}

export function evilRelay(random: SeededRandom, isHonest = false): EvilRelay {
  const relay = plainRelay();
  const everything: { topic: Bytes; bytes: Bytes }[] = [];
  const ids = new Set<string>();
  const done = new Set<Malice>();
  const worlds = new Map<string, number>();
  const worldOfFrame = new Map<string, number>();
  const erased = new Set<string>();
  let restore: (() => void) | null = null;
  const withheld = new Map<string, Set<string>>();
  let honest = isHonest;

  const isShown = (device: string, id: string): boolean => {
    const world = worldOfFrame.get(id);
    return world === undefined || worlds.size === 0 || world === worlds.get(device);
  };

  return {
    ...relay,
    done,
    given: () => everything,
    hasErased: (id) => erased.has(id),
    size: () => ids.size,
    purge() {
      for (const kept of relay.topics.values()) for (const { id, doomed } of kept) if (doomed) erased.add(id);
      relay.purge();
    },
    putFrom(device, topic, bytes) {
      const id = hex(frameId(bytes));
      if (!ids.has(id)) everything.push({ topic, bytes });
      ids.add(id);
      erased.delete(id);
      if (worlds.size > 0) worldOfFrame.set(id, worlds.get(device) ?? 0);
      return relay.put(topic, bytes);
    },
    show(device, topic, entries) {
      let frames = entries.filter(({ id }) => isShown(device, id)).map(({ bytes }) => ({ topic, bytes }));
      if (frames.length < entries.length) done.add('fork');
      if (honest) return frames;
      if (frames.length > 0 && withheld.get(device)?.has(hex(topic))) {
        done.add('withhold');
        return [];
      }
      const tempted = (malice: Malice, probability: number) => {
        const does = frames.length > 0 && random.chance(probability);
        if (does) done.add(malice);
        return does;
      };
      if (tempted('drop', 0.15)) frames = frames.filter(() => random.chance(0.6));
      if (tempted('reorder', 0.3)) frames = random.shuffle(frames);
      if (tempted('replay', 0.2)) frames = [...frames, ...random.shuffle(frames).slice(0, 3)];
      if (tempted('flip', 0.15))
        frames = frames.map((frame) => (random.chance(0.3) ? flip(frame, random) : frame));
      if (tempted('truncate', 0.1))
        frames = frames.map((frame) => (random.chance(0.2) ? cut(frame, random) : frame));
      if (tempted('inject', 0.1)) frames = [...frames, { topic, bytes: forge(random) }];
      return frames;
    },
    fork(devices) {
      if (isHonest) return;
      done.add('fork');
      for (const device of devices) worlds.set(device, random.int(2));
    },
    join() {
      worlds.clear();
      worldOfFrame.clear();
      withheld.clear();
    },
    withhold(device, topic) {
      const topics = withheld.get(device) ?? new Set();
      withheld.set(device, topics.add(topic === 'chains' ? topic : hex(topic)));
    },
    hidesChains: (device) => !honest && withheld.get(device)?.has('chains') === true,
    backUp() {
      restore = relay.backup();
    },
    rollBack() {
      if (!restore || isHonest) return;
      done.add('rollback');
      restore();
    },
    repent() {
      honest = true;
      worlds.clear();
      worldOfFrame.clear();
      withheld.clear();
      for (const { topic, bytes } of everything)
        if (!erased.has(hex(frameId(bytes)))) relay.put(topic, bytes);
    },
  };
}

function flip({ topic, bytes }: Received, random: SeededRandom): Received {
  const flipped = bytes.slice();
  flipped[random.int(flipped.length)]! ^= 1 << random.int(8);
  return { topic, bytes: flipped };
}

function cut({ topic, bytes }: Received, random: SeededRandom): Received {
  return { topic, bytes: bytes.slice(0, random.int(bytes.length)) };
}

function forge(random: SeededRandom): Bytes {
  const bytes = random(1 + random.int(600));
  bytes[0] = random.chance(0.8) ? 1 : bytes[0]!;
  return bytes;
}
