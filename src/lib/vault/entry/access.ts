/**
 * What is done with the local key while the account is open: shown that one may, wrapped anew for other credentials or for
 * a passkey. Its bytes exist from the moment a slot opens until they are wiped at the end of the call.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { localKey } from '#lib/crypto/local.ts';
import { localSeal, type LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { Clock } from '#lib/sync/clock.ts';
import type { NewPasskey, PasswordGiven, ProofGiven, VaultError } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { storageProblem } from '#lib/vault/errors.ts';
import { checkCredentials, readIdentifiant, slotChanges, type Credentials } from './activation.ts';
import { openByPassword } from './entrance.ts';
import { keepPasskey, openByPasskey } from './passkeys.ts';

/** How long what was shown is remembered. */
export const PROOF_MS = 2 * 60_000;

/** Whether somebody has shown a moment ago that they may. */
export class Proof {
  readonly #clock: Pick<Clock, 'now'>;
  #at: number | null = null;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  give(): void {
    this.#at = this.#clock.now();
  }

  forget(): void {
    this.#at = null;
  }

  /** A clock that was set back proves nothing. */
  holds(): boolean {
    if (this.#at === null) return false;
    const since = this.#clock.now() - this.#at;
    return since >= 0 && since < PROOF_MS;
  }
}

/** The account that is open. */
export interface Opened {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
}

/** Whether what is given opens this account. */
export function proves(opened: Opened, given: ProofGiven): Promise<Result<void, VaultError>> {
  return withLocalSecret(opened, given, () => Promise.resolve(ok()));
}

/** Both copies of the slot and the noted identifiant, in one write: a crash leaves the old ones or the new ones. */
export async function changeCredentials(
  opened: Opened,
  { next, ...given }: PasswordGiven & { readonly next: Credentials },
): Promise<Result<void, VaultError>> {
  const checked = checkCredentials(next);
  if (!checked.ok) return checked;
  return withLocalSecret(opened, given, async (localSecret) => {
    const changes = await slotChanges(opened.env, localSecret, checked.value);
    const written = await opened.storage.write(changes, 'strict');
    return written.ok ? ok() : fail(storageProblem(written.error));
  });
}

export async function addPasskey(opened: Opened, given: NewPasskey): Promise<Result<void, VaultError>> {
  const { password, identifiant, ...passkey } = given;
  const typed = { password, ...(identifiant !== undefined && { identifiant }) };
  try {
    return await withLocalSecret(opened, typed, (localSecret) => keepPasskey(opened, localSecret, passkey));
  } finally {
    passkey.output.fill(0);
  }
}

/** With the bytes of the local key, if what is given opens a slot of this very account. */
async function withLocalSecret(
  { env, storage, seal }: Opened,
  given: ProofGiven,
  work: (localSecret: Bytes) => Promise<Result<void, VaultError>>,
): Promise<Result<void, VaultError>> {
  const local = await openBy(storage, seal, given);
  if (!local.ok) return local;
  try {
    // A slot is what stands on the disk: somebody may have put one there that their own password opens.
    if (!(await sealsLike(seal, local.value, env))) return fail({ type: 'wrong-password' });
    return await work(local.value);
  } finally {
    local.value.fill(0);
  }
}

async function openBy(
  storage: Storage,
  seal: LocalSeal,
  given: ProofGiven,
): Promise<Result<Bytes, VaultError>> {
  if ('passkey' in given) return openByPasskey(storage, given.passkey);
  const identifiant = given.identifiant ?? (await readIdentifiant(storage, seal));
  if (identifiant === null) return fail({ type: 'wrong-password' });
  return openByPassword(storage, { identifiant, password: given.password });
}

/** Whether these are the bytes of the key that seals this account: what was sealed a moment ago opens by them. */
async function sealsLike(seal: LocalSeal, localSecret: Bytes, { random }: Environment): Promise<boolean> {
  const probe = await seal.seal('probe', random(16));
  return (await localSeal(localKey(localSecret), random).open('probe', probe)) !== null;
}
