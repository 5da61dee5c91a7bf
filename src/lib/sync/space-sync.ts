/**
 * Keeping one space in step with the relay: every topic followed, what is missing fetched, the outbox emptied. One run
 * does all there is to do; a run that meets an obstacle is repeated after a while, longer each time.
 *
 * An obstacle in one topic does not hold up the others.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { FrameEntry, Role } from '#lib/protocol/relay.ts';
import type { Clock } from './clock.ts';
import { FollowedTopics } from './followed-topics.ts';
import { orDiskError, problemOf, retryAfter, type SyncError, type SyncProblem } from './problem.ts';
import { proposeDeletions, pushOutbox, type Outlet } from './push.ts';
import type { RelaySession } from './relay-session.ts';
import { Retry } from './retry.ts';
import type { Followed, Syncable } from './syncable.ts';

export interface SpaceSyncOptions {
  readonly followed: Followed;
  readonly clock: Clock;
  readonly random: (length: number) => Bytes;
  readonly frameId: (frame: Bytes) => Bytes;
  /** Something that the state tells has changed, or a topic has opened. */
  onChange(): void;
}

export interface SpaceSync {
  /** Does what there is to do, on this connection from now on. */
  run(session: RelaySession): void;
  /** Forgets what it was waiting for, and the next run starts at once. */
  retryNow(): void;
  events(topic: Bytes, entries: readonly FrameEntry[]): void;
  /** The connection is gone; `run` starts over on the next. */
  disconnected(): void;
  session(topic: Bytes): RelaySession | undefined;
  problem(): SyncProblem | null;
  /** All topics followed, nothing that can be sent unsent. */
  settled(): boolean;
  /** On this connection all was taken in once that the relay had; since then what comes is news. */
  caughtUp(): boolean;
  unsent(): number;
}

export function createSpaceSync(options: SpaceSyncOptions): SpaceSync {
  return new LiveSpaceSync(options);
}

class LiveSpaceSync implements SpaceSync {
  readonly #given: SpaceSyncOptions;
  readonly #space: Syncable;
  readonly #topics: FollowedTopics;
  readonly #retry: Retry;
  readonly #refused = new Set<string>(); // what the relay will never take
  #session: RelaySession | undefined;
  #isRunning = false;
  #isRunWanted = false;
  #isDone = false; // the last run met no obstacle, and nothing has come up since
  #isCaughtUp = false;
  #obstacle: SyncError | null = null;

  constructor(options: SpaceSyncOptions) {
    const { followed, clock, random, frameId } = options;
    this.#given = options;
    this.#space = followed.space;
    this.#topics = new FollowedTopics(followed, {
      clock,
      frameId,
      onArrival: (error) => this.#arrived(error),
    });
    this.#retry = new Retry(clock, random, () => this.#start());
  }

  run(session: RelaySession): void {
    this.#session = session;
    this.#start();
  }

  retryNow(): void {
    this.#retry.forgive();
    this.#refused.clear();
    if (this.#session) this.#start();
  }

  events(topic: Bytes, entries: readonly FrameEntry[]): void {
    this.#topics.events(topic, entries);
  }

  disconnected(): void {
    this.#session = undefined;
    this.#isDone = false;
    this.#isCaughtUp = false;
    this.#retry.cancel();
    this.#topics.disconnected();
  }

  session(topic: Bytes): RelaySession | undefined {
    return this.#topics.session(topic);
  }

  problem(): SyncProblem | null {
    return this.#refused.size > 0 ? 'relay-refuses' : this.#obstacle && problemOf(this.#obstacle);
  }

  settled(): boolean {
    return this.#isDone && this.#space.unsent() === 0;
  }

  caughtUp(): boolean {
    return this.#isCaughtUp;
  }

  unsent(): number {
    return this.#space.unsent();
  }

  /** Something came, or could not be taken in. */
  #arrived(error: SyncError | null): void {
    if (error) this.#stumble(error);
    else if (this.#space.unsent() > 0 || this.#space.missing().length > 0) this.#start();
    this.#given.onChange();
  }

  #stumble(error: SyncError): void {
    this.#isDone = false;
    if (error.type === 'disconnected') return;
    this.#obstacle = error;
    this.#retry.later(retryAfter(error));
  }

  #start(): void {
    this.#isRunWanted = true;
    if (!this.#isRunning) void this.#runWhileWanted();
  }

  async #runWhileWanted(): Promise<void> {
    this.#isRunning = true;
    while (this.#isRunWanted && this.#session) {
      this.#isRunWanted = false;
      this.#retry.cancel();
      this.#isDone = false;
      const session = this.#session;
      const done = await orDiskError(() => this.#runOnce(session));
      if (this.#session !== session) continue;
      if (done.ok) this.#succeed();
      else this.#stumble(done.error);
      this.#given.onChange();
    }
    this.#isRunning = false;
  }

  #succeed(): void {
    this.#obstacle = null;
    this.#isDone = true;
    this.#retry.forgive();
  }

  async #runOnce(session: RelaySession): Promise<Result<void, SyncError>> {
    const unfollowed = await this.#topics.openOn(session, () => this.#given.onChange());
    const unfetched = await this.#topics.fetchMissing();
    // A topic that came up meanwhile has not been asked for anything: the next run does.
    if (!unfollowed && !unfetched && this.#topics.areOpenOn(session)) {
      const told = await this.#space.receive([], { upToDate: true });
      if (!told.ok) return fail({ type: 'disk', error: told.error });
      if (this.#session === session) this.#isCaughtUp = true;
    }
    const pushed = await pushOutbox(this.#outlet(['owner', 'writer']));
    if (!pushed.ok) return pushed;
    const proposed = await proposeDeletions(this.#outlet(['owner']));
    if (!proposed.ok) return proposed;
    const error = unfollowed ?? unfetched;
    return error ? fail(error) : ok();
  }

  /** Where frames can go, to topics in which this device has one of these roles. */
  #outlet(roles: readonly Role[]): Outlet {
    const { followed } = this.#given;
    const isGranted = (topic: Bytes) => {
      const credential = followed.credential(topic);
      return credential !== null && roles.includes(credential.role);
    };
    return {
      space: this.#space,
      refused: this.#refused,
      session: (topic) => (isGranted(topic) ? this.#topics.session(topic) : undefined),
      acknowledged: (topic, cursor, id) => this.#topics.acknowledged(topic, cursor, id),
    };
  }
}
