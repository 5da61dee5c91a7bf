/**
 * The ways into an account on this device: a password, a passkey, an activation, a grant from another device. Each ends with the same:
 * the seal of the local key in hand and the identity read. The key's bytes are wiped as soon as the seal is made.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { localKey } from '#lib/crypto/local.ts';
import type { DeviceBundle, DeviceSecrets } from '#lib/keys/device.ts';
import { openPasswordSlot } from '#lib/keys/slot.ts';
import { localSeal, type LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import {
  createAccount,
  readPendingKit,
  redeem,
  slotChanges,
  slotCopies,
  type Credentials,
  type Enrolled,
  type Founded,
  type PendingKit,
} from './activation.ts';
import type { PasskeyAnswer, VaultError } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { storageProblem } from '#lib/vault/errors.ts';
import { identityChanges, readIdentity, type Granted, type Identity } from './identity.ts';
import { openByPasskey } from './passkeys.ts';
import { KEYS } from '#lib/vault/disk/layout.ts';
import { salvageChanges } from './salvage.ts';
import { slotsOn } from '#lib/vault/disk/shelf.ts';

/** Secret. What an account is opened with. */
export interface Entrance {
  readonly seal: LocalSeal;
  readonly identity: Identity;
  /** Null once the kit is confirmed. */
  readonly kit: PendingKit | null;
}

/** The bytes of the local key, which the caller wipes. */
export async function openByPassword(
  storage: Storage,
  { identifiant, password }: Credentials,
): Promise<Result<Bytes, VaultError>> {
  let problem: VaultError = { type: 'wrong-password' };
  const copies = await slotsOn(storage);
  for (const [n, slot] of copies.entries()) {
    // A copy that is the same opens by nothing else.
    if (copies.slice(0, n).some((tried) => equal(tried, slot))) continue;
    const local = await openPasswordSlot(slot, identifiant, password);
    if (local.ok) {
      // Both copies are always written together: one that differs has rotted, and is written anew.
      const isWhole = copies.length === KEYS.slot.length && copies.every((copy) => equal(copy, slot));
      if (!isWhole) await storage.write(slotCopies(slot), 'strict');
      return local;
    }
    problem = { type: local.error.type === 'damaged' ? 'storage-unavailable' : local.error.type };
  }
  return fail(problem);
}

export async function enterByPassword(
  env: Environment,
  storage: Storage,
  credentials: Credentials,
): Promise<Result<Entrance, VaultError>> {
  const local = await openByPassword(storage, credentials);
  return local.ok ? enterWithSecret(env, storage, local.value) : local;
}

export async function enterByPasskey(
  env: Environment,
  storage: Storage,
  answer: PasskeyAnswer,
): Promise<Result<Entrance, VaultError>> {
  const local = await openByPasskey(storage, answer);
  return local.ok ? enterWithSecret(env, storage, local.value) : local;
}

/** With the local key in hand, which is wiped. An activation that broke off is taken up where it was. */
async function enterWithSecret(
  env: Environment,
  storage: Storage,
  localSecret: Bytes,
): Promise<Result<Entrance, VaultError>> {
  const seal = localSeal(localKey(localSecret), env.random);
  localSecret.fill(0);
  const [identity, kit] = await Promise.all([readIdentity(storage, seal), readPendingKit(storage, seal)]);
  if (!identity) return fail({ type: 'storage-unavailable' });
  const entrance = { seal, identity, kit };
  if (!kit || !identity.redemption) return ok(entrance);
  const attested = await attest(env, storage, { ...entrance, kit });
  // Without the authority the account opens all the same; the kit cannot be confirmed before it has answered.
  return attested.ok || isFinal(attested.error) ? attested : ok(entrance);
}

/** Founds the account, or takes up one that the authority has not attested yet, under these credentials. */
export async function foundOrResume(input: {
  readonly env: Environment;
  readonly storage: Storage;
  readonly founded: Founded | null;
  readonly enrolled: Enrolled | null;
  readonly credentials: Credentials;
  readonly deviceName: string;
}): Promise<Result<Founded, VaultError>> {
  const { env, storage, founded, enrolled, credentials, deviceName } = input;
  if (founded) {
    const changes = await slotChanges(env, founded.localSecret, credentials);
    const rewritten = await storage.write(changes, 'strict');
    return rewritten.ok ? ok(founded) : fail(storageProblem(rewritten.error));
  }
  if (!enrolled) return fail({ type: 'enrolment-refused' });
  return createAccount({ env, storage, enrolled, credentials, deviceName });
}

/** Has the address attested. Where that is refused for good, nothing of the account stays on the disk. */
export async function attest(
  env: Environment,
  storage: Storage,
  entrance: Entrance & { readonly kit: PendingKit },
): Promise<Result<Entrance, VaultError>> {
  const { seal, identity, kit } = entrance;
  const redeemed = await redeem(env, identity, kit.root);
  if (!redeemed.ok) {
    // Only what was refused goes: whatever else is on the disk by now does not open by this seal.
    if (isFinal(redeemed.error) && (await readIdentity(storage, seal)))
      await storage.write([{ type: 'deletePrefix', prefix: ['account'] }], 'strict');
    return redeemed;
  }
  const saved = await storage.write(await identityChanges(seal, redeemed.value), 'strict');
  return saved.ok ? ok({ ...entrance, identity: redeemed.value }) : fail(storageProblem(saved.error));
}

/** Secret. A device that was made to join an account. */
export interface NewDevice {
  readonly device: DeviceSecrets;
  readonly bundle: DeviceBundle;
  readonly deviceName: string;
}

/** What another device granted becomes this device's own, under a local key of its own. */
export async function enterByGrant(
  input: NewDevice & {
    readonly env: Environment;
    readonly storage: Storage;
    readonly credentials: Credentials;
    readonly granted: Granted;
  },
): Promise<Result<Entrance, VaultError>> {
  const { env, storage, credentials, device, bundle, deviceName, granted } = input;
  const { address, owner, chain, account, record } = granted;
  const identity: Identity = { address, device, bundle, deviceName, owner, chain, account, record };
  const localSecret = env.random(32);
  const seal = localSeal(localKey(localSecret), env.random);
  // What a locked account left here opens by nothing any more, but for what these keys may open: it goes in the same batch.
  const changes = [
    ...(await salvageChanges(storage)),
    ...(await slotChanges(env, localSecret, credentials)),
    ...(await identityChanges(seal, identity)),
  ];
  const written = await storage.write(changes, 'strict');
  localSecret.fill(0);
  return written.ok ? ok({ seal, identity, kit: null }) : fail(storageProblem(written.error));
}

/** Asking the authority again cannot help: the code is used up for somebody else, or its word is not its own. */
export function isFinal({ type }: VaultError): boolean {
  return type === 'enrolment-refused' || type === 'authority-untrusted';
}
