/**
 * Handing the keys of epochs to those who may have them, and which epoch writers use.
 *
 *   box body   u16 n | n × (u32 epoch | K[32])     one, in a rotation
 *   purpose    "carnet/epoch-grant/v1/" | space in hex
 *
 * One sealed box per active device of every owner and one for each owner's recovery key, no less and no more: a rotation
 * with other boxes is void (roster.ts). Of an owner with more than MAX_DEVICES the oldest have one, and with very many owners
 * each has fewer: all boxes fit into one statement, and nobody keeps the others from rotating by having many devices. A box is opened only for the space it was made for and if the author of the
 * statement around it had signed it, so that keys come from owners alone (attack A02); and what is in it counts only if it
 * hashes to what everybody was told, so that nobody is given a key of their own.
 */
import { equal, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { Random } from '#lib/crypto/random.ts';
import { openBox, sealBox } from '#lib/crypto/sealing.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, type Address } from './address.ts';
import { MAX_DEVICES, type ChainState } from './chain.ts';
import type { DeviceKeys } from './device.ts';
import { EPOCH_KEY, epochId, partsOf, readHash, type EpochSecrets } from './epoch.ts';
import type { DeviceId, Hex, SpaceId } from './ids.ts';
import type { EpochBox } from './roster-body.ts';

/** An epoch as the roster tells it. */
export interface Epoch {
  readonly number: number;
  readonly id: Hex; // H(K)
  readonly read: Hex; // H(read)
  /** The statement that rotated to it; null for the first. */
  readonly by: Hex | null;
  /** What was written under it stays readable; nothing more is. */
  readonly isVoid: boolean;
}

/** One key of an owner: of an active device, or the recovery key, whose id is the address itself. */
export interface Recipient {
  readonly address: Address;
  readonly id: Bytes;
  readonly sealing: Bytes;
}

/** Secret. What opens boxes: a device, or the kit. */
export interface RecipientKey {
  readonly id: Bytes;
  readonly sealingSecret: Bytes;
}

const NEVER = Number.MAX_SAFE_INTEGER;
const MAX_EPOCHS = 16_384;
/** Boxes in a rotation: a box of one key takes 1.5 KiB, beside what is carried (vault/carried.ts), names and chains. */
export const MAX_RECIPIENTS = 384;

/**
 * Every key that boxes go to, by these chains, each once: a device that has accepted two addresses is the smaller one's.
 * Owners whose chain is not known are named apart.
 *
 * No more than there is room for: of the owners the first, each with its recovery key, and of the devices of each those
 * that the kit let in and the oldest. What a device builds on is older than it, so that a thief who adds many puts out none that he had heard of. Who
 * gets no box is reached once the others are revoked, or by a grant.
 * @param owners in causal order, as a roster tells them
 */
export function recipientsOf(
  owners: Iterable<Address>,
  chainOf: (address: Address) => ChainState | undefined,
): { recipients: Recipient[]; unknown: Address[] } {
  const reached = [...owners].slice(0, MAX_RECIPIENTS);
  const share = Math.min(MAX_DEVICES, Math.floor(MAX_RECIPIENTS / reached.length) - 1);
  const recipients = new Map<Hex, Recipient>();
  const unknown: Address[] = [];
  for (const address of reached.sort()) {
    const chain = chainOf(address);
    const kit = chain?.kits.at(-1);
    if (!chain || !kit) {
      unknown.push(address);
      continue;
    }
    const id = addressHash(address);
    recipients.set(hex(id), { address, id, sealing: kit.recovery });
    for (const id of firstActive(chain, share)) {
      const { sealing } = chain.devices.get(id)!.bundle;
      if (!recipients.has(id)) recipients.set(id, { address, id: fromHex(id), sealing });
    }
  }
  return { recipients: [...recipients.values()], unknown };
}

/** Whom the kit let in, then the oldest: what recovers an account has keys, however many devices it keeps. */
function firstActive({ active, devices }: ChainState, count: number): Hex[] {
  const all = [...active];
  const isByKit = (id: Hex) => devices.get(id)!.addedBy === null;
  return [...all.filter(isByKit), ...all.filter((id) => !isByKit(id))].slice(0, count);
}

/** Whether there is a box for each of these owners' keys, under its owner, and no other. */
export function reachesExactly(
  boxes: readonly EpochBox[],
  owners: Iterable<Address>,
  chainOf: (address: Address) => ChainState | undefined,
): boolean {
  const { recipients, unknown } = recipientsOf(owners, chainOf);
  if (unknown.length > 0 || recipients.length !== boxes.length) return false;
  const made = new Map(boxes.map(({ address, recipient }) => [hex(recipient), address]));
  return recipients.every(({ address, id }) => made.get(hex(id)) === address);
}

/**
 * The epoch that writers use: of the fit ones, which know of every ending, the highest number, then the smallest id. When
 * none is fit, of all that are not void; then a rotation is due.
 */
export function currentEpoch(
  epochs: readonly Epoch[],
  isFit: (epoch: Epoch) => boolean,
): { current: Epoch | null; due: boolean } {
  const usable = epochs.filter(({ isVoid }) => !isVoid);
  const fit = usable.filter(isFit);
  const [current] = [...(fit.length > 0 ? fit : usable)].sort((a, b) => b.number - a.number || byId(a, b));
  return { current: current ?? null, due: current !== undefined && fit.length === 0 };
}

export function sortEpochs(epochs: readonly Epoch[]): Epoch[] {
  return [...epochs].sort((a, b) => a.number - b.number || byId(a, b));
}

/** One box per recipient with the keys of these epochs. */
export async function sealEpochs(input: {
  readonly space: SpaceId;
  readonly epochs: readonly EpochSecrets[];
  readonly recipients: readonly Recipient[];
  readonly sender: Pick<DeviceKeys, 'id' | 'signer'>;
  readonly random: Random;
}): Promise<EpochBox[]> {
  const { space, epochs, recipients, sender, random } = input;
  const body = encodeKeys(epochs);
  const boxes: EpochBox[] = [];
  for (const { address, id, sealing } of recipients) {
    const sealed = await sealBox({
      recipient: sealing,
      recipientId: id,
      purpose: purposeOf(space),
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

export interface Boxed {
  readonly space: SpaceId;
  readonly boxes: readonly EpochBox[];
  readonly author: { readonly id: DeviceId; readonly signing: Bytes };
  readonly self: RecipientKey;
}

/** The key of the epoch that this rotation begins, for me: nothing else than everybody was told of. */
export async function openRotation(
  input: Boxed & { readonly number: number; readonly id: Hex; readonly read: Hex },
): Promise<EpochSecrets | 'no-box' | 'wrong-box'> {
  const keys = await openMine(input);
  if (keys === 'no-box') return keys;
  const [only] = keys ?? [];
  return keys?.length === 1 && only && isEpoch(only, input) ? only : 'wrong-box';
}

/** The keys in my box of a grant that are those of epochs which the roster tells of; none without a box that opens. */
export async function openGrant(
  input: Boxed & { readonly epochs: readonly Epoch[] },
): Promise<EpochSecrets[]> {
  const keys = await openMine(input);
  if (keys === 'no-box' || keys === null) return [];
  return keys.filter((secrets) => input.epochs.some((epoch) => isEpoch(secrets, epoch)));
}

/** Whether a key is the one that an epoch commits to. */
export function isEpoch(
  secrets: EpochSecrets,
  { number, id, read }: { readonly number: number; readonly id: Hex; readonly read: Hex },
): boolean {
  if (secrets.epoch !== number || hex(epochId(secrets)) !== id) return false;
  return hex(readHash(partsOf(secrets))) === read;
}

/** What is in my box; null when it does not open. */
async function openMine({ space, boxes, author, self }: Boxed): Promise<EpochSecrets[] | 'no-box' | null> {
  const box = boxes.find(({ recipient }) => equal(recipient, self.id));
  if (!box) return 'no-box';
  const opened = await openBox({
    secret: self.sealingSecret,
    recipientId: self.id,
    purpose: purposeOf(space),
    now: 0,
    sealed: box.sealed,
    verifySender: (sender) => (equal(sender, author.id) ? author.signing : null),
  });
  return opened && decodeKeys(opened.body);
}

function purposeOf(space: SpaceId): string {
  return `${LABELS.epochGrant}/${hex(space)}`;
}

function encodeKeys(epochs: readonly EpochSecrets[]): Bytes {
  const writer = new Writer(2 + epochs.length * (4 + EPOCH_KEY)).u16(epochs.length);
  for (const { epoch, key } of epochs) writer.u32(epoch).bytes(key);
  return writer.finish();
}

function decodeKeys(bytes: Bytes): EpochSecrets[] | null {
  return decodeWith(bytes, (reader) => {
    const count = reader.u16();
    if (count > MAX_EPOCHS) throw new MalformedBytes('too many');
    return Array.from({ length: count }, () => ({
      epoch: reader.u32(),
      key: toOwned(reader.bytes(EPOCH_KEY)),
    }));
  });
}

function byId(a: Epoch, b: Epoch): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return (a.by ?? '') < (b.by ?? '') ? -1 : 1;
}
