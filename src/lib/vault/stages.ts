/**
 * The vault of one tab's worker while it leads: what the door asks, answered by the account that is open, or by the
 * steps that lead to one.
 *
 *   closed ── enrol, activate ──▶ open, kit to confirm ── confirmKit ──▶ open ── lock ──▶ closed ── unlock ──▶ open
 *     └────────────── linkThisDevice, the other device grants ─────────────▲
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { wrongPositions } from '#lib/keys/kit.ts';
import { StorageFailure, type Storage } from '#lib/storage/storage.ts';
import type { Account } from './account/account.ts';
import { leave, stay } from './account/leaving.ts';
import { openAccount } from './account/open-account.ts';
import {
  OWN_RECORD,
  type Answer,
  type Enrolment,
  type Forgotten,
  type Kit,
  type RecordId,
} from './door/door.ts';
import type {
  KitFound,
  KitGiven,
  NewPasskey,
  PasskeyAnswer,
  PasskeyAsked,
  PasswordGiven,
  Progress,
  ProofGiven,
  Recovery,
  VaultError,
  VaultEvent,
  VaultStatus,
} from './door/door.ts';
import { addPasskey, changeCredentials, Proof, proves } from './entry/access.ts';
import { askedPasskeys, forgetPasskey, renamePasskey } from './entry/passkeys.ts';
import { keepShownName, shownName } from './entry/shown-name.ts';
import {
  checkCredentials,
  enrol,
  kitOf,
  redeem,
  type Credentials,
  type Enrolled,
  type Founded,
  type PendingKit,
} from './entry/activation.ts';
import {
  attest,
  enterByGrant,
  enterByPasskey,
  enterByPassword,
  foundOrResume,
  isFinal,
  type Entrance,
} from './entry/entrance.ts';
import { KEYS } from './disk/layout.ts';
import { salvageChanges } from './entry/salvage.ts';
import { Shelf } from './disk/shelf.ts';
import type { Environment } from './environment.ts';
import { storageProblem } from './errors.ts';
import { KitDesk } from './kit/desk.ts';
import { beginRenewal, closeOldKits, confirmRenewal, owesOldKit, type Renewal } from './kit/renewal.ts';
import { LinkDesk } from './linking/desk.ts';
import { Line } from './spaces/line.ts';
import type { OpenRecord } from './record/open-record.ts';

/** How often a device that was just linked looks whether its record has arrived. */
const ARRIVAL_MS = 200;
/** How often a device that owes the relay a word about an old kit looks whether it can be said. */
const OWED_MS = 5_000;

type Stage =
  /** No account is open. An activation may have begun: the enrolment file is open, the keys may exist. */
  | { readonly type: 'closed'; readonly enrolled: Enrolled | null; readonly founded: Founded | null }
  /** The account counts as open from the first moment: its view is shown while the rest is still opening. */
  | {
      readonly type: 'open';
      readonly opening: Promise<Account>;
      readonly account: Account | null;
      /** Null once the kit is confirmed: until then nothing can be changed. */
      readonly kit: PendingKit | null;
      readonly founded: Founded | null;
    };

const CLOSED: Stage = { type: 'closed', enrolled: null, founded: null };

export class Vault {
  readonly links: LinkDesk;
  readonly kits: KitDesk;
  readonly shelf: Shelf;
  readonly #env: Environment;
  readonly #listeners = new Set<(event: VaultEvent) => void>();
  /** One change of the stage at a time: an account has closed before another one is opened over the same disk. */
  readonly #line = new Line();
  readonly #proof: Proof;
  #stage: Stage = CLOSED;
  /** A new kit that is not confirmed yet. */
  #renewal: Renewal | null = null;

