/**
 * Real vaults against a real server in this process: each device has a disk of its own that outlives its tab. The
 * cryptography, the socket and the relay are the product's; only the browser is missing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import type { Edit } from '#lib/record/entry.ts';
import { openVault } from '#lib/vault/vault.ts';
import type { HostedVault } from '#lib/vault/tabs/serving.ts';
import type { Kit, VaultEvent, VaultError } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import { memoryStorage } from '#lib/storage/memory.ts';
import { systemClock, type Clock } from '#lib/sync/clock.ts';
import { webSocketDial, type Dial } from '#lib/sync/transport.ts';
import { readConfig, type Config } from '../../../relay/config.ts';
import { startCarnet, type RunningCarnet } from '../../../relay/main.ts';
import type { Storage, StorageError } from '#lib/storage/storage.ts';
import { faultyDisk, type FaultyDisk } from '../hostile/faulty-storage.ts';
import { diskShelf } from './disk-shelf.ts';

export const PASSWORD = 'Un-mot2passe!long';
export const IDENTIFIANT = 'alice.martin';

export interface Credentials {
  readonly identifiant: string;
  readonly password: string;
}

/** What opens the device that `activate` made, and the one that `link` added. */
export const ALICE: Credentials = { identifiant: IDENTIFIANT, password: PASSWORD };
export const ALICE_ON_PHONE: Credentials = { identifiant: 'alice.phone', password: PASSWORD };

export interface VaultWorld {
  readonly carnet: RunningCarnet;
  /** Where relay and authority keep what they have. */
  readonly dataDir: string;
  /** The n-th person of the fictional register. */
  credentials(n: number): { code: string; nir: string; serial: string };
  /** The same with a code that was just issued: that person's earlier ones are void. */
  newCredentials(n: number): Promise<{ code: string; nir: string; serial: string }>;
  device(options?: DeviceOptions): TestDevice;
  close(): Promise<void>;
}

export interface DeviceOptions {
  /** Stands between the device and the relay (evil-relay.ts). */
  readonly line?: (honest: Dial) => Dial;
  readonly images?: Environment['images'];
  readonly disk?: FaultyDisk;
  /** In the place of the disk that misbehaves: a real backend. */
  readonly openStorage?: (onNewerVersion: () => void) => Promise<Result<Storage, StorageError>>;
  /** Stands between the device and the authority. */
  readonly fetch?: typeof fetch;
}

export interface TestDevice {
  readonly disk: FaultyDisk;
  /** The disks there are, by their names; the first is called `carnet`. */
  readonly disks: ReadonlyMap<string, FaultyDisk>;
  readonly events: VaultEvent[];
  vault: HostedVault;
  /** False: as in a hospital corridor. */
  online: boolean;
  /** How many times as fast as it should the clock of this device runs, and its timers with it. */
  hurry: number;
  /** The tab is killed: its disk, its lines and its requests are dead, whatever of it still runs. */
  kill(): void;
  /** The tab is killed and opened again on the same disk, and unlocked when it is said by what. */
  reopen(credentials?: Credentials | null): Promise<HostedVault>;
  /** Takes the device off the network, its open connections too, or puts it back. */
  setOnline(online: boolean): void;
  until<T extends VaultEvent['type']>(
    type: T,
    condition: (event: Extract<VaultEvent, { type: T }>) => boolean,
  ): Promise<Extract<VaultEvent, { type: T }>>;
}

