/**
 * The definition of a bus: every backend runs this suite, and its test is a dozen lines.
 * A backend that joins nodes is asked for two, and one that is a single process for the same node twice.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { PAGE_BYTES } from '#lib/protocol/limits.ts';
import { decodeReply } from '#lib/protocol/relay.ts';
import type { Bus, News, Subscriber } from '../../relay/bus/bus.ts';
import { topicKey, type Topic } from '../../relay/store/store.ts';
import { seededRandom } from '../helpers/tools/random.ts';

export interface Nodes {
  readonly here: Bus;
  readonly there: Bus;
  /** Resolves when whatever was published has reached every node. */
  settle(): Promise<void>;
}

export function describeBus(name: string, createNodes: () => Promise<Nodes>): void {
  describe(`the bus on ${name}`, () => {
    const random = seededRandom(name);
    let nodes: Nodes | null = null;
    afterEach(async () => {
      await nodes?.here.close();
      if (nodes?.there !== nodes?.here) await nodes?.there.close();
      nodes = null;
    });

    async function world(): Promise<Nodes> {
      nodes = await createNodes();
      return nodes;
    }

    function aTopic(): Topic {
      const id = random(32);
      const none = new Uint8Array(32);
      const keys = { writeKey: none, deleteKey: none, openToReaders: false, erasesAtOnce: false };
      return { id, key: topicKey(id), ...keys, createdAt: 0, expiresAt: 0 };
    }

    const somebody = () => ({});

    test('whoever subscribed hears, here and there, and nobody else', async () => {
      const { here, there, settle } = await world();
      const [topic, other] = [aTopic(), aTopic()];
      const [alice, bob, carol] = [listener(), listener(), listener()];
      here.subscribe(topic, alice);
      there.subscribe(topic, bob);
      here.subscribe(other, carol);
      here.publish(topic, 7, random(20), somebody());
      await settle();
      expect(alice.cursor).toBe(7);
      expect(bob.cursor).toBe(7);
      expect(carol.news).toEqual([]);
    });

    test('a dismissal reaches who watches the topic, here and there, and nobody who stopped', async () => {
      const { here, there, settle } = await world();
      const [topic, other] = [aTopic(), aTopic()];
      const key = random(32);
      const heard: string[] = [];
      const watcher = (name: string) => ({
        dismissed: (of: Topic, who: Bytes) =>
          void heard.push(`${name} ${of.key === topic.key} ${Buffer.compare(who, key)}`),
      });
      const [alice, bob, carol, dora] = ['alice', 'bob', 'carol', 'dora'].map(watcher);
      here.watch(topic, alice!);
      there.watch(topic, bob!);
      here.watch(other, carol!);
      there.watch(topic, dora!);
      there.unwatch(topic, dora!);
      here.dismiss(topic, key);
      await settle();
      expect(heard.sort()).toEqual(['alice true 0', 'bob true 0']);
    });

    test('news cover every cursor that was published, in order', async () => {
      const { here, there, settle } = await world();
      const topic = aTopic();
      const bob = listener();
      there.subscribe(topic, bob);
      for (let cursor = 1; cursor <= 50; cursor++) {
        here.publish(topic, cursor, random(20), somebody());
        if (cursor % 7 === 0) await settle();
      }
      await settle();
      expect(bob.cursor).toBe(50);
      for (const { first, last } of bob.news) expect(first).toBeLessThanOrEqual(last);
      const firsts = bob.news.map(({ first }) => first);
      expect([...firsts].sort((a, b) => a - b)).toEqual(firsts);
    });

    test('news that carry frames carry them all, as they were', async () => {
      const { here, settle } = await world();
      const topic = aTopic();
      const alice = listener();
      here.subscribe(topic, alice);
      const frames = [random(10), random(300), random(65_000)];
      frames.forEach((frame, i) => {
        here.publish(topic, i + 1, frame, somebody());
      });
      await settle();
      for (const { first, last, shared } of alice.news) {
        if (!shared) continue;
        const message = decodeReply(shared.message);
        const expected = frames.slice(first - 1, last).map((frame, i) => ({ cursor: first + i, frame }));
        expect(message).toEqual({ type: 'events', topic: topic.id, entries: expected });
      }
    });

    test('what is too much for one message comes as news alone', async () => {
      const { here, settle } = await world();
      const topic = aTopic();
      const alice = listener();
      here.subscribe(topic, alice);
      const large: Bytes = new Uint8Array(PAGE_BYTES - 10);
      for (const cursor of [1, 2, 3]) here.publish(topic, cursor, large, somebody());
      await settle();
      expect(alice.cursor).toBe(3);
      for (const { shared } of alice.news) {
        expect(shared?.message.length ?? 0).toBeLessThan(PAGE_BYTES + 1000);
      }
    });

    test('an author is named only where all of it is theirs', async () => {
      const { here, settle } = await world();
      const [mine, mixed] = [aTopic(), aTopic()];
      const [alice, bob, carol] = [listener(), listener(), listener()];
      here.subscribe(mine, bob);
      here.subscribe(mixed, bob);
      here.publish(mine, 1, random(5), alice.author);
      here.publish(mine, 2, random(5), alice.author);
      here.publish(mixed, 1, random(5), alice.author);
      here.publish(mixed, 2, random(5), carol.author);
      await settle();
      for (const { topic, author, first, last } of bob.news) {
        if (topic === mixed && first !== last) expect(author).toBeNull();
        else expect([alice.author, carol.author, null]).toContain(author);
      }
      expect(bob.news.some(({ topic, last }) => topic === mixed && last === 2)).toBe(true);
    });

    test('who has left hears nothing, also when leaving while being told', async () => {
      const { here, settle } = await world();
      const topic = aTopic();
      const [alice, bob] = [listener(), listener()];
      const restless: Subscriber = {
        author: somebody(),
        hear: () => {
          here.unsubscribe(topic, restless);
          here.unsubscribe(topic, alice);
        },
      };
      here.subscribe(topic, restless);
      here.subscribe(topic, alice);
      here.subscribe(topic, bob);
      here.publish(topic, 1, random(5), somebody());
      await settle();
      const before = alice.news.length;
      here.publish(topic, 2, random(5), somebody());
      await settle();
      expect(alice.news).toHaveLength(before);
      expect(bob.cursor).toBe(2);
    });

    test('a publication that nobody subscribed to is no concern of the bus', async () => {
      const { here, settle } = await world();
      const topic = aTopic();
      here.publish(topic, 1, random(5), somebody());
      await settle();
      const alice = listener();
      here.subscribe(topic, alice);
      await settle();
      expect(alice.news).toEqual([]);
    });
  });
}

function listener(): Subscriber & { news: News[]; cursor: number } {
  return {
    author: {},
    news: [],
    cursor: 0,
    hear(news) {
      this.news.push(news);
      this.cursor = Math.max(this.cursor, news.last);
    },
  };
}
