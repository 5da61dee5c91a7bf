/**
 * What a talk by a code is for: to take a device into one's own account, or to take another guardian into a child's record.
 * Everything that is derived, signed and sealed in it is of that purpose: a code, a phrase and a device's word for the one are
 * worthless for the other.
 *
 *   meeting of a guardian   Ed25519 by the device that shows the code, over
 *                           "carnet/guardian-meet/v1" | address that it meets[32] | device id[32]
 *
 * A guardian's device says by it with whose account it talks, and nothing else: unlike the acceptance of a new device
 * (chain-body.ts) it lets nobody add that device to anything.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { labelled, verify, type Signer } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, type Address } from '../address.ts';
import { acceptAddress, verifyAcceptance } from '../chain-body.ts';
import { deviceId, type DeviceBundle } from '../device.ts';

export type LinkPurpose = 'device' | 'guardian';

export const PURPOSES = {
  device: {
    qr: 'CARNET LIEN 1 ',
    space: LABELS.linkSpace,
    read: LABELS.linkRead,
    write: LABELS.linkWrite,
    delete: LABELS.linkDelete,
    phrase: LABELS.linkPhrase,
    /** The first thing that is sealed to whoever shows the code. */
    grant: LABELS.linkGrant,
    accept: acceptAddress,
    verify: verifyAcceptance,
  },
  guardian: {
    qr: 'CARNET ENFANT 1 ',
    space: LABELS.guardianSpace,
    read: LABELS.guardianRead,
    write: LABELS.guardianWrite,
    delete: LABELS.guardianDelete,
    phrase: LABELS.guardianPhrase,
    grant: LABELS.guardianInvite,
    accept: (address: Address, device: DeviceBundle, signer: Signer) =>
      signer.sign(meetingBytes(address, device)),
    verify: (address: Address, device: DeviceBundle, word: Bytes) =>
      verify(device.signing, meetingBytes(address, device), word),
  },
} as const;

function meetingBytes(address: Address, device: DeviceBundle): Bytes {
  return labelled(LABELS.guardianMeet, addressHash(address), deviceId(device));
}
