/** The little of Yjs' sync protocol that a load needs, as both plaintext servers speak it. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

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

/** The type of a message and, of a sync message, its step. */
export function kindOf(bytes: Uint8Array, addressed: boolean): { type: number; step: number } {
  const decoder = decoding.createDecoder(bytes);
  if (addressed) decoding.readVarString(decoder);
  const type = decoding.readVarUint(decoder);
  return { type, step: type === SYNC ? decoding.readVarUint(decoder) : -1 };
}