export async function vaultWorld(changed: Partial<Config> = {}): Promise<VaultWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'carnet-vault-'));
  const config = readConfig({ DATA_DIR: dataDir });
  if (!config.ok) throw new Error(config.error.message);
  const carnet = await startCarnet({ ...config.value, port: 0, logLevel: 'silent', ...changed });
  const devices: TestDevice[] = [];
  const persons = carnet.authority?.demoCredentials() ?? [];
  return {
    carnet,
    dataDir,
    credentials(n) {
      const person = carnet.authority?.demoCredentials()[n];
      if (!person) throw new Error(`the register has no person ${n}`);
      return { code: person.code, nir: person.nir, serial: person.serial };
    },
    async newCredentials(n) {
      const person = persons[n];
      const code = person && (await carnet.authority?.issueCode(person.nir));
      if (!code) throw new Error('no code was issued');
      return { code, nir: person.nir, serial: person.serial };
    },
    device(options) {
      const device = testDevice(carnet.url, options);
      devices.push(device);
      return device;
    },
    async close() {
      for (const { vault } of devices) if (vault) await vault.lock();
      await carnet.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The world as a device that is always online has it, for what needs no disk. */
export function testEnvironment(url: string): Environment {
  return {
    clock: systemClock,
    random: systemRandom,
    argon2: { m: 65_536, t: 3, p: 1 },
    images: NO_IMAGES,
    disks: {
      open: () => Promise.resolve(ok(memoryStorage())),
      existing: () => Promise.resolve([]),
      erase: () => Promise.resolve(ok()),
    },
    services: () => Promise.resolve({ relay: `${url.replace('http', 'ws')}/relay`, authority: url }),
    dial: (relay) => webSocketDial(relay),
    fetch,
    persisted: () => Promise.resolve(null),
    onNetworkHint: () => () => {},
  };
}

export function testDevice(url: string, options: DeviceOptions = {}): TestDevice {
  const { disk = faultyDisk(), line = (honest) => honest, images = NO_IMAGES } = options;
  const reach = options.fetch ?? fetch;
  let process = {};
  const hints = new Set<(online: boolean) => void>();
  const lines = new Set<() => void>();
  const clock = hastyClock();
  const shelf = diskShelf(disk);
  const device: TestDevice = {
    disk,
    disks: shelf.all,
    events: [],
    vault: undefined as unknown as HostedVault,
    online: true,
    get hurry() {
      return clock.speed();
    },
    set hurry(factor) {
      clock.setSpeed(factor);
    },
    kill() {
      process = {};
      for (const one of shelf.all.values()) one.crash();
      for (const cut of [...lines]) cut();
    },
    async reopen(credentials = null) {
      device.kill();
      const own = process;
      const vault = await openVault(environment());
      // A tab that was killed while it opened is not the device's any more.
      if (own === process) device.vault = vault;
      vault.subscribe((event) => void (own === process && device.events.push(event)));
      if (credentials) good(await vault.unlock(credentials));
      return vault;
    },
    setOnline(online) {
      device.online = online;
      if (!online) for (const cut of lines) cut();
      for (const hint of hints) hint(online);
    },
    until(type, condition) {
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => reject(new Error(`no ${type} as expected within 20 s`)), 20_000);
        const matches = (event: VaultEvent): boolean => {
          const fits = event.type === type && condition(event as never);
          if (fits) {
            clearTimeout(deadline);
            stop();
            resolve(event as never);
          }
          return fits;
        };
        let stop = (): void => {};
        if (!device.events.toReversed().some(matches)) stop = device.vault.subscribe(matches);
      });
    },
  };

  function environment(): Environment {
    const own = process;
    const isOnline = (): boolean => device.online && own === process;
    const services = { relay: `${url.replace('http', 'ws')}/relay`, authority: url };
    return {
      clock,
      random: systemRandom,
      argon2: { m: 65_536, t: 3, p: 1 },
      images,
      disks: shelf.disks(options.openStorage),
      services: () => Promise.resolve(isOnline() ? services : null),
      dial: (relay) => (events) =>
        isOnline() ? severable(line(webSocketDial(relay)))(events) : deadLine(events),
      fetch: (...request) => (isOnline() ? reach(...request) : Promise.reject(new TypeError('offline'))),
      persisted: () => Promise.resolve(null),
      onNetworkHint(listener) {
        hints.add(listener);
        return () => void hints.delete(listener);
      },
    };
  }
  function severable(dial: Dial): Dial {
    return (events) => {
      const closed = (code: number): void => void (lines.delete(cut) && events.closed(code));
      const transport = dial({ message: (message) => events.message(message), closed });
      const cut = (): void => {
        transport.close();
        closed(1006);
      };
      lines.add(cut);
      return {
        ...transport,
        close() {
          lines.delete(cut);
          transport.close();
        },
      };
    };
  }
  return device;
}

