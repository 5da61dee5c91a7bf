/**
 * The vault of one tab's worker while it leads: what the door asks, answered by the account that is open, or by the
 * steps that lead to one.
 *
 *   empty ── enrol, activate ──▶ activating ── confirmKit ──▶ unlocked ── lock ──▶ locked ── unlock ──▶ unlocked
 *     └────────────── linkThisDevice, the other device grants ───────▲
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { generateDevice, openDevice } from '#lib/keys/device.ts';
import { wrongPositions } from '#lib/keys/kit.ts';
import { StorageFailure, type Storage } from '#lib/storage/storage.ts';
import { openAccount, type Account } from './account/account.ts';
import {
  checkCredentials,
  enrol,
  kitOf,
  readIdentifiant,
  redeem,
  type Credentials,
  type Enrolled,
  type Founded,
  type PendingKit,
} from './entry/activation.ts';
import { connect, type Connection } from './account/connection.ts';
import { revokeDevice } from './account/devices.ts';
import { confirmAddition, unsettledAdditions } from './account/additions.ts';
import { settleWords, unsettledWords } from './account/unsettled.ts';
import { addDocument, openDocument } from './documents/documents.ts';
import type { Answer, Door, LinkState, VaultError, VaultEvent, VaultStatus } from './door/door.ts';
import type { HostedVault } from './tabs/serving.ts';
import {
  attest,
  enterByGrant,
  enterByPassword,
  foundOrResume,
  isFinal,
  slots,
  type Entrance,
} from './entry/entrance.ts';
import type { Environment } from './environment.ts';
import { storageProblem } from './errors.ts';
import { exportRecord } from './record/export.ts';
import { footprint } from './account/footprint.ts';
import { KEYS } from './disk/layout.ts';
import { linkOtherDevice, linkThisDevice, type Linking } from './linking/linking.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';

/** How long a new device waits for the relay before it says that there is none. */
const CONNECT_MS = 10_000;

