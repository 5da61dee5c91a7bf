/**
 * The evil relay: the real one, seen through lines that lie. It stands between each device and the honest relay, reads
 * every message, remembers every frame, and shows each device what a script says instead of what is there.
 *
 * A script is a list of acts; each act is one kind of lie. What no act touches passes as it is, so that a test says
 * exactly which promise of the relay is broken. The relay holds no key of anybody, and neither does this one.
 */
import { createHash } from 'node:crypto';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { PAGE_ENTRIES } from '#lib/protocol/limits.ts';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '#lib/protocol/relay.ts';
import type { Reply, Request } from '#lib/protocol/relay.ts';
import type { Dial, Transport, TransportEvents } from '#lib/sync/transport.ts';
import type { SeededRandom } from '../tools/random.ts';

type Hex = string;

/** A frame as the relay shows it; in a list of ids without its bytes. */
export interface Shown {
  readonly topic: Hex;
  readonly cursor: number;
  readonly id: Hex;
  readonly doomed: boolean;
  readonly frame?: Bytes;
}

export interface Act {
  /** What `device` is shown instead of these frames, in the order of their cursors. */
  readonly shows?: (frames: readonly Shown[], device: string) => readonly Shown[];
  /** What arrives instead of this reply. */
  readonly replies?: (reply: Reply, device: string) => readonly Reply[];
  /** What becomes of a request: passed on changed, answered by the relay's own making, or (null) swallowed. */
  readonly asked?: (request: Request, device: string) => Request | { readonly answer: Reply } | null;
  /** Milliseconds that a message to the device is held back; messages may overtake each other. */
  readonly holds?: (device: string) => number;
}

/** Per topic the newest cursor: a moment to go back to. */
export type Mark = ReadonlyMap<Hex, number>;

export interface EvilRelay {
  /** The line of a device, by its name. */
  line(device: string): (honest: Dial) => Dial;
  /** The lies in force, in this order. Changed at any time; lines that stand are told nothing. */
  script: readonly Act[];
  /** Everything that devices asked, oldest first. */
  readonly asked: readonly { readonly device: string; readonly request: Request }[];
  /** Every frame that was ever put or shown, by topic, in the order of the cursors. */
  frames(topic?: Hex): readonly Shown[];
  /** Who put a frame first. */
  writer(id: Hex): string | undefined;
  topics(): readonly Hex[];
  mark(): Mark;
  /** Shows a frame of the relay's own making, or an old one, on every line that has the topic open, or to one device. */
  inject(topic: Hex, frame: Bytes, to?: { readonly cursor?: number; readonly device?: string }): void;
  /** Whether a device has opened the topic on a line that stands. */
  listens(device: string, topic: Hex): boolean;
  /** Breaks every line, or those of one device. */
  cut(device?: string): void;
}

interface OpenLine {
  readonly device: string;
  readonly topics: Set<Hex>;
  deliver(reply: Reply): void;
  end(): void;
}

const idOf = (frame: Bytes): Hex => createHash('sha256').update(frame).digest('hex');

