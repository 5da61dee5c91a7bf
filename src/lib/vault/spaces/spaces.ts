/**
 * The spaces of an account, kept in step:
 *
 *   chain     tells the devices        → by which the others judge authors
 *   account   tells the epochs of the records, and whatever else own devices share
 *   records   hold health records, one each; opened when they are asked for
 *
 * Guarantees: when the chain changes, the others are judged again; what their frames carry of the chain reaches it, so that
 * the relay cannot keep a revocation back from whoever hears a word of it; when a rotation arrives, its keys are opened,
 * kept and used. All of it runs in one line, so that two changes never race.
 * Leaves out: the network (account/), and what to put into a record.
 */
import { equal, hex } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Address } from '#lib/keys/address.ts';
import {
  chainEpoch,
  chainSpaceId,
  evaluateChain,
  type ChainEntry,
  type ChainState,
} from '#lib/keys/chain.ts';
import { openDevice, type DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, epochId, type EpochKeys } from '#lib/keys/epoch.ts';
import type { Hex, SpaceId } from '#lib/keys/ids.ts';
import { epochKeys } from '#lib/record/sections/account.ts';
import { chainEntries, chainPolicy, rosterPolicy, type ChainMembers } from '#lib/replica/policies.ts';
import type { DiskError, LocalSeal, Policy } from '#lib/replica/ports.ts';
import type { RecipientKey } from '#lib/keys/rotations.ts';
import { createReplica, type EditError, type Replica } from '#lib/replica/replica.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { Environment } from '#lib/vault/environment.ts';
import type { Identity } from '#lib/vault/entry/identity.ts';
import { foundAccount } from './founding.ts';
import { deriveRing, epochEdit, ringOf, type Ring } from './keyring.ts';
import { Line } from './line.ts';
import { RosterSpace, type OpenSpace } from './roster-space.ts';

export interface SpacesOptions {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly identity: Identity;
  /** Opens boxes too, while an account is recovered. */
  readonly kit?: RecipientKey;
  /** Keeps what changed of the identity: the epochs of the account space. */
  readonly saveAccountEpochs: (epochs: Ring) => Promise<Result<void, DiskError>>;
  /** The first frames of the founding device are all written. */
  readonly onFounded: () => Promise<Result<void, DiskError>>;
  /** The topics or keys of a space have changed. */
  readonly onKeys: () => void;
}

type Chains = ReadonlyMap<Address, readonly ChainEntry[]>;

export async function openSpaces(options: SpacesOptions): Promise<Spaces> {
  const { address, account, chain, device, bundle } = options.identity;
  return new Spaces(options, {
    device: await openDevice(device, bundle),
    chain: await deriveEpoch(chainSpaceId(address), chainEpoch(address, chain)),
    account: await deriveRing(account.space, account.epochs),
  });
}

interface Keys {
  readonly device: DeviceKeys;
  readonly chain: EpochKeys;
  readonly account: readonly EpochKeys[];
}

export class Spaces {
  readonly device: DeviceKeys;
  readonly chain: OpenSpace;
  readonly account: RosterSpace;
  readonly #options: SpacesOptions;
  readonly #line = new Line();
  readonly #records = new Map<Hex, RosterSpace>();
  readonly #opening = new Map<RosterSpace, Promise<Result<void, EditError>>>();
  #chains: Chains = new Map();
  #chainLoaded: Promise<Result<unknown, EditError>> | null = null;
  #loaded: Promise<Result<void, EditError>> | null = null;

  constructor(options: SpacesOptions, keys: Keys) {
    const { address, account } = options.identity;
    this.#options = options;
    this.device = keys.device;
    const id = chainSpaceId(address);
    const replica = this.#replica(id, chainPolicy(address), [keys.chain]);
    this.chain = { id, replica, epochs: () => [keys.chain] };
    this.account = this.#rosterSpace(account.space, options.saveAccountEpochs, account.epochs, keys.account);
    this.#follow();
  }

  chainState(): ChainState {
    const members = this.chain.replica.members() as Partial<ChainMembers>;
    return members.chain ?? evaluateChain(this.#options.identity.address, []);
  }

  /** Reads the chain and the account space. */
  load(): Promise<Result<void, EditError>> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** A record by its space, opened or not. */
  record(id: SpaceId): RosterSpace {
    if ([this.chain, this.account].some((space) => equal(space.id, id)))
      throw new Error('chain and account space are no records');
    const known = this.#records.get(hex(id));
    if (known) return known;
    const record = this.#rosterSpace(id, (ring) => this.#keepRing(id, ring));
    this.#records.set(hex(id), record);
    record.replica.subscribe(({ type }) => {
      if (type === 'chains') this.#later(() => this.#learnChain(record));
      if (type === 'members') this.#later(() => this.#learnRecord(record));
    });
    return record;
  }

  /** Reads a record's frames and learns its keys; the founding device writes its first ones. @param ring of a new one */
  open(record: RosterSpace, ring: Ring = []): Promise<Result<void, EditError>> {
    const opening = this.#opening.get(record) ?? this.#open(record, ring);
    this.#opening.set(record, opening);
    return opening;
  }

  /** The records that were opened. */
  records(): readonly RosterSpace[] {
    return [...this.#records.values()].filter(({ isLoaded }) => isLoaded);
  }

  /** All spaces that are open. */
  all(): readonly OpenSpace[] {
    return [this.chain, this.account, ...this.records()];
  }

  /** Looks again at what waits for a change that came before the tab was killed. */
  refresh(): Promise<void> {
    return this.#line.run(async () => {
      for (const { replica } of [this.account, ...this.records()]) await replica.refresh();
    });
  }

