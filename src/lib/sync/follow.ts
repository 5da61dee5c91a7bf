/**
 * Following one topic, over as many connections as it takes: open, see whether the relay lost something, catch up,
 * subscribe, and take in what comes.
 *
 * [Note: events] An event is a hint. Its frames are taken in at once, but our cursor stays where the last complete answer
 * put it; their cursors are remembered as `present`, and a moment later a list of ids confirms that nothing was
 * missing between them and moves our cursor. So events may be lost, doubled or late, and dropped by us when they come
 * faster than they can be taken in.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { CLOSE } from '#lib/protocol/limits.ts';
import type { FrameEntry } from '#lib/protocol/relay.ts';
import type { Clock } from './clock.ts';
import { openTopic } from './open-topic.ts';
import { orDiskError, type SyncError } from './problem.ts';
import { fetchIds, hasLost, pullAbsent, pullPages, reconcile, type Source } from './pull.ts';
import type { RelaySession } from './relay-session.ts';
import type { Credential, Cursor, Syncable } from './syncable.ts';

/**
 * How long after an event or an acknowledgement our cursor follows. Short, because what the relay loses between the two
 * is found out only while this process lives.
 */
const CONFIRM_MS = 2_000;

/** How often we ask although no event came: the relay's nodes may have lost the news of a frame between them. */
const AUDIT_MS = 600_000;

/** Events that wait to be taken in, at most; beyond that they are dropped and asked for later. */
const MAX_WAITING = 4_194_304;

export interface FollowOptions {
  readonly space: Syncable;
  readonly topic: Bytes;
  /** Take in also what is proposed for deletion. */
  readonly doomed: boolean;
  readonly clock: Clock;
  readonly frameId: (frame: Bytes) => Bytes;
  /** Something came, or could not be taken in: the space has work to do. */
  onArrival(error: SyncError | null): void;
}

export interface TopicFollower {
  readonly topic: Bytes;
  /** The connection on which this topic is open and caught up. */
  session(): RelaySession | undefined;
  start(session: RelaySession, credential: Credential): Promise<Outcome>;
  events(entries: readonly FrameEntry[]): void;
  /** The relay gave a frame of ours this cursor. */
  acknowledged(cursor: number): void;
  fetch(ids: readonly Bytes[]): Promise<Outcome>;
  /** The connection is gone, or nobody follows any more. */
  stop(): void;
}

type Outcome = Result<void, SyncError>;

export function followTopic(options: FollowOptions): TopicFollower {
  const { space, topic, doomed, clock, frameId } = options;
  /** Cursors after ours whose frames we have. */
  const present = new Set<number>();
  /** The connection wanted, and the one on which all is caught up and subscribed. */
  let wanted: RelaySession | undefined;
  let source: Source | undefined;
  let waiting: FrameEntry[] = [];
  let waitingBytes = 0;
  let confirmAt = Infinity;
  let cancelConfirm = () => {};
  let lastTurn: Promise<unknown> = Promise.resolve();

  /** One thing at a time, in the order asked. */
  const inTurn = (work: () => Promise<Outcome>): Promise<Outcome> => {
    const turn = lastTurn.then(() => orDiskError(work));
    lastTurn = turn.catch(() => {});
    return turn;
  };

  const newestKnown = (): Cursor =>
    present.size > 0 ? { after: Math.max(...present), frame: null } : space.cursor(topic);

  const catchUp = (from: Source) => (present.size > 0 ? pullAbsent(from, present) : pullPages(from, false));

  const confirm = async () => {
    confirmAt = Infinity;
    const confirmed = await inTurn(async () => (source ? catchUp(source) : ok()));
    if (!source) return;
    confirmWithin(confirmed.ok ? AUDIT_MS : CONFIRM_MS);
    if (!confirmed.ok) options.onArrival(confirmed.error);
  };

  const confirmWithin = (delay: number) => {
    const at = clock.now() + delay;
    if (at >= confirmAt) return;
    confirmAt = at;
    cancelConfirm();
    cancelConfirm = clock.setTimer(delay, () => void confirm());
  };

  const takeWaiting = async (): Promise<Outcome> => {
    const entries = waiting;
    waiting = [];
    waitingBytes = 0;
    if (entries.length === 0) return ok();
    confirmWithin(CONFIRM_MS);
    const taken = await space.receive(entries.map(({ frame }) => ({ topic, bytes: frame })));
    if (!taken.ok) return fail({ type: 'disk', error: taken.error });
    const { after } = space.cursor(topic);
    for (const { cursor } of entries) if (cursor > after) present.add(cursor);
    return ok();
  };

  const start = async (session: RelaySession, credential: Credential): Promise<Outcome> => {
    const opened = await openTopic(session, topic, credential);
    if (!opened.ok) return opened;
    const from: Source = { session, space, topic, doomed, frameId };
    const lost = await hasLost(from, newestKnown(), opened.value.last);
    if (!lost.ok) return lost;
    if (lost.value) {
      const reconciled = await reconcile(from);
      if (!reconciled.ok) return reconciled;
      present.clear();
    }
    const caughtUp = space.wantsHistory() ? await pullPages(from, true) : await catchUp(from);
    if (!caughtUp.ok) return caughtUp;
    const subscribed = await session.ask({ type: 'subscribe', topic, since: space.cursor(topic).after });
    if (!subscribed.ok) return subscribed;
    if (wanted !== session) return fail({ type: 'disconnected', code: CLOSE.done });
    source = from;
    confirmWithin(present.size > 0 ? CONFIRM_MS : AUDIT_MS);
    return ok();
  };

  return {
    topic,
    session: () => source?.session,
    start(session, credential) {
      wanted = session;
      source = undefined;
      return inTurn(() => start(session, credential));
    },
    events(entries) {
      waiting.push(...entries);
      for (const { frame } of entries) waitingBytes += frame.length;
      if (waitingBytes > MAX_WAITING) {
        waiting = [];
        waitingBytes = 0;
        confirmWithin(0);
      } else void inTurn(takeWaiting).then((taken) => options.onArrival(taken.ok ? null : taken.error));
    },
    acknowledged(cursor) {
      present.add(cursor);
      confirmWithin(CONFIRM_MS);
    },
    fetch: (ids) =>
      inTurn(async () =>
        source ? fetchIds(source, ids) : fail<SyncError>({ type: 'disconnected', code: CLOSE.done }),
      ),
    stop() {
      wanted = undefined;
      source = undefined;
      cancelConfirm();
      confirmAt = Infinity;
    },
  };
}
