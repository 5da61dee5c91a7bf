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
import { readUnsentFrame, type Unsent } from './outbox.ts';
import { readLog } from './rebuild.ts';
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
  const resealed: Frame[] = [];
  const renamed = new Map<Hex, Hex>();
  for (const one of old) {
    const frame = await readUnsentFrame(context, one, turn.members);
    if (!frame) continue;
    const { signer } = context.self;
    const prev = renamed.get(frame.prev) ?? frame.prev;
    const again = await makeFrame({ ...frame, prev }, keys, signer, context.ports.random);
    renamed.set(frame.id, again.id);
    turn.unsend(one.key);
    replace(turn, frame, again);
    turn.send(again);
    resealed.push(again);
  }
  const chain = turn.head.chains.get(context.self.id);
  const rename = (id: Hex) => renamed.get(id) ?? id;
  if (chain) {
    const chains = new Map(turn.head.chains).set(context.self.id, { ...chain, frame: rename(chain.frame) });
    turn.setHead({ chains, undecided: turn.head.undecided.map(rename) });
  }
  return resealed;
}

/** In its place, whether it counts or waits. */
function replace(turn: Turn, frame: Frame, again: Frame): void {
  const waits = turn.waiting.delete(frame.id) || turn.strangers.delete(frame.id);
  turn.place(frame, 'nowhere');
  if (!waits) return enter(turn, again);
  turn.waiting.set(again.id, again);
  turn.place(again, 'park');
}

/** What this device made and the relay may not have: its words after what is known to be sent, and its control frames. */
export async function readUnacknowledged(context: Context, turn: Turn): Promise<readonly Frame[]> {
  const parked = [...turn.strangers.values()].map(({ frame }) => frame);
  const data = [...(await readLog(context, turn)).values(), ...parked]
    .filter(({ author, kind }) => author === context.self.id && kind !== 'control')
    .filter(({ seq }) => seq > turn.head.sent.seq)
    .sort((a, b) => a.seq - b.seq);
  const keys = [...turn.controls].flatMap(([id, { inner }]): [Hex, Key][] => {
    const key = hex(inner.author) === context.self.id ? turn.keyOf(id) : undefined;
    return key ? [[id, key]] : [];
  });
  const { opened } = await readFrames(context, keys);
  return [...opened.map(({ frame }) => frame), ...data];
}
