/** Every key that lies on a device's disk, as somebody has them who knows its local key: the owner, or a thief. */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { openFrame } from '#lib/crypto/frame.ts';
import { localKey } from '#lib/crypto/local.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { decodeInner } from '#lib/keys/inner.ts';
import { openPasswordSlot } from '#lib/keys/slot.ts';
import { localSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { readIdentity } from '#lib/vault/identity.ts';
import { KEYS } from '#lib/vault/layout.ts';
import { openSpaces, type Spaces } from '#lib/vault/spaces.ts';

export async function localSecretOf(storage: Storage, identifiant: string, password: string): Promise<Bytes> {
  const local = await openPasswordSlot((await storage.get(KEYS.slot[0]))!, identifiant, password);
  if (!local.ok) throw new Error(local.error.type);
  return local.value;
}

/** Close it when done. */
export async function spacesOn(storage: Storage, localSecret: Bytes): Promise<Spaces> {
  const seal = localSeal(localKey(localSecret), systemRandom);
  const identity = await readIdentity(storage, seal);
  if (!identity) throw new Error('there is no account here');
  const env = { clock: systemClock, random: systemRandom } as Parameters<typeof openSpaces>[0]['env'];
  const spaces = await openSpaces({
    ...{ env, storage, seal, identity },
    saveAccountEpochs: () => Promise.resolve({ ok: true, value: undefined }),
    onFounded: () => Promise.resolve({ ok: true, value: undefined }),
    onKeys: () => {},
  });
  const loaded = await spaces.load();
  if (!loaded.ok) throw new Error(loaded.error.type);
  return spaces;
}

/** What each of these frames is: "space author lane number". Those that do not open under the keys are left out. */
export function numbersGiven({ account, record }: Spaces, frames: readonly (Bytes | undefined)[]): string[] {
  const keys = [...account.epochs(), ...record.epochs()].map(({ frameKey }) => frameKey);
  return frames.flatMap((frame) => {
    const opened = frame && openFrame(keys, frame);
    if (!opened) return [];
    const { inner } = decodeInner(opened.inner.slice())!;
    const lane = opened.aad.kind === 'control' ? 'control' : 'data';
    return [`${hex(opened.aad.space)} ${hex(inner.author)} ${lane} ${inner.seq}`];
  });
}
