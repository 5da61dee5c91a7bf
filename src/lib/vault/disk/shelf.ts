/**
 * The carnets of this computer. Each has a disk of its own, so that each has its own lock, and none shows that there are others:
 * identifiant and password alone decide which of them opens.
 *
 * Guarantees: of a disk that is not in use only the slots are read, the name that its person wishes shown, and whether it belongs to an account; an account never comes
 * onto a disk that another one has.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, type Result } from '#lib/bytes/result.ts';
import type { Address } from '#lib/keys/address.ts';
import { chainSpaceId } from '#lib/keys/chain.ts';
import { layoutOf } from '#lib/replica/layout.ts';
import type { Disks } from '#lib/storage/disks.ts';
import type { Storage, StorageError } from '#lib/storage/storage.ts';
import { KEYS } from './layout.ts';

const FIRST = 'carnet';
/** More people than share a computer. */
const MOST = 9;
const NAMES = Array.from({ length: MOST }, (_, n) => (n === 0 ? FIRST : `${FIRST}-${n + 1}`));

type Opened = Promise<Result<Storage, StorageError>>;

/** A disk on which an account stands. */
export interface Carnet {
  readonly storage: Storage;
  /** From now on it is the one in use. */
  readonly use: () => void;
}

export class Shelf {
  readonly #disks: Disks;
  readonly #onNewerVersion: () => void;
  readonly #open = new Map<string, Opened>();
  #inUse = FIRST;

  /** @param onNewerVersion a newer version of the program has taken over the disk in use */
  constructor(disks: Disks, onNewerVersion: () => void) {
    this.#disks = disks;
    this.#onNewerVersion = onNewerVersion;
  }

  /** The disk in use. The first one there is, until something else was chosen: that it opens shows that any would. */
  current(): Opened {
    return this.#disk(this.#inUse);
  }

  /**
   * Finds out whether what is written is kept, before anything is asked of a person: a private window may open a disk and refuse
   * every write to it. What is kept already is not written to.
   */
  async tryOut(): Promise<void> {
    const first = await this.current();
    if (!first.ok || (await this.carnets()).length > 0) return;
    const key = ['tried'];
    const kept = await first.value.write(
      [
        { type: 'put', key, value: Uint8Array.of(1) },
        { type: 'delete', key },
      ],
      'strict',
    );
    if (!kept.ok) this.#open.set(FIRST, Promise.resolve(kept));
  }

  /** Every disk on which an account stands. One that does not open hides none of the others. */
  async carnets(): Promise<readonly Carnet[]> {
    const found: Carnet[] = [];
    for (const name of await this.#disks.existing(NAMES)) {
      const disk = await this.#disk(name);
      if (disk.ok && (await slotsOn(disk.value)).length > 0)
        found.push({ storage: disk.value, use: () => (this.#inUse = name) });
    }
    return found;
  }

  /** Where an account comes that is new here: a disk without one, emptied of what nothing opens any more. It is in use then. */
  async free(): Opened {
    let leftover: string | null = null;
    for (const name of NAMES) {
      const disk = await this.#disk(name);
      if (!disk.ok) return disk;
      const isEmpty = (await disk.value.keys([])).length === 0;
      // What lost its slots may still be of use to whoever has the kit: it goes last.
      if (!isEmpty && (await slotsOn(disk.value)).length === 0) leftover ??= name;
      if (!isEmpty) continue;
      this.#inUse = name;
      return disk;
    }
    if (leftover === null) return fail({ type: 'quota' });
    const disk = await this.#disk(leftover);
    const emptied = disk.ok ? await wipe(disk.value) : disk;
    if (emptied.ok) this.#inUse = leftover;
    return emptied.ok ? disk : emptied;
  }

  /** Where the account of this address comes: onto the disk where it stood, its slots lost or not, else beside the others. It is in use then. */
  async placeOf(address: Address): Opened {
    const chain = layoutOf(chainSpaceId(address)).live;
    for (const name of await this.#disks.existing(NAMES)) {
      const disk = await this.#disk(name);
      if (!disk.ok || (await disk.value.keys(chain)).length === 0) continue;
      this.#inUse = name;
      return disk;
    }
    return this.free();
  }

  /** Takes the disk in use away with all that is on it. Nothing of it may be at work any more. */
  async erase(): Promise<Result<void, StorageError>> {
    const name = this.#inUse;
    const disk = await this.#disk(name);
    // Emptied first: what holds up the browser in taking it away is then nothing to anybody.
    const emptied = disk.ok ? await wipe(disk.value) : disk;
    await this.close();
    const erased = await this.#disks.erase(name);
    return emptied.ok ? erased : emptied;
  }

  /** Lets go of every disk; what is asked for next is opened again. */
  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    this.#inUse = FIRST;
    for (const disk of await Promise.all(all)) if (disk.ok) await disk.value.close();
  }

  #disk(name: string): Opened {
    const known = this.#open.get(name);
    if (known) return known;
    const opened = this.#disks.open(name, () => {
      if (name === this.#inUse) this.#onNewerVersion();
    });
    this.#open.set(name, opened);
    return opened;
  }
}

function wipe(storage: Storage): Promise<Result<void, StorageError>> {
  return storage.write([{ type: 'deletePrefix', prefix: [] }], 'strict');
}

/** Both copies of the slot, a damaged one too; empty when there is no account there. */
export async function slotsOn(storage: Storage): Promise<readonly Bytes[]> {
  const copies = await Promise.all(KEYS.slot.map((key) => storage.get(key)));
  return copies.filter((slot) => slot !== undefined);
}
