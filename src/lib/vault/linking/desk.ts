/**
 * The link that is under way on this device, of which there is one at most: a device that has no account yet shows a code,
 * or one that is open takes another in, or another guardian into a child's record.
 *
 * Guarantees: a link that was given up while it was being begun ends there; nothing is shown of it after.
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { generateDevice, openDevice } from '#lib/keys/device.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';
import { connect, type Connection } from '#lib/vault/account/connection.ts';
import type { LinkState, VaultError } from '#lib/vault/door/door.ts';
import type { NewDevice } from '#lib/vault/entry/entrance.ts';
import type { Granted } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import type { Linking } from './driving.ts';
import { linkThisDevice } from './linking.ts';

/** How long a new device waits for the relay before it says that there is none. */
const CONNECT_MS = 10_000;

export class LinkDesk {
  readonly #env: Environment;
  readonly #show: (link: LinkState) => void;
  #linking: Linking | null = null;
  /** Of a device that has no account yet. */
  #line: Connection | null = null;
  /** A link that is no longer the last one was given up while it was being begun. */
  #last = 0;

  constructor(env: Environment, show: (link: LinkState) => void) {
    this.#env = env;
    this.#show = show;
  }

  isBusy(): boolean {
    return this.#linking !== null || this.#line !== null;
  }

  /** Whether a link talks to another device already. */
  isTalking(): boolean {
    return this.#linking !== null;
  }

  /** This device joins the account of another; `linked` makes what was granted its own. */
  async joinOther(
    name: string,
    linked: (device: NewDevice, granted: Granted) => Promise<Result<void, VaultError>>,
  ): Promise<Result<void, VaultError>> {
    const mine = ++this.#last;
    const secrets = generateDevice(this.#env.random);
    const device = await openDevice(secrets);
    const line = this.#dial();
    const engine = await line.engine;
    if (mine !== this.#last) return fail({ type: 'cancelled' });
    if (!engine) return this.#noRelay();
    const begun = await linkThisDevice({
      ...{ env: this.#env, engine, device, name },
      show: (link) => this.#tell(mine, link),
      linked: (granted) => linked({ device: secrets, bundle: device.bundle, deviceName: name }, granted),
    });
    this.#linking = mine === this.#last ? begun : null;
    // The line is dialled for the talk, so only now can it turn out to be dead.
    const online = this.#linking && (await line.connection.online(CONNECT_MS));
    if (mine === this.#last && online) return ok();
    begun.cancel();
    return mine === this.#last ? this.#noRelay() : fail({ type: 'cancelled' });
  }

  /** An open account begins a talk: it takes in a device, shares a record, or joins one. */
  async begin(
    start: (show: (link: LinkState) => void) => Promise<Result<Linking, VaultError>>,
  ): Promise<Result<void, VaultError>> {
    this.#linking?.cancel();
    const mine = ++this.#last;
    const started = await start((link) => this.#tell(mine, link));
    if (!started.ok) return started;
    if (mine === this.#last) this.#linking = started.value;
    else started.value.cancel();
    return mine === this.#last ? ok() : fail({ type: 'cancelled' });
  }

  confirm(same: boolean): void {
    this.#linking?.confirm(same);
  }

  /** Of a guardian who was invited. */
  answer(accept: boolean): void {
    this.#linking?.answer?.(accept);
  }

  cancel(): void {
    this.#last++;
    this.#linking?.cancel();
    this.#end();
  }

  /** Tells the page, of whichever link is the last. */
  show(link: LinkState): void {
    if (link.type === 'done' || link.type === 'failed') this.#end();
    this.#show(link);
  }

  #tell(mine: number, link: LinkState): void {
    if (mine === this.#last) this.show(link);
  }

  #dial(): { readonly connection: Connection; readonly engine: Promise<SyncEngine | null> } {
    let found: (engine: SyncEngine | null) => void = () => {};
    const engine = new Promise<SyncEngine | null>((resolve) => (found = resolve));
    const connection = connect(this.#env, { engine: found, state: () => {} });
    this.#line = connection;
    this.#env.clock.setTimer(CONNECT_MS, () => found(null));
    return { connection, engine };
  }

  #noRelay(): Result<void, VaultError> {
    this.#end();
    return fail({ type: 'relay-unreachable' });
  }

  #end(): void {
    this.#linking = null;
    const line = this.#line;
    this.#line = null;
    // The last message has to leave before the line closes.
    if (line) this.#env.clock.setTimer(CONNECT_MS, () => line.stop());
  }
}
