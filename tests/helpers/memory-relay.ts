/**
 * The real relay without sockets: its sessions, its bus and its SQLite store, over a line that a test gives it.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { createLocalBus } from '../../relay/bus/local.ts';
import type { Bus } from '../../relay/bus/bus.ts';
import { NO_GUARD, type Guard } from '../../relay/guard.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../../relay/limits.ts';
import { createLog } from '../../relay/log.ts';
import { createMetrics } from '../../relay/metrics.ts';
import { createSession, type Session } from '../../relay/session.ts';
import { openSqliteStore } from '../../relay/store/sqlite.ts';
import type { Store } from '../../relay/store/store.ts';
import type { FakeClock } from './clock.ts';
import type { Line, LineEvents } from './fake-network.ts';
import type { SeededRandom } from './random.ts';

export const RELAY_ORIGIN = 'relais.test';

export interface MemoryRelay {
  /** Takes a connection, as its server does. */
  serve(line: Line): LineEvents;
  readonly store: Store;
  /** Stands in front of the store from now on, in every session that begins: where a test makes it fail. */
  interpose(wrap: (store: Store) => Store): void;
  /** What it allows a network address from now on, in every session that begins. */
  guard: Guard;
  /** Lets go of the store: sessions that stand get no answer any more. */
  close(): Promise<void>;
}

export interface MemoryRelayOptions {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  /** The folder of the store; null (the default) keeps it in memory. */
  readonly folder?: string | null;
  readonly limits?: Partial<RelayLimits>;
}

/** How often a server looks after its connections. */
const TICK_MS = 15_000;

export function memoryRelay({ clock, random, folder = null, limits = {} }: MemoryRelayOptions): MemoryRelay {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  const store = openSqliteStore({ folder, clock, limits: bounds });
  const bus: Bus = createLocalBus(clock);
  const log = createLog('silent');
  const metrics = createMetrics();
  let front = store;

  const tick = (session: Session, isOpen: () => boolean) =>
    clock.setTimer(TICK_MS, () => {
      if (!isOpen()) return;
      session.tick();
      tick(session, isOpen);
    });

  const relay: MemoryRelay = {
    store,
    guard: NO_GUARD,
    serve(line) {
      let open = true;
      const session = createSession(
        {
          send: (message: Bytes) => line.send(message),
          sendShared: ({ message }) => line.send(message),
          bufferedAmount: 0,
          pause() {},
          resume() {},
          ping() {},
          close: (code) => line.close(code),
        },
        { origin: RELAY_ORIGIN, guard: relay.guard },
        { store: front, bus, limits: bounds, clock, random, log, metrics },
      );
      tick(session, () => open);
      return {
        receive: (message) => session.receive(message),
        ended() {
          open = false;
          session.ended();
        },
      };
    },
    interpose: (wrap) => void (front = wrap(store)),
    close: () => store.close(),
  };
  return relay;
}
