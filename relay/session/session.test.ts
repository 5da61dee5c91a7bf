import { describe, expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import {
  CHUNK,
  CLOSE,
  HEARTBEAT_MS,
  MAX_OPEN_TOPICS,
  SILENCE_MS,
  UNPROVEN_MS,
} from '#lib/protocol/limits.ts';
import { encodeRequest, hasChunk } from '#lib/protocol/relay.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import {
  idOf,
  keyPair,
  relayWorld,
  type Creation,
  type Person,
  type RelayWorld,
  type TopicKeys,
} from '../../tests/helpers/worlds/relay-world.ts';
import { NO_GUARD } from '../bounds/guard.ts';

/** A topic, and Alice who owns it. */
async function aliceIn(world: RelayWorld, options: Creation = {}) {
  const keys = world.keysOf();
  const alice = world.connect();
  expect(await alice.answer(alice.create(keys, options))).toMatchObject({ type: 'opened', last: 0 });
  return { keys, alice };
}

async function writerOf(world: RelayWorld, keys: TopicKeys): Promise<Person> {
  const bob = world.connect();
  expect((await bob.answer(bob.open(keys, 'writer'))).type).toBe('opened');
  return bob;
}

describe('proving a capability', () => {
  test('the relay speaks first: its version, a challenge of its own for each connection, its time', () => {
    const world = relayWorld();
    const [alice, bob] = [world.connect(), world.connect()];
    expect(alice.replies).toEqual([
      { type: 'challenge', version: PROTOCOL_VERSION, nonce: alice.nonce, time: world.clock.now() },
    ]);
    expect(alice.nonce).not.toEqual(bob.nonce);
  });

  test('Alice creates a topic and opens it again as owner and as writer', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world);
    for (const role of ['owner', 'writer'] as const) {
      const again = world.connect();
      expect(await again.answer(again.open(keys, role))).toMatchObject({ type: 'opened' });
    }
  });

  test('a topic is created once: the same keys are welcome, others are refused', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world);
    const mallory = world.connect();
    expect((await mallory.answer(mallory.create(keys))).type).toBe('opened');
    const other = { ...keys, write: keyPair(world.random) };
    expect(await mallory.answer(mallory.create(other))).toMatchObject({ type: 'error', code: 'topic-taken' });
  });

  test('a topic that was never created is unknown', async () => {
    const world = relayWorld();
    const bob = world.connect();
    expect(await bob.answer(bob.open(world.keysOf(), 'writer'))).toMatchObject({ code: 'unknown-topic' });
  });

  test('no key opens a role that is not its own', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world);
    const mallory = world.connect();
    const attempts = [
      mallory.open(keys, 'owner', keys.write),
      mallory.open(keys, 'writer', keys.delete),
      mallory.open(keys, 'writer', keyPair(world.random)),
      mallory.open(keys, 'reader', keyPair(world.random)),
    ];
    for (const req of attempts) expect(await mallory.answer(req)).toMatchObject({ code: 'refused' });
  });

  test('a proof serves one connection, one role and one topic', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const second = await aliceIn(world);
    const mallory = world.connect();
    mallory.nonce = alice.nonce;
    expect(await mallory.answer(mallory.open(keys, 'owner'))).toMatchObject({ code: 'refused' });
    const stranger = world.connect();
    const moved = { ...second.keys, topic: keys.topic };
    expect(await stranger.answer(stranger.open(moved, 'owner'))).toMatchObject({ code: 'refused' });
  });

  test('creating asks for the delete key itself', async () => {
    const world = relayWorld();
    const mallory = world.connect();
    const keys = world.keysOf();
    const req = mallory.create(keys, { signer: keyPair(world.random) });
    expect(await mallory.answer(req)).toMatchObject({ code: 'refused' });
    expect(await world.store.findTopic(keys.topic)).toBeNull();
  });

  test('after five refused proofs the connection is closed', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world);
    const mallory = world.connect();
    for (let i = 0; i < 5; i++) mallory.open(keys, 'owner', keyPair(world.random));
    await world.clock.until(() => mallory.closedWith !== null);
    expect(mallory.closedWith).toBe(CLOSE.unproven);
    expect(world.totals.refusedProofs).toBe(5);
  });

  test('a reader is admitted by the owner, may read and nothing else, and may be dismissed', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const reader = keyPair(world.random);
    const martin = world.connect();
    expect(await martin.answer(martin.open(keys, 'reader', reader))).toMatchObject({ code: 'refused' });
    expect(
      (await alice.answer(alice.ask({ type: 'admit', topic: keys.topic, key: reader.publicKey }))).type,
    ).toBe('done');
    expect((await martin.answer(martin.open(keys, 'reader', reader))).type).toBe('opened');
    await alice.answer(alice.put(keys, world.random(100)));
    const list = {
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 10,
      bodies: true,
      doomed: false,
    } as const;
    expect(await martin.answer(martin.ask(list))).toMatchObject({ type: 'page', entries: [{}] });
    const blob = world.random(32);
    const forbidden = [
      martin.put(keys, world.random(50)),
      martin.ask({ type: 'put-chunk', topic: keys.topic, blob, index: 0, total: 1, bytes: world.random(9) }),
      martin.ask({ type: 'propose-delete', topic: keys.topic, ids: [world.random(32)] }),
      martin.ask({ type: 'delete-blob', topic: keys.topic, blob }),
      martin.ask({ type: 'admit', topic: keys.topic, key: world.random(32) }),
      martin.ask({ type: 'dismiss', topic: keys.topic, key: reader.publicKey }),
    ];
    for (const req of forbidden) expect(await martin.answer(req)).toMatchObject({ code: 'forbidden' });

    await alice.answer(alice.ask({ type: 'dismiss', topic: keys.topic, key: reader.publicKey }));
    const later = world.connect();
    expect(await later.answer(later.open(keys, 'reader', reader))).toMatchObject({ code: 'refused' });
  });

  test('a writer may write but neither delete nor admit', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world);
    const bob = await writerOf(world, keys);
    expect((await bob.answer(bob.put(keys, world.random(50)))).type).toBe('ack');
    const forbidden = [
      bob.ask({ type: 'propose-delete', topic: keys.topic, ids: [world.random(32)] }),
      bob.ask({ type: 'delete-blob', topic: keys.topic, blob: world.random(32) }),
      bob.ask({ type: 'admit', topic: keys.topic, key: world.random(32) }),
    ];
    for (const req of forbidden) expect(await bob.answer(req)).toMatchObject({ code: 'forbidden' });
  });

  test('a topic open to readers takes any key, with its proof', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world, { openToReaders: true });
    const bob = world.connect();
    const key = keyPair(world.random);
    expect((await bob.answer(bob.open(keys, 'reader', key))).type).toBe('opened');
    expect(await bob.answer(bob.put(keys, world.random(5)))).toMatchObject({ code: 'forbidden' });
    const mallory = world.connect();
    const req = mallory.open(keys, 'reader', { ...key, sign: () => world.random(64) });
    expect(await mallory.answer(req)).toMatchObject({ code: 'refused' });
  });

  test('in a topic without a delete key nobody can propose a deletion, whatever key they hold', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world, { neverErased: true });
    const frame = world.random(60);
    await alice.answer(alice.put(keys, frame));
    const thief = await writerOf(world, keys);
    for (const someone of [alice, thief]) {
      const doom = someone.ask({ type: 'propose-delete', topic: keys.topic, ids: [idOf(frame)] });
      expect(await someone.answer(doom)).toMatchObject({ code: 'forbidden' });
      expect(await someone.answer(someone.ask({ type: 'usage', topic: keys.topic }))).toMatchObject({
        doomed: 0,
      });
    }
    for (const key of [keys.delete, keys.write, keyPair(world.random)])
      expect(await thief.answer(thief.open(keys, 'owner', key))).toMatchObject({ code: 'refused' });
    const mallory = world.connect();
    expect(await mallory.answer(mallory.create(keys))).toMatchObject({ code: 'topic-taken' });
    const forged = { neverErased: true, signer: keys.delete };
    expect(await mallory.answer(mallory.create(world.keysOf(), forged))).toMatchObject({ code: 'refused' });
  });

  test('a topic that erases at once is made by whoever may write there, who erases nothing; its owner does', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world, { erasesAtOnce: true });
    const frame = world.random(60);
    await alice.answer(alice.put(keys, frame));
    const doom = { type: 'propose-delete', topic: keys.topic, ids: [idOf(frame)] } as const;
    expect(await alice.answer(alice.ask(doom))).toMatchObject({ code: 'forbidden' });
    const owner = world.connect();
    expect((await owner.answer(owner.open(keys, 'owner'))).type).toBe('opened');
    expect((await owner.answer(owner.ask(doom))).type).toBe('done');
    const list = { type: 'list', topic: keys.topic, since: 0, limit: 9, bodies: true, doomed: true } as const;
    expect(await alice.answer(alice.ask(list))).toMatchObject({ entries: [] });
    const mallory = world.connect();
    const forged = { erasesAtOnce: true, signer: keys.delete };
    expect(await mallory.answer(mallory.create(world.keysOf(), forged))).toMatchObject({ code: 'refused' });
  });

  test('a reader who is dismissed reads no more over the connection it has, whatever it had under way', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const [key, others] = [keyPair(world.random), keyPair(world.random)];
    const admit = (one: Bytes) => alice.answer(alice.ask({ type: 'admit', topic: keys.topic, key: one }));
    for (const one of [key, others]) expect((await admit(one.publicKey)).type).toBe('done');
    const [doctor, twice, nurse] = [world.connect(), world.connect(), world.connect()];
    for (const [who, own] of [
      [doctor, key],
      [twice, key],
      [nurse, others],
    ] as const) {
      expect((await who.answer(who.open(keys, 'reader', own))).type).toBe('opened');
      await who.answer(who.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    }
    await alice.answer(alice.ask({ type: 'dismiss', topic: keys.topic, key: key.publicKey }));
    await alice.answer(alice.put(keys, world.random(300)));
    await world.clock.advance(100);
    expect([doctor, twice, nurse].map((who) => who.events().length)).toEqual([0, 0, 1]);
    const list = { type: 'list', topic: keys.topic, since: 0, limit: 9, bodies: true, doomed: true } as const;
    expect(await doctor.answer(doctor.ask(list))).toMatchObject({ code: 'forbidden' });
    expect(await doctor.answer(doctor.open(keys, 'reader', key))).toMatchObject({ code: 'refused' });
    expect(await nurse.answer(nurse.ask(list))).toMatchObject({ entries: [{}] });
  });

  test('a dismissal that overtakes an opening or a reading wins', async () => {
    let hold: Promise<null> | null = null;
    const world = relayWorld({
      wrap: (store) =>
        new Proxy(store, {
          get(target, name) {
            const method: unknown = Reflect.get(target, name, target);
            if (typeof method !== 'function') return method;
            const bound = method.bind(target) as (...args: unknown[]) => unknown;
            if (name !== 'last' && name !== 'list') return bound;
            return async (...args: unknown[]) => {
              await hold;
              return bound(...args);
            };
          },
        }),
    });
    const { keys, alice } = await aliceIn(world);
    await alice.answer(alice.put(keys, world.random(300)));
    const key = keyPair(world.random);
    const [opening, reading] = [world.connect(), world.connect()];
    await alice.answer(alice.ask({ type: 'admit', topic: keys.topic, key: key.publicKey }));
    await reading.answer(reading.open(keys, 'reader', key));
    const { promise, resolve } = Promise.withResolvers<null>();
    hold = promise;
    const list = { type: 'list', topic: keys.topic, since: 0, limit: 9, bodies: true, doomed: true } as const;
    const [opened, read] = [opening.open(keys, 'reader', key), reading.ask(list)];
    await world.clock.advance(100);
    await alice.answer(alice.ask({ type: 'dismiss', topic: keys.topic, key: key.publicKey }));
    resolve(null);
    expect(await opening.answer(opened)).toMatchObject({ code: 'refused' });
    expect(await reading.answer(read)).toMatchObject({ code: 'forbidden' });
    expect(await opening.answer(opening.ask(list))).toMatchObject({ code: 'forbidden' });
  });

  test('a topic that has expired is read no more, also over a connection that had it open', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world, { ttl: 60 });
    await alice.answer(alice.put(keys, world.random(30)));
    const bob = await writerOf(world, keys);
    await world.clock.advance(59_000);
    const usage = { type: 'usage', topic: keys.topic } as const;
    expect(await bob.answer(bob.ask(usage))).toMatchObject({ frames: 1 });
    await world.clock.advance(1_001);
    expect(await bob.answer(bob.ask(usage))).toMatchObject({ code: 'unknown-topic' });
    expect(await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }))).toMatchObject({
      code: 'forbidden',
    });
  });

  test('nothing can be asked of a topic that is not open here', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world);
    const mallory = world.connect();
    const requests = [
      mallory.put(keys, world.random(50)),
      mallory.ask({ type: 'list', topic: keys.topic, since: 0, limit: 1, bodies: true, doomed: true }),
      mallory.ask({ type: 'get', topic: keys.topic, ids: [world.random(32)] }),
      mallory.ask({ type: 'subscribe', topic: keys.topic, since: 0 }),
      mallory.ask({ type: 'unsubscribe', topic: keys.topic }),
      mallory.ask({ type: 'usage', topic: keys.topic }),
      mallory.ask({ type: 'blob-stat', topic: keys.topic, blob: world.random(32) }),
      mallory.ask({ type: 'get-chunk', topic: keys.topic, blob: world.random(32), index: 0 }),
    ];
    for (const req of requests) expect(await mallory.answer(req)).toMatchObject({ code: 'forbidden' });
  });

  test('a connection opens a bounded number of topics', async () => {
    const world = relayWorld();
    const alice = world.connect();
    for (let i = 0; i < MAX_OPEN_TOPICS; i++) alice.create(world.keysOf());
    expect(await alice.answer(alice.create(world.keysOf()))).toMatchObject({ type: 'error', code: 'quota' });
  });

  test('an ephemeral topic is gone when its time is over', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world, { ttl: 900 });
    await world.clock.advance(901_000);
    expect(await alice.answer(alice.put(keys, world.random(9)))).toMatchObject({ code: 'unknown-topic' });
    const bob = world.connect();
    expect(await bob.answer(bob.open(keys, 'writer'))).toMatchObject({ code: 'unknown-topic' });
  });
});

