/**
 * What an app says to a relay. Every message begins with: type u8 ‖ request number u32 ‖ topic[32]   (ping: no topic)
 *
 *   0x01 open            role u8 ‖ key[32] ‖ signature[64]
 *   0x02 create          write key[32] ‖ ttl u32 ‖ flags u8 (1 open to readers, 2 never erased, 4 erases at once)
 *                        ‖ delete key[32], unless never erased ‖ signature[64]
 *   0x03 put             frame (the rest)
 *   0x04 list            since u64 ‖ limit u16 ‖ flags u8 (1 bodies, 2 doomed too)
 *   0x05 get             ids: u16 count ‖ id[32]…
 *   0x06 subscribe       since u64
 *   0x07 unsubscribe
 *   0x08 propose-delete  ids
 *   0x09 usage
 *   0x0a blob-stat       blob[32]
 *   0x0b put-chunk       blob[32] ‖ index u16 ‖ total u16 ‖ bytes (the rest)
 *   0x0c get-chunk       blob[32] ‖ index u16
 *   0x0d delete-blob     blob[32]
 *   0x0e admit           reader key[32]
 *   0x0f dismiss         reader key[32]
 *   0x10 ping            (no topic)
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { CHUNK, MAX_BLOB_CHUNKS, MAX_FRAME, MAX_IDS, MAX_TTL_SECONDS } from '../limits.ts';
import { REQUEST_CODES, ROLE_CODES, wordOf, wordsByCode } from './codes.ts';
import {
  creationFlags,
  ERASES_AT_ONCE,
  NEVER_ERASED,
  OPEN_TO_READERS,
  type CreateClaim,
  type OpenClaim,
} from './statements.ts';

const REQUEST_WORDS = wordsByCode(REQUEST_CODES);
const ROLE_WORDS = wordsByCode(ROLE_CODES);
const BODIES = 1;
const DOOMED = 2;

interface Asked {
  /** Chosen by the app; the reply carries it. */
  readonly req: number;
}

interface OfTopic extends Asked {
  readonly topic: Bytes;
}

interface OfBlob extends OfTopic {
  readonly blob: Bytes;
}

export type Request =
  | (OfTopic & OpenClaim & { readonly type: 'open'; readonly key: Bytes; readonly signature: Bytes })
  | (OfTopic & CreateClaim & { readonly type: 'create'; readonly signature: Bytes })
  | (OfTopic & { readonly type: 'put'; readonly frame: Bytes })
  | (OfTopic & {
      readonly type: 'list';
      readonly since: number;
      readonly limit: number;
      readonly bodies: boolean;
      /** Show also the frames whose deletion was proposed. */
      readonly doomed: boolean;
    })
  | (OfTopic & { readonly type: 'get'; readonly ids: readonly Bytes[] })
  | (OfTopic & { readonly type: 'subscribe'; readonly since: number })
  | (OfTopic & { readonly type: 'unsubscribe' })
  | (OfTopic & { readonly type: 'propose-delete'; readonly ids: readonly Bytes[] })
  | (OfTopic & { readonly type: 'usage' })
  | (OfBlob & { readonly type: 'blob-stat' })
  | (OfBlob & {
      readonly type: 'put-chunk';
      readonly index: number;
      readonly total: number;
      readonly bytes: Bytes;
    })
  | (OfBlob & { readonly type: 'get-chunk'; readonly index: number })
  | (OfBlob & { readonly type: 'delete-blob' })
  | (OfTopic & { readonly type: 'admit'; readonly key: Bytes })
  | (OfTopic & { readonly type: 'dismiss'; readonly key: Bytes })
  | (Asked & { readonly type: 'ping' });

export function encodeRequest(request: Request): Bytes {
  const writer = new Writer(sizeOf(request)).u8(REQUEST_CODES[request.type]).u32(request.req);
  if (request.type === 'ping') return writer.finish();
  writer.bytes(request.topic);
  switch (request.type) {
    case 'open':
      return writer.u8(ROLE_CODES[request.role]).bytes(request.key).bytes(request.signature).finish();
    case 'create':
      writer.bytes(request.writeKey).u32(request.ttl).u8(creationFlags(request));
      if (request.deleteKey) writer.bytes(request.deleteKey);
      return writer.bytes(request.signature).finish();
    case 'put':
      return writer.bytes(request.frame).finish();
    case 'list':
      writer.u64(request.since).u16(request.limit);
      return writer.u8((request.bodies ? BODIES : 0) | (request.doomed ? DOOMED : 0)).finish();
    case 'get':
    case 'propose-delete':
      writer.u16(request.ids.length);
      for (const id of request.ids) writer.bytes(id);
      return writer.finish();
    case 'subscribe':
      return writer.u64(request.since).finish();
    case 'unsubscribe':
    case 'usage':
      return writer.finish();
    case 'put-chunk':
      writer.bytes(request.blob).u16(request.index).u16(request.total);
      return writer.bytes(request.bytes).finish();
    case 'get-chunk':
      return writer.bytes(request.blob).u16(request.index).finish();
    case 'blob-stat':
    case 'delete-blob':
      return writer.bytes(request.blob).finish();
    case 'admit':
    case 'dismiss':
      return writer.bytes(request.key).finish();
  }
}

