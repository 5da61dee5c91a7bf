/**
 * Unsent work after a rotation (R18). It was sealed for the members of an older epoch; whoever was removed since must not
 * read it, so it is sealed again under the current one before it is sent.
 *
 * The number of each frame stays: the unsent end of the chain is said once more, word for word, under the new epoch.
 * Should the relay have had an old one after all (sent, but never acknowledged), the two are one saying and not a second
 * use of the number; everybody settles on the one of the later epoch (log.ts). Control frames are a lane of their own
 * and stay as they are: a rotation has to be read under the epoch it ends.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { readFrames, type Context } from './context.ts';
import { makeFrame, type Frame } from './frames.ts';
import { enter } from './intake.ts';
import type { Unsent } from './outbox.ts';
import type { Key } from './ports.ts';
import type { Turn } from './turn.ts';

/** The frames that took the place of unsent ones, in order. */
export async function resealUnsent(
  context: Context,
  turn: Turn,
  unsent: readonly Unsent[],
): Promise<readonly Frame[]> {
  const keys = context.keyring.current;
  const own = unsent.filter(({ own }) => own !== null);
  if (!keys || own.every(({ topic }) => hex(topic) === hex(keys.topic))) return [];
  const first = Math.min(...own.map(({ own }) => own!.seq));
  const suffix = await readOwnFrom(context, turn, first);
  if (!suffix) return [];
  for (const { key } of own) turn.unsend(key);
  const renamed = new Map<Hex, Hex>();
  const made: Frame[] = [];
  for (const frame of suffix) {
    const { kind, author, seq, clock, content, deps, rules } = frame;
    const prev = renamed.get(frame.prev) ?? frame.prev;
    const { signer } = context.self;
    const again = await makeFrame(
      { kind, author, seq, prev, clock, content, deps, rules },
      keys,
      signer,
      context.ports.random,
    );
    renamed.set(frame.id, again.id);
    turn.place(frame, 'nowhere');
    enter(turn, again);
    turn.send(again);
    made.push(again);
  }
  const chain = turn.head.chains.get(context.self.id);
  if (chain)
    turn.setHead({
      chains: new Map(turn.head.chains).set(context.self.id, {
        ...chain,
        id: renamed.get(chain.id) ?? chain.id,
      }),
      undecided: turn.head.undecided.map((id) => renamed.get(id) ?? id),
    });
  return made;
}

/** What this device made and the relay may not have: its chain after what is known to be sent, and its control frames. */
export async function readUnacknowledged(context: Context, turn: Turn): Promise<readonly Frame[]> {
  const data = (await readOwnFrom(context, turn, turn.head.sent.seq + 1)) ?? [];
  const keys = [...turn.controls].flatMap(([id, { inner }]): [Hex, Key][] => {
    const key = hex(inner.author) === context.self.id ? turn.keyOf(id) : undefined;
    return key ? [[id, key]] : [];
  });
  const { opened } = await readFrames(context, keys);
  return [...opened.map(({ frame }) => frame), ...data];
}

/** This device's chain from a number on, in order; null when part of it is not held. */
async function readOwnFrom(context: Context, turn: Turn, first: number): Promise<Frame[] | null> {
  const chain = turn.head.chains.get(context.self.id);
  const frames: Frame[] = [];
  let id = chain?.id ?? '';
  for (let seq = chain?.seq ?? 0; seq >= first; seq--) {
    const key = turn.keyOf(id);
    const { opened } = key ? await readFrames(context, [[id, key]]) : { opened: [] };
    const frame = opened[0]?.frame;
    if (!frame) return null;
    frames.push(frame);
    id = frame.prev;
  }
  return frames.reverse();
}