describe('frames', () => {
  test('an acknowledgement comes after the commit and carries the cursor that a list shows', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const frame = world.random(200);
    const req = alice.put(keys, frame);
    expect(alice.acknowledged().has(req)).toBe(false);
    await alice.answer(req);
    const cursor = alice.acknowledged().get(req);
    const list = alice.ask({
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 5,
      bodies: true,
      doomed: false,
    });
    expect(await alice.answer(list)).toMatchObject({
      type: 'page',
      more: false,
      entries: [{ cursor, frame }],
    });
    const index = alice.ask({
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 5,
      bodies: false,
      doomed: false,
    });
    expect(await alice.answer(index)).toMatchObject({ entries: [{ cursor, id: idOf(frame), size: 200 }] });
    const got = alice.ask({ type: 'get', topic: keys.topic, ids: [world.random(32), idOf(frame)] });
    expect(await alice.answer(got)).toMatchObject({ type: 'page', entries: [{ cursor, frame }] });
  });

  test('puts that share a commit share one acknowledgement message', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const reqs = Array.from({ length: 20 }, () => alice.put(keys, world.random(50)));
    await alice.answer(reqs[19] ?? 0);
    expect(alice.replies.filter(({ type }) => type === 'ack')).toHaveLength(1);
    expect([...alice.acknowledged().keys()]).toEqual(reqs);
  });

  test('the same frame twice is stored once, acknowledged twice, shown once', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const bob = await writerOf(world, keys);
    await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    const frame = world.random(70);
    const [first, second] = [alice.put(keys, frame), alice.put(keys, frame)];
    await alice.answer(second);
    const third = alice.put(keys, frame);
    await alice.answer(third);
    const cursors = [first, second, third].map((req) => alice.acknowledged().get(req));
    expect(new Set(cursors).size).toBe(1);
    expect(bob.events()).toHaveLength(1);
  });

  test('a subscriber sees a frame at the end of the turn, before its author is told that it is safe', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const bob = await writerOf(world, keys);
    await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    await alice.answer(alice.put(keys, world.random(10)));
    const before = bob.events().length;
    const frame = world.random(90);
    const req = alice.put(keys, frame);
    await world.clock.advance(0);
    expect(bob.events().slice(before)).toMatchObject([{ frame }]);
    expect(alice.acknowledged().has(req)).toBe(false);
    await alice.answer(req);
  });

  test('what a turn brings to a topic is one message, the same bytes for every subscriber but its author', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const others = [await writerOf(world, keys), await writerOf(world, keys)];
    for (const person of [alice, ...others]) {
      await person.answer(person.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    }
    const frames = Array.from({ length: 5 }, () => world.random(30));
    for (const frame of frames) alice.put(keys, frame);
    await world.clock.advance(10);
    expect(alice.events()).toEqual([]);
    for (const person of others) expect(person.events().map(({ frame }) => frame)).toEqual(frames);
    expect(others.map(({ shared }) => shared.length)).toEqual([1, 1]);
    expect(others[0]?.shared[0]).toBe(others[1]?.shared[0]);
  });

  test('a subscription begins with what is there above the cursor, then goes on, without gap or repetition', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const frames: Bytes[] = [];
    const write = () => {
      const frame = world.random(40);
      frames.push(frame);
      return alice.put(keys, frame);
    };
    for (let i = 0; i < 10; i++) await alice.answer(write());
    const third = [...alice.acknowledged().values()][2] ?? 0;
    const bob = await writerOf(world, keys);
    write();
    bob.ask({ type: 'subscribe', topic: keys.topic, since: third });
    write();
    await world.clock.advance(20);
    write();
    await world.clock.advance(20);
    expect(bob.events().map(({ frame }) => frame)).toEqual(frames.slice(3));
    const cursors = bob.events().map(({ cursor }) => cursor);
    expect([...cursors].sort((a, b) => a - b)).toEqual(cursors);
  });

  test('after unsubscribing nothing comes', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const bob = await writerOf(world, keys);
    await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    await bob.answer(bob.ask({ type: 'unsubscribe', topic: keys.topic }));
    await alice.answer(alice.put(keys, world.random(10)));
    await world.clock.advance(10);
    expect(bob.events()).toEqual([]);
  });

  test('a frame that Alice proposes for deletion is hidden, comes back when somebody puts it again, and else is erased', async () => {
    const world = relayWorld({ limits: { graceMs: 100_000 } });
    const { keys, alice } = await aliceIn(world);
    const [kept, rescued, erased] = [world.random(20), world.random(30), world.random(40)];
    for (const frame of [kept, rescued, erased]) await alice.answer(alice.put(keys, frame));
    const ids = [idOf(rescued), idOf(erased)];
    expect((await alice.answer(alice.ask({ type: 'propose-delete', topic: keys.topic, ids }))).type).toBe(
      'done',
    );
    const listed = async (doomed: boolean) => {
      const req = alice.ask({ type: 'list', topic: keys.topic, since: 0, limit: 9, bodies: true, doomed });
      const page = await alice.answer(req);
      return page.type === 'page' ? page.entries.map((entry) => [entry.frame.length, entry.doomed]) : page;
    };
    expect(await listed(false)).toEqual([[20, false]]);
    expect(await listed(true)).toEqual([
      [20, false],
      [30, true],
      [40, true],
    ]);
    const bob = await writerOf(world, keys);
    await bob.answer(bob.put(keys, rescued));
    await world.clock.advance(200_000);
    expect(await listed(true)).toEqual([
      [20, false],
      [30, false],
    ]);
  });

  test('usage tells what the relay holds, down to the first bytes', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const frame = world.random(300);
    await alice.answer(alice.put(keys, frame));
    expect(await alice.answer(alice.ask({ type: 'usage', topic: keys.topic }))).toMatchObject({
      type: 'usage',
      frames: 1,
      bytes: 300,
      sample: frame.subarray(0, 64),
    });
  });
});

