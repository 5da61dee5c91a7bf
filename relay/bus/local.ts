/**
 * The bus of a relay that is one process. What is published to a topic within one turn of the event loop becomes one
 * message, encoded once, whatever the number of subscribers.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { PAGE_BYTES } from '#lib/protocol/limits.ts';
import { encodeReply, type FrameEntry } from '#lib/protocol/relay.ts';
import type { Topic } from '../store/store.ts';
import type { Turn } from '../turn.ts';
import type { Bus, News, Subscriber } from './bus.ts';

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
    subscribe(topic, subscriber) {
      const subscribers = subscribersByTopic.get(topic.key);
      if (subscribers) subscribers.add(subscriber);
      else subscribersByTopic.set(topic.key, new Set([subscriber]));
    },
    unsubscribe(topic, subscriber) {
      const subscribers = subscribersByTopic.get(topic.key);
      if (subscribers?.delete(subscriber) && subscribers.size === 0) subscribersByTopic.delete(topic.key);
    },
    async close() {
      subscribersByTopic.clear();
    },
  };
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
