import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CHUNK } from '#lib/protocol/limits.ts';
import { idOf, relayWorld } from '../helpers/worlds/relay-world.ts';
import { RelayClient } from '../helpers/worlds/relay-client.ts';
import { testServer } from '../helpers/worlds/relay-server.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carnet-full-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('R17: a relay whose disk is full, or that is asked too much (the relay’s half)', () => {
  test('R17: the disk fills: every refusal says so, nothing is acknowledged falsely, reading goes on', async () => {
    const world = relayWorld({ folder, maxBytes: 1_500_000 });
    const keys = world.keysOf();
    const alice = world.connect();
    await alice.answer(alice.create(keys));
    const acknowledged: Bytes[] = [];
    let refused = 0;
    for (let i = 0; refused === 0 && i < 200; i++) {
      const frames = [world.random(40_000), world.random(20_000)];
      const reqs = frames.map((frame) => alice.put(keys, frame));
      for (const [n, req] of reqs.entries()) {
        const answer = await alice.answer(req);
        if (answer.type === 'ack') acknowledged.push(frames[n] ?? world.random(1));
        else refused++;
        if (answer.type !== 'ack') expect(answer).toMatchObject({ type: 'error', code: 'storage-full' });
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(acknowledged.length).toBeGreaterThan(10);

    const chunk = {
      type: 'put-chunk',
      topic: keys.topic,
      blob: world.random(32),
      index: 0,
      total: 2,
    } as const;
    const bytes = new Uint8Array(CHUNK);
    expect(await alice.answer(alice.ask({ ...chunk, bytes }))).toMatchObject({ code: 'storage-full' });
    expect(await alice.answer(alice.create(world.keysOf()))).toMatchObject({ code: 'storage-full' });

    const bob = world.connect();
    expect((await bob.answer(bob.open(keys, 'writer'))).type).toBe('opened');
    for (const frame of acknowledged) {
      const got = bob.ask({ type: 'get', topic: keys.topic, ids: [idOf(frame)] });
      expect(await bob.answer(got)).toMatchObject({ entries: [{ doomed: false }] });
    }
    const index = bob.ask({
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 999,
      bodies: false,
      doomed: true,
    });
    const held = await bob.answer(index);
    expect(held.type === 'index' && held.entries.length).toBe(acknowledged.length);
    expect(alice.closedWith).toBeNull();
  });

  test('R17: room comes back: what was refused is taken, under a cursor that was never shown', async () => {
    const world = relayWorld({ folder, maxBytes: 8_000_000, limits: { graceMs: 600_000 } });
    const keys = world.keysOf();
    const [alice, bob] = [world.connect(), world.connect()];
    await alice.answer(alice.create(keys));
    await bob.answer(bob.open(keys, 'writer'));
    await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    const old = Array.from({ length: 100 }, () => world.random(60_000));
    for (const frame of old) await alice.answer(alice.put(keys, frame));
    const doomed = alice.ask({ type: 'propose-delete', topic: keys.topic, ids: old.map(idOf) });
    expect((await alice.answer(doomed)).type).toBe('done');
    let frame = world.random(60_000);
    while ((await alice.answer(alice.put(keys, frame))).type === 'ack') frame = world.random(60_000);
    const shown = bob.events().map(({ cursor }) => cursor);
    await world.clock.advance(700_000);
    const retry = alice.put(keys, frame);
    expect((await alice.answer(retry)).type).toBe('ack');
    expect(alice.acknowledged().get(retry)).toBeGreaterThan(Math.max(...shown));
  });

  test('R17: too many requests are answered with the time to wait, and served after it', async () => {
    const server = await testServer({ limits: { connectionWorkMs: 0.4, connectionWorkPerSecondMs: 0.1 } });
    const alice = await RelayClient.connect(server.url);
    const { keysOf, random } = relayWorld();
    const keys = keysOf();
    await alice.answer(alice.create(keys));
    const reqs = Array.from({ length: 40 }, () => alice.put(keys, random(50)));
    const answers = await Promise.all(reqs.map((req) => alice.answer(req)));
    const refused = answers.filter((answer) => answer?.type === 'error');
    expect(refused.length).toBeGreaterThan(10);
    for (const answer of refused) expect(answer).toMatchObject({ code: 'rate-limited', retryAfter: 1 });
    await vi.waitFor(
      async () => expect((await alice.answer(alice.put(keys, random(50))))?.type).toBe('ack'),
      { timeout: 15_000, interval: 500 },
    );
    await alice.close();
    await server.remove();
  });
});
