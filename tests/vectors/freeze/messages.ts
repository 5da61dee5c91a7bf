/** What app and relay say, good and bad: protocol/relay.ts. */
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { encodeReply, encodeRequest, type Reply, type Request } from '#lib/protocol/relay.ts';
import { replace, seedOf, unhex, type Row } from './tools.ts';

type Direction = 'request' | 'reply';

export function messages(): Row[] {
  const requests = goodRequests();
  const replies = goodReplies();
  return [
    ...requests.map((message) => good('request', message, encodeRequest(message))),
    ...replies.map((message) => good('reply', message, encodeReply(message))),
    ...badRequests((type) => encodeRequest(find(requests, type))),
    ...badReplies((type) => encodeReply(find(replies, type))),
  ];
}

const random = seedOf('relay');
const topic = random(32);
const blob = random(32);
const chunk = { type: 'put-chunk', req: 11, topic, blob, index: 2, total: 3, bytes: random(20) } as const;

/** Never erased: it has no delete key. */
const chain = {
  ...{ type: 'create', req: 17, topic, writeKey: blob, deleteKey: null } as const,
  ...{ ttl: 0, openToReaders: true, signature: seedOf('relay/chain')(64) },
};

function goodRequests(): Request[] {
  const key = random(32);
  return [
    { type: 'open', req: 1, topic, role: 'writer', key, signature: random(64) },
    {
      type: 'create',
      req: 2,
      topic,
      writeKey: key,
      deleteKey: random(32),
      ttl: 900,
      openToReaders: true,
      signature: random(64),
    },
    chain,
    { ...chain, deleteKey: key, openToReaders: false, erasesAtOnce: true },
    { type: 'put', req: 3, topic, frame: random(40) },
    { type: 'list', req: 4, topic, since: 1876543210987654, limit: 500, bodies: true, doomed: false },
    { type: 'get', req: 5, topic, ids: [random(32), random(32)] },
    { type: 'subscribe', req: 6, topic, since: 0 },
    { type: 'unsubscribe', req: 7, topic },
    { type: 'propose-delete', req: 8, topic, ids: [random(32)] },
    { type: 'usage', req: 9, topic },
    { type: 'blob-stat', req: 10, topic, blob },
    chunk,
    { type: 'get-chunk', req: 12, topic, blob, index: 255 },
    { type: 'delete-blob', req: 13, topic, blob },
    { type: 'admit', req: 14, topic, key },
    { type: 'dismiss', req: 0xffff_ffff, topic, key },
    { type: 'ping', req: 16 },
  ];
}

function goodReplies(): Reply[] {
  return [
    { type: 'challenge', version: 1, nonce: random(32), time: 1_800_000_000_000 },
    { type: 'opened', req: 1, last: 1876543210987654 },
    {
      type: 'ack',
      acks: [
        { req: 3, cursor: 1876543210987655 },
        { req: 17, cursor: 1876543210987656 },
      ],
    },
    { type: 'done', req: 7 },
    {
      type: 'page',
      req: 4,
      more: true,
      entries: [
        { cursor: 9, frame: random(12), doomed: false },
        { cursor: 10, frame: random(3), doomed: true },
      ],
    },
    { type: 'index', req: 4, more: false, entries: [{ cursor: 9, doomed: true, id: random(32), size: 12 }] },
    { type: 'events', topic, entries: [{ cursor: 11, frame: random(12) }] },
    {
      type: 'usage',
      req: 9,
      frames: 3,
      bytes: 900,
      doomed: 1,
      firstAt: 1_700_000_000_000,
      lastAt: 1_800_000_000_000,
      createdAt: 1_600_000_000_000,
      expiresAt: 0,
      readers: 2,
      blobs: 1,
      blobBytes: 65_536,
      sample: random(10),
    },
    { type: 'blob', req: 10, total: 9, have: Uint8Array.of(0b1010_0101, 1) },
    { type: 'chunk', req: 12, bytes: random(8) },
    { type: 'error', req: 3, code: 'rate-limited', retryAfter: 30 },
    { type: 'pong', req: 16, time: 1_800_000_000_001 },
  ];
}

/** Where the fields of a request's type begin: behind type, number and topic. */
const BODY = 37;

