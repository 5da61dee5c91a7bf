import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { openFrame, type FrameKey } from '#lib/crypto/frame.ts';
import { CLOSE } from '#lib/protocol/limits.ts';
import { decodeReply, decodeRequest } from '#lib/protocol/relay.ts';
import { keyPair, relayWorld } from '../helpers/worlds/relay-world.ts';
import { seededRandom } from '../helpers/tools/random.ts';

/** What a merging relay and its clients would say to each other. */
function yjsBytes(): { name: string; bytes: Bytes }[] {
  const doc = new Y.Doc();
  const entries = doc.getMap('record');
  for (let i = 0; i < 50; i++) entries.set(`entry ${i}`, `allergy ${i}`);
  const before = Y.encodeStateVector(doc);
  for (let i = 0; i < 50; i++) entries.delete(`entry ${i}`);
  const state = Y.encodeStateAsUpdate(doc);
  const tombstones = Y.encodeStateAsUpdate(doc, before);
  const sync = (step: number, body: Uint8Array) => Uint8Array.of(0, step, body.length & 0x7f, ...body);
  return [
    { name: 'a whole document', bytes: state },
    { name: 'the tombstones of fifty entries', bytes: tombstones },
    { name: 'a document in the second encoding', bytes: Y.encodeStateAsUpdateV2(doc) },
    { name: 'a state vector', bytes: before },
    { name: 'sync step 1', bytes: sync(0, before) },
    { name: 'sync step 2', bytes: sync(1, tombstones) },
    { name: 'a sync update', bytes: sync(2, tombstones) },
    { name: 'the empty update', bytes: Uint8Array.of(0, 0) },
  ].map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }));
}

describe('C05: no path between client and relay takes Yjs bytes', () => {
  test.each(yjsBytes())('C05: $name is no message to either side', ({ bytes }) => {
    expect(decodeRequest(bytes)).toBeNull();
    expect(decodeReply(bytes)).toBeNull();
  });

  test.each(yjsBytes())(
    'C05: Mallory sends $name: her connection ends, nothing is changed',
    async ({ bytes }) => {
      const world = relayWorld();
      const keys = world.keysOf();
      const alice = world.connect();
      await alice.answer(alice.create(keys));
      const frames = [world.random(300), world.random(400)];
      for (const frame of frames) await alice.answer(alice.put(keys, frame));
      const mallory = world.connect();
      await mallory.answer(mallory.open(keys, 'writer'));
      mallory.blurt(bytes);
      expect(mallory.closedWith).toBe(CLOSE.malformed);
      const list = alice.ask({
        type: 'list',
        topic: keys.topic,
        since: 0,
        limit: 9,
        bodies: true,
        doomed: true,
      });
      expect(await alice.answer(list)).toMatchObject({
        entries: frames.map((frame) => ({ frame, doomed: false })),
      });
    },
  );

  test('C05: put as a frame, tombstones are bytes like any others: kept as they are, with no effect on what is there', async () => {
    const world = relayWorld();
    const keys = world.keysOf();
    const alice = world.connect();
    await alice.answer(alice.create(keys));
    const frames = [world.random(300), ...yjsBytes().map(({ bytes }) => bytes), world.random(300)];
    for (const frame of frames) await alice.answer(alice.put(keys, frame));
    const list = alice.ask({
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 99,
      bodies: true,
      doomed: true,
    });
    expect(await alice.answer(list)).toMatchObject({
      entries: frames.map((frame) => ({ frame, doomed: false })),
    });
  });

  test('C05: such a frame opens for nobody, so that none of it reaches a document', () => {
    const random = seededRandom('c05');
    const key = { space: random(32), epoch: 1, secret: random(32) } as unknown as FrameKey;
    for (const { bytes } of yjsBytes()) {
      for (const frame of [bytes, new Uint8Array([1, ...random(56), ...bytes])]) {
        expect(safely(() => openFrame([key], frame))).toBeNull();
      }
    }
  });

  test('C05: deletion is proposed by the owner’s key alone, hides nothing from who asks, and waits for the grace', async () => {
    const world = relayWorld({ limits: { graceMs: 60_000 } });
    const keys = world.keysOf();
    const alice = world.connect();
    await alice.answer(alice.create(keys));
    const frame = world.random(200);
    await alice.answer(alice.put(keys, frame));
    const index = {
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 9,
      bodies: false,
      doomed: true,
    } as const;
    const entries = async () => {
      const answer = await alice.answer(alice.ask(index));
      return answer.type === 'index' ? answer.entries : [];
    };
    const ids = (await entries()).map(({ id }) => id);

    const writer = world.connect();
    await writer.answer(writer.open(keys, 'writer'));
    const attempt = writer.ask({ type: 'propose-delete', topic: keys.topic, ids });
    expect(await writer.answer(attempt)).toMatchObject({ code: 'forbidden' });
    const mallory = world.connect();
    const forged = mallory.open(keys, 'owner', keyPair(world.random));
    expect(await mallory.answer(forged)).toMatchObject({ code: 'refused' });
    expect(await entries()).toMatchObject([{ doomed: false }]);

    await alice.answer(alice.ask({ type: 'propose-delete', topic: keys.topic, ids }));
    expect(await entries()).toMatchObject([{ doomed: true }]);
    await world.clock.advance(30_000);
    expect(await entries()).toHaveLength(1);
    await world.clock.advance(100_000);
    expect(await entries()).toEqual([]);
  });

  test('C05: the relay and the protocol import nothing that reads or merges a document', () => {
    const root = join(import.meta.dirname, '../..');
    for (const folder of ['relay', 'src/lib/protocol', 'src/lib/bytes']) {
      for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
        const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
        expect(text, entry.name).not.toMatch(
          /from '(yjs|lib0|y-protocols|y-[a-z]+)[/']|import\('(yjs|lib0|y-)/,
        );
      }
    }
  });
});

function safely<T>(attempt: () => T): T | null {
  try {
    return attempt();
  } catch {
    return null;
  }
}
