/**
 * The account that a kit opens, read from the relay into memory by a device that is none of it yet: nothing is on the disk
 * until all of it is here, and what is written then is one batch. The new device's keys and its local key are made here.
 *
 * Guarantees: it says nothing to anybody before `recoverBy`; what that says is in the batch, unsent.
 */
import { equal, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { localKey } from '#lib/crypto/local.ts';
import { recoverBody } from '#lib/keys/chain-body.ts';
import { generateDevice, openDevice } from '#lib/keys/device.ts';
import { accountKey, recoverySealing } from '#lib/keys/kit.ts';
import { addressHash } from '#lib/keys/address.ts';
import { livingEntries } from '#lib/record/living.ts';
import { spaces as listed } from '#lib/record/sections/account.ts';
import { localSeal, type LocalSeal } from '#lib/replica/ports.ts';
import { memoryStorage } from '#lib/storage/memory.ts';
import type { Change, Storage } from '#lib/storage/storage.ts';
import { connect, type Connection } from '#lib/vault/account/connection.ts';
import type { Progress, Recovery, VaultError } from '#lib/vault/door/door.ts';
import type { Granted, Identity } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { problemOfEdit } from '#lib/vault/errors.ts';
import { wordsSeen } from '#lib/vault/account/devices.ts';
import { deviceEdit } from '#lib/vault/spaces/founding.ts';
import { follow } from '#lib/vault/spaces/follow.ts';
import type { OpenSpace, RosterSpace } from '#lib/vault/spaces/roster-space.ts';
import { openSpaces, type Spaces } from '#lib/vault/spaces/spaces.ts';

/** How often it is looked whether all has come, and how long a relay may be gone meanwhile. */
const LOOK_MS = 100;
const GONE_MS = 15_000;
/** Online, and nothing new came for so long. */
const SILENT_MS = 8_000;

export class AccountCopy {
  readonly spaces: Spaces;
  /** Secret. Its bytes are wiped with `close`. */
  readonly localSecret: Bytes;
  readonly seal: LocalSeal;
  readonly #env: Environment;
  readonly #root: Bytes;
  readonly #storage: Storage;
  readonly #connection: Connection;
  readonly #followed = new Set<OpenSpace>();
  #identity: Identity;
  #isSpent = false;

  private constructor(parts: {
    readonly env: Environment;
    readonly root: Bytes;
    readonly storage: Storage;
    readonly seal: LocalSeal;
    readonly localSecret: Bytes;
    readonly identity: Identity;
    readonly spaces: Spaces;
  }) {
    this.#env = parts.env;
    this.#root = parts.root;
    this.#storage = parts.storage;
    this.#identity = parts.identity;
    this.seal = parts.seal;
    this.localSecret = parts.localSecret;
    this.spaces = parts.spaces;
    this.#connection = connect(parts.env, { engine: () => {}, state: () => {} });
  }

  /** @param root of the kit; kept until `close` */
  static async open(env: Environment, root: Bytes, granted: Granted): Promise<AccountCopy> {
    const secrets = generateDevice(env.random);
    const { bundle } = await openDevice(secrets);
    const identity: Identity = { ...granted, device: secrets, bundle, deviceName: '' };
    const localSecret = env.random(32);
    const seal = localSeal(localKey(localSecret.slice()), env.random);
    const storage = memoryStorage();
    const recovery = await recoverySealing(root);
    let copy: AccountCopy | null = null;
    const spaces = await openSpaces({
      ...{ env, storage, seal, identity },
      kit: { id: addressHash(granted.address), sealingSecret: recovery.secretSeed },
      saveAccountEpochs: (epochs) => Promise.resolve(ok(copy?.learnEpochs(epochs))),
      onFounded: () => Promise.resolve(ok()),
      onKeys: () => copy?.wake(),
    });
    copy = new AccountCopy({ env, root, storage, seal, localSecret, identity, spaces });
    return copy;
  }

  /** Secret. Who the new device is. */
  identity(): Identity {
    return this.#identity;
  }

  learnEpochs(epochs: Identity['account']['epochs']): void {
    this.#identity = { ...this.#identity, account: { ...this.#identity.account, epochs } };
  }

  /** It has spoken, and serves no second recovery. */
  isSpent(): boolean {
    return this.#isSpent;
  }

  wake(): void {
    this.#connection.engine()?.wake();
  }

  /** Until all that the relay has of chain, account and records is here. */
  async catchUp(signal: AbortSignal, progress: Progress = () => {}): Promise<Result<void, VaultError>> {
    const loaded = await this.spaces.load();
    if (!loaded.ok) return fail(problemOfEdit(loaded.error));
    const { clock } = this.#env;
    const began = { online: clock.now(), heard: clock.now() };
    let before = '';
    for (;;) {
      if (signal.aborted) return fail({ type: 'cancelled' });
      const { done, total } = await this.#take();
      progress(done, total);
      const now = clock.now();
      const held = this.#held();
      if (held !== before) began.heard = now;
      before = held;
      const { connection, settled } = this.#connection.state();
      if (connection === 'online') began.online = now;
      if (now - began.online > GONE_MS) return fail({ type: 'relay-unreachable' });
      const isQuiet = done === total && settled && (await this.#staysQuiet());
      if (isQuiet && this.#hasEveryKey()) return ok();
      // What a relay keeps back, or what a device has listed that is nothing, holds up nobody for ever. Without one's own record
      // there is nothing to come back to.
      const isSilent = connection === 'online' && now - began.heard > SILENT_MS;
      if (isSilent) return this.#isFounded() ? ok() : fail({ type: 'relay-unreachable' });
      await new Promise<void>((resolve) => void clock.setTimer(LOOK_MS, resolve));
    }
  }

  /** Of what is listed something has not come: what the relay has is not all that there was. */
  lacks(): boolean {
    const all = this.#rosterSpaces();
    return this.#listed().length > all.length - 1 || all.some((space) => !space.hasKey());
  }

  /**
   * The new device recovers the account: what counts here is vouched for, every device but itself and those that are kept is
   * revoked, and every space goes on under new keys. All of it stands in the copy, unsent.
   */
  async recoverBy({
    deviceName,
    keep,
    lostSince,
  }: Pick<Recovery, 'deviceName' | 'keep' | 'lostSince'>): Promise<Result<void, VaultError>> {
    this.#isSpent = true;
    this.#connection.stop();
    const { spaces } = this;
    const self = hex(spaces.device.id);
    const { address } = this.#identity;
    const { devices } = spaces.chainState();
    const kept = keep.filter((id) => devices.has(id) && id !== self);
    const out = [...devices.keys()].filter((id) => !kept.includes(id));
    const doubt = lostSince === null ? undefined : { devices: new Set(out), since: lostSince };
    for (const space of this.#rosterSpaces()) {
      // What own devices have told each other, keys among it, is not for a person to sort.
      const noted = await space.replica.noteShown(space === spaces.account ? undefined : doubt);
      if (!noted.ok) return fail(problemOfEdit(noted.error));
    }
    const seen = wordsSeen(spaces, out, 'shownOf');
    const body = await recoverBody(address, spaces.device.bundle, kept, await accountKey(this.#root), seen);
    const said = await spaces.chain.replica.control(body);
    if (!said.ok) return fail(problemOfEdit(said.error));
    await spaces.settled();
    if (!spaces.chainState().active.has(self)) throw new Error('the kit in use recovers the account');
    for (const space of this.#rosterSpaces()) {
      const rotated = space.roster().rotationDue ? await space.rotate() : ok();
      if (!rotated.ok) return fail(problemOfEdit(rotated.error));
    }
    const named = await spaces.account.replica.edit([deviceEdit(spaces.device.id, deviceName)]);
    if (!named.ok) return fail(problemOfEdit(named.error));
    await spaces.settled();
    this.#identity = { ...this.#identity, deviceName };
    return ok();
  }

  /** All that is to stand on the disk, but for slot and identity. */
  async changes(): Promise<Change[]> {
    return (await this.#storage.list([])).map(({ key, value }) => ({ type: 'put', key, value }));
  }

  async close(): Promise<void> {
    this.#connection.stop();
    this.localSecret.fill(0);
    this.#root.fill(0);
    await this.spaces.close();
  }

  #rosterSpaces(): readonly RosterSpace[] {
    return [this.spaces.account, ...this.spaces.records()];
  }

  /** Opens and follows what is listed by now; how many of the spaces are followed. */
  async #take(): Promise<{ done: number; total: number }> {
    const { spaces } = this;
    const all = this.#listed();
    for (const id of all) await spaces.open(spaces.record(id));
    const engine = this.#connection.engine();
    if (engine)
      for (const space of spaces.all()) {
        if (this.#followed.has(space)) continue;
        this.#followed.add(space);
        engine.follow(follow(space, { isChain: space === spaces.chain, onReceived: () => {} }));
      }
    return { done: this.#followed.size, total: all.length + 2 };
  }

  /** One's own record, and those that the account lists: the oldest first, as its devices take them (account/directory.ts). */
  #listed(): readonly Bytes[] {
    const entries = [...livingEntries(this.spaces.account.replica.record(), listed.id)];
    entries.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    const own = this.#identity.record;
    const others = entries.flatMap(({ fields }) => {
      const id = fields['kind'] === 'record' ? fromBase64url(String(fields['space'])) : null;
      return id?.length === 32 && !this.#isReserved(id) && !equal(id, own) ? [id] : [];
    });
    return [own, ...others].slice(0, MAX_RECORDS);
  }

  #held(): string {
    const spaces = [this.spaces.chain, ...this.#rosterSpaces()];
    return spaces.map(({ replica }) => hex(replica.stateHash())).join();
  }

  #isFounded(): boolean {
    const { account } = this.spaces;
    return [account, this.spaces.record(this.#identity.record)].every(
      (space) => space.roster().current !== null,
    );
  }

  #isReserved(id: Bytes): boolean {
    return [this.spaces.chain, this.spaces.account].some((space) => equal(space.id, id));
  }

  /** Keys and records that the last frames told of are followed too: only then nothing more can come of them. */
  async #staysQuiet(): Promise<boolean> {
    const before = this.#followed.size;
    await this.spaces.settled();
    const { done, total } = await this.#take();
    return done === total && done === before && this.#connection.state().settled;
  }

  #hasEveryKey(): boolean {
    return this.#rosterSpaces().every((space) => space.hasKey());
  }
}

/** As many as an account opens (account/directory.ts). */
const MAX_RECORDS = 64;
