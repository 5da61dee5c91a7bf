import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CLOSE } from '#lib/protocol/limits.ts';
import { decodeReply, encodeReply } from '#lib/protocol/relay.ts';
import { fakeClock } from '../../tests/helpers/tools/clock.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';
import { Connection, House } from './connection.ts';
import { Doorkeeper, type AddressGuard } from '../bounds/guard.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../bounds/limits.ts';
import type { Relay } from '../relay.ts';
import type { Session } from './session.ts';
import { createTurn } from './turn.ts';

const random = seededRandom('connection');

/** A connection over a pipe that counts its writes, in a relay that says nothing of its own. */
function world() {
  const clock = fakeClock();
  const relay = { accept: () => null, forget: () => undefined } as unknown as Relay;
  const house = new House(relay, new Doorkeeper(DEFAULT_LIMITS, clock), createTurn(clock));
  const guard = house.door.enter('192.0.2.1');
  const ws = Object.assign(new EventEmitter(), {
    readyState: Number(WebSocket.OPEN),
    resume() {},
    close() {},
  });
  const writes: Buffer[] = [];
  const pipe = new Duplex({
    highWaterMark: 16 * 1024 * 1024,
    read() {},
    write(bytes: Buffer, _encoding, done) {
      writes.push(bytes);
      done();
    },
  });
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
  const { clock, connection, writes } = world();
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
    const { clock, connection, writes } = world();
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
  const [alice, bob] = [world(), world()];
  const shared = { message: random(200), framed: null };
  alice.connection.sendShared(shared);
  bob.connection.sendShared(shared);
  await alice.clock.advance(0);
  await bob.clock.advance(0);
  expect(messagesIn(alice.writes)).toEqual([shared.message]);
  expect(alice.writes[0]?.buffer).toBe(bob.writes[0]?.buffer);
});

test('much is not gathered: it is written within the turn, so that it counts as unread', async () => {
  const { connection, writes } = world();
  const said = Array.from({ length: 10 }, () => random(10_000));
  for (const message of said) connection.send(message);
  expect(writes.length).toBeGreaterThan(0);
  connection.flush();
  expect(messagesIn(writes)).toEqual(said);
});

test('a connection that closes first says what it had to say, and one that is gone says nothing', async () => {
  const { clock, connection, writes, ws } = world();
  connection.send(random(10));
  connection.close(1012);
  expect(messagesIn(writes)).toHaveLength(1);
  connection.send(random(10));
  ws.readyState = WebSocket.CLOSED;
  await clock.advance(0);
  expect(messagesIn(writes)).toHaveLength(1);
});

/** Connections of one address to a relay that only notes which of them it is told to let go. */
function crowd(size: number, limits: Partial<RelayLimits>) {
  const relieved: number[] = [];
  const sessions = Array.from({ length: size }, (_, i) => ({
    receive: () => undefined,
    drained: () => undefined,
    relieve: () => void relieved.push(i),
  }));
  const rest = [...sessions];
  const relay = {
    accept: () => rest.shift() as unknown as Session,
    forget: () => undefined,
  } as unknown as Relay;
  const clock = fakeClock();
  const house = new House(relay, new Doorkeeper({ ...DEFAULT_LIMITS, ...limits }, clock), createTurn(clock));
  const guard = house.door.enter('192.0.2.1') as AddressGuard;
  const connections = sessions.map(() => {
    const closedWith: number[] = [];
    let isGone = false;
    const ws = Object.assign(new EventEmitter(), {
      ...{
        readyState: Number(WebSocket.OPEN),
        pause() {},
        resume() {},
        terminate: () => void (isGone = true),
      },
      close: (code: number) => void closedWith.push(code),
    });
    const raw = Object.assign(new EventEmitter(), {
      writableLength: 0,
      write(bytes: Uint8Array) {
        raw.writableLength += bytes.length;
      },
      ...{ cork() {}, uncork() {} },
    });
    const connection = new Connection(ws as unknown as WebSocket, raw as unknown as Duplex, house, guard);
    connection.begin('relais.test');
    const arrive = (bytes: number) => void raw.emit('data', new Uint8Array(bytes));
    return { connection, ws, raw, closedWith, arrive, isGone: () => isGone };
  });
  return { guard, connections, relieved };
}

test('who has proven nothing may send little, however it is cut; who has proven something may send a large frame', () => {
  const { connections } = crowd(2, { unprovenBytes: 10_000 });
  const [mallory, alice] = connections;
  alice?.connection.proven();
  for (const one of [mallory, alice]) for (let i = 0; i < 100; i++) one?.arrive(101);
  expect(mallory?.closedWith[0]).toBe(CLOSE.unproven);
  expect([mallory?.isGone(), alice?.isGone()]).toEqual([true, false]);
  expect(alice?.closedWith).toEqual([]);
});

test('what an address leaves unfinished or unread is counted together, and the one that leaves most is let go', () => {
  const { guard, connections, relieved } = crowd(4, { heldBytesPerAddress: 100_000 });
  for (const { connection } of connections) connection.proven();
  for (const { arrive } of connections) arrive(20_000);
  expect(guard.held).toBe(80_000);
  connections[2]?.connection.send(random(15_000));
  connections[2]?.connection.flush();
  expect(relieved).toEqual([]);
  connections[1]?.arrive(10_000);
  expect(relieved).toEqual([2]);
});

test('a message that is complete, an answer that is taken and a connection that ends are held no more', () => {
  const { guard, connections } = crowd(3, {});
  const [alice, bob, carol] = connections;
  alice?.arrive(5_000);
  alice?.ws.emit('message', random(5_000), true);
  alice?.arrive(7);
  bob?.connection.send(random(1_000));
  bob?.connection.flush();
  carol?.arrive(300);
  expect(guard.held).toBe(7 + 1_004 + 300);
  if (bob) bob.raw.writableLength = 0;
  bob?.raw.emit('drain');
  carol?.ws.emit('close');
  expect(guard.held).toBe(7);
});

test('messages that wait because nothing is to be read are held, until they are read', () => {
  const { guard, connections } = crowd(1, {});
  const [alice] = connections;
  alice?.connection.pause();
  alice?.ws.emit('message', random(5_000), true);
  alice?.arrive(1);
  expect(guard.held).toBe(5_001);
  alice?.connection.resume();
  alice?.arrive(1);
  expect(guard.held).toBe(2);
});
