/**
 * What a relay says to an app. A reply begins with type u8 ‖ request number u32, unless it answers none (*).
 *
 *   0x80 challenge *  version u8 ‖ nonce[32] ‖ time u64 (ms)
 *   0x81 opened       last u64: the cursor of the topic's newest frame, 0 when it has none
 *   0x82 ack *        u16 count ‖ (request number u32 ‖ cursor u64)…     puts that are on disk
 *   0x83 done         a request that has nothing to tell is carried out, and on disk
 *   0x84 page         more u8 ‖ u16 count ‖ (cursor u64 ‖ flags u8 (1 doomed) ‖ u32 length ‖ frame)…
 *   0x85 index        more u8 ‖ u16 count ‖ (cursor u64 ‖ flags u8 (1 doomed) ‖ id[32] ‖ size u32)…
 *   0x86 events *     topic[32] ‖ u16 count ‖ (cursor u64 ‖ u32 length ‖ frame)…
 *   0x87 usage        frames u32 ‖ bytes u64 ‖ doomed u32 ‖ first u64 ‖ last u64 (ms, 0 = none) ‖ created u64 ‖ expires u64
 *                     (0 = never) ‖ readers u16 ‖ blobs u32 ‖ blob bytes u64 ‖ sample: u32 length ‖ first bytes of the newest frame
 *   0x88 blob         total u16 (0 = not here) ‖ u16 length ‖ bits: chunk i is here iff bit i % 8 of byte i / 8 is set
 *   0x89 chunk        bytes (the rest)
 *   0x8a error        code u8 ‖ retry after u16 (seconds)
 *   0x8b pong         time u64 (ms)
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { CHUNK, MAX_BLOB_CHUNKS, MAX_FRAME } from '../limits.ts';
import { ERROR_CODES, REPLY_CODES, wordOf, wordsByCode, type ErrorCode } from './codes.ts';

const REPLY_WORDS = wordsByCode(REPLY_CODES);
const ERROR_WORDS = wordsByCode(ERROR_CODES);
const DOOMED = 1;

/** The relay shows this much of the newest frame in `usage`. */
export const SAMPLE_LENGTH = 64;

export interface FrameEntry {
  readonly cursor: number;
  readonly frame: Bytes;
}

export interface PageEntry extends FrameEntry {
  readonly doomed: boolean;
}

export interface IndexEntry {
  readonly cursor: number;
  readonly doomed: boolean;
  readonly id: Bytes;
  readonly size: number;
}

/** All that the relay holds of a topic, in figures. */
export interface Usage {
  readonly frames: number;
  readonly bytes: number;
  readonly doomed: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly readers: number;
  readonly blobs: number;
  readonly blobBytes: number;
  readonly sample: Bytes;
}

interface Answer {
  readonly req: number;
}

export type Reply =
  | { readonly type: 'challenge'; readonly version: number; readonly nonce: Bytes; readonly time: number }
  | (Answer & { readonly type: 'opened'; readonly last: number })
  | { readonly type: 'ack'; readonly acks: readonly { readonly req: number; readonly cursor: number }[] }
  | (Answer & { readonly type: 'done' })
  | (Answer & { readonly type: 'page'; readonly more: boolean; readonly entries: readonly PageEntry[] })
  | (Answer & { readonly type: 'index'; readonly more: boolean; readonly entries: readonly IndexEntry[] })
  | { readonly type: 'events'; readonly topic: Bytes; readonly entries: readonly FrameEntry[] }
  | (Answer & Usage & { readonly type: 'usage' })
  | (Answer & { readonly type: 'blob'; readonly total: number; readonly have: Bytes })
  | (Answer & { readonly type: 'chunk'; readonly bytes: Bytes })
  | (Answer & { readonly type: 'error'; readonly code: ErrorCode; readonly retryAfter: number })
  | (Answer & { readonly type: 'pong'; readonly time: number });

