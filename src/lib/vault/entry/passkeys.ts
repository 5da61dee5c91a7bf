/**
 * The passkeys of this device: further ways to its local key, each in a value of its own. None is needed: whatever is
 * wrong with one, the password opens. What one answers is wiped as soon as it was used.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { openPasskey, readPasskey, sealPasskey, TRANSPORTS } from '#lib/keys/passkey.ts';
import { DEVICE_NAME_MAX } from '#lib/record/sections/account.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage, Stored } from '#lib/storage/storage.ts';
import { passkeyKey, passkeyNameKey, PASSKEYS, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';
import type {
  NewPasskey,
  PasskeyAnswer,
  PasskeyAsked,
  PasskeyView,
  VaultError,
} from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { nameTyped, storageProblem } from '#lib/vault/errors.ts';

interface Named {
  readonly name: string;
  /** Null where that could not be read any more when it was renamed. */
  readonly addedAt: number | null;
}

/** The disk and the seal of an account that is open. */
interface Disk {
  readonly storage: Storage;
  readonly seal: LocalSeal;
}

const idOf = ({ key }: Pick<Stored, 'key'>): string => key.at(-1) ?? '';

/** What is asked for before anything is open. */
export async function askedPasskeys(storage: Storage): Promise<PasskeyAsked[]> {
  const kept = await storage.list(PASSKEYS);
  return kept.flatMap((stored) => {
    const asked = readPasskey(stored.value);
    return asked ? [{ id: idOf(stored), ...asked }] : [];
  });
}

/** The bytes of the local key, which the caller wipes. */
export async function openByPasskey(
  storage: Storage,
  { id, output }: PasskeyAnswer,
): Promise<Result<Bytes, VaultError>> {
  try {
    const kept = await storage.get(passkeyKey(id));
    const local = kept && openPasskey(kept, output);
    return local?.ok ? local : fail({ type: 'passkey-refused' });
  } finally {
    output.fill(0);
  }
}

/** Its slot and its name are written together. */
export async function keepPasskey(
  { env, storage, seal }: Disk & { readonly env: Environment },
  localSecret: Bytes,
  { name, credential, salt, transports, output }: Omit<NewPasskey, 'password'>,
): Promise<Result<void, VaultError>> {
  const id = toBase64url(env.random(16));
  const asked = { credential, salt, transports: TRANSPORTS.filter((one) => transports.includes(one)) };
  const value = sealPasskey(localSecret, asked, output, env.random);
  const named: Named = { name, addedAt: env.clock.now() };
  const written = await storage.write(
    [
      { type: 'put', key: passkeyKey(id), value },
      await sealedPut(seal, passkeyNameKey(id), encodeJson(named)),
    ],
    'strict',
  );
  return written.ok ? ok() : fail(storageProblem(written.error));
}

/** The last that was added first; one whose name cannot be read is listed all the same, so that it can be removed. */
export async function namedPasskeys({ storage, seal }: Disk): Promise<PasskeyView[]> {
  const views = (await storage.list(PASSKEYS)).map(async (stored): Promise<PasskeyView> => {
    const id = idOf(stored);
    const named = await namedAs({ storage, seal }, id);
    const usable = readPasskey(stored.value) !== null;
    return { id, name: named?.name ?? null, addedAt: named?.addedAt ?? null, usable };
  });
  return (await Promise.all(views)).sort((a, b) => (b.addedAt ?? 0) - (a.addedAt ?? 0));
}

async function namedAs({ storage, seal }: Disk, id: string): Promise<Named | null> {
  const bytes = await sealedGet(storage, seal, passkeyNameKey(id));
  return bytes ? decodeJson<Named>(bytes) : null;
}

/** Another name for one that is here, its own unreadable or not. */
export async function renamePasskey(
  { storage, seal }: Disk,
  id: string,
  typed: string,
): Promise<Result<void, VaultError>> {
  const name = nameTyped(typed, DEVICE_NAME_MAX);
  if (!name.ok) return name;
  if (!(await storage.get(passkeyKey(id)))) return fail({ type: 'entry-missing' });
  const addedAt = (await namedAs({ storage, seal }, id))?.addedAt ?? null;
  const named: Named = { name: name.value, addedAt };
  const written = await storage.write(
    [await sealedPut(seal, passkeyNameKey(id), encodeJson(named))],
    'strict',
  );
  return written.ok ? ok() : fail(storageProblem(written.error));
}

export async function forgetPasskey(storage: Storage, id: string): Promise<Result<void, VaultError>> {
  const written = await storage.write(
    [
      { type: 'delete', key: passkeyKey(id) },
      { type: 'delete', key: passkeyNameKey(id) },
    ],
    'strict',
  );
  return written.ok ? ok() : fail(storageProblem(written.error));
}