function badRequests(of: (type: Request['type']) => Bytes): Row[] {
  const placed = (index: number, total: number, length: number) =>
    encodeRequest({ ...chunk, index, total, bytes: new Uint8Array(length) });
  return [
    bad('request', 'nothing', new Uint8Array()),
    bad('request', 'type 0', replace(of('ping'), 0, Uint8Array.of(0))),
    bad('request', 'type 17', replace(of('usage'), 0, Uint8Array.of(17))),
    bad('request', 'a reply sent to a relay', encodeReply({ type: 'done', req: 7 })),
    bad('request', 'ping with a byte behind', concat(of('ping'), Uint8Array.of(0))),
    bad('request', 'usage, cut', of('usage').slice(0, -1)),
    bad('request', 'open in role 0', replace(of('open'), BODY, Uint8Array.of(0))),
    bad('request', 'open in role 4', replace(of('open'), BODY, Uint8Array.of(4))),
    bad('request', 'open, its signature cut', of('open').slice(0, -1)),
    bad('request', 'create for more than a day', replace(of('create'), BODY + 32, Uint8Array.of(0, 1, 0x51, 0x81))),
    bad('request', 'create with an unknown flag', replace(of('create'), BODY + 36, Uint8Array.of(8))),
    bad('request', 'create that erases and never erases', replace(of('create'), BODY + 36, Uint8Array.of(6))),
    bad('request', 'create, never erased, with a delete key', replace(of('create'), BODY + 36, Uint8Array.of(3))),
    bad('request', 'create, never erased, for a second', replace(encodeRequest(chain), BODY + 35, Uint8Array.of(1))),
    bad('request', 'put of nothing', of('put').slice(0, BODY)),
    bad('request', 'list since 2^53', replace(of('list'), BODY, unhex('0020000000000000'))),
    bad('request', 'list of none', replace(of('list'), BODY + 8, Uint8Array.of(0, 0))),
    bad('request', 'list with an unknown flag', replace(of('list'), BODY + 10, Uint8Array.of(4))),
    bad('request', 'get of none', concat(of('get').slice(0, BODY), Uint8Array.of(0, 0))),
    bad('request', 'get of three that holds two', replace(of('get'), BODY, Uint8Array.of(0, 3))),
    bad('request', 'a chunk behind the end of its blob', placed(3, 3, 20)),
    bad('request', 'a short chunk in the middle of its blob', placed(1, 3, 20)),
    bad('request', 'a chunk of a blob of 257', placed(256, 257, 20)),
    bad('request', 'a chunk of nothing', placed(2, 3, 0)),
    bad('request', 'get-chunk 256', replace(of('get-chunk'), BODY + 32, Uint8Array.of(1, 0))),
  ];
}

/** Where the fields of a reply's type begin: behind type and number. */
const FIELDS = 5;

function badReplies(of: (type: Reply['type']) => Bytes): Row[] {
  const usage = of('usage');
  return [
    bad('reply', 'nothing', new Uint8Array()),
    bad('reply', 'a request sent to an app', encodeRequest({ type: 'ping', req: 16 })),
    bad('reply', 'done with a byte behind', concat(of('done'), Uint8Array.of(0))),
    bad('reply', 'a page whose last frame is cut', of('page').slice(0, -1)),
    bad('reply', 'a page that says 2 for more', replace(of('page'), FIELDS, Uint8Array.of(2))),
    bad('reply', 'an ack of three that holds two', replace(of('ack'), 1, Uint8Array.of(0, 3))),
    bad('reply', 'events with a frame above 1 MiB', replace(of('events'), 43, unhex('00100001'))),
    bad('reply', 'error 0', replace(of('error'), FIELDS, Uint8Array.of(0))),
    bad('reply', 'error 255', replace(of('error'), FIELDS, Uint8Array.of(255))),
    bad('reply', 'a blob with bits for another total', concat(of('blob'), Uint8Array.of(0))),
    bad('reply', 'a blob of 257', encodeReply({ type: 'blob', req: 10, total: 257, have: new Uint8Array(33) })),
    bad('reply', 'usage with a sample above 64 bytes', concat(replace(usage, usage.length - 11, Uint8Array.of(65)), random(55))),
  ];
}

function good(direction: Direction, message: Request | Reply, bytes: Bytes): Row {
  return { id: message.type, direction, message: hex(bytes), meaning: meaningOf(message), verdict: 'V' };
}

function bad(direction: Direction, id: string, bytes: Bytes): Row {
  return { id, direction, message: hex(bytes), meaning: '', verdict: 'X' };
}

/** A message as JSON, bytes as hexadecimal. */
function meaningOf(message: Request | Reply): string {
  return JSON.stringify(message, (_, value: unknown) =>
    value instanceof Uint8Array ? hex(new Uint8Array(value)) : value,
  );
}

function find<M extends { readonly type: string }>(all: readonly M[], type: M['type']): M {
  return all.find((message) => message.type === type)!;
}