  /** Ends what follows from changes that came in so far. */
  settled(): Promise<void> {
    return this.#line.settled();
  }

  async close(): Promise<void> {
    await Promise.all(this.#opening.values());
    await this.#line.settled();
    for (const { replica } of [this.chain, this.account, ...this.#records.values()]) await replica.close();
  }

  async #load(): Promise<Result<void, EditError>> {
    this.#chainLoaded = this.chain.replica.load();
    const chain = await this.#chainLoaded;
    if (!chain.ok) return chain;
    this.#readChain();
    const account = await this.account.replica.load();
    if (!account.ok) return account;
    this.account.isLoaded = true;
    return ok();
  }

  async #open(record: RosterSpace, ring: Ring): Promise<Result<void, EditError>> {
    const known = this.load();
    // It needs the directory of devices and nothing of the account space: while one waits for the disk, the other is unsealed.
    const chain = await this.#chainLoaded;
    if (chain?.ok === false) return chain;
    this.#readChain();
    const [account, loaded] = await Promise.all([known, record.replica.load()]);
    for (const read of [account, loaded]) if (!read.ok) return read;
    const learnt = await this.#line.run(() => record.learn([...this.#ringOf(record.id), ...ring]));
    if (!learnt.ok) return learnt;
    record.isLoaded = true;
    return this.#found(record);
  }

  /** The first frames of the account, on the device that founded it. */
  async #found(record: RosterSpace): Promise<Result<void, EditError>> {
    const { identity, onFounded } = this.#options;
    const { founding } = identity;
    if (!founding || hex(record.id) !== hex(identity.record)) return ok();
    const done = await foundAccount(
      this,
      record,
      { ...identity, founding },
      {
        learnRecord: () => this.#line.run(() => this.#learnRecord(record)),
        readChain: () => this.#readChain(),
      },
    );
    return done.ok ? onFounded() : done;
  }

  #follow(): void {
    this.chain.replica.subscribe(({ type }) => {
      if (type !== 'members') return;
      this.#later(async () => {
        this.#readChain();
        await this.account.replica.refresh();
        for (const { replica } of this.records()) await replica.refresh();
      });
    });
    this.account.replica.subscribe(({ type }) => {
      if (type === 'chains') this.#later(() => this.#learnChain(this.account));
      if (type === 'members') this.#later(() => this.account.learn([]));
      if (type === 'record')
        for (const record of this.records()) this.#later(() => this.#learnRecord(record));
    });
  }

  /** A failure of the disk leaves things as they were; the next change, or the next start, brings them up again. */
  #later(work: () => Promise<unknown>): void {
    void this.#line.run(work);
  }

  async #learnRecord(record: RosterSpace): Promise<void> {
    if (record.isLoaded) await record.learn(this.#ringOf(record.id));
  }

  /** What frames carry of this account's chain, the relay may have kept back there. */
  async #learnChain({ replica }: RosterSpace): Promise<void> {
    const known = new Set(this.chain.replica.controls().map(({ id }) => hex(id)));
    const carried = replica.carried().get(this.#options.identity.address) ?? [];
    const fresh = carried.filter(({ control }) => !known.has(hex(control.id)));
    if (fresh.length > 0)
      await this.chain.replica.takeStatements(fresh.map(({ control }) => control.statement));
  }

  #readChain(): void {
    const { address } = this.#options.identity;
    this.#chains = new Map([[address, chainEntries(this.chain.replica.controls())]]);
  }

  /** What own devices have told each other of a record's epochs. */
  #ringOf(id: SpaceId): Ring {
    // Deleted ones too: nobody takes a key away from those who had it.
    return ringOf(id, [...(this.account.replica.record().entries.get(epochKeys.id)?.values() ?? [])]);
  }

  #keepRing(id: SpaceId, ring: Ring): Promise<Result<unknown, EditError>> {
    const known = new Set(this.#ringOf(id).map((one) => hex(epochId(one))));
    const fresh = ring.filter((one) => !known.has(hex(epochId(one))));
    return fresh.length === 0
      ? Promise.resolve(ok())
      : this.account.replica.edit(fresh.map((one) => epochEdit(id, one)));
  }

  #rosterSpace(
    id: SpaceId,
    keep: (ring: Ring) => Promise<Result<unknown, EditError>>,
    ring: Ring = [],
    keys: readonly EpochKeys[] = [],
  ): RosterSpace {
    const policy = rosterPolicy(id, this.#options.identity.address, () => this.#chains);
    return new RosterSpace({
      ...{ id, ring, keys, keep, device: this.device, random: this.#options.env.random },
      kit: this.#options.kit,
      replica: this.#replica(id, policy, keys),
      line: this.#line,
      onKeys: this.#options.onKeys,
    });
  }

  #replica(space: SpaceId, policy: Policy, epochs: readonly EpochKeys[]): Replica {
    const { env, storage, seal } = this.#options;
    const { id, signer } = this.device;
    const ports = { clock: env.clock, random: env.random, disk: storage, seal };
    return createReplica({ space, epochs, self: { id, signer }, policy, ports, rotates: true });
  }
}
