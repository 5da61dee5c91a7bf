/**
 * Everything the vault needs of the world, as one parameter: a test gives a fake clock, a seeded random, a fake network.
 */
import { systemRandom, type Random } from '#lib/crypto/random.ts';
import type { Argon2Parameters } from '#lib/crypto/kdf.ts';
import { ARGON2 } from '#lib/crypto/kdf.ts';
import { browserDisks, type Disks } from '#lib/storage/disks.ts';
import { systemClock, type Clock } from '#lib/sync/clock.ts';
import { webSocketDial, type Dial } from '#lib/sync/transport.ts';
import { browserImages, type ImageTools } from './images.ts';

/** Where the relay and the authority are; the host of the app says so. */
export interface Services {
  readonly relay: string; // ws: or wss:
  readonly authority: string; // http: or https:
}

export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  /** What a new password slot costs; slots keep their own. */
  readonly argon2: Argon2Parameters;
  readonly images: ImageTools;
  /** One for each carnet of this computer (disk/shelf.ts). */
  readonly disks: Disks;
  /** Null when the host cannot be reached now. */
  services(): Promise<Services | null>;
  dial(relay: string): Dial;
  readonly fetch: typeof fetch;
  /** Whether the browser promised to keep our data; null where it cannot be asked. */
  persisted(): Promise<boolean | null>;
  /** Called when the browser thinks that the network came or went: a hint, not a fact. The answer ends it. */
  onNetworkHint(listener: (online: boolean) => void): () => void;
}

export function browserEnvironment(): Environment {
  return {
    clock: systemClock,
    random: systemRandom,
    argon2: ARGON2,
    images: browserImages,
    disks: browserDisks(),
    services: () => readServices(),
    dial: (relay) => webSocketDial(relay),
    fetch: (...request) => fetch(...request),
    persisted: async () => (await navigator.storage?.persisted?.()) ?? null,
    onNetworkHint(listener) {
      const online = () => listener(true);
      const offline = () => listener(false);
      addEventListener('online', online);
      addEventListener('offline', offline);
      return () => {
        removeEventListener('online', online);
        removeEventListener('offline', offline);
      };
    },
  };
}

const CONFIG_MS = 10_000;

async function readServices(): Promise<Services | null> {
  try {
    const answer = await fetch('/config.json', { cache: 'no-store', signal: AbortSignal.timeout(CONFIG_MS) });
    return answer.ok ? servicesOf(await answer.json()) : null;
  } catch {
    return null; // no network, or no such page behind a captive portal
  }
}

/** Null unless both are addresses of the kinds expected. Relative ones stand for the host of the app. */
function servicesOf(config: unknown, base = location.origin): Services | null {
  if (typeof config !== 'object' || config === null) return null;
  const { relay, authority } = config as { relay?: unknown; authority?: unknown };
  const relayUrl = urlOf(relay, base.replace(/^http/, 'ws'), ['ws:', 'wss:']);
  const authorityUrl = urlOf(authority, base, ['http:', 'https:']);
  return relayUrl && authorityUrl ? { relay: relayUrl, authority: authorityUrl } : null;
}

function urlOf(text: unknown, base: string, protocols: readonly string[]): string | null {
  if (typeof text !== 'string' || !URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  return protocols.includes(url.protocol) ? url.href : null;
}
