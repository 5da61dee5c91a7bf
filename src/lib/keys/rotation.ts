/**
 * Handing the secrets of epochs to those who may have them: one sealed box per device and one for the recovery key.
 *
 *   box body   u16 n | n × (u32 length | secrets of an epoch (epoch.ts))
 *   purpose    "carnet/epoch-grant/v1/" | space in hex
 *
 * In the box of a rotation the epoch's id is zeros, since the frame that carries it has no id yet: `openRotation` puts
 * it in. A box is opened only for the space it was made for and if the author of the frame around it had signed it, so
 * that keys come from authorised members alone (attack A02).
 */
import { equal, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { Random } from '#lib/crypto/random.ts';
import { openBox, sealBox } from '#lib/crypto/sealing.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, type Address } from './address.ts';
import type { DeviceKeys } from './device.ts';
import type { Directory } from './directory.ts';
import { decodeEpochSecrets, encodeEpochSecrets, withId, type EpochSecrets } from './epoch.ts';
import { isZeroId, type DeviceId, type FrameId, type SpaceId } from './ids.ts';
import { secretsFor, type Role } from './roles.ts';
import type { EpochBox } from './roster-body.ts';

/** One key of a member: of a device that is not revoked, or the recovery key, whose id is the address itself. */
export interface Recipient {
  readonly address: Address;
  readonly id: Bytes;
  readonly sealing: Bytes;
  readonly role: Role;
}

/** Secret. What opens boxes: a device, or the kit. */
export interface RecipientKey {
  readonly id: Bytes;
  readonly sealingSecret: Bytes;
}

const NEVER = Number.MAX_SAFE_INTEGER;
const MAX_SECRETS = 256;

/** Every key that the members' boxes go to. Members whose chain is not in the directory are named apart. */
export function recipientsOf(
  members: ReadonlyMap<Address, Role>,
  directory: Directory,
): { recipients: Recipient[]; unknown: Address[] } {
  const recipients: Recipient[] = [];
  const unknown: Address[] = [];
  for (const [address, role] of members) {
    const account = directory.account(address);
    if (!account) {
      unknown.push(address);
      continue;
    }
    recipients.push({ address, id: addressHash(address), sealing: account.recovery, role });
    for (const id of account.devices) {
      const device = directory.device(id);
      if (device && !device.revoked)
        recipients.push({ address, id: fromHex(id), sealing: device.sealing, role });
    }
  }
  return { recipients, unknown };
}

/** One box per recipient with what its role is given of these epochs. */
export async function sealEpochs(input: {
  readonly space: SpaceId;
  readonly epochs: readonly EpochSecrets[];
  readonly recipients: readonly Recipient[];
  readonly sender: DeviceKeys;
  readonly random: Random;
}): Promise<EpochBox[]> {
  const { space, epochs, recipients, sender, random } = input;
  const boxes: EpochBox[] = [];
  for (const { address, id, sealing, role } of recipients) {
    const body = encodeSecretsList(epochs.map((secrets) => secretsFor(role, secrets)));
    const purpose = purposeOf(space);
    const sealed = await sealBox({
      recipient: sealing,
      recipientId: id,
      purpose,
      sender: sender.id,
      expiry: NEVER,
      body,
      signer: sender.signer,
      random,
    });
    boxes.push({ address, recipient: id, sealed });
  }
  return boxes;
}

/** The secrets in my box of a grant or of a new member, sealed by the author of that frame; null without such a box. */
export async function openGrant(input: {
  readonly space: SpaceId;
  readonly boxes: readonly EpochBox[];
  readonly author: { readonly id: DeviceId; readonly signing: Bytes };
  readonly self: RecipientKey;
}): Promise<EpochSecrets[] | null> {
  const { space, boxes, author, self } = input;
  const box = boxes.find(({ recipient }) => equal(recipient, self.id));
  if (!box) return null;
  const opened = await openBox({
    secret: self.sealingSecret,
    recipientId: self.id,
    purpose: purposeOf(space),
    now: 0,
    sealed: box.sealed,
    verifySender: (sender) => (equal(sender, author.id) ? author.signing : null),
  });
  return opened && decodeSecretsList(opened.body);
}

/** The secrets of the epoch that this rotation frame begins, for me. */
export async function openRotation(
  input: Parameters<typeof openGrant>[0] & { readonly epoch: number; readonly id: FrameId },
): Promise<EpochSecrets | null> {
  const secrets = await openGrant(input);
  const [only] = secrets ?? [];
  if (secrets?.length !== 1 || !only || only.epoch !== input.epoch || !isZeroId(only.id)) return null;
  return withId(only, input.id);
}

function purposeOf(space: SpaceId): string {
  return `${LABELS.epochGrant}/${hex(space)}`;
}

function encodeSecretsList(epochs: readonly EpochSecrets[]): Bytes {
  const writer = new Writer().u16(epochs.length);
  for (const secrets of epochs) writer.lengthPrefixed(encodeEpochSecrets(secrets));
  return writer.finish();
}

function decodeSecretsList(bytes: Bytes): EpochSecrets[] | null {
  return decodeWith(bytes, (reader) =>
    Array.from({ length: reader.u16() }, () => {
      const secrets = decodeEpochSecrets(toOwned(reader.lengthPrefixed(MAX_SECRETS)));
      if (!secrets) throw new MalformedBytes('not the secrets of an epoch');
      return secrets;
    }),
  );
}
