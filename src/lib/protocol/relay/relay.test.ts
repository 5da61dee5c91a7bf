import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { CHUNK, MAX_BLOB_CHUNKS, MAX_FRAME, MAX_IDS, MAX_TTL_SECONDS } from '../limits.ts';
import {
  createStatement,
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  ERROR_CODES,
  hasChunk,
  openStatement,
  relayOrigin,
  ROLE_CODES,
  SAMPLE_LENGTH,
  type ErrorCode,
  type Reply,
  type Request,
  type Role,
} from '../relay.ts';

const exactly = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => new Uint8Array(bytes));
const some = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((bytes) => new Uint8Array(bytes));
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffff_ffff });
const u64 = fc.maxSafeNat();
const id = exactly(32);
const blobPlace = fc
  .tuple(fc.integer({ min: 1, max: MAX_BLOB_CHUNKS }), fc.nat(), some(1, 300))
  .map(([total, n, last]) => {
    const index = n % total;
    return { index, total, bytes: index === total - 1 ? last : new Uint8Array(CHUNK).fill(n) };
  });
const of = <T>(type: T) => ({ type: fc.constant(type), req: u32 });
const ofTopic = <T>(type: T) => ({ ...of(type), topic: id });

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    ...ofTopic('open' as const),
    role: fc.constantFrom(...(Object.keys(ROLE_CODES) as Role[])),
    key: id,
    signature: exactly(64),
  }),
  fc.record({
    ...ofTopic('create' as const),
    writeKey: id,
    deleteKey: id,
    ttl: fc.nat({ max: MAX_TTL_SECONDS }),
    openToReaders: fc.boolean(),
    signature: exactly(64),
  }),
  fc.record({
    ...ofTopic('create' as const),
    writeKey: id,
    deleteKey: fc.constant(null),
    ttl: fc.constant(0),
    openToReaders: fc.boolean(),
    signature: exactly(64),
  }),
  fc.record({ ...ofTopic('put' as const), frame: some(1, 500) }),
  fc.record({
    ...ofTopic('list' as const),
    since: u64,
    limit: fc.integer({ min: 1, max: 0xffff }),
    bodies: fc.boolean(),
    doomed: fc.boolean(),
  }),
  fc.record({
    ...ofTopic(fc.constantFrom('get' as const, 'propose-delete' as const)),
    ids: fc.array(id, { minLength: 1, maxLength: 5 }),
    type: fc.constantFrom('get' as const, 'propose-delete' as const),
  }),
  fc.record({ ...ofTopic('subscribe' as const), since: u64 }),
  fc.record(ofTopic('unsubscribe' as const)),
  fc.record(ofTopic('usage' as const)),
  fc.record({ ...ofTopic('blob-stat' as const), blob: id }),
  fc
    .tuple(fc.record({ ...ofTopic('put-chunk' as const), blob: id }), blobPlace)
    .map(([a, b]) => ({ ...a, ...b })),
  fc.record({ ...ofTopic('get-chunk' as const), blob: id, index: fc.nat({ max: MAX_BLOB_CHUNKS - 1 }) }),
  fc.record({ ...ofTopic('delete-blob' as const), blob: id }),
  fc.record({ ...ofTopic('admit' as const), key: id }),
  fc.record({ ...ofTopic('dismiss' as const), key: id }),
  fc.record(of('ping' as const)),
);

const frameEntry = { cursor: u64, frame: some(1, 200) };
const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.record({ type: fc.constant('challenge' as const), version: fc.nat({ max: 255 }), nonce: id, time: u64 }),
  fc.record({ ...of('opened' as const), last: u64 }),
  fc.record({ type: fc.constant('ack' as const), acks: fc.array(fc.record({ req: u32, cursor: u64 })) }),
  fc.record(of('done' as const)),
  fc.record({
    ...of('page' as const),
    more: fc.boolean(),
    entries: fc.array(fc.record({ ...frameEntry, doomed: fc.boolean() })),
  }),
  fc.record({
    ...of('index' as const),
    more: fc.boolean(),
    entries: fc.array(fc.record({ cursor: u64, doomed: fc.boolean(), id, size: u32 })),
  }),
  fc.record({ type: fc.constant('events' as const), topic: id, entries: fc.array(fc.record(frameEntry)) }),
  fc.record({
    ...of('usage' as const),
    frames: u32,
    bytes: u64,
    doomed: u32,
    firstAt: u64,
    lastAt: u64,
    createdAt: u64,
    expiresAt: u64,
    readers: u16,
    blobs: u32,
    blobBytes: u64,
    sample: some(0, SAMPLE_LENGTH),
  }),
  fc
    .nat({ max: MAX_BLOB_CHUNKS })
    .chain((total) =>
      fc.record({ ...of('blob' as const), total: fc.constant(total), have: exactly(Math.ceil(total / 8)) }),
    ),
  fc.record({ ...of('chunk' as const), bytes: some(0, 300) }),
  fc.record({
    ...of('error' as const),
    code: fc.constantFrom(...(Object.keys(ERROR_CODES) as ErrorCode[])),
    retryAfter: u16,
  }),
  fc.record({ ...of('pong' as const), time: u64 }),
);