describe('blobs', () => {
  test('a blob goes up chunk by chunk and comes down the same', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const blob = world.random(32);
    const chunks = [new Uint8Array(CHUNK).fill(1), new Uint8Array(CHUNK).fill(2), world.random(77)];
    for (const [index, bytes] of chunks.entries()) {
      const req = alice.ask({ type: 'put-chunk', topic: keys.topic, blob, index, total: 3, bytes });
      expect((await alice.answer(req)).type).toBe('done');
    }
    const bob = await writerOf(world, keys);
    const stat = await bob.answer(bob.ask({ type: 'blob-stat', topic: keys.topic, blob }));
    expect(stat).toMatchObject({ type: 'blob', total: 3 });
    if (stat.type === 'blob') expect([0, 1, 2].every((i) => hasChunk(stat.have, i))).toBe(true);
    for (const [index, bytes] of chunks.entries()) {
      const got = await bob.answer(bob.ask({ type: 'get-chunk', topic: keys.topic, blob, index }));
      expect(got.type === 'chunk' && Buffer.compare(got.bytes, bytes) === 0).toBe(true);
    }
  });

  test('what is not there is not found, and a blob nobody knows has no chunks', async () => {
    const world = relayWorld();
    const { keys, alice } = await aliceIn(world);
    const blob = world.random(32);
    expect(await alice.answer(alice.ask({ type: 'blob-stat', topic: keys.topic, blob }))).toMatchObject({
      total: 0,
    });
    const missing = alice.ask({ type: 'get-chunk', topic: keys.topic, blob, index: 3 });
    expect(await alice.answer(missing)).toMatchObject({ type: 'error', code: 'not-found' });
  });
});

