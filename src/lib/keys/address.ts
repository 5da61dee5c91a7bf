/**
 * An address names a person for ever, and certifies itself: it is the hash of the bundle that founded the account, so
 * a relay can withhold that bundle but never put another in its place (attack A01).
 *
 *   genesis bundle   0x01 suite | account key[32] (Ed25519) | recovery key[1216] (X-Wing)
 *                    | bundle of the first device[1249] | nonce[32]
 *   address          bech32m("carnet", 0x01 | SHA-256("carnet/address/v1" | genesis bundle))
 *
 * The bundle travels with the account key's signature (chain.ts). The checksum finds every change of up to four
 * characters (attack A09); the one accepted spelling is lower case, or all upper case as QR codes have it.
 */
import { concat, equal, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeBech32m, encodeBech32m } from '#lib/bytes/bech32m.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { admitSealingKey } from '#lib/crypto/sealing.ts';
import { admitSigningKey } from '#lib/crypto/signature.ts';
import { LABELS, SUITE } from '#lib/crypto/suite.ts';
import {
  BUNDLE_LENGTH,
  encodeBundle,
  readBundle,
  SEALING_KEY,
  SIGNING_KEY,
  type DeviceBundle,
} from './device.ts';
import { ID_LENGTH, type Hex } from './ids.ts';

/** bech32m text, lower case. */
export type Address = string;

/** Public. What an account is founded by. */
export interface GenesisBundle {
  readonly account: Bytes; // Ed25519, from the root secret
  readonly recovery: Bytes; // X-Wing, from the root secret
  readonly device: DeviceBundle; // the first device
  readonly nonce: Bytes; // 32 bytes
}

export type AddressError = { readonly type: 'address-invalid' };

const HRP = 'carnet';
const VERSION = 1;
const NONCE = 32;
export const GENESIS_LENGTH = 1 + SIGNING_KEY + SEALING_KEY + BUNDLE_LENGTH + NONCE;

export function addressOf(bundle: GenesisBundle): Address {
  return addressOfHash(genesisHash(bundle));
}

/** The 32 bytes that an address says, which name the account inside formats and are its id as a recipient. */
export function genesisHash(bundle: GenesisBundle): Bytes {
  return labelledHash(LABELS.address, encodeGenesis(bundle));
}

export function addressOfHash(hash: Bytes): Address {
  if (hash.length !== ID_LENGTH) throw new RangeError('an address has 32 bytes');
  const key = hex(hash);
  return spelled.get(key) ?? remember(key, encodeBech32m(HRP, concat(Uint8Array.of(VERSION), hash)));
}

const REMEMBERED = 256;
const spelled = new Map<Hex, Address>();
const hashes = new Map<Address, Bytes>();

/** Every frame of a space says some address or other; there are few of them. */
function remember(hash: Hex, address: Address): Address {
  if (spelled.size >= REMEMBERED) {
    spelled.clear();
    hashes.clear();
  }
  spelled.set(hash, address);
  hashes.set(address, fromHex(hash));
  return address;
}

/** The 32 bytes of an address as typed, scanned or received, and its one spelling. */
export function parseAddress(text: string): Result<{ address: Address; hash: Bytes }, AddressError> {
  const bytes = decodeBech32m(HRP, text);
  if (bytes?.length !== 1 + ID_LENGTH || bytes[0] !== VERSION) return fail({ type: 'address-invalid' });
  const hash = toOwned(bytes.subarray(1));
  return ok({ address: addressOfHash(hash), hash });
}

/** The 32 bytes of an address made by this program. Throws for anything else: parse what comes from outside. */
export function addressHash(address: Address): Bytes {
  const known = hashes.get(address);
  if (known !== undefined) return toOwned(known);
  const parsed = parseAddress(address);
  if (!parsed.ok) throw new TypeError('not an address');
  return parsed.value.hash;
}

export function encodeGenesis({ account, recovery, device, nonce }: GenesisBundle): Bytes {
  if (account.length !== SIGNING_KEY || recovery.length !== SEALING_KEY || nonce.length !== NONCE) {
    throw new RangeError('not a genesis bundle');
  }
  const writer = new Writer(GENESIS_LENGTH).u8(SUITE).bytes(account).bytes(recovery);
  return writer.bytes(encodeBundle(device)).bytes(nonce).finish();
}

/** The bundle, if all its keys are admitted; else null. */
export function decodeGenesis(bytes: Bytes): GenesisBundle | null {
  return decodeWith(bytes, readGenesis);
}

/** The next genesis bundle of a longer format. Throws MalformedBytes, also for a key that is not admitted. */
export function readGenesis(reader: Reader): GenesisBundle {
  if (reader.u8() !== SUITE) throw new MalformedBytes('unknown suite');
  const account = toOwned(reader.bytes(SIGNING_KEY));
  const recovery = toOwned(reader.bytes(SEALING_KEY));
  if (!admitSigningKey(account) || !admitSealingKey(recovery)) throw new MalformedBytes('key not admitted');
  const device = readBundle(reader);
  return { account, recovery, device, nonce: toOwned(reader.bytes(NONCE)) };
}

/** Whether a bundle, from wherever, is the one the address names. */
export function matchesAddress(address: Address, bundle: GenesisBundle): boolean {
  const parsed = parseAddress(address);
  return parsed.ok && equal(parsed.value.hash, genesisHash(bundle));
}
