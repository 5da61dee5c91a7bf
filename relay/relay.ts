/**
 * The relay: its sessions over one store and one bus, the upkeep that runs beside them, and how it stops.
 * It knows no socket: ws.ts brings real ones, tests bring their own.
 */
import type { Bus } from './bus/bus.ts';
import type { Clock, Random } from './host/clock.ts';
import type { RelayLimits } from './bounds/limits.ts';
import { describeError, type Log } from './host/log.ts';
import type { Metrics } from './host/metrics.ts';
import { once } from './host/once.ts';
import { Puts } from './session/puts.ts';
import { Rota } from './bounds/rota.ts';
import { createSession, type Peer, type Session, type SessionSocket } from './session/session.ts';
import type { Store } from './store/store.ts';
import { CLOSE } from '#lib/protocol/limits.ts';

export interface RelayDeps {
  readonly store: Store;
  readonly bus: Bus;
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Relay {
  /** Starts a session; give its `ended` a call when the socket is gone. */
  accept(socket: SessionSocket, peer: Peer): Session;
  forget(session: Session): void;
  readonly size: number;
  /** Acknowledges what came in, tells everybody to come back later, and lets go of the store. */
  close(): Promise<void>;
}

/** How often sessions are looked after. */
const TICK_MS = 5_000;

/** How often what has expired is erased. */
const SWEEP_MS = 60_000;

export function createRelay(deps: RelayDeps): Relay {
  const { store, bus, clock, log, metrics } = deps;
  const sockets = new Map<Session, SessionSocket>();
  const sessionDeps = { ...deps, puts: new Puts(deps), rota: new Rota(clock) };
  metrics.watchOpen(() => sockets.size);

  let cancelTick = clock.setTimer(TICK_MS, tick);
  let cancelSweep = clock.setTimer(SWEEP_MS, sweep);

  function tick(): void {
    cancelTick = clock.setTimer(TICK_MS, tick);
    for (const session of sockets.keys()) session.tick();
  }

  function sweep(): void {
    cancelSweep = clock.setTimer(SWEEP_MS, sweep);
    eraseExpired(store, metrics).catch((error: unknown) => {
      log.error('the store could not be swept', describeError(error));
    });
  }

  return {
    accept(socket, peer) {
      const session = createSession(socket, peer, sessionDeps);
      sockets.set(session, socket);
      metrics.totals.connections++;
      return session;
    },
    forget(session) {
      sockets.delete(session);
      session.ended();
    },
    get size() {
      return sockets.size;
    },
    close: once(async () => {
      cancelTick();
      cancelSweep();
      for (const session of sockets.keys()) session.stop();
      await store.close();
      for (const socket of sockets.values()) socket.close(CLOSE.restart);
      await bus.close();
    }),
  };
}

/** Piece by piece, so that requests come between. */
async function eraseExpired(store: Store, metrics: Metrics): Promise<void> {
  for (;;) {
    const swept = await store.sweep();
    if (!swept.ok) return;
    const { topics, frames, blobs, more } = swept.value;
    metrics.totals.erased += topics + frames + blobs;
    if (!more) return;
  }
}
