/**
 * The bodies of the account chain's control frames.
 *
 *   genesis        u8 version 1 | 0x01 | genesis bundle[2530] (address.ts)          | signature[64] by the account key
 *   add device     u8 version 1 | 0x02 | bundle of the new device[1249] (device.ts) | acceptance[64] by the new device
 *   revoke device  u8 version 1 | 0x03 | device[32]
 *   recover        u8 version 1 | 0x04 | bundle of the new device[1249] | u8 n | n × revoked device[32] | signature[64] by the account key
 *
 *   the account key signs   "carnet/account-op/v1" | address[32] | the body before the signature
 *   a new device signs      "carnet/device-accept/v1" | address[32] | its device id[32]
 *
 * The acceptance keeps anybody from claiming somebody else's device as their own: a device belongs to one address. The
 * frames themselves are signed by an active device, at genesis by the first and at recovery by the new one.
 */
import { fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelled, SIGNATURE_LENGTH, verify, type Signer } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, encodeGenesis, genesisHash, matchesAddress, readGenesis } from './address.ts';
import type { Address, GenesisBundle } from './address.ts';
import { CONTROL_VERSION, readControl } from './control.ts';
import { deviceId, encodeBundle, readBundle, type DeviceBundle } from './device.ts';
import { ID_LENGTH, type Hex } from './ids.ts';

const TYPES = { genesis: 1, addDevice: 2, revokeDevice: 3, recover: 4 } as const;

export type ChainBody =
  | { readonly type: 'genesis'; readonly bundle: GenesisBundle; readonly signed: Signed }
  | {
      readonly type: 'addDevice';
      readonly id: Hex;
      readonly device: DeviceBundle;
      readonly acceptance: Bytes;
    }
  | { readonly type: 'revokeDevice'; readonly revoked: Hex }
  | {
      readonly type: 'recover';
      readonly id: Hex;
      readonly device: DeviceBundle;
      readonly revoked: readonly Hex[];
      readonly signed: Signed;
    };

/** What a signature inside a body covers, and the signature. */
interface Signed {
  readonly bytes: Bytes;
  readonly signature: Bytes;
}

export async function genesisBody(bundle: GenesisBundle, account: Signer): Promise<Bytes> {
  return signedByAccount(begin('genesis').bytes(encodeGenesis(bundle)), genesisHash(bundle), account);
}

export function addDeviceBody(device: DeviceBundle, acceptance: Bytes): Bytes {
  if (acceptance.length !== SIGNATURE_LENGTH) throw new RangeError('not a signature');
  return begin('addDevice').bytes(encodeBundle(device)).bytes(acceptance).finish();
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

export function revokeDeviceBody(device: Hex): Bytes {
  return begin('revokeDevice').bytes(fromHex(device)).finish();
}

export async function recoverBody(
  address: Address,
  device: DeviceBundle,
  revoked: readonly Hex[],
  account: Signer,
): Promise<Bytes> {
  const body = begin('recover').bytes(encodeBundle(device)).u8(revoked.length);
  for (const id of [...revoked].sort()) body.bytes(fromHex(id));
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
      return matchesAddress(address, body.bundle) && verifyAccount(address, genesis, body.signed);
    case 'addDevice':
      return verifyAcceptance(address, body.device, body.acceptance);
    case 'revokeDevice':
      return true;
    case 'recover':
      return verifyAccount(address, genesis, body.signed);
  }
}

function readBody(bytes: Bytes, reader: Reader, type: number): ChainBody {
  const readSigned = (): Signed => {
    const signed = toOwned(bytes.subarray(0, reader.offset));
    return { bytes: signed, signature: toOwned(reader.bytes(SIGNATURE_LENGTH)) };
  };
  switch (type) {
    case TYPES.genesis:
      return { type: 'genesis', bundle: readGenesis(reader), signed: readSigned() };
    case TYPES.addDevice:
      return {
        type: 'addDevice',
        ...readDevice(reader),
        acceptance: toOwned(reader.bytes(SIGNATURE_LENGTH)),
      };
    case TYPES.revokeDevice:
      return { type: 'revokeDevice', revoked: hex(reader.bytes(ID_LENGTH)) };
    case TYPES.recover:
      return { type: 'recover', ...readDevice(reader), revoked: readRevoked(reader), signed: readSigned() };
    default:
      throw new MalformedBytes('unknown type');
  }
}

function readDevice(reader: Reader): { id: Hex; device: DeviceBundle } {
  const device = readBundle(reader);
  return { id: hex(deviceId(device)), device };
}

function readRevoked(reader: Reader): Hex[] {
  const revoked = Array.from({ length: reader.u8() }, () => hex(reader.bytes(ID_LENGTH)));
  if (revoked.some((id, i) => i > 0 && revoked[i - 1]! >= id))
    throw new MalformedBytes('devices out of order');
  return revoked;
}

function begin(type: keyof typeof TYPES): Writer {
  return new Writer(4096).u8(CONTROL_VERSION).u8(TYPES[type]);
}

async function signedByAccount(body: Writer, address: Bytes, account: Signer): Promise<Bytes> {
  const signature = await account.sign(labelled(LABELS.accountOperation, address, body.finish()));
  return body.bytes(signature).finish();
}

function verifyAccount(address: Address, { account }: GenesisBundle, signed: Signed): Promise<boolean> {
  return verify(
    account,
    labelled(LABELS.accountOperation, addressHash(address), signed.bytes),
    signed.signature,
  );
}

function acceptanceBytes(address: Address, device: DeviceBundle): Bytes {
  return labelled(LABELS.deviceAcceptance, addressHash(address), deviceId(device));
}
