/**
 * What one seed plays with: the devices, the relay, who knows what of the chains and of the keys, and the journal of what
 * was said and shown.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { Address } from '#lib/keys/address.ts';
import type { ChainEntry } from '#lib/keys/chain.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Edit } from '#lib/record/entry.ts';
import type { FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import type { SeededRandom } from '../helpers/tools/random.ts';
import type { ReplicaWorld, WorldDevice } from '../helpers/worlds/replica-world.ts';
import type { EvilRelay } from './evil-relay.ts';

export type Put = Extract<Edit, { type: 'put' }>;

/** One process over one disk: a person's, or a thief's who copied the disk. */
export interface Actor {
  device: WorldDevice;
  readonly isThief: boolean;
  /** Of each author the words that this device has shown as counting: the heads of its lanes, by number. */
  shown: Map<Hex, Map<Hex, number>>;
}

/** What somebody wrote in the health record, and their device acknowledged. */
export interface Word {
  readonly puts: readonly Put[];
  readonly author: Hex;
  readonly actor: Actor;
  readonly saying: Hex;
  readonly seq: number;
  /** The relay has acknowledged it. */
  isSent: boolean;
  /** It was on a disk that was replaced by an older copy. */
  isGone: boolean;
}

export interface Journal {
  readonly words: Word[];
  readonly log: string[];
  readonly problems: string[];
}

/** A copy of a disk, and of what its device kept beside the space. */
export interface Backup {
  readonly name: string;
  readonly disk: FaultyDisk;
  readonly knows: Pick<WorldDevice, 'chains' | 'ring'>;
  readonly shown: Actor['shown'];
}

export interface Scene {
  readonly world: ReplicaWorld;
  readonly relay: EvilRelay;
  readonly random: SeededRandom;
  readonly journal: Journal;
  readonly actors: Actor[];
  /** Names of devices that nobody has linked yet. */
  readonly unlinked: string[];
  readonly backups: Backup[];
  /** Devices whose keys were in use in two places. */
  readonly doubled: Set<Hex>;
  /** Chain statements that the relay has. */
  readonly published: Set<Hex>;
  /** What the devices of an account tell each other beside the record: the keys of epochs. */
  readonly shared: Map<Address, Set<EpochKeys>>;
  /** The keys in the boxes of a grant, by its saying. */
  readonly granted: Map<Hex, ReadonlySet<EpochKeys>>;
  /** Devices that somebody revoked. */
  readonly revoked: Hex[];
  /** An entry that several devices change. */
  readonly entry: string;
}

export const idOf = ({ control }: ChainEntry): Hex => hex(control.id);

export function must<T>(result: { ok: true; value: T } | { ok: false; error: { type: string } }): T {
  if (!result.ok) throw new Error(result.error.type);
  return result.value;
}