describe('limits', () => {
  test('what is no message ends the connection', async () => {
    const world = relayWorld();
    const { keys } = await aliceIn(world);
    const good = encodeRequest({ type: 'usage', req: 1, topic: keys.topic });
    for (const bytes of [new Uint8Array(), world.random(50).fill(0xff), good.slice(0, -1)]) {
      const mallory = world.connect();
      mallory.blurt(bytes);
      expect(mallory.closedWith).toBe(CLOSE.malformed);
    }
  });

  test('a connection that opens no topic is closed after ten seconds', async () => {
    const world = relayWorld();
    const mallory = world.connect();
    const { alice } = await aliceIn(world);
    await world.clock.advance(UNPROVEN_MS + 6_000);
    expect(mallory.closedWith).toBe(CLOSE.unproven);
    expect(alice.closedWith).toBeNull();
  });

  test('a quiet connection is asked for a sign of life, and closed when none comes', async () => {
    const world = relayWorld();
    const { alice } = await aliceIn(world);
    const { alice: silent } = await aliceIn(world);
    silent.isDead = true;
    await world.clock.advance(HEARTBEAT_MS + 5_000);
    expect([alice.pings, silent.pings]).toEqual([1, 1]);
    await world.clock.advance(SILENCE_MS);
    expect(alice.closedWith).toBeNull();
    expect(silent.closedWith).toBe(CLOSE.silent);
  });

  test('a ping is answered with the time', async () => {
    const world = relayWorld();
    const alice = world.connect();
    expect(await alice.answer(alice.ask({ type: 'ping' }))).toMatchObject({
      type: 'pong',
      time: world.clock.now(),
    });
  });

  test('requests that come too fast are refused until time has passed', async () => {
    const world = relayWorld({ limits: { connectionWorkMs: 0.3, connectionWorkPerSecondMs: 0.1 } });
    const { keys, alice } = await aliceIn(world);
    const reqs = Array.from({ length: 12 }, () => alice.put(keys, world.random(20)));
    await world.clock.advance(10);
    expect(reqs.map((req) => alice.acknowledged().has(req)).filter(Boolean)).toHaveLength(9);
    expect(alice.answerTo(reqs[11] ?? 0)).toMatchObject({ code: 'rate-limited', retryAfter: 1 });
    await world.clock.advance(1_000);
    expect((await alice.answer(alice.put(keys, world.random(20)))).type).toBe('ack');
  });

  test('an address that stored its share waits, and one that created its share too', async () => {
    const world = relayWorld();
    const keys = world.keysOf();
    const guard = { ...NO_GUARD, store: () => 3600 };
    const alice = world.connect(guard);
    await alice.answer(alice.create(keys));
    expect(await alice.answer(alice.put(keys, world.random(9)))).toMatchObject({ retryAfter: 3600 });
    const bob = world.connect({ ...guard, create: () => 60 });
    expect(await bob.answer(bob.create(world.keysOf()))).toMatchObject({
      code: 'rate-limited',
      retryAfter: 60,
    });
    expect((await bob.answer(bob.create(keys))).type).toBe('opened');
  });

  test('a slow reader costs no memory and misses nothing', async () => {
    const world = relayWorld({ limits: { lagBytes: 1000 } });
    const { keys, alice } = await aliceIn(world);
    const bob = await writerOf(world, keys);
    await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    bob.bufferedAmount = 2000;
    const frames = Array.from({ length: 30 }, () => world.random(50));
    for (const frame of frames) {
      alice.put(keys, frame);
      await world.clock.advance(5);
    }
    expect(bob.events()).toEqual([]);
    bob.bufferedAmount = 0;
    bob.session.drained();
    await world.clock.advance(5);
    const last = world.random(50);
    alice.put(keys, last);
    await world.clock.advance(5);
    expect(bob.events().map(({ frame }) => frame)).toEqual([...frames, last]);
  });

  test('who does not read is not read from: a flood of requests waits its turn, in order', async () => {
    const world = relayWorld({ limits: { pauseBytes: 1000 } });
    const { keys, alice } = await aliceIn(world);
    alice.bufferedAmount = 5000;
    const reqs = Array.from({ length: 100 }, () => alice.ask({ type: 'usage', topic: keys.topic }));
    await world.clock.advance(100);
    expect(alice.isPaused).toBe(true);
    expect(reqs.filter((req) => alice.answerTo(req))).toEqual([]);
    alice.bufferedAmount = 0;
    alice.session.drained();
    await alice.answer(reqs[99] ?? 0);
    expect(alice.isPaused).toBe(false);
    const answered = alice.replies.flatMap((reply) => (reply.type === 'usage' ? [reply.req] : []));
    expect(answered).toEqual(reqs);
  });

  test('who takes nothing of what was said is closed, and who takes it slowly is not', async () => {
    const world = relayWorld({ limits: { slowMs: 30_000 } });
    const [{ alice: stuck }, { alice: slow }, { alice: quick }] = [
      await aliceIn(world),
      await aliceIn(world),
      await aliceIn(world),
    ];
    stuck.bufferedAmount = slow.bufferedAmount = 500_000;
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await world.clock.advance(5_000);
      slow.bufferedAmount -= 1_000;
      stuck.bufferedAmount += 1;
      for (const one of [stuck, slow, quick]) one.session.heard();
    }
    expect([stuck, slow, quick].map(({ closedWith }) => closedWith)).toEqual([CLOSE.slow, null, null]);
    expect(world.totals.slowConnections).toBe(1);
  });

  test('one read at a time: who does not read makes the relay hold one answer and not many', async () => {
    const world = relayWorld({ limits: { pauseBytes: 1_000 } });
    const { keys, alice } = await aliceIn(world);
    for (let i = 0; i < 3; i++) await alice.answer(alice.put(keys, world.random(100_000)));
    const bob = await writerOf(world, keys);
    let said = 0;
    // What is said to Bob stays with the relay.
    bob.hear = (message: Bytes) => {
      said++;
      bob.bufferedAmount += message.length;
    };
    const list = { type: 'list', topic: keys.topic, since: 0, limit: 9, bodies: true, doomed: true } as const;
    for (let i = 0; i < 50; i++) bob.ask(list);
    for (let i = 0; i < 50; i++) bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 });
    await world.clock.advance(1_000);
    expect(said).toBe(1);
    expect(bob.isPaused).toBe(true);
  });

  test('subscriptions of one connection are fed one page at a time', async () => {
    const world = relayWorld({ limits: { lagBytes: 1_000 } });
    const alice = world.connect();
    const topics = Array.from({ length: 20 }, () => world.keysOf());
    for (const keys of topics) {
      await alice.answer(alice.create(keys));
      await alice.answer(alice.put(keys, world.random(50_000)));
    }
    const bob = world.connect();
    for (const keys of topics) await bob.answer(bob.open(keys, 'writer'));
    const hear = bob.hear.bind(bob);
    bob.hear = (message: Bytes) => {
      hear(message);
      bob.bufferedAmount += message.length;
    };
    for (const { topic } of topics) bob.ask({ type: 'subscribe', topic, since: 0 });
    await world.clock.advance(1_000);
    expect(bob.events()).toHaveLength(1);
    for (let i = 0; i < 30; i++) {
      bob.bufferedAmount = 0;
      bob.session.drained();
      await world.clock.advance(100);
    }
    expect(bob.events()).toHaveLength(20);
  });

  test('one who asks for much keeps nobody from an answer: others are served between', async () => {
    const world = relayWorld({ limits: { connectionWorkMs: 1e6 } });
    const [hers, his] = [world.keysOf(), world.keysOf()];
    const mallory = world.connect({ ...NO_GUARD });
    await mallory.answer(mallory.create(hers));
    for (let i = 0; i < 12; i++) await mallory.answer(mallory.put(hers, world.random(300_000)));
    const accomplices = Array.from({ length: 30 }, () => world.connect({ ...NO_GUARD }));
    for (const one of accomplices) await one.answer(one.open(hers, 'writer'));
    const bob = world.connect({ ...NO_GUARD });
    await bob.answer(bob.create(his));
    const list = {
      type: 'list',
      topic: hers.topic,
      since: 0,
      limit: 99,
      bodies: true,
      doomed: true,
    } as const;
    const reqs = accomplices.flatMap((one) => Array.from({ length: 8 }, () => [one, one.ask(list)] as const));
    const usage = bob.ask({ type: 'usage', topic: his.topic });
    const answeredBefore: number[] = [];
    const hear = bob.hear.bind(bob);
    bob.hear = (message: Bytes) => {
      hear(message);
      answeredBefore.push(reqs.filter(([one, req]) => one.answerTo(req)).length);
    };
    expect((await bob.answer(usage)).type).toBe('usage');
    expect(answeredBefore[0]).toBeLessThan(reqs.length / 4);
    for (const [one, req] of reqs) expect(await one.answer(req)).toMatchObject({ type: 'page' });
  });

  test('what a request costs goes by what it reads: who has large answers given waits sooner', async () => {
    const world = relayWorld({ limits: { connectionWorkMs: 20, connectionWorkPerSecondMs: 1 } });
    const { keys, alice } = await aliceIn(world);
    for (let i = 0; i < 4; i++) await alice.answer(alice.put(keys, world.random(250_000)));
    const served = async (bodies: boolean) => {
      const bob = await writerOf(world, keys);
      const list = { type: 'list', topic: keys.topic, since: 0, limit: 99, bodies, doomed: true } as const;
      for (let count = 0; count < 200; count++)
        if ((await bob.answer(bob.ask(list))).type === 'error') return count;
      return 200;
    };
    const [pages, indexes] = [await served(true), await served(false)];
    expect(pages).toBeLessThan(40);
    expect(indexes).toBeGreaterThan(3 * pages);
  });

  test('who goes on asking although told to wait is sent away', async () => {
    const world = relayWorld({ limits: { connectionWorkMs: 0.1, connectionWorkPerSecondMs: 0.001 } });
    const { keys, alice } = await aliceIn(world);
    for (let i = 0; i < 5_100; i++) alice.ask({ type: 'usage', topic: keys.topic });
    await world.clock.advance(100);
    expect(alice.closedWith).toBe(CLOSE.tryLater);
  });

  test('requests sent before an opening is answered are carried out after it', async () => {
    const world = relayWorld();
    const keys = world.keysOf();
    const alice = world.connect();
    alice.create(keys);
    const put = alice.put(keys, world.random(33));
    const list = alice.ask({
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 5,
      bodies: true,
      doomed: false,
    });
    expect((await alice.answer(put)).type).toBe('ack');
    expect(await alice.answer(list)).toMatchObject({ entries: [{}] });
  });
});

