/**
 * What every operation of one replica is given: its space, itself, its rules and its ports; and the few verbs on the
 * disk that they share.
 */
import { equal, fromHex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Signer } from '#lib/crypto/signature.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Schema } from './document/document.ts';
import { openReceived, verifyOpened, type OpenedFrame } from './frames.ts';
import { contextOf, type Layout } from './layout.ts';
import type { Members } from './members.ts';
import type { Change, Key, LocalSeal, Policy, ReplicaPorts } from './ports.ts';
import type { Keyring } from './transaction.ts';

export interface Context {
  readonly space: Bytes;
  readonly self: { readonly id: Hex; readonly signer: Signer };
  readonly policy: Policy;
  readonly ports: ReplicaPorts;
  readonly layout: Layout;
  readonly schema: Schema;
  /** Tails are folded when there are this many. */
  readonly maxTails: number;
  /** Words wait where a rotation is due (replica.ts). */
  readonly rotates: boolean;
  keyring: Keyring;
}

export async function sealAt(seal: LocalSeal, key: Key, plaintext: Bytes): Promise<Change> {
  return { type: 'put', key, value: await seal.seal(contextOf(key), plaintext) };
}

export function openAt(seal: LocalSeal, key: Key, sealed: Bytes | undefined): Promise<Bytes | null> {
  return sealed ? seal.open(contextOf(key), sealed) : Promise.resolve(null);
}

/** The frames that stand under these keys (`… T I`), opened; what is damaged is left out and named in `damaged`. */
export async function readFrames(
  { ports, keyring, policy }: Context,
  keys: Iterable<readonly [Hex, Key]>,
): Promise<{ opened: OpenedFrame[]; damaged: Hex[] }> {
  const opened: OpenedFrame[] = [];
  const damaged: Hex[] = [];
  for (const [id, key] of keys) {
    const bytes = await ports.disk.get(key);
    const epoch = keyring.at(fromHex(key.at(-2) ?? ''));
    if (!epoch) continue; // a topic whose keys we no longer have
    const frame = bytes && readFrame(bytes, id, epoch, policy.hasGrounds);
    if (frame) opened.push(frame);
    else damaged.push(id);
  }
  return { opened, damaged };
}

/** The same for a whole prefix, read at once. */
export async function listFrames({ ports, keyring, policy }: Context, prefix: Key) {
  const opened: { readonly key: Key; readonly frame: OpenedFrame }[] = [];
  const damaged: Key[] = [];
  for (const { key, value } of await ports.disk.list(prefix)) {
    const epoch = keyring.at(fromHex(key.at(-2) ?? ''));
    const frame = epoch && readFrame(value, idIn(key), epoch, policy.hasGrounds);
    if (frame) opened.push({ key, frame });
    // What is whole and has no keys here may be opened another day.
    else if (epoch || !isNamed(value, idIn(key))) damaged.push(key);
  }
  return { opened, damaged };
}

function readFrame(
  bytes: Bytes,
  id: Hex,
  epoch: NonNullable<ReturnType<Keyring['at']>>,
  hasGrounds: boolean,
): OpenedFrame | null {
  if (!isNamed(bytes, id)) return null;
  const frame = openReceived(bytes, fromHex(id), epoch, hasGrounds);
  return typeof frame === 'string' ? null : frame;
}

/** Whether these are the bytes that carry the id. */
export function isNamed(bytes: Bytes, id: Hex): boolean {
  return equal(frameId(bytes), fromHex(id));
}

/** Verifications run side by side, this many at a time. */
const BATCH = 256;

/**
 * Those whose signature is good, those whose is not, and those of whom nobody knows the key.
 * @param verified by which key a frame's signature was found good before, by its id: not verified again. Added to.
 */
export async function verifyAll(
  frames: readonly OpenedFrame[],
  members: Members,
  introduced: ReadonlyMap<Hex, Bytes>,
  verified = new Map<Hex, Bytes>(),
): Promise<{ good: OpenedFrame[]; bad: OpenedFrame[]; unknown: OpenedFrame[] }> {
  const sorted = { good: [] as OpenedFrame[], bad: [] as OpenedFrame[], unknown: [] as OpenedFrame[] };
  for (let start = 0; start < frames.length; start += BATCH) {
    const batch = frames.slice(start, start + BATCH);
    const verdicts = await Promise.all(
      batch.map(async (opened) => {
        const { author, id } = opened.frame;
        const key = members.author(author)?.signing ?? introduced.get(author);
        if (!key) return 'unknown';
        const before = verified.get(id);
        if (before && equal(before, key)) return 'good';
        if (!(await verifyOpened(opened, key))) return 'bad';
        verified.set(id, key);
        return 'good';
      }),
    );
    batch.forEach((opened, i) => sorted[verdicts[i]!].push(opened));
  }
  return sorted;
}

/** Keys that frames bring along, verified or not: a device id is the hash of its keys. */
export function introducedBy(policy: Policy, frames: Iterable<OpenedFrame>): Map<Hex, Bytes> {
  const introduced = new Map<Hex, Bytes>();
  for (const { frame } of frames) {
    const content = frame.kind === 'control' ? frame.content : NO_CONTENT;
    for (const { device, signing } of policy.introduces(content, frame.chains))
      introduced.set(device, signing);
  }
  return introduced;
}

const NO_CONTENT = new Uint8Array(0);

/** The frame that stands under a key. */
export function idIn(key: Key): Hex {
  return key.at(-1) ?? '';
}
