/** The numbers that stand for words on the wire. A number is never given a second meaning. */
import { MalformedBytes } from '#lib/bytes/reader.ts';

/** What a connection may do with a topic. Each role may do all that the next one may. */
export const ROLE_CODES = { owner: 1, writer: 2, reader: 3 } as const;
export type Role = keyof typeof ROLE_CODES;

/** Why a request failed. The request changed nothing. */
export const ERROR_CODES = {
  'unknown-topic': 1, // never created, expired, or erased
  'topic-taken': 2, // created before, with other keys
  refused: 3, // the key is not one of this topic's, or the signature is wrong
  forbidden: 4, // the topic is not open on this connection, or its role does not allow this
  'not-found': 5,
  conflict: 6, // this chunk is there with other bytes, or its blob with another total
  'too-large': 7,
  quota: 8, // the topic is full
  'storage-full': 9, // the relay is full: come back later, nothing was stored
  'rate-limited': 10, // too much at once: come back after `retryAfter`
  unavailable: 11, // the relay cannot reach its store
  'bad-key': 12, // not a canonical key, or one of small order
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

export const REQUEST_CODES = {
  open: 0x01,
  create: 0x02,
  put: 0x03,
  list: 0x04,
  get: 0x05,
  subscribe: 0x06,
  unsubscribe: 0x07,
  'propose-delete': 0x08,
  usage: 0x09,
  'blob-stat': 0x0a,
  'put-chunk': 0x0b,
  'get-chunk': 0x0c,
  'delete-blob': 0x0d,
  admit: 0x0e,
  dismiss: 0x0f,
  ping: 0x10,
} as const;

export const REPLY_CODES = {
  challenge: 0x80,
  opened: 0x81,
  ack: 0x82,
  done: 0x83,
  page: 0x84,
  index: 0x85,
  events: 0x86,
  usage: 0x87,
  blob: 0x88,
  chunk: 0x89,
  error: 0x8a,
  pong: 0x8b,
} as const;

/** The words of a table by their numbers. */
export function wordsByCode<W extends string>(
  codes: Readonly<Record<W, number>>,
): readonly (W | undefined)[] {
  const words: (W | undefined)[] = Array.from({ length: 256 });
  for (const word in codes) words[codes[word]] = word;
  return words;
}

/** The word a number stands for. */
export function wordOf<W extends string>(words: readonly (W | undefined)[], code: number): W {
  const word = words[code];
  if (word === undefined) throw new MalformedBytes('unknown code');
  return word;
}
