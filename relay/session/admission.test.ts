/**
 * A proof serves for one connection, to one relay, for one topic and one purpose: made for anything else, by the right key,
 * it is refused (attack C01, and a relay in between that hands on what it was given).
 */
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { createStatement, openStatement } from '#lib/protocol/relay.ts';
import { testServer, type TestServer } from '../../tests/helpers/worlds/relay-server.ts';
import { ORIGIN, relayWorld, Speaker, topicKeys } from '../../tests/helpers/worlds/relay-world.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';

const refused = { type: 'error', code: 'refused' };

/** Camille's topic stands at the relay; whoever connects next asks for it. */
async function camillesTopic() {
  const world = relayWorld();
  const keys = world.keysOf();
  const camille = world.connect();
  await camille.answer(camille.create(keys));
  const next = world.connect();
  return { world, keys, next, nonce: next.nonce };
}

const elsewhere: readonly (readonly [string, { readonly origin?: string; readonly nonce?: Bytes }])[] = [
  ['another relay', { origin: 'relais.elsewhere.test' }],
  ['a relay whose name begins like ours', { origin: `${ORIGIN}:8080` }],
  ['another connection', { nonce: new Uint8Array(32).fill(7) }],
];

describe('C01: a proof that was made for', () => {
  test.each(elsewhere)('%s opens nothing here', async (_, { origin = ORIGIN, nonce }) => {
    const { keys, next } = await camillesTopic();
    const claim = { topic: keys.topic, role: 'owner' as const };
    const prove = (at: string, challenge: Bytes) =>
      next.ask({
        ...{ type: 'open', ...claim, key: keys.delete.publicKey },
        signature: keys.delete.sign(openStatement(at, challenge, claim)),
      });
    expect(await next.answer(prove(origin, nonce ?? next.nonce))).toMatchObject(refused);
    expect(await next.answer(prove(ORIGIN, next.nonce))).toMatchObject({ type: 'opened' });
  });

  test.each(elsewhere)('%s creates nothing here', async (_, { origin = ORIGIN, nonce }) => {
    const { world, next } = await camillesTopic();
    const keys = world.keysOf();
    const [writeKey, deleteKey] = [keys.write.publicKey, keys.delete.publicKey];
    const claim = { topic: keys.topic, writeKey, deleteKey, ttl: 0, openToReaders: false };
    const signature = keys.delete.sign(createStatement(origin, nonce ?? next.nonce, claim));
    expect(await next.answer(next.ask({ type: 'create', ...claim, signature }))).toMatchObject(refused);
    expect(await world.store.findTopic(keys.topic)).toBeNull();
  });

  test('another topic, or another role, opens nothing either', async () => {
    const { world, keys, next, nonce } = await camillesTopic();
    const other = world.keysOf();
    const claim = { topic: keys.topic, role: 'owner' as const };
    const proofs = [
      openStatement(ORIGIN, nonce, { ...claim, topic: other.topic }),
      openStatement(ORIGIN, nonce, { ...claim, role: 'writer' }),
    ];
    for (const proof of proofs) {
      const signature = keys.delete.sign(proof);
      const asked = next.ask({ type: 'open', ...claim, key: keys.delete.publicKey, signature });
      expect(await next.answer(asked)).toMatchObject(refused);
    }
  });
});

describe('the name that proofs are bound to', () => {
  const random = seededRandom('host');
  let server: TestServer | null = null;
  afterEach(async () => {
    await server?.remove();
    server = null;
  });

  /** What the relay answers to a creation that is bound to `origin`, by somebody who dialled it under `host`. */
  async function creation(at: string, host: string, origin: string) {
    const socket = new WebSocket(`ws://${at}/relay`, { headers: { host } });
    const speaker = new Speaker((message) => socket.send(message), origin);
    const heard = new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (data: Buffer) => {
        speaker.hear(new Uint8Array(data));
        if (speaker.replies.length === 1) speaker.create(topicKeys(random));
        else resolve();
      });
    });
    await heard;
    socket.terminate();
    return speaker.replies[1];
  }

  test('is never one that only the other end says, as a relay in between would', async () => {
    server = await testServer({ host: '127.0.0.1' });
    const { port } = new URL(server.url);
    const own = `127.0.0.1:${port}`;
    expect(await creation(own, 'mallory.test', 'mallory.test')).toMatchObject(refused);
    expect(await creation(own, 'mallory.test', own)).toMatchObject({ type: 'opened' });
    // The names that no other machine answers to.
    const named = `localhost:${port}`;
    expect(await creation(own, named, named)).toMatchObject({ type: 'opened' });
  });

  test('is the configured one, whatever was dialled', async () => {
    server = await testServer({ relayUrl: 'wss://relais.example', host: '127.0.0.1' });
    const own = `127.0.0.1:${new URL(server.url).port}`;
    expect(await creation(own, own, own)).toMatchObject(refused);
    expect(await creation(own, own, 'relais.example')).toMatchObject({ type: 'opened' });
  });
});