/** The clock of the machine, until it is told to run faster; what it gained it keeps. */
function hastyClock(): Clock & { speed(): number; setSpeed(factor: number): void } {
  let [speed, since, gained] = [1, Date.now(), 0];
  const now = () => Date.now() + gained + (Date.now() - since) * (speed - 1);
  return {
    now,
    setTimer: (delay, action) => systemClock.setTimer(delay / speed, action),
    speed: () => speed,
    setSpeed(factor) {
      const reached = now();
      [speed, since, gained] = [factor, Date.now(), reached - Date.now()];
    },
  };
}

const NO_IMAGES: Environment['images'] = { toJpeg: () => Promise.resolve(null) };

const deadLine: Dial = ({ closed }) => {
  queueMicrotask(() => closed(1006));
  return { send() {}, waiting: () => 0, close() {} };
};

/** The value of an answer that is expected to be good. */
export function good<T>(result: Result<T, VaultError>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Activates and leaves the vault unlocked. */
export async function activate(
  device: TestDevice,
  credentials: ReturnType<VaultWorld['credentials']>,
): Promise<void> {
  await activateWithKit(device, credentials);
}

/** The same, with the kit in hand. */
export async function activateWithKit(
  device: TestDevice,
  credentials: ReturnType<VaultWorld['credentials']>,
): Promise<Kit> {
  const vault = await device.reopen();
  good(await vault.enrol(credentials));
  const kit = good(await vault.activate({ ...ALICE, deviceName: 'Portable' }));
  const [a, b, c] = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
  good(await vault.confirmKit([a, b, c]));
  return kit;
}

/** The vault of a device on which the password was asked for a moment ago: it hands out what it has, and lets others in. */
export async function proven(
  { vault }: Pick<TestDevice, 'vault'>,
  password = PASSWORD,
): Promise<HostedVault> {
  good(await vault.prove({ password }));
  return vault;
}

/** Links `fresh` to the account of `open`, the person comparing the phrases; both then hold the same record. */
export async function link(open: TestDevice, fresh: TestDevice): Promise<void> {
  await settled(open);
  const vault = await fresh.reopen();
  const input = { ...ALICE_ON_PHONE, deviceName: 'Téléphone' };
  good(await vault.linkThisDevice(input));
  const { link: shown } = await fresh.until('link', ({ link }) => link.type === 'waiting');
  good(await (await proven(open)).linkOtherDevice({ code: shown.type === 'waiting' ? shown.code : '' }));
  const both = [open, fresh];
  await Promise.all(both.map((device) => device.until('link', (event) => event.link.type === 'compare')));
  for (const device of both) good(await device.vault.confirmLink(true));
  await Promise.all(both.map((device) => device.until('link', (event) => event.link.type === 'done')));
}

/** Asks again and again until the answer is as expected. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  isGood: (value: T) => boolean,
  within = 20_000,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const value = await ask();
    if (isGood(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)} after ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Everything that was written on the device is at the relay, documents too. */
export async function settled(device: TestDevice): Promise<void> {
  await eventually(
    async () => ({
      sync: good(await device.vault.sync('moi')),
      record: good(await device.vault.record('moi')),
    }),
    ({ sync, record }) =>
      sync.connection === 'online' &&
      sync.unsent === 0 &&
      sync.delivery.sent &&
      record.documents.every(({ delivery }) => delivery.sent),
  );
}

/** The names of the living allergies, in order. */
export async function allergies(device: TestDevice): Promise<string[]> {
  const { entries } = good(await device.vault.record('moi'));
  return (entries['allergies'] ?? []).map(({ fields }) => String(fields['name'])).sort();
}

export function allergy(name: string, id = toBase64url(systemRandom(16))): Edit {
  return { type: 'put', section: 'allergies', id, fields: { name } };
}