export function evilRelay(): EvilRelay {
  const lines = new Set<OpenLine>();
  const known = new Map<Hex, Map<Hex, Shown>>();
  const writers = new Map<Hex, string>();
  const asked: { device: string; request: Request }[] = [];

  function remember(shown: Shown): void {
    const topic = known.get(shown.topic) ?? new Map<Hex, Shown>();
    known.set(shown.topic, topic);
    topic.set(shown.id, { ...topic.get(shown.id), ...shown });
  }

  const sorted = (topic: Hex): Shown[] =>
    [...(known.get(topic)?.values() ?? [])].sort((a, b) => a.cursor - b.cursor);

  const shownTo = (frames: readonly Shown[], device: string): readonly Shown[] =>
    evil.script.reduce((shown, { shows }) => shows?.(shown, device) ?? shown, frames);

  /** The reply with the frames in it as the script shows them. */
  function spoil(reply: Reply, device: string, question: Question | undefined): Reply {
    if (reply.type === 'events') {
      const topic = hex(reply.topic);
      const shown = shownTo(learn(topic, reply.entries), device);
      return { ...reply, entries: shown.flatMap(withFrame) };
    }
    if (!question) return reply;
    const { topic, limit } = question;
    if (reply.type === 'page' || reply.type === 'index') {
      const entries: readonly { cursor: number; doomed: boolean }[] = reply.entries;
      const learnt =
        reply.type === 'page'
          ? learn(topic, reply.entries)
          : reply.entries.map(({ id, ...entry }) => ({ ...entry, topic, id: hex(id) }));
      const shown = shownTo(learnt, device).slice(0, limit);
      const more = reply.more || (entries.length > limit && shown.length === limit);
      if (reply.type === 'page') return { ...reply, more, entries: shown.flatMap(withFrame) };
      const sizes = new Map(reply.entries.map(({ id, size }) => [hex(id), size]));
      return {
        ...reply,
        more,
        entries: shown.map(({ cursor, doomed, id }) => ({
          cursor,
          doomed,
          id: new Uint8Array(Buffer.from(id, 'hex')),
          size: sizes.get(id) ?? 256,
        })),
      };
    }
    if (reply.type === 'opened' && known.has(topic)) {
      const last = Math.max(0, ...shownTo(sorted(topic), device).map(({ cursor }) => cursor));
      return { ...reply, last: sorted(topic).at(-1)!.cursor === last ? reply.last : last };
    }
    return reply;
  }

  function learn(
    topic: Hex,
    entries: readonly { cursor: number; frame: Bytes; doomed?: boolean }[],
  ): Shown[] {
    return entries.map(({ cursor, frame, doomed }) => {
      const shown = { topic, cursor, frame: frame.slice(), doomed: doomed ?? false, id: idOf(frame) };
      remember(shown);
      return shown;
    });
  }

  function dialFor(device: string, honest: Dial): Dial {
    return (events: TransportEvents): Transport => {
      const questions = new Map<number, Question>();
      const held = new Set<NodeJS.Timeout>();
      let open = true;

      const deliver = (reply: Reply): void => {
        const wait = Math.max(0, ...evil.script.map(({ holds }) => holds?.(device) ?? 0));
        const hand = () => void (open && events.message(encodeReply(reply)));
        if (wait === 0) return hand();
        const timer = setTimeout(() => {
          held.delete(timer);
          hand();
        }, wait);
        held.add(timer);
      };

      const tell = (reply: Reply): void => {
        let replies: readonly Reply[] = [reply];
        for (const { replies: act } of evil.script)
          if (act) replies = replies.flatMap((one) => act(one, device));
        replies.forEach(deliver);
      };

      const line: OpenLine = {
        device,
        topics: new Set(),
        deliver: tell,
        end: () => {
          if (!open) return;
          close();
          transport.close();
          events.closed(1006);
        },
      };
      const close = (): void => {
        open = false;
        lines.delete(line);
        held.forEach(clearTimeout);
      };

      const transport = honest({
        message(message) {
          const reply = decodeReply(message);
          if (!reply) return events.message(message);
          if (reply.type === 'ack')
            for (const { req, cursor } of reply.acks) {
              const put = questions.get(req);
              if (put?.id)
                remember({ topic: put.topic, cursor, id: put.id, frame: put.frame!, doomed: false });
            }
          tell(spoil(reply, device, 'req' in reply ? questions.get(reply.req) : undefined));
        },
        closed(code) {
          if (!open) return;
          close();
          events.closed(code);
        },
      });
      lines.add(line);

      return {
        waiting: () => transport.waiting(),
        close() {
          close();
          transport.close();
        },
        send(message) {
          const sent = decodeRequest(message);
          if (!sent) return transport.send(message);
          asked.push({ device, request: sent });
          if (sent.type !== 'ping') note(sent);
          let request = sent;
          for (const { asked: act } of evil.script) {
            if (!act) continue;
            const outcome: ReturnType<typeof act> = act(request, device);
            if (!outcome) return;
            if ('answer' in outcome) return tell(outcome.answer);
            request = outcome;
          }
          // A list is asked for in full: what the script leaves out of it must not make it shorter than its limit.
          const whole = request.type === 'list' ? { ...request, limit: PAGE_ENTRIES } : request;
          transport.send(encodeRequest(whole));
        },
      };

      function note(request: Exclude<Request, { type: 'ping' }>): void {
        const topic = hex(request.topic);
        line.topics.add(topic);
        const limit = request.type === 'list' ? request.limit : PAGE_ENTRIES;
        if (request.type !== 'put') return void questions.set(request.req, { topic, limit });
        const frame = request.frame.slice();
        const id = idOf(frame);
        if (!writers.has(id)) writers.set(id, device);
        questions.set(request.req, { topic, limit, id, frame });
      }
    };
  }

  const evil: EvilRelay = {
    line: (device) => (honest) => dialFor(device, honest),
    script: [],
    asked,
    frames: (topic) => (topic === undefined ? [...known.keys()].flatMap(sorted) : sorted(topic)),
    writer: (id) => writers.get(id),
    topics: () => [...known.keys()],
    mark: () => new Map([...known.keys()].map((topic) => [topic, sorted(topic).at(-1)?.cursor ?? 0])),
    inject(topic, frame, { cursor = (sorted(topic).at(-1)?.cursor ?? 0) + 1, device } = {}) {
      const entries = [{ cursor, frame }];
      for (const line of lines)
        if (line.topics.has(topic) && (device === undefined || line.device === device))
          line.deliver({ type: 'events', topic: new Uint8Array(Buffer.from(topic, 'hex')), entries });
    },
    listens: (device, topic) => [...lines].some((line) => line.device === device && line.topics.has(topic)),
    cut(device) {
      for (const line of [...lines]) if (device === undefined || line.device === device) line.end();
    },
  };
  return evil;
}

