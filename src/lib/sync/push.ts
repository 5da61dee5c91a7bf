/**
 * Sending a space's outbox: it is the source of truth for what is unsent, and a frame leaves it only when the relay has
 * acknowledged its id. Whatever was cut off is sent again; the relay keeps one.
 *
 * A frame that the relay will never take (`refused`) stays in the outbox and out of the way.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { isPassing, type SyncError } from './problem.ts';
import type { RelaySession } from './relay-session.ts';
import type { Cursor, Outgoing, Syncable } from './syncable.ts';

/** Frames and bytes on their way at once. */
const WINDOW_FRAMES = 64;
const WINDOW_BYTES = 1_048_576;

export interface Outlet {
  readonly space: Syncable;
  /** Ids, as hex, of what the relay refused for good. */
  readonly refused: Set<string>;
  /** Where frames of this topic can be put; undefined while it is not open for writing. */
  readonly session: (topic: Bytes) => RelaySession | undefined;
  readonly acknowledged: (topic: Bytes, cursor: number, id: Bytes) => void;
}

/** Sends until nothing is left that can be sent; fails with the first obstacle that passes. */
export async function pushOutbox(outlet: Outlet): Promise<Result<void, SyncError>> {
  for (;;) {
    const frames = await nextFrames(outlet);
    if (frames.length === 0) return ok();
    const sent = await Promise.all(frames.map((frame) => put(outlet, frame)));
    const done = frames.flatMap((frame, i) => (sent[i]?.ok ? [{ ...frame, after: sent[i].value }] : []));
    if (done.length > 0) {
      const ids = done.map(({ id }) => id);
      const acknowledged = await outlet.space.acknowledge(ids, newestOf(done));
      if (!acknowledged.ok) return fail({ type: 'disk', error: acknowledged.error });
    }
    const obstacle = sent.find((result) => !result.ok && isPassing(result.error));
    if (obstacle && !obstacle.ok) return obstacle;
  }
}

/** The oldest frames that can go now. What cannot may stand in front of them, so that we look ever further. */
async function nextFrames({ space, refused, session }: Outlet): Promise<readonly Outgoing[]> {
  for (let limit = WINDOW_FRAMES; ; limit *= 4) {
    const oldest = await space.outbox(limit);
    const ready = oldest.filter(({ id, topic }) => !refused.has(hex(id)) && session(topic));
    if (ready.length > 0 || oldest.length < limit) return window(ready);
  }
}

function window(frames: readonly Outgoing[]): readonly Outgoing[] {
  let bytes = 0;
  const end = frames.findIndex((frame, i) => {
    bytes += frame.bytes.length;
    return i > 0 && (i >= WINDOW_FRAMES || bytes > WINDOW_BYTES);
  });
  return end === -1 ? frames : frames.slice(0, end);
}

/** Of each topic the frame that stands farthest in it. */
function newestOf(
  frames: readonly (Outgoing & { readonly after: number })[],
): (Cursor & { readonly topic: Bytes })[] {
  const newest = new Map<string, Cursor & { readonly topic: Bytes }>();
  for (const { topic, id, after } of frames)
    if (after > (newest.get(hex(topic))?.after ?? 0)) newest.set(hex(topic), { topic, after, frame: id });
  return [...newest.values()];
}

/** Where it stands in its topic then. */
async function put(outlet: Outlet, { topic, id, bytes }: Outgoing): Promise<Result<number, SyncError>> {
  const session = outlet.session(topic);
  if (!session) return fail({ type: 'disconnected', code: 0 });
  const answer = await session.ask({ type: 'put', topic, frame: bytes });
  if (answer.ok) {
    const cursors = answer.value.acks.map(({ cursor }) => cursor);
    for (const cursor of cursors) outlet.acknowledged(topic, cursor, id);
    return ok(Math.max(0, ...cursors));
  }
  if (!isPassing(answer.error)) outlet.refused.add(hex(id));
  return answer;
}

/** Proposes for deletion what snapshots cover, topic by topic. */
export async function proposeDeletions({ space, session }: Outlet): Promise<Result<void, SyncError>> {
  for (const { topic, ids } of await space.deletable()) {
    const owner = session(topic);
    if (!owner || ids.length === 0) continue;
    const proposed = await owner.ask({ type: 'propose-delete', topic, ids });
    if (!proposed.ok) return proposed;
    const ticked = await space.proposed(ids);
    if (!ticked.ok) return fail({ type: 'disk', error: ticked.error });
  }
  return ok();
}
