/**
 * Which records this account has, and how this device calls them: one's own `moi`, each other by an id that stands in
 * addresses and on the disk, looks random, and means nothing on any other device. It follows from a secret of this device, so
 * that a list that rots is made again with the same ids, and what is stored under them is found. Kept sealed, so that an
 * address leads to its record before the account space is read.
 *
 *   id                HKDF-SHA256(signing seed of the device, salt = space, "carnet/local-record/v1")[0:16], base64url
 *   account/records   JSON  n × { id, space: bytes, firstName, lastName }     without one's own
 */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { equal, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { hkdfSha256, labelBytes } from '#lib/crypto/hash.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import type { Entry } from '#lib/record/entry.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { KEYS, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';
import { OWN_RECORD, type RecordId, type RecordSummary } from '#lib/vault/door/door.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';

const ID_BYTES = 16;
/** Beside one's own. Each is opened at every unlock, so that a device of the account must not list any number. */
const MAX_RECORDS = 63;

interface Listed extends RecordSummary {
  readonly space: SpaceId;
}

export interface DirectoryOptions {
  readonly storage: Storage;
  readonly seal: LocalSeal;
  /** Secret of this device. */
  readonly secret: Bytes;
  readonly own: Listed;
  /** Spaces of the account that are no records, whatever its entries say. */
  readonly reserved: readonly SpaceId[];
  readonly onChange: () => void;
}

export function ownListed(space: SpaceId, { firstName, lastName }: Owner): Listed {
  return { id: OWN_RECORD, space, firstName, lastName };
}

export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const kept = await sealedGet(options.storage, options.seal, KEYS.records);
  return new Directory(options, (kept && decodeJson<Listed[]>(kept)) ?? []);
}

export class Directory {
  readonly #options: DirectoryOptions;
  #others: readonly Listed[];

  constructor(options: DirectoryOptions, others: readonly Listed[]) {
    this.#options = options;
    this.#others = others;
  }

  /** One's own first, then by name. */
  list(): RecordSummary[] {
    const others = [...this.#others].sort(
      (a, b) =>
        compareText(a.firstName, b.firstName) ||
        compareText(a.lastName, b.lastName) ||
        compareText(a.id, b.id),
    );
    return [this.#options.own, ...others].map(({ id, firstName, lastName }) => ({ id, firstName, lastName }));
  }

  spaceOf(id: RecordId): SpaceId | null {
    return this.#all().find((one) => one.id === id)?.space ?? null;
  }

  idOf(space: SpaceId): RecordId | null {
    return this.#all().find((one) => equal(one.space, space))?.id ?? null;
  }

  isFull(): boolean {
    return this.#others.length >= MAX_RECORDS;
  }

  /** Takes in what the account space lists. */
  async take(entries: readonly Entry[]): Promise<void> {
    const known = new Set([...this.#options.reserved, ...this.#all().map(({ space }) => space)].map(hex));
    const oldestFirst = [...entries].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    const fresh = oldestFirst.flatMap(({ fields }): Listed[] => {
      const space = fields['kind'] === 'record' ? fromBase64url(String(fields['space'])) : null;
      if (space?.length !== 32 || known.has(hex(space))) return [];
      known.add(hex(space));
      return [{ id: localId(this.#options.secret, space), space, firstName: '', lastName: '' }];
    });
    const room = MAX_RECORDS - this.#others.length;
    if (fresh.length > 0 && room > 0) await this.#save([...this.#others, ...fresh.slice(0, room)]);
  }

  /** Whose record it is, as the record says. */
  async name(id: RecordId, { firstName, lastName }: Owner): Promise<void> {
    const known = this.#others.find((one) => one.id === id);
    if (!known || (known.firstName === firstName && known.lastName === lastName)) return;
    await this.#save(this.#others.map((one) => (one.id === id ? { ...one, firstName, lastName } : one)));
  }

  #all(): readonly Listed[] {
    return [this.#options.own, ...this.#others];
  }

  /** What could not be written is found again, under the same ids, at the next start. */
  async #save(others: readonly Listed[]): Promise<void> {
    const { storage, seal, onChange } = this.#options;
    this.#others = others;
    await storage.write([await sealedPut(seal, KEYS.records, encodeJson(others))], 'strict');
    onChange();
  }
}

/** How a device calls a space; nobody who lacks its secret can tell which one. */
function localId(secret: Bytes, space: SpaceId): RecordId {
  return toBase64url(hkdfSha256(secret, space, labelBytes(LABELS.localRecord), ID_BYTES));
}

function compareText(a: string, b: string): number {
  return a.localeCompare(b, 'fr');
}
