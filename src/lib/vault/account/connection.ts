/**
 * The line to the relay for as long as an account is unlocked: finds out where the relay is, then runs the engine. Not
 * knowing yet is the same as being offline.
 */
import { frameId } from '#lib/crypto/frame.ts';
import { relayOrigin } from '#lib/protocol/relay.ts';
import { createSyncEngine, type SyncEngine, type SyncState } from '#lib/sync/engine.ts';
import type { Environment } from '#lib/vault/environment.ts';

const ASK_AGAIN_MS = 15_000;
const LOOK_AGAIN_MS = 100;

export interface Connection {
  engine(): SyncEngine | null;
  state(): SyncState;
  /** The engine once it is online; null when that takes longer. */
  online(within: number): Promise<SyncEngine | null>;
  retryNow(): void;
  stop(): void;
}

const NOT_YET: SyncState = { connection: 'offline', unsent: 0, problem: null, settled: false };

export function connect(
  env: Environment,
  on: { readonly engine: (engine: SyncEngine) => void; readonly state: (state: SyncState) => void },
): Connection {
  let engine: SyncEngine | null = null;
  let stopped = false;
  let asking = false;
  let cancelRetry = (): void => {};

  async function ask(): Promise<void> {
    if (asking || engine || stopped) return;
    asking = true;
    cancelRetry();
    const services = await env.services();
    asking = false;
    if (stopped) return;
    if (!services) {
      cancelRetry = env.clock.setTimer(ASK_AGAIN_MS, () => void ask());
      return;
    }
    engine = createSyncEngine({
      dial: env.dial(services.relay),
      origin: relayOrigin(services.relay),
      clock: env.clock,
      random: env.random,
      frameId,
      onState: on.state,
    });
    on.engine(engine);
  }

  const stopHints = env.onNetworkHint((online) => {
    if (engine) engine.hint(online ? 'online' : 'offline');
    else if (online) void ask();
  });
  void ask();

  return {
    engine: () => engine,
    state: () => engine?.state() ?? NOT_YET,
    async online(within) {
      const deadline = env.clock.now() + within;
      while (!stopped && engine?.state().connection !== 'online' && env.clock.now() < deadline)
        await new Promise<void>((resolve) => void env.clock.setTimer(LOOK_AGAIN_MS, resolve));
      return engine?.state().connection === 'online' ? engine : null;
    },
    retryNow() {
      if (engine) engine.retryNow();
      else void ask();
    },
    stop() {
      stopped = true;
      stopHints();
      cancelRetry();
      engine?.stop();
    },
  };
}
