/**
 * A passkey as this device keeps it: what the page needs to ask for it before anything is open, and the slot it opens.
 *
 *   passkey      public part | slot[138] (slot.ts, type 2)
 *   public part  0x01 version | u16 length, credential id (1 to 1023) | salt[32] | u8 transports
 *   transports   bit 0 internal, 1 hybrid, 2 usb, 3 nfc, 4 ble, 5 smart-card; the others are 0
 *
 * The public part tells that there is a passkey and how to ask for it, and nothing of the person. It is bound into the
 * slot: changed in any bit, it opens nothing. The salt is what the passkey is asked with; what it answers to another
 * salt says nothing about what it answers to this one.
 */
import { concat, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes } from '#lib/bytes/reader.ts';
import { fail, type Result } from '#lib/bytes/result.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { Random } from '#lib/crypto/random.ts';
import { openPasskeySlot, PASSKEY_SLOT_LENGTH, sealPasskeySlot, type PasskeySlotError } from './slot.ts';

/** How the browser may reach a passkey, in the order of their bits. */
export const TRANSPORTS = ['internal', 'hybrid', 'usb', 'nfc', 'ble', 'smart-card'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What a passkey is asked for by. */
export interface PasskeyPublic {
  readonly credential: Bytes;
  readonly salt: Bytes;
  readonly transports: readonly Transport[];
}

const VERSION = 1;
/** WebAuthn Level 3 §4: a credential id is at most 1023 bytes long. */
export const CREDENTIAL_MAX = 1023;
export const PASSKEY_SALT = 32;

function encodePublic({ credential, salt, transports }: PasskeyPublic): Bytes {
  if (credential.length < 1 || credential.length > CREDENTIAL_MAX)
    throw new RangeError('a credential id has 1 to 1023 bytes');
  if (salt.length !== PASSKEY_SALT) throw new RangeError('a salt has 32 bytes');
  const bits = TRANSPORTS.reduce((sum, one, bit) => sum + (transports.includes(one) ? 2 ** bit : 0), 0);
  return new Writer(1 + 2 + credential.length + PASSKEY_SALT + 1)
    .u8(VERSION)
    .u16(credential.length)
    .bytes(credential)
    .bytes(salt)
    .u8(bits)
    .finish();
}

/** @param output what the passkey answers to the salt: the caller wipes it */
export function sealPasskey(localSecret: Bytes, asked: PasskeyPublic, output: Bytes, random: Random): Bytes {
  const beside = encodePublic(asked);
  return concat(beside, sealPasskeySlot(localSecret, output, beside, random));
}

/** What is asked for before anything is open; null for what is no passkey of this version. Its slot may have rotted all the same. */
export function readPasskey(kept: Bytes): PasskeyPublic | null {
  if (kept.length <= PASSKEY_SLOT_LENGTH) return null;
  return decodeWith(toOwned(kept.subarray(0, kept.length - PASSKEY_SLOT_LENGTH)), (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('version');
    const length = reader.u16();
    if (length < 1 || length > CREDENTIAL_MAX) throw new MalformedBytes('credential id');
    const credential = toOwned(reader.bytes(length));
    const salt = toOwned(reader.bytes(PASSKEY_SALT));
    const bits = reader.u8();
    if (bits >= 2 ** TRANSPORTS.length) throw new MalformedBytes('transports');
    return { credential, salt, transports: TRANSPORTS.filter((_one, bit) => bits & (1 << bit)) };
  });
}

/** The local key, which the caller wipes. */
export function openPasskey(kept: Bytes, output: Bytes): Result<Bytes, PasskeySlotError> {
  if (!readPasskey(kept)) return fail({ type: 'damaged' });
  const slot = toOwned(kept.subarray(kept.length - PASSKEY_SLOT_LENGTH));
  return openPasskeySlot(slot, output, toOwned(kept.subarray(0, kept.length - PASSKEY_SLOT_LENGTH)));
}
