/**
 * The topics of one space as they come and go, each with a follower of its own; and what is missing, asked for once in
 * each of them on a connection.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { FrameEntry } from '#lib/protocol/relay.ts';
import { followTopic, type FollowOptions, type TopicFollower } from './follow.ts';
import type { SyncError } from './problem.ts';
import type { RelaySession } from './relay-session.ts';
import type { Followed } from './syncable.ts';

export class FollowedTopics {
  readonly #followed: Followed;
  readonly #shared: Omit<FollowOptions, 'space' | 'topic' | 'doomed'>;
  readonly #followers = new Map<string, TopicFollower>();
  readonly #asked = new Set<string>(); // topic/frame

  constructor(followed: Followed, shared: Omit<FollowOptions, 'space' | 'topic' | 'doomed'>) {
    this.#followed = followed;
    this.#shared = shared;
  }

  /** The connection on which this topic is open and caught up. */
  session(topic: Bytes): RelaySession | undefined {
    return this.#followers.get(hex(topic))?.session();
  }

  /** Every topic that this device may open is open on this connection. */
  areOpenOn(session: RelaySession): boolean {
    const { space } = this.#followed;
    return space
      .topics()
      .every((topic) => !this.#followed.credential(topic) || this.session(topic) === session);
  }

  /** The topics as they are now: new ones opened, those that are gone forgotten. Answers the first obstacle. */
  async openOn(session: RelaySession, onOpened: () => void): Promise<SyncError | null> {
    const topics = this.#followed.space.topics();
    this.#forgetAllBut(topics);
    let first: SyncError | null = null;
    for (const topic of topics) {
      const credential = this.#followed.credential(topic);
      if (!credential || this.session(topic) === session) continue;
      const started = await this.#follower(topic).start(session, credential);
      if (!started.ok) first ??= started.error;
      else onOpened();
    }
    return first;
  }

  /** The newest topic first: what is missing is most often recent. */
  async fetchMissing(): Promise<SyncError | null> {
    const { space } = this.#followed;
    for (const one of [...this.#followers.values()].reverse()) {
      if (!one.session()) continue;
      const ids = space.missing().filter((id) => !this.#asked.has(`${hex(one.topic)}/${hex(id)}`));
      if (ids.length === 0) continue;
      for (const id of ids) this.#asked.add(`${hex(one.topic)}/${hex(id)}`);
      const fetched = await one.fetch(ids);
      if (!fetched.ok) return fetched.error;
    }
    return null;
  }

  events(topic: Bytes, entries: readonly FrameEntry[]): void {
    this.#followers.get(hex(topic))?.events(entries);
  }

  acknowledged(topic: Bytes, cursor: number, id: Bytes): void {
    this.#followers.get(hex(topic))?.acknowledged(cursor, id);
  }

  disconnected(): void {
    this.#asked.clear();
    for (const one of this.#followers.values()) one.stop();
  }

  #forgetAllBut(topics: readonly Bytes[]): void {
    const names = new Set(topics.map(hex));
    for (const [name, gone] of this.#followers) {
      if (names.has(name)) continue;
      gone.stop();
      this.#followers.delete(name);
    }
  }

  #follower(topic: Bytes): TopicFollower {
    const name = hex(topic);
    const present = this.#followers.get(name);
    if (present) return present;
    const { space, neverErased } = this.#followed;
    const doomed = neverErased ?? false;
    const made = followTopic({ ...this.#shared, space, topic, doomed });
    this.#followers.set(name, made);
    return made;
  }
}
