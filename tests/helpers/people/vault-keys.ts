/** Every key that lies on a device's disk, as somebody has them who knows its local key: the owner, or a thief. */
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { openFrame } from '#lib/crypto/frame.ts';
import { hkdfSha256, labelBytes } from '#lib/crypto/hash.ts';
import { localKey } from '#lib/crypto/local.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { partsOf } from '#lib/keys/epoch.ts';
import { decodeInner } from '#lib/keys/signed.ts';
import { openPasswordSlot } from '#lib/keys/slot.ts';
import { epochKeys } from '#lib/record/sections/account.ts';
import { documents } from '#lib/record/sections/documents.ts';
import { localSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { readIdentity } from '#lib/vault/entry/identity.ts';
import { ringOf } from '#lib/vault/spaces/keyring.ts';
import { KEYS } from '#lib/vault/disk/layout.ts';
import { livingEntries } from '#lib/record/living.ts';
import { openSpaces, type Spaces } from '#lib/vault/spaces/spaces.ts';

export async function localSecretOf(storage: Storage, identifiant: string, password: string): Promise<Bytes> {
  const local = await openPasswordSlot((await storage.get(KEYS.slot[0]))!, identifiant, password);
  if (!local.ok) throw new Error(local.error.type);
  return local.value;
}

/** Close it when done. */
export async function spacesOf(
  disk: { open(): Storage },
  { identifiant, password }: { readonly identifiant: string; readonly password: string },
): Promise<Spaces> {
  return spacesOn(disk.open(), await localSecretOf(disk.open(), identifiant, password));
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
  const loaded = await spaces.open(spaces.record(identity.record));
  if (!loaded.ok) throw new Error(loaded.error.type);
  return spaces;
}

/** What each of these frames is: "space author lane number". Those that do not open under the keys are left out. */
export function numbersGiven(spaces: Spaces, frames: readonly (Bytes | undefined)[]): string[] {
  const keys = [spaces.account, ...spaces.records()]
    .flatMap((space) => space.epochs())
    .map(({ frameKey }) => frameKey);
  return frames.flatMap((frame) => {
    const opened = frame && openFrame(keys, frame);
    if (!opened) return [];
    const { inner } = decodeInner(opened.inner.slice())!;
    const lane = opened.aad.kind === 'control' ? 'control' : 'data';
    return [`${hex(opened.aad.space)} ${hex(inner.author)} ${lane} ${inner.seq}`];
  });
}

/** Every secret by which this device's disk, account, record or documents are opened, each under its name. */
export async function secretsOn(storage: Storage, localSecret: Bytes): Promise<Map<string, Bytes>> {
  const identity = await readIdentity(storage, localSeal(localKey(localSecret), systemRandom));
  const spaces = await spacesOn(storage, localSecret);
  const told = livingEntries(spaces.account.replica.record(), epochKeys.id);
  const record = spaces.record(identity!.record);
  const rings = { account: identity!.account.epochs, record: ringOf(record.id, told) };
  const files = record.replica.record().entries.get(documents.id)?.values() ?? [];
  const secrets = new Map<string, Bytes | undefined>([
    ['local key', localSecret],
    ['derived local key', hkdfSha256(localSecret, new Uint8Array(0), labelBytes(LABELS.local), 32)],
    ['signing seed', identity!.device.signingSeed],
    ['sealing seed', identity!.device.sealingSeed],
    ['chain write', identity!.chain.write],
    ...Object.entries(rings).flatMap(([name, ring]) =>
      ring.flatMap((one) => {
        const { read, write, delete: erase } = partsOf(one);
        return [
          [`${name} ${one.epoch} key`, one.key] as const,
          [`${name} ${one.epoch} read`, read] as const,
          [`${name} ${one.epoch} write`, write] as const,
          [`${name} ${one.epoch} delete`, erase] as const,
        ];
      }),
    ),
    ...[...files].map(
      ({ id, fields }) => [`document ${id}`, fromBase64url(fields['key'] as string)!] as const,
    ),
  ]);
  await spaces.close();
  return new Map([...secrets].flatMap(([name, secret]) => (secret ? [[name, secret] as const] : [])));
}
