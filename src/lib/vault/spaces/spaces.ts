/**
 * The spaces of an account, opened together and kept in step:
 *
 *   chain     tells the devices        → by which the other two judge authors
 *   account   tells the epochs of the record, and whatever else own devices share
 *   record    holds the health record
 *
 * Guarantees: when the chain changes, the others are judged again; what their frames carry of the chain reaches it, so that
 * the relay cannot keep a revocation back from whoever hears a word of it; when a rotation arrives, its keys are opened,
 * kept and used. All of it runs in one line, so that two changes never race.
 * Leaves out: the network (account.ts), and what to put into the record.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Address } from '#lib/keys/address.ts';
import {
  chainEpoch,
  chainSpaceId,
  evaluateChain,
  type ChainEntry,
  type ChainState,
} from '#lib/keys/chain.ts';
import { createChains, type Chains } from '#lib/keys/chains.ts';
import { openDevice, type DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, epochId, type EpochKeys } from '#lib/keys/epoch.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import { evaluateRoster, type RosterState } from '#lib/keys/roster.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { sealEpochs } from '#lib/keys/rotations.ts';
import type { Edit } from '#lib/record/entry.ts';
import {
  devices,
  epochKeys,
  identity as ownIdentity,
  SINGLE_ENTRY,
  spaces,
} from '#lib/record/sections/account.ts';
import {
  chainEntries,
  chainPolicy,
  rosterPolicy,
  type ChainMembers,
  type RosterMembers,
} from '#lib/replica/policies.ts';
import type { DiskError, LocalSeal, Policy } from '#lib/replica/ports.ts';
import { createReplica, type EditError, type Replica } from '#lib/replica/replica.ts';
import type { Storage } from '#lib/storage/storage.ts';
import type { Environment } from '#lib/vault/environment.ts';
import type { Identity } from '#lib/vault/entry/identity.ts';
import { deriveRing, epochEdit, mergeRings, openRotations, ringOf, sameRing, type Ring } from './keyring.ts';
import { livingEntries } from '#lib/vault/record/read-model.ts';
import { rotateSpace } from './rotation.ts';

export interface OpenSpace {
  readonly id: SpaceId;
  readonly replica: Replica;
  /** As the replica has them: oldest first, the one in use last. */
  readonly epochs: () => readonly EpochKeys[];
}

export interface RosterSpace extends OpenSpace {
  roster(): RosterState;
}

export interface Spaces {
  readonly device: DeviceKeys;
  readonly chain: OpenSpace;
  readonly account: RosterSpace;
  readonly record: RosterSpace;
  chainState(): ChainState;
  /** Loads the record too. Until then only chain and account are there. */
  load(): Promise<Result<void, EditError>>;
  /**
   * A new epoch for everybody who is still a member; what was pinned or removed reads no further.
   * @param under the epoch that it is read under, for whom later ones have passed by: it carries what was said in those
   */
  rotate(space: RosterSpace, under?: EpochKeys): Promise<Result<void, EditError>>;
  /** Looks again at what waits for a change that came before the tab was killed. */
  refresh(): Promise<void>;
  /** Ends what follows from changes that came in so far. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface SpacesOptions {
  readonly env: Environment;
  readonly storage: Storage;
  readonly seal: LocalSeal;
  readonly identity: Identity;
  /** Keeps what changed of the identity: the epochs of the account space. */
  readonly saveAccountEpochs: (epochs: Ring) => Promise<Result<void, DiskError>>;
  /** The first frames of the founding device are all written. */
  readonly onFounded: () => Promise<Result<void, DiskError>>;
  /** The topics or keys of a space have changed. */
  readonly onKeys: () => void;
}

