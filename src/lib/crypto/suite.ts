/**
 * The one cryptographic suite and the names of its purposes.
 *
 * Suite 1: XChaCha20-Poly1305 (small) and AES-256-GCM (large), HKDF-SHA-256 and HKDF-SHA-512, SHA-256, Ed25519 by the
 * rule of signature.ts, X-Wing (ML-KEM-768 + X25519), Argon2id. There is one, it has one byte, nothing negotiates it:
 * a format that starts with another byte is refused. A successor gets the next byte and the old one leaves `MIN_SUITE`.
 *
 * A label separates the purposes of keys and signatures: what was derived, sealed or signed for one is worthless for
 * every other. No label is a prefix of another, so that `label ‖ bytes` reads in one way only.
 */
export const SUITE = 1;

/** The oldest suite that is still opened. Compiled in, never configured, never lowered (attack B08). */
export const MIN_SUITE = 1;

/** Whether a format that starts with this byte is one of ours. */
export function admitsSuite(byte: number | undefined): boolean {
  return byte !== undefined && byte >= MIN_SUITE && byte <= SUITE;
}

export const LABELS = {
  frame: 'carnet/frame/v1',
  frameSignature: 'carnet/sig/v1',
  box: 'carnet/box/v1',
  boxBody: 'carnet/box-body/v1',
  boxSignature: 'carnet/box-sig/v1',
  blob: 'carnet/blob/v1',
  blobRoot: 'carnet/blob-root/v1',
  local: 'carnet/local/v1',
  localSlot: 'carnet/local-slot/v1',
  localRecord: 'carnet/local-record/v1',
  accountKey: 'carnet/account-key/v1',
  recoverySealing: 'carnet/recovery-sealing/v1',
  address: 'carnet/address/v1',
  device: 'carnet/device/v1',
  accountOperation: 'carnet/account-op/v1',
  chainSpace: 'carnet/chain-space/v1',
  chainRead: 'carnet/chain-read/v1',
  space: 'carnet/space/v1',
  epochFrameKey: 'carnet/epoch-frame/v1',
  epochTopic: 'carnet/epoch-topic/v1',
  epochWrite: 'carnet/epoch-write/v1',
  epochDelete: 'carnet/epoch-delete/v1',
  clientId: 'carnet/client-id/v1',
  snapshotRoot: 'carnet/snapshot-root/v1',
  linkSpace: 'carnet/link-space/v1',
  linkRead: 'carnet/link-read/v1',
  linkWrite: 'carnet/link-write/v1',
  linkCommit: 'carnet/link-commit/v1',
  linkPhrase: 'carnet/link-phrase/v1',
  linkGrant: 'carnet/link-grant/v1',
  kitSpace: 'carnet/kit-space/v1',
  kitRead: 'carnet/kit-read/v1',
  kitWrite: 'carnet/kit-write/v1',
  kitDelete: 'carnet/kit-delete/v1',
  kitPlaced: 'carnet/kit-placed/v1',
  kitAcceptance: 'carnet/kit-accept/v1',
  deviceAcceptance: 'carnet/device-accept/v1',
  epochGrant: 'carnet/epoch-grant/v1',
  linkDelete: 'carnet/link-delete/v1',
  guardianSpace: 'carnet/guardian-space/v1',
  guardianRead: 'carnet/guardian-read/v1',
  guardianWrite: 'carnet/guardian-write/v1',
  guardianDelete: 'carnet/guardian-delete/v1',
  guardianPhrase: 'carnet/guardian-phrase/v1',
  guardianMeet: 'carnet/guardian-meet/v1',
  guardianInvite: 'carnet/guardian-invite/v1',
  guardianAnswer: 'carnet/guardian-answer/v1',
  guardianGrant: 'carnet/guardian-grant/v1',
  saying: 'carnet/saying/v1',
  epoch: 'carnet/epoch/v1',
  epochReadHash: 'carnet/epoch-read-hash/v1',
  readSecret: 'carnet/read-secret/v1',
  writeSecret: 'carnet/write-secret/v1',
  deleteSecret: 'carnet/delete-secret/v1',
  join: 'carnet/join/v1',
  consent: 'carnet/consent/v1',
  ownerStatement: 'carnet/owner/v1',
  order: 'carnet/order/v1',
  passkeyKey: 'carnet/passkey-key/v1',
  passkeySlot: 'carnet/passkey-slot/v1',
} as const;

export type Label = (typeof LABELS)[keyof typeof LABELS];
