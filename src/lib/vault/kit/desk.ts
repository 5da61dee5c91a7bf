/**
 * The recovery that is under way on this device, of which there is one at most: a kit is looked up, the person sees what it
 * opens, and the account becomes this device's.
 *
 * Guarantees: until `entrance` has what is to be written, nothing of this device has changed; the root leaves memory then.
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { equal, hex } from '#lib/bytes/bytes.ts';
import { accountKey } from '#lib/keys/kit.ts';
import type { ChainState } from '#lib/keys/chain.ts';
import { livingEntries } from '#lib/record/living.ts';
import { devices as naming } from '#lib/record/sections/account.ts';
import type { Change } from '#lib/storage/storage.ts';
import { deviceViews } from '#lib/vault/account/device-list.ts';
import type { KitFound, KitGiven, Progress, Recovery, VaultError } from '#lib/vault/door/door.ts';
import type { Entrance } from '#lib/vault/entry/entrance.ts';
import { slotChanges, type Credentials } from '#lib/vault/entry/activation.ts';
import { identityChanges } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';
import { AccountCopy } from './copy.ts';
import { placedFor, readKit, type ReadKit } from './reading.ts';

/** What a recovery writes, and what is opened by it. */
export interface Recovered {
  readonly entrance: Entrance;
  readonly changes: readonly Change[];
}

interface Running {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

const DAY_MS = 86_400_000;

export class KitDesk {
  readonly #env: Environment;
  #copy: AccountCopy | null = null;
  #stopping = new AbortController();

  constructor(env: Environment) {
    this.#env = env;
  }

  isBusy(): boolean {
    return this.#copy !== null;
  }

  /** What the kit opens. A look-up that is begun ends the one before. */
  async lookUp(given: KitGiven): Promise<Result<KitFound, VaultError>> {
    this.cancel();
    const { signal } = (this.#stopping = new AbortController());
    const read = readKit(given);
    if (!read.ok) return read;
    const placed = await placedFor(this.#env, read.value.root);
    if (!placed.ok) return placed;
    if (signal.aborted) return fail({ type: 'cancelled' });
    if (placed.value?.type === 'replaced') return fail({ type: 'kit-replaced', at: placed.value.at });
    const relay = read.value.paper?.relay ?? null;
    if (placed.value === null) return fail({ type: 'kit-unknown', relay });
    const { granted, madeAt } = placed.value;
    const copy = await AccountCopy.open(this.#env, read.value.root, granted);
    if (signal.aborted) {
      await copy.close();
      return fail({ type: 'cancelled' });
    }
    this.#copy = copy;
    const caughtUp = await copy.catchUp(signal);
    const refused = caughtUp.ok
      ? await problemWith(copy.spaces.chainState(), read.value, relay)
      : caughtUp.error;
    if (refused) {
      if (this.#copy === copy) this.cancel();
      return fail(refused);
    }
    const found = foundIn(copy.spaces, granted.owner, { madeAt, paper: read.value.paper });
    return ok({ ...found, isBehind: found.isBehind || copy.lacks() });
  }

  /** Recovers the account that was looked up last, under these credentials. */
  async recover(
    credentials: Credentials,
    input: Pick<Recovery, 'deviceName' | 'keep' | 'lostSince'>,
    { signal = new AbortController().signal, progress = () => {} }: Running = {},
  ): Promise<Result<Recovered, VaultError>> {
    const copy = this.#copy;
    if (!copy) return fail({ type: 'cancelled' });
    // It is this recovery's own from here on: another look-up, or a lock, wipes nothing that is in use.
    this.#copy = null;
    const given = await this.#recoverFrom(copy, { credentials, ...input }, signal, progress);
    // Whoever gave up, or has no network now, tries again with the same kit.
    const isAgain = !given.ok && !copy.isSpent() && this.#copy === null;
    if (isAgain) this.#copy = copy;
    else await copy.close();
    return given;
  }

  async #recoverFrom(
    copy: AccountCopy,
    input: Pick<Recovery, 'deviceName' | 'keep' | 'lostSince'> & { readonly credentials: Credentials },
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Result<Recovered, VaultError>> {
    const caughtUp = await copy.catchUp(signal, progress);
    if (!caughtUp.ok) return caughtUp;
    const done = await copy.recoverBy(input);
    if (!done.ok) return done;
    const changes = [
      ...(await copy.changes()),
      ...(await slotChanges(this.#env, copy.localSecret, input.credentials)),
      ...(await identityChanges(copy.seal, copy.identity())),
    ];
    return ok({ entrance: { seal: copy.seal, identity: copy.identity(), kit: null }, changes });
  }

  /** Lets go of kit and copy. */
  cancel(): void {
    this.#stopping.abort();
    const copy = this.#copy;
    this.#copy = null;
    void copy?.close();
  }
}

/** Why this kit does not recover this account; null when it does. */
async function problemWith(
  { kits }: ChainState,
  { root }: ReadKit,
  relay: string | null,
): Promise<VaultError | null> {
  const { publicKey } = await accountKey(root);
  const which = kits.findIndex(({ account }) => equal(account, publicKey));
  if (which < 0) return { type: 'kit-unknown', relay };
  return which === kits.length - 1 ? null : { type: 'kit-replaced', at: kits[which + 1]!.at };
}

function foundIn(
  spaces: Spaces,
  { firstName, lastName }: { readonly firstName: string; readonly lastName: string },
  { madeAt, paper }: { readonly madeAt: number; readonly paper: ReadKit['paper'] },
): KitFound {
  const chain = spaces.chainState();
  const names = livingEntries(spaces.account.replica.record(), naming.id);
  const newestAt = newestIn(spaces);
  const isHeadHere = !paper || spaces.chain.replica.controls().some(({ id }) => hex(id) === paper.head);
  const made = Math.max(madeAt, paper?.madeAt ?? 0);
  return {
    owner: { firstName, lastName },
    ...{ madeAt: made, newestAt },
    isBehind: !isHeadHere || (newestAt !== null && newestAt < made - DAY_MS),
    devices: deviceViews(chain, names, spaces.device.id).filter(
      ({ revokedAt, thisDevice }) => revokedAt === null && !thisDevice,
    ),
  };
}

/** When the last word was said that is known here, by its author's clock. */
function newestIn(spaces: Spaces): number | null {
  const times = [
    ...spaces.chain.replica.controls().map(({ inner }) => inner.clock.time),
    ...[spaces.account, ...spaces.records()].flatMap(({ replica }) => replica.lastWordAt() ?? []),
  ];
  return times.length > 0 ? Math.max(...times) : null;
}
