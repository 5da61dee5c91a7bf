/**
 * Keeping one space in step with the relay: every topic followed, what is missing fetched, the outbox emptied. One run
 * does all there is to do; a run that meets an obstacle is repeated after a while, longer each time.
 *
 * An obstacle in one topic does not hold up the others.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { FrameEntry } from '#lib/protocol/relay.ts';
import { createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { followTopic, type TopicFollower } from './follow.ts';
import { orDiskError, problemOf, retryAfter, type SyncError, type SyncProblem } from './problem.ts';
import { proposeDeletions, pushOutbox, type Outlet } from './push.ts';
import type { RelaySession } from './relay-session.ts';
import type { Followed } from './syncable.ts';

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
  const { followed, clock, frameId } = options;
  const { space } = followed;
  const backoff = createBackoff(options.random);
  const followers = new Map<string, TopicFollower>();
  const refused = new Set<string>(); // what the relay will never take
  const asked = new Set<string>(); // missing frames already asked for on this connection
  let session: RelaySession | undefined;
  let running = false;
  let again = false;
  let settled = false;
  let caughtUp = false;
  let obstacle: SyncError | null = null;
  let cancelRetry: (() => void) | undefined;

  const outlet = (roles: readonly string[]): Outlet => ({
    space,
    refused,
    session: (topic) =>
      roles.includes(followed.credential(topic)?.role ?? '') ? sessionOf(topic) : undefined,
    acknowledged: (topic, cursor) => followers.get(hex(topic))?.acknowledged(cursor),
  });
  const sessionOf = (topic: Bytes) => followers.get(hex(topic))?.session();

  const follower = (topic: Bytes): TopicFollower => {
    const name = hex(topic);
    const present = followers.get(name);
    if (present) return present;
    const doomed = followed.neverErased ?? false;
    const made = followTopic({ space, topic, doomed, clock, frameId, onArrival: arrived });
    followers.set(name, made);
    return made;
  };

  const arrived = (error: SyncError | null) => {
    if (error) stumble(error);
    else if (space.unsent() > 0 || space.missing().length > 0) start();
    options.onChange();
  };

  const stumble = (error: SyncError) => {
    settled = false;
    if (error.type === 'disconnected') return;
    obstacle = error;
    cancelRetry?.();
    cancelRetry = clock.setTimer(backoff.next(retryAfter(error)), () => {
      cancelRetry = undefined;
      start();
    });
  };

  /** The topics as they are now: new ones opened, those that are gone forgotten. Answers the first obstacle. */
  const followAll = async (current: RelaySession): Promise<SyncError | null> => {
    const topics = space.topics();
    const names = new Set(topics.map(hex));
    for (const [name, gone] of followers) {
      if (names.has(name)) continue;
      gone.stop();
      followers.delete(name);
    }
    let first: SyncError | null = null;
    for (const topic of topics) {
      const credential = followed.credential(topic);
      if (!credential || sessionOf(topic) === current) continue;
      const started = await follower(topic).start(current, credential);
      if (!started.ok) first ??= started.error;
      else options.onChange();
    }
    return first;
  };

  /** The newest topic first: what is missing is most often recent. */
  const fetchMissing = async (): Promise<SyncError | null> => {
    for (const one of [...followers.values()].reverse()) {
      if (!one.session()) continue;
      const ids = space.missing().filter((id) => !asked.has(`${hex(one.topic)}/${hex(id)}`));
      if (ids.length === 0) continue;
      for (const id of ids) asked.add(`${hex(one.topic)}/${hex(id)}`);
      const fetched = await one.fetch(ids);
      if (!fetched.ok) return fetched.error;
    }
    return null;
  };

  const runOnce = async (current: RelaySession): Promise<Result<void, SyncError>> => {
    const unfollowed = await followAll(current);
    const unfetched = await fetchMissing();
    // A topic that came up meanwhile has not been asked for anything: the next run does.
    const isFollowed = (topic: Bytes) => !followed.credential(topic) || sessionOf(topic) === current;
    const isAsked = space.topics().every(isFollowed);
    if (!unfollowed && !unfetched && isAsked) {
      const told = await space.receive([], { upToDate: true });
      if (!told.ok) return fail({ type: 'disk', error: told.error });
      if (session === current) caughtUp = true;
    }
    const pushed = await pushOutbox(outlet(['owner', 'writer']));
    if (!pushed.ok) return pushed;
    const proposed = await proposeDeletions(outlet(['owner']));
    if (!proposed.ok) return proposed;
    const error = unfollowed ?? unfetched;
    return error ? fail(error) : ok();
  };

  const start = () => {
    again = true;
    if (!running) void loop();
  };

  const loop = async () => {
    running = true;
    while (again && session) {
      again = false;
      cancelRetry?.();
      cancelRetry = undefined;
      settled = false;
      const current = session;
      const done = await orDiskError(() => runOnce(current));
      if (session !== current) continue;
      if (!done.ok) stumble(done.error);
      else {
        obstacle = null;
        settled = true;
        backoff.reset();
      }
      options.onChange();
    }
    running = false;
  };

  return {
    run(next) {
      session = next;
      start();
    },
    retryNow() {
      backoff.reset();
      refused.clear();
      if (session) start();
    },
    events: (topic, entries) => followers.get(hex(topic))?.events(entries),
    disconnected() {
      session = undefined;
      settled = false;
      caughtUp = false;
      asked.clear();
      cancelRetry?.();
      cancelRetry = undefined;
      for (const one of followers.values()) one.stop();
    },
    session: sessionOf,
    problem: () => (refused.size > 0 ? 'relay-refuses' : obstacle && problemOf(obstacle)),
    settled: () => settled && space.unsent() === 0,
    caughtUp: () => caughtUp,
    unsent: () => space.unsent(),
  };
}
