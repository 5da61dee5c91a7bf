/**
 * Unsent work after a rotation (R18). It was sealed for the members of an older epoch; whoever was removed since must not
 * read it, so it is sealed again under the current one before it is sent.
 *
 * What is said stays the same, number and all ([Note: sayings] in bodies.ts): should the relay have had the old frame
 * after all (sent, but never acknowledged), both are one. Control frames stay as they are: a rotation has to be read
 * under the epoch it ends.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { readFrames, type Context } from './context.ts';
import { makeFrame, type Frame } from './frames.ts';
import { enter } from './intake.ts';
import type { Unsent } from './outbox.ts';
import { bySaying, readLog } from './rebuild.ts';
import type { Key } from './ports.ts';
import type { Turn } from './turn.ts';

/** The frames that took the place of unsent ones, in order. */
export async function resealUnsent(
  context: Context,
  turn: Turn,
  unsent: readonly Unsent[],
): Promise<readonly Frame[]> {
  const keys = context.keyring.current;
  const old = unsent.filter(({ own, topic }) => own !== null && hex(topic) !== hex(keys?.topic ?? topic));
  if (!keys || old.length === 0) return [];
  const frames = new Map(
    (await readOwnAfter(context, turn, turn.head.sent.seq)).map((frame) => [frame.id, frame]),
  );
  const renamed = new Map<Hex, Hex>();
  for (const { id, key } of old) {
    const frame = frames.get(id);
    if (!frame) continue;
    const { signer } = context.self;
    const prev = renamed.get(frame.prev) ?? frame.prev;
    const again = await makeFrame({ ...frame, prev }, keys, signer, context.ports.random);
    renamed.set(id, again.id);
    turn.unsend(key);
    turn.place(frame, 'nowhere');
    enter(turn, again);
    turn.send(again);
    frames.set(id, again);
  }
  const chain = turn.head.chains.get(context.self.id);
  const rename = (id: Hex) => renamed.get(id) ?? id;
  if (chain) {
    const chains = new Map(turn.head.chains).set(context.self.id, { ...chain, frame: rename(chain.frame) });
    turn.setHead({ chains, undecided: turn.head.undecided.map(rename) });
  }
  return [...renamed].flatMap(([id]) => frames.get(id) ?? []);
}

/** What this device made and the relay may not have: its chain after what is known to be sent, and its control frames. */
export async function readUnacknowledged(context: Context, turn: Turn): Promise<readonly Frame[]> {
  const data = await readOwnAfter(context, turn, turn.head.sent.seq);
  const keys = [...turn.controls].flatMap(([id, { inner }]): [Hex, Key][] => {
    const key = hex(inner.author) === context.self.id ? turn.keyOf(id) : undefined;
    return key ? [[id, key]] : [];
  });
  const { opened } = await readFrames(context, keys);
  return [...opened.map(({ frame }) => frame), ...data];
}

/** This device's chain after a number, in order, as far as it is held. */
async function readOwnAfter(context: Context, turn: Turn, after: number): Promise<Frame[]> {
  const said = bySaying(await readLog(context, turn));
  const frames: Frame[] = [];
  let frame = said.get(turn.head.chains.get(context.self.id)?.id ?? '');
  for (; frame && frame.seq > after; frame = said.get(frame.before)) frames.push(frame);
  return frames.reverse();
}
