import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { decodeReply, encodeReply } from '#lib/protocol/relay.ts';
import { fakeClock } from '../tests/helpers/tools/clock.ts';
import { seededRandom } from '../tests/helpers/tools/random.ts';
import { Connection, House } from './connection.ts';
import { Doorkeeper, type AddressGuard } from './guard.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Relay } from './relay.ts';
import { createTurn } from './turn.ts';

const random = seededRandom('connection');

/** A connection over a pipe that counts its writes, in a relay that says nothing of its own. */
async function world() {
  const clock = fakeClock();
  const relay = { accept: () => null, forget: () => undefined } as unknown as Relay;
  const house = new House(relay, new Doorkeeper(DEFAULT_LIMITS), createTurn(clock));
  const guard = await house.door.enter('192.0.2.1');
  const ws = Object.assign(new EventEmitter(), {
    readyState: Number(WebSocket.OPEN),
    resume() {},
    close() {},
  });
  const pipe = new PassThrough({ highWaterMark: 16 * 1024 * 1024 });
  const writes: Buffer[] = [];
  pipe.on('data', (bytes: Buffer) => writes.push(bytes));
  const connection = new Connection(ws as unknown as WebSocket, pipe, house, guard as AddressGuard);
  connection.begin('relais.test');
  return { clock, ws, writes, connection };
}

/** The messages in what was written, by RFC 6455. */
function messagesIn(writes: readonly Buffer[]): Bytes[] {
  const bytes = Buffer.concat(writes);
  const messages: Bytes[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0x82);
    const code = bytes[at + 1] ?? 0;
    const [header, length] =
      code < 126
        ? [2, code]
        : code === 126
          ? [4, bytes.readUInt16BE(at + 2)]
          : [10, Number(bytes.readBigUInt64BE(at + 2))];
    messages.push(new Uint8Array(bytes.subarray(at + header, at + header + length)));
    at += header + length;
  }
  return messages;
}

test('what a turn says on a connection leaves in one write, in its order', async () => {
  const { clock, connection, writes } = await world();
  const ack = encodeReply({ type: 'ack', acks: [{ req: 1, cursor: 2 }] });
  const events = encodeReply({
    type: 'events',
    topic: random(32),
    entries: [{ cursor: 3, frame: random(300) }],
  });
  connection.send(ack);
  connection.sendShared({ message: events, framed: null });
  connection.send(ack);
  expect(writes).toEqual([]);
  await clock.advance(0);
  expect(writes).toHaveLength(1);
  expect(messagesIn(writes)).toEqual([ack, events, ack]);
  expect(messagesIn(writes).map((message) => decodeReply(message)?.type)).toEqual(['ack', 'events', 'ack']);
});

test('messages of every length arrive as they were, alone and among others', async () => {
  const lengths = [0, 1, 125, 126, 127, 16_380, 16_384, 16_385, 65_535, 65_536, 70_000];
  for (const others of [0, 2]) {
    const { clock, connection, writes } = await world();
    const said: Bytes[] = [];
    for (const length of lengths) {
      for (const message of [random(length), ...Array.from({ length: others }, () => random(20))]) {
        said.push(message);
        connection.send(message);
      }
      if (others === 0) await clock.advance(0);
    }
    await clock.advance(0);
    expect(messagesIn(writes)).toEqual(said);
  }
});

test('a message for many connections is framed once', async () => {
  const [alice, bob] = [await world(), await world()];
  const shared = { message: random(200), framed: null };
  alice.connection.sendShared(shared);
  bob.connection.sendShared(shared);
  await alice.clock.advance(0);
  await bob.clock.advance(0);
  expect(messagesIn(alice.writes)).toEqual([shared.message]);
  expect(alice.writes[0]?.buffer).toBe(bob.writes[0]?.buffer);
});

test('much is not gathered: it is written within the turn, so that it counts as unread', async () => {
  const { connection, writes } = await world();
  const said = Array.from({ length: 10 }, () => random(10_000));
  for (const message of said) connection.send(message);
  expect(writes.length).toBeGreaterThan(0);
  connection.flush();
  expect(messagesIn(writes)).toEqual(said);
});

test('a connection that closes first says what it had to say, and one that is gone says nothing', async () => {
  const { clock, connection, writes, ws } = await world();
  connection.send(random(10));
  connection.close(1012);
  expect(messagesIn(writes)).toHaveLength(1);
  connection.send(random(10));
  ws.readyState = WebSocket.CLOSED;
  await clock.advance(0);
  expect(messagesIn(writes)).toHaveLength(1);
});
