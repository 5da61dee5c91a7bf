/** The little of Yjs' sync protocol that a load needs, as both plaintext servers speak it. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

export const SYNC = 0;
export const STEP_1 = 0;
export const STEP_2 = 1;
export const UPDATE = 2;

/** State vector, and update, of an empty document. */
const NOTHING_KNOWN = Uint8Array.of(0);
const NOTHING_NEW = Uint8Array.of(0, 0);

/** @param address what goes before: nothing for y-websocket, the document's name for Hocuspocus */
export function message(address: string | null, step: number, body: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  if (address !== null) encoding.writeVarString(encoder, address);
  encoding.writeVarUint(encoder, SYNC);
  encoding.writeVarUint(encoder, step);
  encoding.writeVarUint8Array(encoder, body);
  return encoding.toUint8Array(encoder);
}

export const step1 = (address: string | null) => message(address, STEP_1, NOTHING_KNOWN);
export const step2 = (address: string | null) => message(address, STEP_2, NOTHING_NEW);

export interface Message {
  readonly type: number;
  /** Of a sync message; else -1. */
  readonly step: number;
  /** Of a sync message: a state vector or an update. */
  readonly body: Uint8Array;
}

export function read(bytes: Uint8Array, addressed: boolean): Message {
  const decoder = decoding.createDecoder(bytes);
  if (addressed) decoding.readVarString(decoder);
  const type = decoding.readVarUint(decoder);
  if (type !== SYNC) return { type, step: -1, body: new Uint8Array() };
  return { type, step: decoding.readVarUint(decoder), body: decoding.readVarUint8Array(decoder) };
}

/** How many edits an update holds that this author did not make, and whether it holds one that it did. */
export function editsIn(update: Uint8Array, author: number): { foreign: number; own: boolean } {
  const decoder = decoding.createDecoder(update);
  if (decoding.readVarUint(decoder) === 1 && decoding.readVarUint(decoder) === 1) {
    const own = decoding.readVarUint(decoder) === author;
    return { foreign: own ? 0 : 1, own };
  }
  // Hocuspocus puts together what it hears in one turn.
  const clients = Y.decodeUpdate(update).structs.map(({ id }) => id.client);
  return { foreign: clients.filter((client) => client !== author).length, own: clients.includes(author) };
}