export async function openSpaces(options: SpacesOptions): Promise<Spaces> {
  const { env, storage, seal, identity } = options;
  const { address, founding } = identity;
  const ports = { clock: env.clock, random: env.random, disk: storage, seal };
  const device = await openDevice(identity.device, identity.bundle);
  const self = { id: device.id, signer: device.signer };
  let chains: ReadonlyMap<Address, readonly ChainEntry[]> = new Map();
  let line: Promise<void> = Promise.resolve();

  function openSpace(id: SpaceId, policy: Policy, epochs: readonly EpochKeys[]): Replica {
    return createReplica({ space: id, epochs, self, policy, ports, rotates: true });
  }

  const chainId = chainSpaceId(address);
  const chainKeys = [await deriveEpoch(chainId, chainEpoch(address, identity.chain))];
  const chain = openSpace(chainId, chainPolicy(address), chainKeys);
  const chainState = (): ChainState =>
    (chain.members() as Partial<ChainMembers>).chain ?? evaluateChain(address, []);

  async function rosterSpace(
    id: SpaceId,
    first: Ring,
    keep: (ring: Ring) => Promise<Result<unknown, EditError>>,
  ) {
    let ring = first;
    let keys = await deriveRing(id, ring);
    const replica = openSpace(
      id,
      rosterPolicy(id, address, () => chains),
      keys,
    );
    const members = () => replica.members() as Partial<RosterMembers>;
    const known = (): Chains => members().chains ?? createChains(chains);
    const roster = (): RosterState => members().roster ?? evaluateRoster(id, [], known());
    const complained = new Set<string>();

    /** Adds epochs to the ring, keeps them and writes under the one that the roster says. */
    async function learn(more: Ring): Promise<Result<void, EditError>> {
      const opened = await openRotations({
        space: id,
        ring,
        roster: roster(),
        controls: replica.controls(),
        chains: known(),
        device,
      });
      await complain(opened.wrong);
      const merged = mergeRings(ring, [...more, ...opened.ring], roster());
      if (sameRing(merged, ring)) return ok();
      if (merged.length > ring.length) {
        const kept = await keep(merged);
        if (!kept.ok) return kept;
      }
      ring = merged;
      keys = await deriveRing(id, ring);
      const used = await replica.useEpochs(keys);
      options.onKeys();
      return used;
    }

    /** Says once, where everybody reads it, that what is in this device's box is not what they were told of (rule 26). */
    async function complain(wrong: readonly string[]): Promise<void> {
      for (const epoch of wrong) {
        const isSaid = roster().complaints.some(
          (one) => one.device === hex(device.id) && one.epoch === epoch,
        );
        if (isSaid || complained.has(epoch)) continue;
        complained.add(epoch);
        await replica.control(encodeRosterBody({ type: 'complaint', id: epoch }));
      }
    }
    return { id, replica, roster, known, learn, epochs: () => keys, ring: () => ring };
  }

  const account = await rosterSpace(
    identity.account.space,
    identity.account.epochs,
    options.saveAccountEpochs,
  );
  const recordRing = (): Ring =>
    ringOf(identity.record, livingEntries(account.replica.record(), epochKeys.id));
  const record = await rosterSpace(identity.record, [], (ring) => {
    const known = recordRing();
    const isKnown = (one: Ring[number]) => known.some((other) => hex(epochId(other)) === hex(epochId(one)));
    const fresh = ring.filter((one) => !isKnown(one));
    return fresh.length === 0
      ? Promise.resolve(ok())
      : account.replica.edit(fresh.map((one) => epochEdit(identity.record, one)));
  });

  function inLine<T>(work: () => Promise<T>): Promise<T> {
    const done = line.then(work);
    line = done.then(() => {});
    return done;
  }

  /** A failure of the disk leaves things as they were; the next change, or the next start, brings them up again. */
  const later = (work: () => Promise<unknown>): void => void inLine(work);

  const readChain = (): void => void (chains = new Map([[address, chainEntries(chain.controls())]]));
  const learnRecord = () => record.learn(recordRing());
  let recordLoaded = false;

  chain.subscribe(({ type }) => {
    if (type !== 'members') return;
    later(async () => {
      readChain();
      await account.replica.refresh();
      if (recordLoaded) await record.replica.refresh();
    });
  });
  /** What frames carry of this account's chain, the relay may have kept back there. */
  const learnChain = async ({ replica }: { readonly replica: Replica }): Promise<void> => {
    const known = new Set(chain.controls().map(({ id }) => hex(id)));
    const fresh = (replica.carried().get(address) ?? []).filter(({ control }) => !known.has(hex(control.id)));
    if (fresh.length > 0) await chain.takeStatements(fresh.map(({ control }) => control.statement));
  };
  for (const { replica } of [account, record])
    replica.subscribe(({ type }) => {
      if (type === 'chains') later(() => learnChain({ replica }));
    });

  account.replica.subscribe(({ type }) => {
    if (type === 'members') later(() => account.learn([]));
    if (type === 'record' && recordLoaded) later(learnRecord);
  });
  record.replica.subscribe(({ type }) => {
    if (type === 'members') later(learnRecord);
  });

  /** The first frames of the account, on the device that founded it; each is written once, whatever broke off before. */
  async function found(): Promise<Result<void, EditError>> {
    if (!founding) return ok();
    const { replica } = account;
    const first = recordFirst(identity, device);
    for (const step of [
      () => controlOnce(chain, founding.chain),
      () => controlOnce(replica, founding.account),
      () => editOnce(replica, spaces.id, first.account),
      () => inLine(learnRecord),
      () => controlOnce(record.replica, founding.record),
      () => editOnce(record.replica, ownIdentity.id, first.record),
    ]) {
      const done = await step();
      readChain();
      if (!done.ok) return done;
    }
    return options.onFounded();
  }

  async function load(): Promise<Result<void, EditError>> {
    const opened = await chain.load();
    if (!opened.ok) return opened;
    readChain();
    // Each needs the directory and nothing of the other; while one waits for the disk, the other is unsealed.
    for (const loaded of await Promise.all([account.replica.load(), record.replica.load()]))
      if (!loaded.ok) return loaded;
    const learnt = await inLine(learnRecord);
    if (!learnt.ok) return learnt;
    recordLoaded = true;
    return found();
  }

  async function rotate(space: RosterSpace, under?: EpochKeys): Promise<Result<void, EditError>> {
    const own = space === account ? account : record;
    const done = await rotateSpace({
      space: own.id,
      replica: own.replica,
      members: { roster: own.roster(), chains: own.known() },
      epochs: own.epochs(),
      seal: (boxes) => sealEpochs({ ...boxes, sender: device, random: env.random }),
      random: env.random,
      under,
    });
    if (!done.ok) return done;
    // Our own box is among them, so a crash right here loses nothing: the keys are opened at the next start.
    return inLine(() => own.learn([done.value]));
  }

  return {
    device,
    chain: { id: chainId, replica: chain, epochs: () => chainKeys },
    account,
    record,
    chainState,
    load,
    rotate,
    refresh: () =>
      inLine(async () => {
        for (const { replica } of [account, record]) await replica.refresh();
      }),
    settled: () => line,
    async close() {
      await line;
      for (const replica of [chain, account.replica, record.replica]) await replica.close();
    },
  };
}

