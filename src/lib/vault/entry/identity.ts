/**
 * Who we are on this device: what must be known before any space can be opened. Secret; sealed under the local key.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Address } from '#lib/keys/address.ts';
import type { DeviceBundle, DeviceSecrets } from '#lib/keys/device.ts';
import type { EpochSecrets } from '#lib/keys/epoch.ts';
import type { ChainSecrets } from '#lib/keys/root.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import type { Result } from '#lib/bytes/result.ts';
import type { Edit } from '#lib/record/entry.ts';
import type { DiskError, LocalSeal } from '#lib/replica/ports.ts';
import type { Change, Storage } from '#lib/storage/storage.ts';
import { KEYS, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';

export interface Owner {
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: string; // YYYY-MM-DD
}

export interface Identity {
  readonly address: Address;
  readonly device: DeviceSecrets;
  readonly bundle: DeviceBundle;
  readonly deviceName: string;
  readonly owner: Owner;
  /** The write secret of the account chain; its read secret follows from the address. */
  readonly chain: ChainSecrets;
  readonly account: { readonly space: SpaceId; readonly epochs: readonly EpochSecrets[] };
  readonly record: SpaceId;
  /** The first frames of the spaces, of the device that founded them, until all are written. */
  readonly founding?: Founding;
  /** What the authority still has to attest, and what it answered. A linked device has neither. */
  readonly redemption?: Redemption;
  readonly attestation?: Bytes;
}

/** Secret. What another device granted to one that joins its account. */
export type Granted = Pick<Identity, 'address' | 'owner' | 'chain' | 'account' | 'record'>;

/** Bodies of the control frames that begin the three spaces, and the first epoch of the record. */
export interface Founding {
  readonly chain: Bytes;
  readonly account: Bytes;
  readonly record: Bytes;
  readonly recordEpoch: EpochSecrets;
  /** What own devices keep from the first day: the kit's place at the relay (kit-place.ts), and the authority's key. */
  readonly kept: readonly Edit[];
}

/** An activation code in use: kept until the authority answered, so that a crash in between never burns it. */
export interface Redemption {
  readonly codeId: Bytes;
  readonly lookup: Bytes;
  readonly authorityKey: Bytes;
  /** Of the attestation's commitment to the owner's name. */
  readonly identitySalt: Bytes;
}

/** Kept twice: without it nothing opens, so one damaged block of the disk must not take it. */
export function identityChanges(seal: LocalSeal, identity: Identity): Promise<Change[]> {
  return Promise.all(KEYS.identity.map((key) => sealedPut(seal, key, encodeJson(identity))));
}

/** Null when there is none that this key opens. */
export async function readIdentity(storage: Storage, seal: LocalSeal): Promise<Identity | null> {
  for (const key of KEYS.identity) {
    const bytes = await sealedGet(storage, seal, key);
    if (bytes) return decodeJson<Identity>(bytes);
  }
  return null;
}

/** A copy that has rotted is written anew while the other one still opens. A disk that refuses leaves it for next time. */
export async function healIdentity(storage: Storage, seal: LocalSeal, identity: Identity): Promise<void> {
  const copies = await Promise.all(KEYS.identity.map((key) => sealedGet(storage, seal, key)));
  if (copies.every((copy) => copy)) return;
  await storage.write(await identityChanges(seal, identity), 'strict');
}

/** The identity as it is now, and as it is on the disk. */
export class KeptIdentity {
  readonly #storage: Storage;
  readonly #seal: LocalSeal;
  #value: Identity;

  constructor(storage: Storage, seal: LocalSeal, value: Identity) {
    this.#storage = storage;
    this.#seal = seal;
    this.#value = value;
  }

  get value(): Identity {
    return this.#value;
  }

  async save(next: Identity): Promise<Result<void, DiskError>> {
    const saved = await this.#storage.write(await identityChanges(this.#seal, next), 'strict');
    if (saved.ok) this.#value = next;
    return saved;
  }

  forgetFounding(): Promise<Result<void, DiskError>> {
    const { founding: _written, ...founded } = this.#value;
    return this.save(founded);
  }
}