/** Whether chunk `index` is among those a `blob` reply says are here. */
export function hasChunk(have: Bytes, index: number): boolean {
  return ((have[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

export function encodeReply(reply: Reply): Bytes {
  const writer = new Writer(sizeOf(reply)).u8(REPLY_CODES[reply.type]);
  if ('req' in reply) writer.u32(reply.req);
  switch (reply.type) {
    case 'challenge':
      return writer.u8(reply.version).bytes(reply.nonce).u64(reply.time).finish();
    case 'opened':
      return writer.u64(reply.last).finish();
    case 'ack':
      writer.u16(reply.acks.length);
      for (const { req, cursor } of reply.acks) writer.u32(req).u64(cursor);
      return writer.finish();
    case 'done':
      return writer.finish();
    case 'page':
      writer.u8(reply.more ? 1 : 0).u16(reply.entries.length);
      for (const entry of reply.entries) {
        writer
          .u64(entry.cursor)
          .u8(entry.doomed ? DOOMED : 0)
          .lengthPrefixed(entry.frame);
      }
      return writer.finish();
    case 'index':
      writer.u8(reply.more ? 1 : 0).u16(reply.entries.length);
      for (const { cursor, doomed, id, size } of reply.entries) {
        writer
          .u64(cursor)
          .u8(doomed ? DOOMED : 0)
          .bytes(id)
          .u32(size);
      }
      return writer.finish();
    case 'events':
      writer.bytes(reply.topic).u16(reply.entries.length);
      for (const { cursor, frame } of reply.entries) writer.u64(cursor).lengthPrefixed(frame);
      return writer.finish();
    case 'usage':
      writer.u32(reply.frames).u64(reply.bytes).u32(reply.doomed).u64(reply.firstAt).u64(reply.lastAt);
      writer.u64(reply.createdAt).u64(reply.expiresAt).u16(reply.readers);
      return writer.u32(reply.blobs).u64(reply.blobBytes).lengthPrefixed(reply.sample).finish();
    case 'blob':
      return writer.u16(reply.total).u16(reply.have.length).bytes(reply.have).finish();
    case 'chunk':
      return writer.bytes(reply.bytes).finish();
    case 'error':
      return writer.u8(ERROR_CODES[reply.code]).u16(reply.retryAfter).finish();
    case 'pong':
      return writer.u64(reply.time).finish();
  }
}

/** The reply, or null when the bytes are not exactly one. */
export function decodeReply(bytes: Bytes): Reply | null {
  return decodeWith(bytes, readReply);
}

function readReply(reader: Reader): Reply {
  const type = wordOf(REPLY_WORDS, reader.u8());
  switch (type) {
    case 'challenge':
      return { type, version: reader.u8(), nonce: reader.bytes(32), time: reader.u64() };
    case 'ack':
      return { type, acks: readMany(reader, () => ({ req: reader.u32(), cursor: reader.u64() })) };
    case 'events': {
      const topic = reader.bytes(32);
      return { type, topic, entries: readMany(reader, readFrame) };
    }
    default:
      return readAnswer(type, reader.u32(), reader);
  }
}

function readAnswer(
  type: Exclude<Reply['type'], 'challenge' | 'ack' | 'events'>,
  req: number,
  reader: Reader,
): Reply {
  switch (type) {
    case 'opened':
      return { type, req, last: reader.u64() };
    case 'done':
      return { type, req };
    case 'page': {
      const more = readFlag(reader);
      return { type, req, more, entries: readMany(reader, readPageEntry) };
    }
    case 'index': {
      const more = readFlag(reader);
      return { type, req, more, entries: readMany(reader, readIndexEntry) };
    }
    case 'usage':
      return { type, req, ...readUsage(reader) };
    case 'blob': {
      const total = reader.u16();
      const length = reader.u16();
      if (total > MAX_BLOB_CHUNKS || length !== Math.ceil(total / 8))
        throw new MalformedBytes('out of limits');
      return { type, req, total, have: reader.bytes(length) };
    }
    case 'chunk':
      if (reader.remaining > CHUNK) throw new MalformedBytes('out of limits');
      return { type, req, bytes: reader.rest() };
    case 'error':
      return { type, req, code: wordOf(ERROR_WORDS, reader.u8()), retryAfter: reader.u16() };
    case 'pong':
      return { type, req, time: reader.u64() };
  }
}

function readFrame(reader: Reader): FrameEntry {
  return { cursor: reader.u64(), frame: reader.lengthPrefixed(MAX_FRAME) };
}

function readPageEntry(reader: Reader): PageEntry {
  return { cursor: reader.u64(), doomed: readFlag(reader), frame: reader.lengthPrefixed(MAX_FRAME) };
}

function readIndexEntry(reader: Reader): IndexEntry {
  return { cursor: reader.u64(), doomed: readFlag(reader), id: reader.bytes(32), size: reader.u32() };
}

function readUsage(reader: Reader): Usage {
  return {
    frames: reader.u32(),
    bytes: reader.u64(),
    doomed: reader.u32(),
    firstAt: reader.u64(),
    lastAt: reader.u64(),
    createdAt: reader.u64(),
    expiresAt: reader.u64(),
    readers: reader.u16(),
    blobs: reader.u32(),
    blobBytes: reader.u64(),
    sample: reader.lengthPrefixed(SAMPLE_LENGTH),
  };
}

function readMany<T>(reader: Reader, readOne: (reader: Reader) => T): T[] {
  const count = reader.u16();
  const values: T[] = [];
  for (let i = 0; i < count; i++) values.push(readOne(reader));
  return values;
}

function readFlag(reader: Reader): boolean {
  const value = reader.u8();
  if (value > 1) throw new MalformedBytes('unknown flag');
  return value === 1;
}

/** Exact for what a relay says often: then nothing is copied. */
function sizeOf(reply: Reply): number {
  switch (reply.type) {
    case 'ack':
      return 3 + 12 * reply.acks.length;
    case 'events':
      return reply.entries.reduce((size, { frame }) => size + 12 + frame.length, 35);
    case 'page':
      return reply.entries.reduce((size, { frame }) => size + 13 + frame.length, 8);
    case 'index':
      return 8 + 45 * reply.entries.length;
    case 'chunk':
      return 5 + reply.bytes.length;
    case 'done':
      return 5;
    default:
      return 192;
  }
}