interface Direction<M> {
  readonly name: string;
  readonly messages: fc.Arbitrary<M>;
  readonly encode: (message: M) => Bytes;
  readonly decode: (bytes: Bytes) => M | null;
}

function describeDirection<M>({ name, messages, encode, decode }: Direction<M>): void {
  describe(name, () => {
    test('decoding inverts encoding', () => {
      fc.assert(
        fc.property(messages, (message) => {
          expect(decode(encode(message))).toEqual(message);
        }),
      );
    });

    test('a message has one spelling: what decodes, encodes to the same bytes', () => {
      fc.assert(
        fc.property(messages, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, place, flip) => {
          const bytes = encode(message);
          const at = place % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          const decoded = decode(bytes);
          if (decoded !== null) expect(hex(encode(decoded))).toBe(hex(bytes));
        }),
      );
    });

    test('no prefix of a message throws, and bytes behind one are never passed over', () => {
      fc.assert(
        fc.property(messages, fc.nat(), some(1, 40), (message, cut, tail) => {
          const bytes = encode(message);
          for (const hostile of [bytes.slice(0, cut % bytes.length), new Uint8Array([...bytes, ...tail])]) {
            const decoded = decode(hostile);
            if (decoded !== null) expect(hex(encode(decoded))).toBe(hex(hostile));
          }
        }),
      );
    });

    test('no bytes whatever make a decoder throw', () => {
      fc.assert(fc.property(some(0, 400), (bytes) => void decode(bytes)));
    });
  });
}

describeDirection({ name: 'requests', messages: request, encode: encodeRequest, decode: decodeRequest });
describeDirection({ name: 'replies', messages: reply, encode: encodeReply, decode: decodeReply });

describe('limits of the wire', () => {
  const topic = new Uint8Array(32);
  const blob = new Uint8Array(32);

  test('a frame above 1 MiB, and an empty one, is no message', () => {
    const put = (length: number) =>
      decodeRequest(encodeRequest({ type: 'put', req: 1, topic, frame: new Uint8Array(length) }));
    expect(put(MAX_FRAME)?.type).toBe('put');
    expect(put(MAX_FRAME + 1)).toBeNull();
    expect(put(0)).toBeNull();
  });

  test('only the last chunk of a blob may be shorter than a chunk', () => {
    const put = (index: number, total: number, length: number) =>
      decodeRequest(
        encodeRequest({
          type: 'put-chunk',
          req: 1,
          topic,
          blob,
          index,
          total,
          bytes: new Uint8Array(length),
        }),
      );
    expect(put(0, 2, CHUNK)).not.toBeNull();
    expect(put(1, 2, 1)).not.toBeNull();
    expect(put(0, 2, CHUNK - 1)).toBeNull();
    expect(put(1, 2, CHUNK + 1)).toBeNull();
    expect(put(1, 2, 0)).toBeNull();
    expect(put(2, 2, 1)).toBeNull();
    expect(put(0, MAX_BLOB_CHUNKS + 1, CHUNK)).toBeNull();
  });

  test('a request for ids names at least one and at most a thousand', () => {
    const get = (count: number) =>
      decodeRequest(
        encodeRequest({ type: 'get', req: 1, topic, ids: Array.from({ length: count }, () => blob) }),
      );
    expect(get(0)).toBeNull();
    expect(get(MAX_IDS)).not.toBeNull();
    expect(get(MAX_IDS + 1)).toBeNull();
  });

  test('a topic lives for ever or for a day at most', () => {
    const create = (ttl: number, deleteKey: Bytes | null = blob) =>
      decodeRequest(
        encodeRequest({
          type: 'create',
          req: 1,
          topic,
          writeKey: blob,
          deleteKey,
          ttl,
          openToReaders: false,
          signature: new Uint8Array(64),
        }),
      );
    expect(create(MAX_TTL_SECONDS)).not.toBeNull();
    expect(create(MAX_TTL_SECONDS + 1)).toBeNull();
    expect(create(0, null)).toMatchObject({ deleteKey: null });
    expect(create(1, null)).toBeNull(); // what is never erased does not expire
  });
});