export async function openVault(env: Environment): Promise<HostedVault> {
  const listeners = new Set<(event: VaultEvent) => void>();
  let account: Account | null = null;
  let entering: Promise<Account> | null = null;
  let pendingKit: PendingKit | null = null;
  let enrolled: Enrolled | null = null;
  let founded: Founded | null = null;
  let linking: Linking | null = null;
  let linkLine: Connection | null = null; // of a device that has no account yet
  let lastLink = 0; // a link that is no longer the last one was given up while it was being begun

  const emit = (event: VaultEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const opened = await env.openStorage(() => account?.diskFailed({ type: 'version' }));

  // ── how it stands ──────────────────────────────────────────────────────────────────────────────────────────────

  async function status(): Promise<Result<VaultStatus, VaultError>> {
    if (!opened.ok) return fail(storageProblem(opened.error));
    if (account || entering)
      return ok(pendingKit ? { type: 'activating', step: 'kit' } : { type: 'unlocked' });
    return ok({ type: (await slots(opened.value)).length > 0 ? 'locked' : 'empty' });
  }

  async function tellStatus(): Promise<void> {
    const now = await status();
    if (now.ok) emit({ type: 'status', status: now.value });
  }

  // ── opening ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The account counts as open from the first moment: its view is shown while the rest is still opening. */
  async function enter(storage: Storage, { seal, identity, kit }: Entrance): Promise<void> {
    pendingKit = kit;
    const opening = openAccount({ env, storage, seal, identity, emit });
    entering = opening;
    await tellStatus();
    account = await opening;
    entering = null;
  }

  // ── activation ─────────────────────────────────────────────────────────────────────────────────────────────────

  async function confirmKit(
    open: Account,
    kit: PendingKit,
    words: readonly string[],
  ): Promise<Result<void, VaultError>> {
    const positions = wrongPositions(kit.root, kit.asked, words);
    if (positions.length > 0) return fail({ type: 'kit-words-wrong', positions });
    if (open.identity().redemption) {
      const redeemed = await redeem(env, open.identity(), kit.root);
      if (!redeemed.ok) return redeemed;
      const saved = await open.saveIdentity(redeemed.value);
      if (!saved.ok) return fail(storageProblem(saved.error));
    }
    const wiped = await open.storage.write([{ type: 'delete', key: KEYS.root }], 'strict');
    if (!wiped.ok) return fail(storageProblem(wiped.error));
    forgetFounding();
    await tellStatus();
    return ok();
  }

  /** What an activation had in memory: the root secret, and the local key as bytes. */
  function forgetFounding(): void {
    founded?.localSecret.fill(0);
    pendingKit?.root.fill(0);
    [pendingKit, enrolled, founded] = [null, null, null];
  }

  async function closeAccount(): Promise<void> {
    const closing = account ?? (await entering);
    lastLink++;
    linking?.cancel();
    endLink();
    forgetFounding();
    account = null;
    await closing?.close();
  }

  // ── linking ────────────────────────────────────────────────────────────────────────────────────────────────────

  const showLink = (link: LinkState): void => {
    if (link.type === 'done' || link.type === 'failed') endLink();
    emit({ type: 'link', link });
  };

  function endLink(): void {
    linking = null;
    const line = linkLine;
    linkLine = null;
    // The last message has to leave before the line closes.
    if (line) env.clock.setTimer(CONNECT_MS, () => line.stop());
  }

  async function startLink(
    storage: Storage,
    credentials: Credentials,
    name: string,
  ): Promise<Result<void, VaultError>> {
    const mine = ++lastLink;
    const secrets = generateDevice(env.random);
    const device = await openDevice(secrets);
    let found: (engine: SyncEngine | null) => void = () => {};
    const engineFound = new Promise<SyncEngine | null>((resolve) => (found = resolve));
    const line = connect(env, { engine: found, state: () => {} });
    linkLine = line;
    env.clock.setTimer(CONNECT_MS, () => found(null));
    const engine = await engineFound;
    if (mine !== lastLink) return fail({ type: 'cancelled' });
    if (!engine) return noRelay();
    const begun = await linkThisDevice({
      ...{ env, engine, device, name },
      show: (link) => void (mine === lastLink && showLink(link)),
      linked: async (granted) =>
        becomeLinked(
          storage,
          await enterByGrant({
            env,
            storage,
            credentials,
            device: secrets,
            bundle: device.bundle,
            deviceName: name,
            granted,
          }),
        ),
    });
    linking = mine === lastLink ? begun : null;
    // The line is dialled for the talk, so only now can it turn out to be dead.
    const online = linking && (await line.online(CONNECT_MS));
    if (mine !== lastLink) {
      begun.cancel();
      return fail({ type: 'cancelled' });
    }
    if (online) return ok();
    begun.cancel();
    return noRelay();
  }

  function noRelay(): Result<void, VaultError> {
    endLink();
    return fail({ type: 'relay-unreachable' });
  }

  async function becomeLinked(
    storage: Storage,
    entered: Result<Entrance, VaultError>,
  ): Promise<Result<void, VaultError>> {
    if (!entered.ok) return entered;
    emit({ type: 'link', link: { type: 'syncing', done: 0, total: 1 } });
    await enter(storage, entered.value);
    void firstSync();
    return ok();
  }

  /** The link is done when the record has arrived: until then the new device shows that it is on its way. */
  async function firstSync(): Promise<void> {
    const opening = account;
    if (!opening) return;
    await opening.ready;
    const arrived = (): boolean => opening.settled() && opening.spaces.record.epochs().length > 0;
    while (account === opening && !arrived())
      await new Promise<void>((resolve) => void env.clock.setTimer(200, resolve));
    if (account === opening) showLink({ type: 'done' });
  }

  // ── the door ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs with the storage; what the disk refuses on the way becomes a value. */
  async function withStorage<T>(work: (storage: Storage) => Answer<T>): Answer<T> {
    if (!opened.ok) return fail(storageProblem(opened.error));
    try {
      return await work(opened.value);
    } catch (error) {
      if (error instanceof StorageFailure) return fail(storageProblem(error.error));
      throw error;
    }
  }

  function withAccount<T>(work: (account: Account) => Answer<T>): Answer<T> {
    return withStorage(async () => {
      const open = account ?? (await entering);
      return open ? work(open) : fail({ type: 'locked' });
    });
  }

  /** With the record open to changes: the kit is confirmed. */
  function withRecord<T>(work: (account: Account) => Answer<T>): Answer<T> {
    return withAccount(async (open) => {
      if (pendingKit) return fail({ type: 'locked' });
      const ready = await open.ready;
      return ready.ok ? work(open) : ready;
    });
  }

  const door: Door = {
    status: () => withStorage(status),

    enrol: (typed) =>
      withStorage(async () => {
        const found = await enrol(env, typed);
        if (!found.ok) return found;
        enrolled = found.value;
        const { firstName, lastName, birthDate, email, phone, children } = enrolled.file;
        return ok({ firstName, lastName, birthDate, email, phone, children });
      }),

    activate: ({ deviceName, ...typed }) =>
      withStorage(async (storage) => {
        const credentials = checkCredentials(typed);
        if (!credentials.ok) return credentials;
        const made = await foundOrResume({
          env,
          storage,
          founded,
          enrolled,
          credentials: credentials.value,
          deviceName,
        });
        if (!made.ok) return made;
        founded = made.value;
        const attested = await attest(env, storage, founded);
        if (!attested.ok) {
          if (isFinal(attested.error)) founded = null;
          return attested;
        }
        await enter(storage, attested.value);
        const ready = await account?.ready;
        return ready?.ok === false ? ready : ok(kitOf(founded.kit, founded.identity.address));
      }),

    kit: () =>
      withAccount((open) =>
        Promise.resolve(
          pendingKit ? ok(kitOf(pendingKit, open.identity().address)) : fail({ type: 'locked' } as const),
        ),
      ),

    confirmKit: (words) =>
      withAccount((open) =>
        pendingKit ? confirmKit(open, pendingKit, words) : Promise.resolve(fail({ type: 'locked' } as const)),
      ),

    identifiant: () => withAccount(async (open) => ok(await readIdentifiant(open.storage, open.seal))),

    unlock: ({ identifiant, password }) =>
      withStorage(async (storage) => {
        if (account || entering) return ok();
        const entrance = await enterByPassword(env, storage, { identifiant, password });
        if (!entrance.ok) return entrance;
        await enter(storage, entrance.value);
        return ok();
      }),

    lock: () =>
      withStorage(async () => {
        await closeAccount();
        await tellStatus();
        return ok();
      }),

    record: () => withAccount((open) => open.view()),
    measures: (kind) => withRecord((open) => Promise.resolve(ok(open.measures(kind)))),
    edit: (edits) => withRecord((open) => open.edit(edits)),
    search: (query) => withRecord(async (open) => ok(await open.search(query))),
    history: (section, id) => withRecord((open) => Promise.resolve(open.history(section, id))),
    deleted: (section) => withRecord((open) => Promise.resolve(ok(open.deleted(section)))),
    addDocument: (input, progress, signal) =>
      withRecord((open) => addDocument(open.documents, input, progress, signal)),
    openDocument: (id, progress) =>
      withRecord((open) => {
        const entry = open.document(id);
        return entry
          ? openDocument(open.documents, entry, progress)
          : Promise.resolve(fail({ type: 'entry-missing' } as const));
      }),

    sync: () => withAccount((open) => Promise.resolve(ok(open.sync()))),
    retry: () =>
      withAccount((open) => {
        open.retryNow();
        return Promise.resolve(ok());
      }),
    footprint: () => withRecord(footprint),
    devices: () => withAccount((open) => Promise.resolve(ok(open.devices()))),
    revokeDevice: (id) => withRecord((open) => revokeDevice(open, id)),
    unsettledWords: () => withRecord(unsettledWords),
    settleWords: (decisions) => withRecord((open) => settleWords(open, decisions)),
    unsettledAdditions: () => withRecord(unsettledAdditions),
    confirmAddition: (saying) => withRecord((open) => confirmAddition(open, saying)),

    linkThisDevice: ({ deviceName, ...typed }) =>
      withStorage(async (storage) => {
        if (account || entering || linking) return fail({ type: 'link-refused' });
        const credentials = checkCredentials(typed);
        return credentials.ok ? startLink(storage, credentials.value, deviceName) : credentials;
      }),
    linkOtherDevice: ({ code }) =>
      withRecord(async (open) => {
        linking?.cancel();
        const mine = ++lastLink;
        const started = await linkOtherDevice({
          ...{ account: open, code },
          show: (link) => void (mine === lastLink && showLink(link)),
        });
        if (!started.ok) return started;
        if (mine === lastLink) linking = started.value;
        else started.value.cancel();
        return mine === lastLink ? ok() : fail({ type: 'cancelled' });
      }),
    confirmLink: (same) =>
      withStorage(() => {
        linking?.confirm(same);
        return Promise.resolve(ok());
      }),
    cancelLink: () =>
      withStorage(() => {
        lastLink++;
        linking?.cancel();
        endLink();
        return Promise.resolve(ok());
      }),

    notices: () => withAccount((open) => Promise.resolve(ok(open.notices.list()))),
    markNoticesSeen: () =>
      withAccount(async (open) => {
        await open.notices.markSeen();
        emit({ type: 'notice', notices: open.notices.list() });
        return ok();
      }),
    exportRecord: () => withRecord(exportRecord),
  };

  return {
    ...door,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    idle: () => !(account ?? entering ?? enrolled ?? founded ?? linking ?? linkLine),
    async close() {
      await closeAccount();
      if (opened.ok) await opened.value.close();
    },
  };
}