async function controlOnce(replica: Replica, body: Bytes): Promise<Result<unknown, EditError>> {
  return replica.controls().length > 0 ? ok() : replica.control(body);
}

async function editOnce(
  replica: Replica,
  section: string,
  edits: readonly Edit[],
): Promise<Result<unknown, EditError>> {
  return replica.record().entries.get(section)?.size ? ok() : replica.edit(edits);
}

function recordFirst(identity: Identity, device: DeviceKeys): { account: Edit[]; record: Edit[] } {
  const { address, owner, deviceName, record, account, founding } = identity;
  const spaceEdit = (space: SpaceId, kind: string): Edit => ({
    type: 'put',
    section: spaces.id,
    id: toBase64url(space.slice(0, 16)),
    fields: { space: toBase64url(space), kind, owner: address },
  });
  return {
    account: [
      spaceEdit(account.space, 'account'),
      spaceEdit(record, 'record'),
      deviceEdit(device.id, deviceName),
      ...(founding ? [epochEdit(record, founding.recordEpoch)] : []),
    ],
    record: [{ type: 'put', section: ownIdentity.id, id: SINGLE_ENTRY, fields: { ...owner } }],
  };
}

/** What a device is called; the entry's id follows from the device, so that it has one name. */
export function deviceEdit(device: Bytes, name: string): Edit {
  return {
    type: 'put',
    section: devices.id,
    id: toBase64url(device.slice(0, 16)),
    fields: { device: toBase64url(device), name },
  };
}