test('the chunks of a blob are read bit by bit', () => {
  const have = new Uint8Array([0b0000_0101, 0b1000_0000]);
  const present = Array.from({ length: 16 }, (_, i) => i).filter((i) => hasChunk(have, i));
  expect(present).toEqual([0, 2, 15]);
  expect(hasChunk(have, 16)).toBe(false);
});

test('no two statements are alike, whatever differs between them', () => {
  const [nonce, topic, key] = [1, 2, 3].map((n) => new Uint8Array(32).fill(n)) as [Bytes, Bytes, Bytes];
  const create = { topic, writeKey: key, deleteKey: nonce, ttl: 0, openToReaders: false };
  const statements = [
    openStatement('a.test', nonce, { topic, role: 'owner' }),
    openStatement('a.test', nonce, { topic, role: 'writer' }),
    openStatement('a.test', nonce, { topic, role: 'reader' }),
    openStatement('b.test', nonce, { topic, role: 'owner' }),
    openStatement('a.tes', nonce, { topic, role: 'owner' }),
    openStatement('a.test', topic, { topic, role: 'owner' }),
    openStatement('a.test', nonce, { topic: key, role: 'owner' }),
    createStatement('a.test', nonce, create),
    createStatement('b.test', nonce, create),
    createStatement('a.test', nonce, { ...create, ttl: 1 }),
    createStatement('a.test', nonce, { ...create, openToReaders: true }),
    createStatement('a.test', nonce, { ...create, writeKey: nonce }),
    createStatement('a.test', nonce, { ...create, deleteKey: key }),
    createStatement('a.test', nonce, { ...create, deleteKey: null }),
  ].map(hex);
  expect(new Set(statements).size).toBe(statements.length);
});

test('a relay is named by host and port, the port only where it is not the usual one', () => {
  expect(relayOrigin('wss://relais.example/relay')).toBe('relais.example');
  expect(relayOrigin('wss://relais.example:443/relay')).toBe('relais.example');
  expect(relayOrigin('ws://LOCALHOST:8080/relay')).toBe('localhost:8080');
  expect(relayOrigin('ws://[::1]:8080')).toBe('[::1]:8080');
});

describe('frozen messages', () => {
  type Case = [
    id: string,
    direction: 'request' | 'reply',
    message: string,
    meaning: string,
    verdict: 'V' | 'X',
  ];
  const file = join(import.meta.dirname, '../../../../tests/vectors/frozen/relay.json');
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

  test.each(cases)('%s', (_, direction, message, meaning, verdict) => {
    const bytes = fromHex(message);
    const decoded = direction === 'request' ? decodeRequest(bytes) : decodeReply(bytes);
    if (verdict === 'X') {
      expect(decoded).toBeNull();
      return;
    }
    expect(meaningOf(decoded)).toEqual(JSON.parse(meaning));
    const encoded =
      direction === 'request' ? encodeRequest(decoded as Request) : encodeReply(decoded as Reply);
    expect(hex(encoded)).toBe(message);
  });

  test('every type of message is frozen', () => {
    const frozen = new Set(
      cases.filter(([, , , , verdict]) => verdict === 'V').map(([, , message]) => message.slice(0, 2)),
    );
    const known = [...Array(256).keys()]
      .map((code) => code.toString(16).padStart(2, '0'))
      .filter((code) => frozen.has(code));
    expect(known).toHaveLength(16 + 12);
  });
});

/** A message as plain JSON, bytes as hexadecimal. */
function meaningOf(message: Request | Reply | null): unknown {
  const text = JSON.stringify(message, (_, value: unknown) =>
    value instanceof Uint8Array ? hex(new Uint8Array(value)) : value,
  );
  return JSON.parse(text);
}
