/**
 * The bodies of the account chain's control frames.
 *
 *   genesis        u8 version 2 | 0x01 | genesis bundle[2530] (address.ts) | acceptance[64] by the first device
 *                  | signature[64] by the account key
 *   add device     u8 version 2 | 0x02 | bundle of the new device[1249] (device.ts) | acceptance[64] by the new device
 *   revoke device  u8 version 2 | 0x03 | device[32] | u8 n | n × saying[32], ascending: the device's last words that are known
 *   recover        u8 version 2 | 0x04 | account key[32] | bundle of the new device[1249] | u8 n | n × kept device[32]
 *                  | u8 n | n × saying[32], ascending: the others' last words that are known | signature[64] by that account key
 *   succeed        u8 version 2 | 0x05 | account key[32] | next account key[32] | next recovery key[1216]
 *                  | acceptance[64] by the next account key | signature[64] by the first of the two
 *
 *   the account key signs   "carnet/account-op/v1" | address[32] | the body before the signature
 *   a new device signs      "carnet/device-accept/v1" | address[32] | its device id[32]
 *   a next account key signs "carnet/kit-accept/v1" | address[32] | next account key[32] | next recovery key[1216]
 *
 * The acceptance keeps anybody from claiming somebody else's device as their own: a device belongs to one address, the
 * first one too. Recover and succeed name the account key that signs them; whether it is one of the account's, and still in use,
 * says the chain (kit-line.ts). The frames themselves are signed by an active device, at genesis by the first and at recovery by the new
 * one.
 */
import { fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelled, SIGNATURE_LENGTH, verify, type Signer } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { admitSealingKey } from '#lib/crypto/sealing.ts';
import { admitSigningKey } from '#lib/crypto/signature.ts';
import { addressHash, encodeGenesis, genesisHash, matchesAddress, readGenesis } from './address.ts';
import type { Address, GenesisBundle } from './address.ts';
import { CONTROL_VERSION, readControl } from './control.ts';
import { deviceId, encodeBundle, readBundle, SEALING_KEY, SIGNING_KEY, type DeviceBundle } from './device.ts';
import { ID_LENGTH, type Hex } from './ids.ts';

const TYPES = { genesis: 1, addDevice: 2, revokeDevice: 3, recover: 4, succeed: 5 } as const;

/** Public. The halves of a kit that the others know. */
export interface KitKeys {
  readonly account: Bytes; // Ed25519
  readonly recovery: Bytes; // X-Wing
}

export type ChainBody =
  | {
      readonly type: 'genesis';
      readonly bundle: GenesisBundle;
      readonly acceptance: Bytes;
      readonly signed: Signed;
    }
  | {
      readonly type: 'addDevice';
      readonly id: Hex;
      readonly device: DeviceBundle;
      readonly acceptance: Bytes;
    }
  | { readonly type: 'revokeDevice'; readonly revoked: Hex; readonly seen: readonly Hex[] }
  | {
      readonly type: 'recover';
      readonly by: Bytes;
      readonly id: Hex;
      readonly device: DeviceBundle;
      readonly kept: readonly Hex[];
      readonly seen: readonly Hex[];
      readonly signed: Signed;
    }
  | {
      readonly type: 'succeed';
      readonly by: Bytes;
      readonly next: KitKeys;
      readonly acceptance: Bytes;
      readonly signed: Signed;
    };

/** What a signature inside a body covers, and the signature. */
interface Signed {
  readonly bytes: Bytes;
  readonly signature: Bytes;
}

/** The first device has accepted the address that the bundle makes. */
export async function genesisBody(bundle: GenesisBundle, acceptance: Bytes, account: Signer): Promise<Bytes> {
  const body = begin('genesis').bytes(encodeGenesis(bundle)).bytes(signatureOf(acceptance));
  return signedByAccount(body, genesisHash(bundle), account);
}

export function addDeviceBody(device: DeviceBundle, acceptance: Bytes): Bytes {
  return begin('addDevice').bytes(encodeBundle(device)).bytes(signatureOf(acceptance)).finish();
}

/** The new device's word that it joins this account. */
export function acceptAddress(address: Address, device: DeviceBundle, signer: Signer): Promise<Bytes> {
  return signer.sign(acceptanceBytes(address, device));
}

export function verifyAcceptance(
  address: Address,
  device: DeviceBundle,
  acceptance: Bytes,
): Promise<boolean> {
  return verify(device.signing, acceptanceBytes(address, device), acceptance);
}

/**
 * @param seen what whoever revokes has of the device, in all spaces: the last word of each of its lanes. Whatever is found of it
 *   later is shown to a person (docs/protocol.md, rule 10)
 */
export function revokeDeviceBody(device: Hex, seen: readonly Hex[] = []): Bytes {
  return writeIds(
    begin('revokeDevice').bytes(fromHex(device)),
    [...new Set(seen)].slice(0, MAX_IDS),
  ).finish();
}

/**
 * Every device but the new one and the kept ones is revoked.
 * @param seen of those, as of a revocation
 */
export async function recoverBody(
  address: Address,
  device: DeviceBundle,
  kept: readonly Hex[],
  account: Signer,
  seen: readonly Hex[] = [],
): Promise<Bytes> {
  const body = writeIds(begin('recover').bytes(account.publicKey).bytes(encodeBundle(device)), kept);
  writeIds(body, [...new Set(seen)].slice(0, MAX_IDS));
  return signedByAccount(body, addressHash(address), account);
}

/** A kit takes the place of another, which signs it; the next one signs that it does. */
export async function succeedBody(
  address: Address,
  next: { readonly account: Signer; readonly recovery: Bytes },
  account: Signer,
): Promise<Bytes> {
  const keys = { account: next.account.publicKey, recovery: next.recovery };
  const body = begin('succeed').bytes(account.publicKey).bytes(keys.account).bytes(keys.recovery);
  body.bytes(await next.account.sign(kitAcceptanceBytes(address, keys)));
  return signedByAccount(body, addressHash(address), account);
}

