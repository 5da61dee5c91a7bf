import { expect, test } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CLOSE, HEARTBEAT_MS } from '#lib/protocol/limits.ts';
import { decodeRequest, encodeReply, type Reply, type Request } from '#lib/protocol/relay.ts';
import { fakeClock } from '../../../tests/helpers/tools/clock.ts';
import { PONG_MS } from './heartbeat.ts';
import { CHALLENGE_MS, connectRelay, type RelaySession } from './relay-session.ts';
import { ANSWER_MS } from './requests.ts';
import type { TransportEvents } from './transport.ts';

const NONCE = new Uint8Array(32).fill(7);
const TOPIC = new Uint8Array(32).fill(1);
const CHALLENGE: Reply = { type: 'challenge', version: 1, nonce: NONCE, time: 0 };

/** A relay whose every word the test says itself. */
function puppet() {
  const clock = fakeClock(0);
  const asked: Request[] = [];
  const ends: number[] = [];
  const events: number[] = [];
  let waiting = 0;
  let closed = 0;
  let line: TransportEvents | undefined;
  const connected = connectRelay({
    dial: (given) => {
      line = given;
      return {
        send: (message) => void asked.push(decodeRequest(message)!),
        waiting: () => waiting,
        close: () => closed++,
      };
    },
    origin: 'relais.test',
    clock,
    onEvents: (_, entries) => events.push(...entries.map(({ cursor }) => cursor)),
    onEnd: (code) => ends.push(code),
  });
  return {
    clock,
    asked,
    ends,
    events,
    connected,
    say: (reply: Reply) => line?.message(encodeReply(reply)),
    blurt: (message: Bytes) => line?.message(message),
    hangUp: (code: number) => line?.closed(code),
    hold: (bytes: number) => void (waiting = bytes),
    closed: () => closed,
  };
}

async function established() {
  const relay = puppet();
  relay.say(CHALLENGE);
  const connected = await relay.connected;
  if (!connected.ok) throw new Error(connected.error.type);
  return { ...relay, session: connected.value };
}

const usage = (session: RelaySession) => session.ask({ type: 'usage', topic: TOPIC });

test('answers find their questions, in whatever order they come, once each', async () => {
  const { session, asked, say } = await established();
  expect(session.nonce).toEqual(NONCE);
  const put = session.ask({ type: 'put', topic: TOPIC, frame: new Uint8Array([1]) });
  const chunk = session.ask({ type: 'get-chunk', topic: TOPIC, blob: TOPIC, index: 0 });
  const refused = usage(session);
  const [first, second, third] = asked.map(({ req }) => req) as [number, number, number];
  say({ type: 'error', req: third, code: 'rate-limited', retryAfter: 9 });
  say({ type: 'chunk', req: second, bytes: new Uint8Array([5]) });
  say({ type: 'ack', acks: [{ req: first, cursor: 42 }] });
  say({ type: 'ack', acks: [{ req: first, cursor: 43 }] });
  expect(await put).toMatchObject({ ok: true, value: { acks: [{ cursor: 42 }] } });
  expect(await chunk).toMatchObject({ ok: true, value: { bytes: new Uint8Array([5]) } });
  expect(await refused).toEqual({ ok: false, error: { type: 'rate-limited', retryAfter: 9 } });
});

test.each([
  [
    'bytes that are no message',
    (relay: Awaited<ReturnType<typeof established>>) => relay.blurt(new Uint8Array([0xff])),
  ],
  [
    'an answer of the wrong kind',
    (relay: Awaited<ReturnType<typeof established>>) => relay.say({ type: 'done', req: 1 }),
  ],
])('%s end the session, and every question with it', async (_, misbehave) => {
  const relay = await established();
  const asked = usage(relay.session);
  misbehave(relay);
  expect(await asked).toEqual({ ok: false, error: { type: 'disconnected', code: CLOSE.malformed } });
  expect(relay.ends).toEqual([CLOSE.malformed]);
  expect(relay.closed()).toBe(1);
  expect(await usage(relay.session)).toMatchObject({ ok: false, error: { type: 'disconnected' } });
  expect(relay.clock.pendingTimers()).toBe(0);
});

test('a relay of another version is told apart from one that is not there', async () => {
  const other = puppet();
  other.say({ ...CHALLENGE, version: 2 });
  expect(await other.connected).toEqual({ ok: false, error: { type: 'relay-version', version: 2 } });
  const gone = puppet();
  gone.hangUp(1006);
  expect(await gone.connected).toEqual({ ok: false, error: { type: 'disconnected', code: 1006 } });
  const mute = puppet();
  await mute.clock.advance(CHALLENGE_MS);
  expect(await mute.connected).toEqual({ ok: false, error: { type: 'disconnected', code: CLOSE.silent } });
  expect([other.ends, gone.ends, mute.ends]).toEqual([[], [], []]);
});

test('asks a quiet relay for a sign of life, and gives up when none comes', async () => {
  const { clock, asked, ends, say } = await established();
  await clock.advance(HEARTBEAT_MS);
  expect(asked).toMatchObject([{ type: 'ping' }]);
  say({ type: 'pong', req: asked[0]!.req, time: 0 });
  await clock.advance(HEARTBEAT_MS + PONG_MS - 1);
  expect(ends).toEqual([]);
  await clock.advance(1);
  expect(ends).toEqual([CLOSE.silent]);
  expect(clock.pendingTimers()).toBe(0);
});

test('the heartbeat survives a clock that is set back by ten years', async () => {
  const { clock, ends } = await established();
  clock.jump(-10 * 365 * 86_400_000);
  await clock.advance(3 * HEARTBEAT_MS + PONG_MS);
  expect(ends).toEqual([CLOSE.silent]);
});

test('any message is a sign of life, and so is a line that still drains', async () => {
  const { clock, events, ends, say, hold } = await established();
  for (let i = 1; i <= 10; i++) {
    await clock.advance(HEARTBEAT_MS - 1);
    say({ type: 'events', topic: TOPIC, entries: [{ cursor: i, frame: new Uint8Array([1]) }] });
  }
  expect(events).toHaveLength(10);
  for (let left = 500_000; left > 0; left -= 50_000) {
    hold(left);
    await clock.advance(PONG_MS / 2);
  }
  expect(ends).toEqual([]);
  await clock.advance(2 * PONG_MS + HEARTBEAT_MS);
  expect(ends).toEqual([CLOSE.silent]);
});

test('an answer that is overdue ends the session, unless the question is still on its way out', async () => {
  const { clock, session, ends, say, hold } = await established();
  const chatter = (until: number) => {
    for (let at = 0; at < until; at += 5_000) {
      clock.setTimer(at, () => say({ type: 'events', topic: TOPIC, entries: [] }));
    }
  };
  hold(1_000_000);
  const answer = usage(session);
  chatter(4 * ANSWER_MS);
  await clock.advance(2 * ANSWER_MS);
  expect(ends).toEqual([]);
  hold(0);
  await clock.advance(ANSWER_MS);
  expect(await answer).toEqual({ ok: false, error: { type: 'disconnected', code: CLOSE.silent } });
});

test('a second challenge changes nothing', async () => {
  const { session, say, ends } = await established();
  say({ ...CHALLENGE, nonce: new Uint8Array(32) });
  expect(session.nonce).toEqual(NONCE);
  expect(ends).toEqual([]);
});
