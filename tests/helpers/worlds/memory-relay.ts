/**
 * The real relay without sockets: its sessions, bus and SQLite store, over lines that a test gives it.
 */
import { createLocalBus } from '../../../relay/bus/local.ts';
import { NO_GUARD, type Guard } from '../../../relay/bounds/guard.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../../../relay/bounds/limits.ts';
import { createLog } from '../../../relay/host/log.ts';
import { createMetrics } from '../../../relay/host/metrics.ts';
import { createRelay } from '../../../relay/relay.ts';
import { openSqliteStore } from '../../../relay/store/sqlite.ts';
import type { Store } from '../../../relay/store/store.ts';
import { createTurn } from '../../../relay/session/turn.ts';
import type { FakeClock } from '../tools/clock.ts';
import type { Line, LineEvents } from './fake-network.ts';
import type { SeededRandom } from '../tools/random.ts';

export const RELAY_ORIGIN = 'relais.test';

export interface MemoryRelay {
  /** Takes a connection, as its server does. */
  serve(line: Line): LineEvents;
  readonly store: Store;
  /** Replaces methods of the store from now on: where a test makes it fail. An empty object mends it. */
  interpose(methods: Partial<Store>): void;
  /** What it allows a network address from now on, on every connection that begins. */
  guard: Guard;
  /** Stops as the server does: in good order, everything on the disk. */
  close(): Promise<void>;
}

export interface MemoryRelayOptions {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  /** The folder of the store; null (the default) keeps it in memory. */
  readonly folder?: string | null;
  readonly limits?: Partial<RelayLimits>;
}

export function memoryRelay({ clock, random, folder = null, limits = {} }: MemoryRelayOptions): MemoryRelay {
  const all = { ...DEFAULT_LIMITS, ...limits };
  const store = openSqliteStore({ folder, clock, limits: all });
  let replaced: Partial<Store> = {};
  const relay = createRelay({
    store: withReplaced(store, () => replaced),
    bus: createLocalBus(createTurn(clock)),
    limits: all,
    clock,
    random,
    log: createLog('silent'),
    metrics: createMetrics(),
  });

  const memory: MemoryRelay = {
    store,
    guard: NO_GUARD,
    interpose: (methods) => void (replaced = methods),
    close: () => relay.close(),
    serve(line) {
      const socket = {
        send: line.send,
        sendShared: ({ message }: { message: Uint8Array<ArrayBuffer> }) => line.send(message),
        bufferedAmount: 0,
        pause() {},
        resume() {},
        ping() {},
        proven() {},
        close: line.close,
      };
      const session = relay.accept(socket, { origin: RELAY_ORIGIN, guard: memory.guard });
      return {
        receive: (message) => session.receive(message),
        ended: () => relay.forget(session),
      };
    },
  };
  return memory;
}

function withReplaced(store: Store, replaced: () => Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = replaced()[name as keyof Store] ?? Reflect.get(target, name, target);
      return typeof method === 'function' ? (method.bind(target) as unknown) : method;
    },
  });
}