/** The request, or null when the bytes are not exactly one. */
export function decodeRequest(bytes: Bytes): Request | null {
  return decodeWith(bytes, readRequest);
}

function readRequest(reader: Reader): Request {
  const type = wordOf(REQUEST_WORDS, reader.u8());
  const req = reader.u32();
  if (type === 'ping') return { type, req };
  const topic = reader.bytes(32);
  switch (type) {
    case 'open': {
      const role = wordOf(ROLE_WORDS, reader.u8());
      return { type, req, topic, role, key: reader.bytes(32), signature: reader.bytes(64) };
    }
    case 'create':
      return { type, req, topic, ...readCreation(reader), signature: reader.bytes(64) };
    case 'put':
      within(reader.remaining, 1, MAX_FRAME);
      return { type, req, topic, frame: reader.rest() };
    case 'list': {
      const since = reader.u64();
      const limit = within(reader.u16(), 1, 0xffff);
      const wish = flags(reader, BODIES | DOOMED);
      return { type, req, topic, since, limit, bodies: (wish & BODIES) !== 0, doomed: (wish & DOOMED) !== 0 };
    }
    case 'get':
    case 'propose-delete':
      return { type, req, topic, ids: readIds(reader) };
    case 'subscribe':
      return { type, req, topic, since: reader.u64() };
    case 'unsubscribe':
    case 'usage':
      return { type, req, topic };
    case 'put-chunk': {
      const blob = reader.bytes(32);
      const index = reader.u16();
      const total = within(reader.u16(), index + 1, MAX_BLOB_CHUNKS);
      // Only the last chunk may be short: so a chunk's length tells nothing that its place does not.
      within(reader.remaining, index === total - 1 ? 1 : CHUNK, CHUNK);
      return { type, req, topic, blob, index, total, bytes: reader.rest() };
    }
    case 'get-chunk':
      return {
        type,
        req,
        topic,
        blob: reader.bytes(32),
        index: within(reader.u16(), 0, MAX_BLOB_CHUNKS - 1),
      };
    case 'blob-stat':
    case 'delete-blob':
      return { type, req, topic, blob: reader.bytes(32) };
    case 'admit':
    case 'dismiss':
      return { type, req, topic, key: reader.bytes(32) };
  }
}

function readCreation(reader: Reader): Omit<CreateClaim, 'topic'> {
  const writeKey = reader.bytes(32);
  const ttl = within(reader.u32(), 0, MAX_TTL_SECONDS);
  const chosen = flags(reader, OPEN_TO_READERS | NEVER_ERASED | ERASES_AT_ONCE);
  const openToReaders = (chosen & OPEN_TO_READERS) !== 0;
  const erasesAtOnce = (chosen & ERASES_AT_ONCE) !== 0;
  const isErased = (chosen & NEVER_ERASED) === 0;
  if (erasesAtOnce && !isErased) throw new MalformedBytes('erased and never erased');
  if (isErased)
    return {
      writeKey,
      deleteKey: reader.bytes(32),
      ttl,
      openToReaders,
      ...(erasesAtOnce && { erasesAtOnce }),
    };
  return { writeKey, deleteKey: null, ttl: within(ttl, 0, 0), openToReaders };
}

function readIds(reader: Reader): Bytes[] {
  const count = within(reader.u16(), 1, MAX_IDS);
  const ids: Bytes[] = [];
  for (let i = 0; i < count; i++) ids.push(reader.bytes(32));
  return ids;
}

function flags(reader: Reader, known: number): number {
  const value = reader.u8();
  if ((value & ~known) !== 0) throw new MalformedBytes('unknown flag');
  return value;
}

function within(value: number, min: number, max: number): number {
  if (value < min || value > max) throw new MalformedBytes('out of limits');
  return value;
}

function sizeOf(request: Request): number {
  if (request.type === 'put') return 37 + request.frame.length;
  if (request.type === 'put-chunk') return 73 + request.bytes.length;
  if (request.type === 'get' || request.type === 'propose-delete') return 39 + 32 * request.ids.length;
  return 192;
}
