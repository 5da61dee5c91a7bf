/**
 * Following one topic, over as many connections as it takes: open, see whether the relay lost something, catch up,
 * subscribe, and take in what comes.
 *
 * [Note: events] An event is a hint. Its frames are taken in at once, but our cursor stays where the last complete answer
 * put it; their cursors are remembered as `present`, each with what stood there, and a moment later a list of ids confirms
 * that nothing was missing between them and moves our cursor. So events may be lost, doubled or late, and dropped by us when they come
 * faster than they can be taken in.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { CLOSE } from '#lib/protocol/limits.ts';
import type { FrameEntry } from '#lib/protocol/relay.ts';
import type { Clock } from './clock.ts';
import { openTopic } from './open-topic.ts';
import { orDiskError, type SyncError } from './problem.ts';
import { fetchIds, hasLost, pullAbsent, pullPages, reconcile, type Present, type Source } from './pull.ts';
import type { RelaySession } from './relay-session.ts';
import type { Credential, Cursor, Syncable } from './syncable.ts';

/**
 * How long after an event or an acknowledgement our cursor follows. Short, because what the relay showed and loses between
 * the two is found out only while this process lives; what it acknowledged is on the disk.
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
  acknowledged(cursor: number, id: Bytes): void;
  fetch(ids: readonly Bytes[]): Promise<Outcome>;
  /** The connection is gone, or nobody follows any more. */
  stop(): void;
}

type Outcome = Result<void, SyncError>;

export function followTopic(options: FollowOptions): TopicFollower {
  return new Follower(options);
}

class Follower implements TopicFollower {
  readonly topic: Bytes;
  readonly #given: FollowOptions;
  /** Cursors after ours whose frames we have, and which. */
  readonly #present: Present = new Map();
  readonly #inbox = new Inbox();
  readonly #line = new WaitingLine();
  readonly #confirmation: Alarm;
  /** The connection wanted, and the one on which all is caught up and subscribed. */
  #wanted: RelaySession | undefined;
  #source: Source | undefined;

  constructor(options: FollowOptions) {
    this.topic = options.topic;
    this.#given = options;
    this.#confirmation = new Alarm(options.clock, () => void this.#confirm());
  }

  session(): RelaySession | undefined {
    return this.#source?.session;
  }

  start(session: RelaySession, credential: Credential): Promise<Outcome> {
    this.#wanted = session;
    this.#source = undefined;
    return this.#line.inTurn(() => this.#start(session, credential));
  }

  events(entries: readonly FrameEntry[]): void {
    if (!this.#inbox.add(entries)) return this.#confirmation.ringWithin(0);
    void this.#line
      .inTurn(() => this.#takeEvents())
      .then((taken) => this.#given.onArrival(taken.ok ? null : taken.error));
  }

  acknowledged(cursor: number, id: Bytes): void {
    this.#present.set(cursor, hex(id));
    this.#confirmation.ringWithin(CONFIRM_MS);
  }

  fetch(ids: readonly Bytes[]): Promise<Outcome> {
    return this.#line.inTurn(async () => {
      if (!this.#source) return fail<SyncError>({ type: 'disconnected', code: CLOSE.done });
      return fetchIds(this.#source, ids);
    });
  }

  stop(): void {
    this.#wanted = undefined;
    this.#source = undefined;
    this.#confirmation.stop();
  }

  async #start(session: RelaySession, credential: Credential): Promise<Outcome> {
    const { space, topic, doomed, frameId } = this.#given;
    const opened = await openTopic(session, topic, credential);
    if (!opened.ok) return opened;
    const source: Source = { session, space, topic, doomed, frameId };
    const restored = await this.#restoreLost(source, opened.value.last);
    if (!restored.ok) return restored;
    const caughtUp = space.wantsHistory() ? await pullPages(source, true) : await this.#catchUp(source);
    if (!caughtUp.ok) return caughtUp;
    const subscribed = await session.ask({ type: 'subscribe', topic, since: space.cursor(topic).after });
    if (!subscribed.ok) return subscribed;
    if (this.#wanted !== session) return fail({ type: 'disconnected', code: CLOSE.done });
    this.#source = source;
    this.#confirmation.ringWithin(this.#present.size > 0 ? CONFIRM_MS : AUDIT_MS);
    return ok();
  }

  /** @param newest the cursor of the relay's newest frame */
  async #restoreLost(source: Source, newest: number): Promise<Outcome> {
    for (const known of this.#known()) {
      const lost = await hasLost(source, known, newest);
      if (!lost.ok) return lost;
      if (!lost.value) continue;
      const reconciled = await reconcile(source);
      if (reconciled.ok) this.#present.clear();
      return reconciled;
    }
    return ok();
  }

  /** Where our cursor stands, and the newest that we have beyond: of a relay that went back either may tell. */
  #known(): readonly Cursor[] {
    const at = this.#given.space.cursor(this.topic);
    const acknowledged = this.#given.space.acknowledged?.(this.topic) ?? null;
    if (this.#present.size === 0) return acknowledged ? [acknowledged, at] : [at];
    const after = Math.max(...this.#present.keys());
    return [{ after, frame: fromHex(this.#present.get(after)!) }, at];
  }

  #catchUp(source: Source): Promise<Outcome> {
    return this.#present.size > 0 ? pullAbsent(source, this.#present) : pullPages(source, false);
  }

  async #confirm(): Promise<void> {
    const confirmed = await this.#line.inTurn(async () =>
      this.#source ? this.#catchUp(this.#source) : ok(),
    );
    if (!this.#source) return;
    this.#confirmation.ringWithin(confirmed.ok ? AUDIT_MS : CONFIRM_MS);
    if (!confirmed.ok) this.#given.onArrival(confirmed.error);
  }

  async #takeEvents(): Promise<Outcome> {
    const { space, topic, frameId } = this.#given;
    const entries = this.#inbox.empty();
    if (entries.length === 0) return ok();
    this.#confirmation.ringWithin(CONFIRM_MS);
    const taken = await space.receive(entries.map(({ frame }) => ({ topic, bytes: frame })));
    if (!taken.ok) return fail({ type: 'disk', error: taken.error });
    const { after } = space.cursor(topic);
    for (const { cursor, frame } of entries)
      if (cursor > after) this.#present.set(cursor, hex(frameId(frame)));
    return ok();
  }
}

/** One thing at a time, in the order asked. */
class WaitingLine {
  #last: Promise<unknown> = Promise.resolve();

  inTurn(work: () => Promise<Outcome>): Promise<Outcome> {
    const turn = this.#last.then(() => orDiskError(work));
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** Events that have come and are not taken in. */
class Inbox {
  #entries: FrameEntry[] = [];
  #bytes = 0;

  /** False when that is too much, and all are dropped. */
  add(entries: readonly FrameEntry[]): boolean {
    this.#entries.push(...entries);
    for (const { frame } of entries) this.#bytes += frame.length;
    if (this.#bytes <= MAX_WAITING) return true;
    this.empty();
    return false;
  }

  empty(): readonly FrameEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    this.#bytes = 0;
    return entries;
  }
}

/** A timer that is only ever brought forward. */
class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Infinity;
  #cancel = () => {};

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  ringWithin(delay: number): void {
    const at = this.#clock.now() + delay;
    if (at >= this.#at) return;
    this.#at = at;
    this.#cancel();
    this.#cancel = this.#clock.setTimer(delay, () => {
      this.#at = Infinity;
      this.#ring();
    });
  }

  stop(): void {
    this.#cancel();
    this.#at = Infinity;
  }
}
