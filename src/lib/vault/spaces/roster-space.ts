/**
 * A space with a roster, and the keys of its epochs that this device holds.
 *
 * Guarantees: keys that arrive are kept before they are used; writers use the epoch that the roster says; a box that does
 * not hold what everybody was told of is complained of once.
 */
import { hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { ChainState } from '#lib/keys/chain.ts';
import { createChains, type Chains } from '#lib/keys/chains.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import type { Address } from '#lib/keys/address.ts';
import { epochId, type EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex, SpaceId } from '#lib/keys/ids.ts';
import { evaluateRoster, type RosterState } from '#lib/keys/roster.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { recipientsOf, sealEpochs, type RecipientKey } from '#lib/keys/rotations.ts';
import type { RosterMembers } from '#lib/replica/policies.ts';
import type { EditError, Replica } from '#lib/replica/replica.ts';
import { deriveRing, mergeRings, openRotations, sameRing, type Ring } from './keyring.ts';
import type { Line } from './line.ts';
import { rotateSpace } from './rotation.ts';

export interface OpenSpace {
  readonly id: SpaceId;
  readonly replica: Replica;
  /** As the replica has them: oldest first, the one in use last. */
  readonly epochs: () => readonly EpochKeys[];
}

export interface RosterSpaceOptions {
  readonly id: SpaceId;
  readonly device: DeviceKeys;
  readonly random: Random;
  readonly kit?: RecipientKey | undefined;
  /** What it holds keys of so far, and the replica made with them. */
  readonly ring: Ring;
  readonly keys: readonly EpochKeys[];
  readonly replica: Replica;
  readonly line: Line;
  readonly keep: (ring: Ring) => Promise<Result<unknown, EditError>>;
  /** The topics or keys of the space have changed. */
  readonly onKeys: () => void;
}

export class RosterSpace implements OpenSpace {
  readonly id: SpaceId;
  readonly replica: Replica;
  /** Whether its frames were read from the disk. Until then nothing is known of it. */
  isLoaded = false;
  /** This device, by its id. */
  readonly device: Hex;
  readonly #options: RosterSpaceOptions;
  readonly #complained = new Set<string>();
  #ring: Ring;
  #keys: readonly EpochKeys[];

  constructor(options: RosterSpaceOptions) {
    this.#options = options;
    this.id = options.id;
    this.replica = options.replica;
    this.device = hex(options.device.id);
    this.#ring = options.ring;
    this.#keys = options.keys;
  }

  readonly epochs = (): readonly EpochKeys[] => this.#keys;

  roster(): RosterState {
    return this.#members().roster ?? evaluateRoster(this.id, [], this.#chains());
  }

  /** Whether its founding, and the key of the epoch that is in use, have come. */
  hasKey(): boolean {
    const { current } = this.roster();
    return current !== null && this.#keys.some(({ id }) => hex(id) === current.id);
  }

  /** Secret. What is handed to another owner: the keys of every epoch that the roster tells of and that are held here. */
  secrets(): Ring {
    const told = new Set(this.roster().epochs.map(({ id }) => id));
    return this.#ring.filter((one) => told.has(hex(epochId(one))));
  }

  /** The chain of an owner, or of whoever a statement here lets join, as far as it is known. */
  chain(address: Address): ChainState | undefined {
    return this.#chains().state(address);
  }

  /** Whether a device has written here that is out. */
  hasRevoked(): boolean {
    const members = this.replica.members();
    return [...this.roster().clientIds.keys()].some((device) => members.isRevoked(device));
  }

  /** Adds epochs to the ring, keeps them and writes under the one that the roster says. Only in the line. */
  async learn(more: Ring): Promise<Result<void, EditError>> {
    const opened = await openRotations({
      space: this.id,
      ring: this.#ring,
      roster: this.roster(),
      controls: this.replica.controls(),
      chains: this.#chains(),
      device: this.#options.device,
      kit: this.#options.kit,
    });
    await this.#complain(opened.wrong);
    const merged = mergeRings(this.#ring, [...more, ...opened.ring], this.roster());
    if (sameRing(merged, this.#ring)) return ok();
    if (merged.length > this.#ring.length) {
      const kept = await this.#options.keep(merged);
      if (!kept.ok) return kept;
    }
    this.#ring = merged;
    this.#keys = await deriveRing(this.id, merged);
    const used = await this.replica.useEpochs(this.#keys);
    this.#options.onKeys();
    return used;
  }

  /**
   * A new epoch for everybody who is an owner now; who was removed or revoked reads no further.
   * @param under the epoch that it is read under, for whom later ones have passed by
   */
  async rotate(under?: EpochKeys): Promise<Result<void, EditError>> {
    const { device, random, line } = this.#options;
    const done = await rotateSpace({
      space: this.id,
      replica: this.replica,
      members: { roster: this.roster(), chains: this.#chains() },
      epochs: this.#keys,
      seal: (boxes) => sealEpochs({ ...boxes, sender: device, random }),
      random,
      under,
    });
    if (!done.ok) return done;
    // Our own box is among them, so a crash right here loses nothing: the keys are opened at the next start.
    return line.run(() => this.learn([done.value]));
  }

  /**
   * Hands the keys that are held here to every device and the kit of an owner. Said under the first epoch, which every owner was
   * given: under the current one whom it is for might not read it.
   */
  async grant(address: Address): Promise<Result<void, EditError>> {
    const { device, random, id: space } = this.#options;
    const { recipients, unknown } = recipientsOf([address], (one) => this.chain(one));
    const first = this.#keys.find(({ epoch }) => epoch === 0);
    if (unknown.length > 0 || !first) return fail({ type: 'incomplete' });
    const epochs = this.secrets();
    const boxes = await sealEpochs({ space, epochs, recipients, sender: device, random });
    const ids = epochs.map((secrets) => hex(epochId(secrets)));
    const body = encodeRosterBody({ type: 'grant', address, epochs: ids, boxes });
    const granted = await this.replica.control(body, first);
    return granted.ok ? ok() : granted;
  }

  /** Says once, where everybody reads it, that what is in this device's box is not what they were told of (rule 26). */
  async #complain(wrong: readonly string[]): Promise<void> {
    const self = hex(this.#options.device.id);
    for (const epoch of wrong) {
      const isSaid = this.roster().complaints.some((one) => one.device === self && one.epoch === epoch);
      if (isSaid || this.#complained.has(epoch)) continue;
      this.#complained.add(epoch);
      await this.replica.control(encodeRosterBody({ type: 'complaint', id: epoch }));
    }
  }

  /** None before it is loaded. */
  #members(): Partial<RosterMembers> {
    return this.replica.members();
  }

  #chains(): Chains {
    return this.#members().chains ?? createChains(new Map());
  }
}