interface Question {
  readonly topic: Hex;
  readonly limit: number;
  /** Of a put. */
  readonly id?: Hex;
  readonly frame?: Bytes;
}

function withFrame({ cursor, doomed, frame }: Shown): { cursor: number; doomed: boolean; frame: Bytes }[] {
  return frame ? [{ cursor, doomed, frame }] : [];
}

// ── the acts ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Drop: these frames are never shown. */
export function drops(isDropped: (frame: Shown, device: string) => boolean): Act {
  return { shows: (frames, device) => frames.filter((frame) => !isDropped(frame, device)) };
}

/** Rollback: the state of an earlier moment, and nothing that came since. */
export function rollsBack(to: Mark): Act {
  return drops(({ topic, cursor }) => cursor > (to.get(topic) ?? 0));
}

/** Fork: from `since` on each device is shown only what its own camp wrote. */
export function forks(evil: EvilRelay, since: Mark, camps: readonly (readonly string[])[]): Act {
  const campOf = (device: string | undefined) => camps.findIndex((camp) => camp.includes(device ?? ''));
  return drops(
    ({ topic, cursor, id }, device) =>
      cursor > (since.get(topic) ?? 0) && campOf(evil.writer(id)) !== campOf(device),
  );
}

/** Delay, and with it reorder: every message waits a while of its own. */
export function delays(random: SeededRandom, upTo: number): Act {
  return { holds: () => random.int(upTo) };
}

/** Reorder: the frames of an event come backwards; of a list too, their bytes under each other's cursors. */
export function reorders(): Act {
  return {
    shows: (frames) => {
      const bodies = frames.map(({ frame, id }) => ({ frame, id })).reverse();
      return frames.map((shown, i) => ({ ...shown, ...(bodies[i] as Shown) }));
    },
  };
}

/** Replay: with each event comes everything that was ever shown of its topic, several times. */
export function replays(evil: EvilRelay, times: number): Act {
  return {
    replies(reply) {
      if (reply.type !== 'events') return [reply];
      const old = evil.frames(hex(reply.topic)).flatMap(withFrame);
      return [reply, ...Array.from({ length: times }, () => ({ ...reply, entries: old }))];
    },
  };
}

/** Swap: frames change places with frames of other topics. */
export function swaps(evil: EvilRelay, random: SeededRandom, chance = 0.5): Act {
  return changes(random, chance, ({ topic, frame }) => {
    const others = evil.frames().filter((other) => other.topic !== topic && other.frame);
    return others.length > 0 ? random.pick(others).frame! : frame!;
  });
}

/** Flip: one bit of a frame. */
export function flips(random: SeededRandom, chance = 1): Act {
  return changes(random, chance, ({ frame }) => {
    const copy = frame!.slice();
    const bit = random.int(copy.length * 8);
    copy[bit >>> 3]! ^= 1 << (bit & 7);
    return copy;
  });
}

/** Truncate: the tail of a frame is cut off. */
export function truncates(random: SeededRandom, chance = 1): Act {
  return changes(random, chance, ({ frame }) => frame!.slice(0, 1 + random.int(frame!.length - 1)));
}

/** Substitute: these bytes instead of whatever is in the topic. */
export function substitutes(topic: Hex, frames: readonly Bytes[]): Act {
  return {
    shows: (shown) =>
      shown.every((one) => one.topic !== topic)
        ? shown
        : frames.map((frame, i) => ({ topic, cursor: i + 1, id: idOf(frame), doomed: false, frame })),
  };
}

function changes(random: SeededRandom, chance: number, change: (shown: Shown) => Bytes): Act {
  return {
    shows: (frames) =>
      frames.map((shown) =>
        shown.frame && random.chance(chance) ? { ...shown, frame: change(shown) } : shown,
      ),
  };
}
