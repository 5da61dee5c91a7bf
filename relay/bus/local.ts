/**
 * The bus of a relay that is one process. What is published to a topic within one turn of the event loop becomes one
 * message, encoded once, whatever the number of subscribers.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { PAGE_BYTES } from '#lib/protocol/limits.ts';
import { encodeReply, type FrameEntry } from '#lib/protocol/relay.ts';
import type { Topic } from '../store/store.ts';
import type { Turn } from '../session/turn.ts';
import type { Bus, News, Subscriber, Watcher } from './bus.ts';

/** What one turn has brought to one topic. */
interface Gathering {
  readonly topic: Topic;
  readonly subscribers: ReadonlySet<Subscriber>;
  readonly entries: FrameEntry[];
  bytes: number;
  author: object | null;
}

export function createLocalBus(turn: Turn): Bus {
  const subscribersByTopic = new Map<string, Set<Subscriber>>();
  const watchersByTopic = new Map<string, Set<Watcher>>();
  let gatherings = new Map<string, Gathering>();

  const endTurn = () => {
    const gathered = gatherings;
    gatherings = new Map();
    for (const gathering of gathered.values()) tell(gathering);
  };

  return {
    publish(topic, cursor, frame, author) {
      const subscribers = subscribersByTopic.get(topic.key);
      if (!subscribers || isAlone(author, subscribers)) return;
      let gathering = gatherings.get(topic.key);
      if (!gathering) {
        if (gatherings.size === 0) turn.gather(endTurn);
        gathering = { topic, subscribers, entries: [], bytes: 0, author };
        gatherings.set(topic.key, gathering);
      }
      add(gathering, cursor, frame, author);
    },
    subscribe: (topic, subscriber) => addTo(subscribersByTopic, topic, subscriber),
    unsubscribe: (topic, subscriber) => takeFrom(subscribersByTopic, topic, subscriber),
    dismiss(topic, key) {
      // A watcher that hears it leaves the set.
      for (const watcher of [...(watchersByTopic.get(topic.key) ?? [])]) watcher.dismissed(topic, key);
    },
    watch: (topic, watcher) => addTo(watchersByTopic, topic, watcher),
    unwatch: (topic, watcher) => takeFrom(watchersByTopic, topic, watcher),
    async close() {
      subscribersByTopic.clear();
      watchersByTopic.clear();
    },
  };
}

function addTo<T>(byTopic: Map<string, Set<T>>, { key }: Topic, one: T): void {
  const present = byTopic.get(key);
  if (present) present.add(one);
  else byTopic.set(key, new Set([one]));
}

function takeFrom<T>(byTopic: Map<string, Set<T>>, { key }: Topic, one: T): void {
  const present = byTopic.get(key);
  if (present?.delete(one) && present.size === 0) byTopic.delete(key);
}

function isAlone(author: object, subscribers: ReadonlySet<Subscriber>): boolean {
  if (subscribers.size !== 1) return false;
  for (const subscriber of subscribers) return subscriber.author === author;
  return true;
}

function add(gathering: Gathering, cursor: number, frame: Bytes, author: object): void {
  gathering.entries.push({ cursor, frame });
  gathering.bytes += frame.length;
  if (gathering.author !== author) gathering.author = null;
}

function tell({ topic, subscribers, entries, bytes, author }: Gathering): void {
  const first = entries[0]?.cursor ?? 0;
  const last = entries.at(-1)?.cursor ?? first;
  const fits = bytes <= PAGE_BYTES || entries.length === 1;
  const shared = fits
    ? { message: encodeReply({ type: 'events', topic: topic.id, entries }), framed: null }
    : null;
  const news: News = { topic, first, last, shared, author };
  for (const subscriber of subscribers) subscriber.hear(news);
}
