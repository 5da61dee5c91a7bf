/** A kit as it was typed or scanned, and what it has at the relay. */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { qrToKit, wordsToRoot, type KitPaper } from '#lib/keys/kit.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { RelayError } from '#lib/sync/requests.ts';
import { visit, type Visit } from '#lib/sync/visit.ts';
import type { KitGiven, VaultError } from '#lib/vault/door/door.ts';
import { openPlaced, placeKeys, sealPlaced, type Placed } from '#lib/vault/entry/kit-place.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { credentialOf } from '#lib/vault/spaces/follow.ts';

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
  const keys = await placeKeys(root);
  const found = await atPlace(env, keys, (place) => place.pick((frame) => openPlaced(keys, frame)));
  if (!found.ok) return found.error.type === 'unknown-topic' ? ok(null) : unreachable();
  return ok(found.value.find(({ type }) => type === 'replaced') ?? found.value[0] ?? null);
}

/** Puts a frame into the place of a kit; good once the relay has it on its disk. */
export async function putPlaced(
  env: Environment,
  keys: EpochKeys,
  frame: Bytes,
): Promise<Result<void, VaultError>> {
  const put = await atPlace(env, keys, (place) => place.put(frame));
  return put.ok ? ok() : unreachable();
}

/** Erases what this kit opens and leaves a note that it was replaced. Where the relay knows of nothing there is nothing to do. */
export async function closePlace(env: Environment, root: Bytes): Promise<Result<void, VaultError>> {
  const keys = await placeKeys(root);
  const note = sealPlaced(keys, { type: 'replaced', at: env.clock.now() }, env.random);
  const closed = await atPlace(env, keys, async (place) => {
    const noted = await place.put(note);
    if (!noted.ok) return noted;
    const others = await place.pick((frame) =>
      openPlaced(keys, frame)?.type === 'replaced' ? null : frameId(frame),
    );
    if (!others.ok || others.value.length === 0) return others.ok ? ok() : others;
    return place.propose(others.value);
  });
  return closed.ok ? ok() : unreachable();
}

async function atPlace<T>(
  env: Environment,
  keys: EpochKeys,
  work: (place: Visit) => Promise<Result<T, RelayError>>,
): Promise<Result<T, RelayError>> {
  const services = await env.services();
  if (!services) return fail({ type: 'disconnected', code: 0 });
  const { topic } = keys;
  const dial = env.dial(services.relay);
  const credential = credentialOf(keys, { isChain: false, ttl: 0, erasesAtOnce: true })!;
  return visit({ url: services.relay, dial, clock: env.clock, topic, credential }, work);
}

const unreachable = () => fail({ type: 'relay-unreachable' } as const);