/** Null for anything but a well-formed body whose keys are admitted. Its signatures: `verifyChainBody`. */
export function decodeChainBody(bytes: Bytes): ChainBody | null {
  return decodeWith(bytes, (reader) => readControl(reader, (type) => readBody(bytes, reader, type)));
}

/** Whether the signatures inside the body are good for this address. */
export async function verifyChainBody(
  address: Address,
  genesis: GenesisBundle,
  body: ChainBody,
): Promise<boolean> {
  switch (body.type) {
    case 'genesis':
      return (
        matchesAddress(address, body.bundle) &&
        (await verifyAcceptance(address, body.bundle.device, body.acceptance)) &&
        verifyAccount(address, genesis.account, body.signed)
      );
    case 'addDevice':
      return verifyAcceptance(address, body.device, body.acceptance);
    case 'revokeDevice':
      return true;
    case 'recover':
      return verifyAccount(address, body.by, body.signed);
    case 'succeed':
      return (
        (await verify(body.next.account, kitAcceptanceBytes(address, body.next), body.acceptance)) &&
        verifyAccount(address, body.by, body.signed)
      );
  }
}

/** The device that a body introduces, with its keys. */
export function introducedBy(body: ChainBody): { readonly id: Hex; readonly bundle: DeviceBundle } | null {
  switch (body.type) {
    case 'genesis':
      return { id: hex(deviceId(body.bundle.device)), bundle: body.bundle.device };
    case 'addDevice':
    case 'recover':
      return { id: body.id, bundle: body.device };
    case 'revokeDevice':
    case 'succeed':
      return null;
  }
}

function readBody(bytes: Bytes, reader: Reader, type: number): ChainBody {
  const readSigned = (): Signed => {
    const signed = toOwned(bytes.subarray(0, reader.offset));
    return { bytes: signed, signature: toOwned(reader.bytes(SIGNATURE_LENGTH)) };
  };
  switch (type) {
    case TYPES.genesis:
      return {
        type: 'genesis',
        bundle: readGenesis(reader),
        acceptance: toOwned(reader.bytes(SIGNATURE_LENGTH)),
        signed: readSigned(),
      };
    case TYPES.addDevice:
      return {
        type: 'addDevice',
        ...readDevice(reader),
        acceptance: toOwned(reader.bytes(SIGNATURE_LENGTH)),
      };
    case TYPES.revokeDevice:
      return { type: 'revokeDevice', revoked: hex(reader.bytes(ID_LENGTH)), seen: readIds(reader) };
    case TYPES.recover:
      return {
        ...{ type: 'recover', by: readSigning(reader), ...readDevice(reader), kept: readIds(reader) },
        seen: readIds(reader),
        signed: readSigned(),
      };
    case TYPES.succeed:
      return {
        ...{ type: 'succeed', by: readSigning(reader), next: readKitKeys(reader) },
        acceptance: toOwned(reader.bytes(SIGNATURE_LENGTH)),
        signed: readSigned(),
      };
    default:
      throw new MalformedBytes('unknown type');
  }
}

function readDevice(reader: Reader): { id: Hex; device: DeviceBundle } {
  const device = readBundle(reader);
  return { id: hex(deviceId(device)), device };
}

function readSigning(reader: Reader): Bytes {
  const key = toOwned(reader.bytes(SIGNING_KEY));
  if (!admitSigningKey(key)) throw new MalformedBytes('key not admitted');
  return key;
}

function readKitKeys(reader: Reader): KitKeys {
  const account = readSigning(reader);
  const recovery = toOwned(reader.bytes(SEALING_KEY));
  if (!admitSealingKey(recovery)) throw new MalformedBytes('key not admitted');
  return { account, recovery };
}

/** As many as one byte counts. */
const MAX_IDS = 255;

/** Each once, ascending: any other spelling is none. */
function writeIds(writer: Writer, ids: readonly Hex[]): Writer {
  const distinct = [...new Set(ids)].sort();
  writer.u8(distinct.length);
  for (const id of distinct) writer.bytes(fromHex(id));
  return writer;
}

function readIds(reader: Reader): Hex[] {
  const ids = Array.from({ length: reader.u8() }, () => hex(reader.bytes(ID_LENGTH)));
  if (ids.some((id, i) => i > 0 && ids[i - 1]! >= id)) throw new MalformedBytes('ids out of order');
  return ids;
}

function signatureOf(bytes: Bytes): Bytes {
  if (bytes.length !== SIGNATURE_LENGTH) throw new RangeError('not a signature');
  return bytes;
}

function begin(type: keyof typeof TYPES): Writer {
  return new Writer(4096).u8(CONTROL_VERSION).u8(TYPES[type]);
}

async function signedByAccount(body: Writer, address: Bytes, account: Signer): Promise<Bytes> {
  const signature = await account.sign(labelled(LABELS.accountOperation, address, body.finish()));
  return body.bytes(signature).finish();
}

function verifyAccount(address: Address, account: Bytes, signed: Signed): Promise<boolean> {
  return verify(
    account,
    labelled(LABELS.accountOperation, addressHash(address), signed.bytes),
    signed.signature,
  );
}

function kitAcceptanceBytes(address: Address, { account, recovery }: KitKeys): Bytes {
  return labelled(LABELS.kitAcceptance, addressHash(address), account, recovery);
}

function acceptanceBytes(address: Address, device: DeviceBundle): Bytes {
  return labelled(LABELS.deviceAcceptance, addressHash(address), deviceId(device));
}