  constructor(env: Environment) {
    this.#env = env;
    this.shelf = new Shelf(env.disks, () => this.#diskIsNewer());
    this.kits = new KitDesk(env);
    this.#proof = new Proof(env.clock);
    this.links = new LinkDesk(env, (link) => this.emit({ type: 'link', link }));
  }

  subscribe(listener: (event: VaultEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(event: VaultEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  // ── how it stands ──────────────────────────────────────────────────────────────────────────────────────────────

  async status(): Promise<Result<VaultStatus, VaultError>> {
    const disk = await this.shelf.current();
    if (!disk.ok) return fail(storageProblem(disk.error));
    if (this.#stage.type === 'open')
      return ok(this.#stage.kit ? { type: 'activating', step: 'kit' } : { type: 'unlocked' });
    return ok({ type: (await this.shelf.carnets()).length > 0 ? 'locked' : 'empty' });
  }

  /** Nothing is open or being opened. */
  isIdle(): boolean {
    const stage = this.#stage;
    return (
      stage.type === 'closed' &&
      !stage.enrolled &&
      !stage.founded &&
      !this.links.isBusy() &&
      !this.kits.isBusy()
    );
  }

  isOpen(): boolean {
    return this.#stage.type === 'open';
  }

  // ── what is asked of it ────────────────────────────────────────────────────────────────────────────────────────

  /** Runs where something can be kept; what the disk refuses on the way becomes a value. */
  async withStorage<T>(work: () => Answer<T>): Answer<T> {
    const disk = await this.shelf.current();
    if (!disk.ok) return fail(storageProblem(disk.error));
    try {
      return await work();
    } catch (error) {
      if (error instanceof StorageFailure) return fail(storageProblem(error.error));
      throw error;
    }
  }

  withAccount<T>(work: (account: Account) => Answer<T>): Answer<T> {
    return this.withStorage(async () => {
      if (this.#stage.type !== 'open') return fail({ type: 'locked' });
      return work(await this.#stage.opening);
    });
  }

  /** With the account open to changes: the kit is confirmed. */
  withReadyAccount<T>(work: (account: Account) => Answer<T>): Answer<T> {
    return this.withAccount(async (account) => {
      if (this.#pendingKit()) return fail({ type: 'locked' });
      const ready = await account.ready;
      return ready.ok ? work(account) : ready;
    });
  }

  /** With one of its records, which may not have loaded yet. */
  withRecord<T>(id: RecordId, work: (record: OpenRecord, account: Account) => Answer<T>): Answer<T> {
    return this.withAccount(async (account) => {
      const record = await account.record(id);
      return record ? work(record, account) : fail({ type: 'record-unknown' });
    });
  }

  /** With one of its records open to changes. */
  withReadyRecord<T>(id: RecordId, work: (record: OpenRecord, account: Account) => Answer<T>): Answer<T> {
    return this.withRecord(id, async (record, account) => {
      if (this.#pendingKit()) return fail({ type: 'locked' });
      const ready = await record.ready;
      return ready.ok ? work(record, account) : ready;
    });
  }

  /** Only if it was shown a moment ago that the one who asks may: around what hands out the record, or lets somebody in. */
  withProof<T>(work: () => Answer<T>): Answer<T> {
    // Until the kit is confirmed nobody has entered anything.
    return this.#proof.holds() || this.#pendingKit()
      ? work()
      : Promise.resolve(fail({ type: 'proof-needed' }));
  }

  // ── events ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async enrol(typed: { code: string; nir: string; serial: string }): Answer<Enrolment> {
    const found = await enrol(this.#env, typed);
    if (!found.ok) return found;
    // An activation that runs meanwhile writes back the enrolment it began with: the new one stands after it.
    await this.#line.run(async () => {
      const { type, founded } = this.#stage;
      if (type === 'closed') this.#stage = { type, enrolled: found.value, founded };
    });
    const { firstName, lastName, birthDate, email, phone, children } = found.value.file;
    return ok({ firstName, lastName, birthDate, email, phone, children });
  }

  activate(typed: Credentials & { readonly deviceName: string }): Answer<Kit> {
    return this.#line.run(() => this.#activate(typed));
  }

  async #activate(typed: Credentials & { readonly deviceName: string }): Answer<Kit> {
    const env = this.#env;
    const credentials = checkCredentials(typed);
    if (!credentials.ok) return credentials;
    // Typed again while the kit waits: the account is opened anew under the new password.
    if (this.#stage.type === 'open' && this.#stage.founded) await this.#closeAccount(this.#stage.founded);
    if (this.#stage.type === 'open') return fail({ type: 'enrolment-refused' });
    const { enrolled, founded: begun } = this.#stage;
    const { deviceName } = typed;
    const disk = begun ? await this.shelf.current() : await this.shelf.free();
    if (!disk.ok) return fail(storageProblem(disk.error));
    const storage = disk.value;
    const input = { env, storage, founded: begun, enrolled, credentials: credentials.value, deviceName };
    const made = await foundOrResume(input);
    if (!made.ok) return made;
    const founded = made.value;
    this.#stage = { type: 'closed', enrolled, founded };
    const attested = await attest(env, storage, founded);
    if (!attested.ok) {
      if (isFinal(attested.error)) this.#stage = { type: 'closed', enrolled, founded: null };
      return attested;
    }
    const account = await this.#enter(storage, attested.value, { founded });
    const ready = await account.ready;
    return ready.ok ? ok(await this.#kitOf(account, founded.kit)) : ready;
  }

  async kit(account: Account): Answer<Kit> {
    const kit = this.#pendingKit();
    const ready = await account.ready;
    if (!kit || !ready.ok) return ready.ok ? fail({ type: 'locked' }) : ready;
    return ok(await this.#kitOf(account, kit));
  }

  #kitOf(account: Account, kit: PendingKit): Promise<Kit> {
    const [head] = account.spaces.chainState().heads;
    if (!head) throw new Error('an account that is ready has been founded');
    return kitOf(this.#env, kit, { address: account.identity().address, head });
  }

  async confirmKit(account: Account, words: readonly string[]): Answer<void> {
    const kit = this.#pendingKit();
    if (!kit) return fail({ type: 'locked' });
    const positions = wrongPositions(kit.root, kit.asked, words);
    if (positions.length > 0) return fail({ type: 'kit-words-wrong', positions });
    if (account.identity().redemption) {
      const redeemed = await redeem(this.#env, account.identity(), kit.root);
      if (!redeemed.ok) return redeemed;
      const saved = await account.saveIdentity(redeemed.value);
      if (!saved.ok) return fail(storageProblem(saved.error));
    }
    const wiped = await account.storage.write([{ type: 'delete', key: KEYS.root }], 'strict');
    if (!wiped.ok) return fail(storageProblem(wiped.error));
    if (this.#stage.type === 'open') {
      wipe(this.#stage);
      this.#stage = { ...this.#stage, kit: null, founded: null };
    }
    await this.#tellStatus();
    return ok();
  }

  /** The words of the kit in use show that one has it; the new one is good once it is confirmed. */
  async newKit(account: Account, given: KitGiven): Answer<Kit> {
    const begun = await beginRenewal(account, given);
    if (!begun.ok) return begun;
    this.#renewal = begun.value;
    return ok(await this.#kitOf(account, begun.value.kit));
  }

  async confirmNewKit(account: Account, words: readonly string[]): Answer<void> {
    const renewal = this.#renewal;
    if (!renewal) return fail({ type: 'cancelled' });
    const done = await confirmRenewal(account, renewal, words);
    if (done.ok) this.#forgetRenewal();
    return done;
  }

  #forgetRenewal(): void {
    for (const root of [this.#renewal?.old, this.#renewal?.kit.root]) root?.fill(0);
    this.#renewal = null;
  }

  /** Whichever carnet these open. One and the same answer when there is none, however many there are. */
  unlock(credentials: Credentials, first: RecordId): Answer<void> {
    return this.#unlock(first, (storage) => enterByPassword(this.#env, storage, credentials));
  }

  /** Of every carnet of this computer: which of them is whose, none of them says. */
  async passkeys(): Answer<readonly PasskeyAsked[]> {
    const all = await Promise.all((await this.shelf.carnets()).map(({ storage }) => askedPasskeys(storage)));
    return ok(all.flat());
  }

  /** Of those who wish it; the others are not told apart from nobody. */
  async shownNames(): Answer<readonly string[]> {
    const all = await Promise.all((await this.shelf.carnets()).map(({ storage }) => shownName(storage)));
    return ok(all.filter((name) => name !== null));
  }

  async unlockByPasskey({ id, output }: PasskeyAnswer, first: RecordId): Answer<void> {
    const tried = (): PasskeyAnswer => ({ id, output: output.slice() });
    const done = await this.#unlock(first, (storage) => enterByPasskey(this.#env, storage, tried()));
    output.fill(0);
    return done;
  }

  #unlock(first: RecordId, enter: (storage: Storage) => Answer<Entrance>): Answer<void> {
    return this.#line.run(async () => {
      if (this.isOpen()) return ok();
      let problem: VaultError | null = null;
      for (const { storage, use } of await this.shelf.carnets()) {
        const entrance = await enter(storage);
        if (entrance.ok) {
          use();
          await this.#enter(storage, entrance.value, { first });
          return ok();
        }
        if (problem === null || entrance.error.type !== 'wrong-password') problem = entrance.error;
      }
      return fail(problem ?? { type: 'wrong-password' });
    });
  }

  async lookUpKit(given: KitGiven): Answer<KitFound> {
    // What is open already is not recovered here.
    return this.isOpen() ? fail({ type: 'open-elsewhere' }) : this.kits.lookUp(given);
  }

  /** One write, once all is here: whatever breaks off before leaves this device as it was. */
  recover(input: Recovery, progress?: Progress, signal?: AbortSignal): Answer<void> {
    const credentials = checkCredentials(input);
    if (!credentials.ok) return Promise.resolve(credentials);
    return this.#line.run(async () => {
      if (this.isOpen()) return fail({ type: 'open-elsewhere' });
      const recovered = await this.kits.recover(credentials.value, input, { progress, signal });
      if (!recovered.ok) return recovered;
      const { entrance, changes } = recovered.value;
      const disk = await this.shelf.placeOf(entrance.identity.address);
      if (!disk.ok) return fail(storageProblem(disk.error));
      const storage = disk.value;
      const written = await storage.write([...(await salvageChanges(storage)), ...changes], 'strict');
      if (!written.ok) return fail(storageProblem(written.error));
      const ready = await (await this.#enter(storage, entrance)).ready;
      return ready.ok ? ok() : ready;
    });
  }

  prove(account: Account, given: ProofGiven): Answer<void> {
    return this.#whileOpen(account, async () => {
      const shown = await proves(account, given);
      if (shown.ok) this.#proof.give();
      return shown;
    });
  }

  changeCredentials(account: Account, typed: PasswordGiven & { readonly next: Credentials }): Answer<void> {
    return this.#whileOpen(account, () => changeCredentials(account, typed));
  }

  addPasskey(account: Account, made: NewPasskey): Answer<void> {
    return this.#whileOpen(account, () => addPasskey(account, made));
  }

  renamePasskey(account: Account, id: string, name: string): Answer<void> {
    return this.#whileOpen(account, () => renamePasskey(account, id, name));
  }

  removePasskey(account: Account, id: string): Answer<void> {
    return this.#whileOpen(account, () => forgetPasskey(account.storage, id));
  }

  showName(account: Account, wished: boolean): Answer<void> {
    const name = wished ? account.identity().owner.firstName : null;
    return this.#whileOpen(account, () => keepShownName(account.storage, name));
  }

  /** In its turn: what is shown or written is of the account that is open, and nobody closes it meanwhile. */
  #whileOpen<T>(account: Account, work: () => Answer<T>): Answer<T> {
    return this.#line.run(async () => {
      const stage = this.#stage;
      return stage.type === 'open' && (await stage.opening) === account ? work() : fail({ type: 'locked' });
    });
  }

  lock(): Answer<void> {
    return this.#line.run(async () => {
      await this.#closeAccount();
      await this.shelf.close();
      await this.#tellStatus();
      return ok();
    });
  }

  /** The account that is open is forgotten here. With its slot gone no key opens what remains, whatever breaks off after. */
  forget(account: Account): Answer<Forgotten> {
    return this.#line.run(async () => {
      if (this.#stage.type !== 'open') return fail({ type: 'locked' });
      const left = await leave(account);
      const keysGone = await account.storage.write([{ type: 'deletePrefix', prefix: ['account'] }], 'strict');
      if (!keysGone.ok) {
        await stay(account);
        return fail(storageProblem(keysGone.error));
      }
      await this.#closeAccount();
      const erased = await this.shelf.erase();
      await this.#tellStatus();
      return ok({ ...left, erased: erased.ok });
    });
  }

  async joinOther(typed: Credentials & { readonly deviceName: string }): Answer<void> {
    if (this.isOpen() || this.links.isTalking()) return fail({ type: 'link-refused' });
    const credentials = checkCredentials(typed);
    if (!credentials.ok) return credentials;
    return this.links.joinOther(typed.deviceName, (device, granted) =>
      this.#line.run(async () => {
        // What is open by now, unlocked or activated meanwhile, is not replaced.
        if (this.isOpen()) return fail({ type: 'link-refused' });
        const disk = await this.shelf.placeOf(granted.address);
        if (!disk.ok) return fail(storageProblem(disk.error));
        const storage = disk.value;
        const input = { env: this.#env, storage, credentials: credentials.value, ...device, granted };
        const entered = await enterByGrant(input);
        if (!entered.ok) return entered;
        this.links.show({ type: 'syncing', done: 0, total: 1 });
        void this.#firstSync(await this.#enter(storage, entered.value));
        return ok();
      }),
    );
  }

  close(): Promise<void> {
    return this.#line.run(async () => {
      await this.#closeAccount();
      await this.shelf.close();
    });
  }

  // ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Another tab runs a newer version of the program over the same disk. */
  #diskIsNewer(): void {
    if (this.#stage.type === 'open') this.#stage.account?.diskFailed({ type: 'version' });
  }

  #pendingKit(): PendingKit | null {
    return this.#stage.type === 'open' ? this.#stage.kit : null;
  }

  async #enter(
    storage: Storage,
    { seal, identity, kit }: Entrance,
    { founded = null, first = OWN_RECORD }: { founded?: Founded | null; first?: RecordId } = {},
  ): Promise<Account> {
    const emit = (event: VaultEvent): void => this.emit(event);
    const opening = openAccount({ env: this.#env, storage, seal, identity, first, emit });
    const stage: Stage = { type: 'open', opening, account: null, kit, founded };
    this.#stage = stage;
    await this.#tellStatus();
    try {
      const account = await opening;
      if (this.#stage === stage) this.#stage = { ...stage, account };
      void this.#closeOldKit(account);
      return account;
    } catch (error) {
      if (this.#stage === stage) this.#stage = CLOSED;
      throw error;
    }
  }

  /** Once all is sent that says that there is a new kit; looked at again with every quiet moment until it is done. */
  async #closeOldKit(account: Account): Promise<void> {
    await account.ready;
    const isStill = (): boolean => this.#stage.type === 'open' && this.#stage.account === account;
    while (isStill() && (await owesOldKit(account))) {
      if (account.settled()) await closeOldKits(account);
      await new Promise<void>((resolve) => void this.#env.clock.setTimer(OWED_MS, resolve));
    }
  }

  /** @param founded kept, for an activation that goes on */
  async #closeAccount(founded: Founded | null = null): Promise<void> {
    const stage = this.#stage;
    this.links.cancel();
    this.kits.cancel();
    this.#forgetRenewal();
    this.#proof.forget();
    if (!founded) wipe(stage);
    this.#stage = { ...CLOSED, founded };
    if (stage.type === 'open') await (await stage.opening).close();
  }

  /** The link is done when the record has arrived: until then the new device shows that it is on its way. */
  async #firstSync(account: Account): Promise<void> {
    const ready = await account.ready;
    const record = ready.ok ? await account.record(OWN_RECORD) : null;
    if (!record) return;
    const isStill = (): boolean => this.#stage.type === 'open' && this.#stage.account === account;
    const hasArrived = (): boolean => account.settled() && record.space.epochs().length > 0;
    while (isStill() && !hasArrived())
      await new Promise<void>((resolve) => void this.#env.clock.setTimer(ARRIVAL_MS, resolve));
    if (isStill()) this.links.show({ type: 'done' });
  }

  async #tellStatus(): Promise<void> {
    const now = await this.status();
    if (now.ok) this.emit({ type: 'status', status: now.value });
  }
}

/** What an activation had in memory: the root secret, and the local key as bytes. */
function wipe(stage: Stage): void {
  const { founded } = stage;
  const kits = [founded?.kit, stage.type === 'open' ? stage.kit : null];
  for (const secret of [founded?.localSecret, ...kits.map((kit) => kit?.root)]) secret?.fill(0);
}
