/** A kit as it was typed or scanned, and what it has at the relay. */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { accountKey, qrToKit, wordsToRoot, type KitPaper } from '#lib/keys/kit.ts';
import type { Signer } from '#lib/crypto/signature.ts';
import { MAX_IDS } from '#lib/protocol/limits.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { RelayError } from '#lib/sync/requests.ts';
import type { Credential } from '#lib/sync/syncable.ts';
import { visit, type Visit } from '#lib/sync/visit.ts';
import type { KitGiven, VaultError } from '#lib/vault/door/door.ts';
import {
  openPlaced,
  placeKeys,
  placeWriter,
  sealPlaced,
  type KeptPlace,
  type Placed,
} from '#lib/vault/entry/kit-place.ts';
import type { Environment } from '#lib/vault/environment.ts';

/** Secret. */
export interface ReadKit {
  readonly root: Bytes;
  /** What its QR code says besides; null where the words were typed. */
  readonly paper: KitPaper | null;
}

export function readKit(given: KitGiven): Result<ReadKit, VaultError> {
  if ('words' in given) {
    const root = wordsToRoot(given.words);
    return root.ok ? ok({ root: root.value, paper: null }) : root;
  }
  const paper = qrToKit(given.qr.trim());
  return paper ? ok({ root: paper.root, paper }) : fail({ type: 'kit-qr-wrong' });
}

/** What the relay keeps for this kit; null when it knows of nothing. That it was replaced counts more than what it opens. */
export async function placedFor(env: Environment, root: Bytes): Promise<Result<Placed | null, VaultError>> {
  const place = await ownPlace(root);
  const read = await atPlace(env, place.keys, place.reader, ({ pick }) =>
    pick((frame) => openPlaced(place.keys, place.account, frame)),
  );
  if (!read.ok) return read.error.type === 'unknown-topic' ? ok(null) : unreachable();
  return ok(read.value.find(({ type }) => type === 'replaced') ?? read.value[0] ?? null);
}

/** Puts a frame into the place of a kit, which is made; good once the relay has it on its disk. */
export async function putPlaced(env: Environment, place: KeptPlace): Promise<Result<void, VaultError>> {
  const put = await atPlace(env, place.keys, placeWriter(place), (visited) => visited.put(place.frame));
  return put.ok ? ok() : unreachable();
}

/**
 * Leaves a note that this kit was replaced and erases what it opens. Where the relay knows of nothing there is nothing to do. Noted
 * first: a device that comes in between finds the place empty only beside the note, and puts nothing back.
 */
export async function closePlace(env: Environment, root: Bytes): Promise<Result<void, VaultError>> {
  const { keys, account, owner } = await ownPlace(root);
  const note = await sealPlaced(root, { type: 'replaced', at: env.clock.now() }, env.random);
  const stands = (frame: Bytes) => openPlaced(keys, account, frame);
  const closed = await atPlace(env, keys, owner, async (place) => {
    const noted = await place.put(note);
    // Whoever may write there may have filled it.
    const isFull = !noted.ok && noted.error.type === 'quota';
    if (!noted.ok && !isFull) return noted;
    const cleared = await clear(place, stands);
    if (!cleared.ok || !isFull) return cleared;
    const notedNow = await place.put(note);
    return notedNow.ok ? clear(place, stands) : notedNow;
  });
  return closed.ok || closed.error.type === 'unknown-topic' ? ok() : unreachable();
}

/** As much as a topic may hold is seen in so many looks. */
const MAX_LOOKS = 64;

/** Erases all but notes: what the kit opens first. */
async function clear(
  { pick, propose }: Visit,
  stands: (frame: Bytes) => Promise<Placed | null>,
): Promise<Result<void, RelayError>> {
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const found = await pick(async (frame) => ({ id: frameId(frame), placed: await stands(frame) }));
    if (!found.ok) return found;
    const others = found.value.filter(({ placed }) => placed?.type !== 'replaced');
    const all = [...others.filter(({ placed }) => placed), ...others.filter(({ placed }) => !placed)];
    if (all.length === 0) return ok();
    for (let from = 0; from < all.length; from += MAX_IDS) {
      const proposed = await propose(all.slice(from, from + MAX_IDS).map(({ id }) => id));
      if (!proposed.ok) return proposed;
    }
  }
  return ok();
}

/** What the root itself can do there; it makes no place where the relay knows of none. */
async function ownPlace(root: Bytes) {
  const keys = await placeKeys(root);
  const { publicKey: account } = await accountKey(root);
  const by = (signer: Signer) => ({
    key: signer.publicKey,
    sign: (statement: Bytes) => signer.sign(statement),
  });
  const reader: Credential = { role: 'writer', ...by(keys.writer!) };
  const owner: Credential = { role: 'owner', ...by(keys.deleter!) };
  return { keys, account, reader, owner };
}

async function atPlace<T>(
  env: Environment,
  { topic }: EpochKeys,
  credential: Credential,
  work: (place: Visit) => Promise<Result<T, RelayError>>,
): Promise<Result<T, RelayError>> {
  const services = await env.services();
  if (!services) return fail({ type: 'disconnected', code: 0 });
  const dial = env.dial(services.relay);
  return visit({ url: services.relay, dial, clock: env.clock, topic, credential }, work);
}

const unreachable = () => fail({ type: 'relay-unreachable' } as const);
