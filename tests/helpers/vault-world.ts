/**
 * Real vaults against a real server in this process: each device has a disk of its own that outlives its tab. The
 * cryptography, the socket and the relay are the product's; only the browser is missing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '#lib/crypto/random.ts';
import { openVault } from '#lib/vault/vault.ts';
import type { HostedVault } from '#lib/vault/election.ts';
import type { VaultEvent, VaultError } from '#lib/vault/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import type { Result } from '#lib/bytes/result.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { webSocketDial, type Dial } from '#lib/sync/transport.ts';
import { readConfig } from '../../relay/config.ts';
import { startCarnet, type RunningCarnet } from '../../relay/main.ts';
import { faultyDisk, type FaultyDisk } from './faulty-storage.ts';

export const PASSWORD = 'Un-mot2passe!long';
export const IDENTIFIANT = 'alice.martin';

export interface VaultWorld {
  readonly carnet: RunningCarnet;
  /** The n-th person of the fictional register. */
  credentials(n: number): { code: string; nir: string; serial: string };
  device(): TestDevice;
  close(): Promise<void>;
}

export interface TestDevice {
  readonly disk: FaultyDisk;
  readonly events: VaultEvent[];
  vault: HostedVault;
  /** False: as in a hospital corridor. */
  online: boolean;
  /** The tab is killed and opened again on the same disk. */
  reopen(): Promise<HostedVault>;
  until<T extends VaultEvent['type']>(
    type: T,
    condition: (event: Extract<VaultEvent, { type: T }>) => boolean,
  ): Promise<Extract<VaultEvent, { type: T }>>;
}

export async function vaultWorld(): Promise<VaultWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'carnet-vault-'));
  const config = readConfig({ DATA_DIR: dataDir });
  if (!config.ok) throw new Error(config.error.message);
  const carnet = await startCarnet({ ...config.value, port: 0, logLevel: 'silent' });
  const devices: TestDevice[] = [];
  return {
    carnet,
    credentials(n) {
      const person = carnet.authority?.demoCredentials()[n];
      if (!person) throw new Error(`the register has no person ${n}`);
      return { code: person.code, nir: person.nir, serial: person.serial };
    },
    device() {
      const device = testDevice(carnet.url);
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

function testDevice(url: string): TestDevice {
  const disk = faultyDisk();
  const hints = new Set<(online: boolean) => void>();
  const device: TestDevice = {
    disk,
    events: [],
    vault: undefined as unknown as HostedVault,
    online: true,
    async reopen() {
      disk.crash();
      device.vault = await openVault(environment(), null);
      device.vault.subscribe((event) => void device.events.push(event));
      return device.vault;
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
    const services = { relay: `${url.replace('http', 'ws')}/relay`, authority: url };
    return {
      clock: systemClock,
      random: systemRandom,
      argon2: { m: 65_536, t: 3, p: 1 },
      images: { toJpeg: () => Promise.resolve(null) },
      missing: [],
      openStorage: () => disk.tryOpen(),
      services: () => Promise.resolve(device.online ? services : null),
      dial: (relay) => (device.online ? webSocketDial(relay) : deadLine),
      fetch: (...request) => (device.online ? fetch(...request) : Promise.reject(new TypeError('offline'))),
      persisted: () => Promise.resolve(null),
      onNetworkHint(listener) {
        hints.add(listener);
        return () => void hints.delete(listener);
      },
    };
  }
  return device;
}

const deadLine: Dial = ({ closed }) => {
  queueMicrotask(() => closed(1006));
  return { send() {}, waiting: () => 0, close() {} };
};

/** The value of an answer that is expected to be good. */
export function good<T>(result: Result<T, VaultError>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Activates, keeps the kit, and leaves the vault unlocked. */
export async function activate(
  device: TestDevice,
  credentials: ReturnType<VaultWorld['credentials']>,
): Promise<void> {
  const vault = await device.reopen();
  good(await vault.enrol(credentials));
  const kit = good(
    await vault.activate({ identifiant: IDENTIFIANT, password: PASSWORD, deviceName: 'Portable' }),
  );
  const [a, b, c] = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
  good(await vault.confirmKit([a, b, c]));
}
