/** The disks of one computer, each of which misbehaves on command. A disk is made when it is first opened. */
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Disks } from '#lib/storage/disks.ts';
import type { Storage, StorageError } from '#lib/storage/storage.ts';
import { faultyDisk, type FaultyDisk } from '../hostile/faulty-storage.ts';

const FIRST = 'carnet';

export interface DiskShelf {
  readonly all: ReadonlyMap<string, FaultyDisk>;
  /** @param openFirst in the place of the first disk: a real backend */
  disks(openFirst?: (onNewerVersion: () => void) => Promise<Result<Storage, StorageError>>): Disks;
}

export function diskShelf(first: FaultyDisk): DiskShelf {
  const all = new Map([[FIRST, first]]);
  const disk = (name: string): FaultyDisk => {
    const known = all.get(name) ?? faultyDisk();
    all.set(name, known);
    return known;
  };
  return {
    all,
    disks: (openFirst) => ({
      open: (name, onNewerVersion) =>
        openFirst && name === FIRST ? openFirst(onNewerVersion) : disk(name).tryOpen(),
      existing: (names) => Promise.resolve(names.filter((name) => all.has(name))),
      async erase(name) {
        const erased = (await all.get(name)?.erase()) ?? ok();
        // The device's first disk is asked for by name in tests: it stays, empty.
        if (erased.ok && name !== FIRST) all.delete(name);
        return erased;
      },
    }),
  };
}