test('a relay that closes acknowledges what came in, takes no more, and says when to come back', async () => {
  const world = relayWorld();
  const { keys, alice } = await aliceIn(world);
  const bob = await writerOf(world, keys);
  const before = alice.put(keys, world.random(50));
  const closing = world.relay.close();
  const after = alice.put(keys, world.random(50));
  await world.clock.advance(50);
  await closing;
  expect(alice.acknowledged().has(before)).toBe(true);
  expect(alice.acknowledged().has(after)).toBe(false);
  expect([alice.closedWith, bob.closedWith]).toEqual([CLOSE.restart, CLOSE.restart]);
});

test('a request that is overtaken by the stop is refused, and stops nothing else', async () => {
  const world = relayWorld();
  const { keys, alice } = await aliceIn(world);
  const bob = world.connect();
  const acknowledged = alice.put(keys, world.random(50));
  const late = bob.create(world.keysOf());
  const closing = Promise.all([world.relay.close(), world.relay.close()]);
  await world.clock.advance(50);
  await closing;
  expect(alice.acknowledged().has(acknowledged)).toBe(true);
  expect(bob.answerTo(late)).toMatchObject({ type: 'error', code: 'unavailable' });
});

test('a store that does not answer is said to be unavailable, and nothing is acknowledged', async () => {
  let broken = false;
  const world = relayWorld({
    wrap: (store) =>
      new Proxy(store, {
        get(target, name) {
          const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
          return (...args: unknown[]) => {
            if (broken) throw new Error('disk I/O error');
            return method.apply(target, args);
          };
        },
      }),
  });
  const { keys, alice } = await aliceIn(world);
  broken = true;
  expect(await alice.answer(alice.put(keys, world.random(20)))).toMatchObject({ code: 'unavailable' });
  expect(await alice.answer(alice.ask({ type: 'usage', topic: keys.topic }))).toMatchObject({
    code: 'unavailable',
  });
  const bob = world.connect();
  expect(await bob.answer(bob.open(keys, 'writer'))).toMatchObject({ code: 'unavailable' });
  broken = false;
  expect((await alice.answer(alice.put(keys, world.random(20)))).type).toBe('ack');
});
