/**
 * What a replica is given: time, randomness, a disk, a seal for that disk, and the rule that says who may do what.
 * Everything it does follows from these and from the frames it receives, so that a whole replica runs under a seed.
 *
 * The disk and the seal are described here by their shape: any backend of `storage/` fits, and this folder need not
 * know which.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import { openLocal, sealLocal, type LocalKey } from '#lib/crypto/local.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { Address } from '#lib/keys/address.ts';
import type { ChainEntry } from '#lib/keys/chain.ts';
import type { Brought } from '#lib/keys/chains.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import type { ChainNews } from '#lib/keys/grounds.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Circle } from '#lib/keys/roster-circle.ts';
import type { DeviceHex, Members } from './members.ts';

export type Key = readonly string[];

export type Change =
  | { readonly type: 'put'; readonly key: Key; readonly value: Bytes }
  | { readonly type: 'delete'; readonly key: Key }
  | { readonly type: 'deletePrefix'; readonly prefix: Key };

export interface DiskError {
  readonly type: 'quota' | 'closed' | 'version' | 'unavailable' | 'aborted';
}

/** Writes are atomic. A failed read rejects with an error that carries `error: DiskError`. */
export interface Disk {
  get(key: Key): Promise<Bytes | undefined>;
  list(
    prefix: Key,
    options?: { readonly limit?: number; readonly after?: Key },
  ): Promise<{ readonly key: Key; readonly value: Bytes }[]>;
  keys(prefix: Key): Promise<Key[]>;
  write(changes: readonly Change[], durability: 'strict' | 'relaxed'): Promise<Result<void, DiskError>>;
}

/** Seals for this device's disk. What was sealed for one place (`context`) opens at no other. */
export interface LocalSeal {
  seal(context: string, plaintext: Bytes): Promise<Bytes>;
  open(context: string, sealed: Bytes): Promise<Bytes | null>;
}

export function localSeal(key: LocalKey, random: Random): LocalSeal {
  return {
    seal: (context, plaintext) => sealLocal(key, context, plaintext, random),
    open: (context, sealed) => openLocal(key, context, sealed),
  };
}

export interface ReplicaPorts {
  readonly clock: { now(): number };
  readonly random: Random;
  readonly disk: Disk;
  readonly seal: LocalSeal;
}

/** Chain statements by address: of the chains that concern a space, what its frames have carried here. */
export type Carried = ReadonlyMap<Address, readonly ChainEntry[]>;

/** Heads of chains that a device has named, by address. */
export type Announcement = ReadonlyMap<Address, readonly Hex[]>;

/** Who may do what in a space: a pure function of its verified controls and of chains (policies.ts has the two we use). */
export interface Policy<M extends Members = Members> {
  /** Whether frames say what they build on and carry chains (keys/grounds.ts). A chain itself does not. */
  readonly hasGrounds: boolean;
  /** The body of a control that says nothing but what it names. */
  readonly note: Bytes;
  /** Those of `fresh` that are well formed and rightly signed inside. The others are tried again when more is known. */
  admit(
    fresh: readonly VerifiedControl[],
    known: readonly VerifiedControl[],
  ): Promise<readonly VerifiedControl[]>;
  /** @param upTo heads of chains, by address: judged as if no more were known of these chains, and nothing of others */
  evaluate(
    controls: readonly VerifiedControl[],
    carried: Carried,
    upTo?: ReadonlyMap<Address, readonly Hex[]>,
  ): M;
  /** Controls that a control carries inside: those since the rotation before, in a rotation (rule 20). */
  carries(content: Bytes): readonly { readonly epoch: number; readonly statement: Bytes }[];
  /** Signing keys that a control, or what a frame carries, brings along for devices whose id is the hash of them. They give no right. */
  introduces(
    content: Bytes,
    chains: readonly ChainNews[],
  ): readonly { readonly device: DeviceHex; readonly signing: Bytes }[];
  /**
   * `carried` with what these frames bring, in whatever order they came; and of each frame whether that is good. One that
   * names heads of which something is not here is incomplete: what its author's words before it carry may still come.
   */
  carry(
    frames: readonly (readonly ChainNews[])[],
    carried: Carried,
  ): Promise<{ readonly carried: Carried; readonly brought: readonly Brought[] }>;
  /**
   * Whose chains matter here, by controls whose signatures are good (`controls`) and by statements of which only a founding
   * is believed (`claimed`): chains of others are not taken in.
   */
  circle(
    controls: readonly VerifiedControl[],
    carried: Carried,
    claimed?: readonly VerifiedControl[],
  ): Circle;
  /**
   * What a frame of this device has to say of chains, given the heads it named last (by address), the controls it knows and
   * the one it says, if it does: no more than there is room for, and of owners first.
   */
  chainNews(
    announced: Announcement,
    carried: Carried,
    given: {
      readonly controls: readonly VerifiedControl[];
      readonly owners: readonly Address[];
      readonly content: Bytes | null;
      readonly room: number;
    },
  ): readonly ChainNews[];
  /** All that is known of the chains that matter here, whether it counts or not; those of owners first. */
  chainsKnown(
    carried: Carried,
    given: { readonly controls: readonly VerifiedControl[]; readonly owners: readonly Address[] },
  ): ReadonlyMap<Address, readonly Bytes[]>;
  /** The heads of chains that it has named with this news. */
  chainsTold(announced: Announcement, carried: Carried, news: readonly ChainNews[]): Announcement;
  /** Controls of this device's own people that counted and do not any more, for want of somebody who names them (rule 11). */
  groundless(before: M, after: M): readonly Hex[];
}
