/**
 * A network between devices and a relay that does everything a network does: it delays, breaks, goes silent without
 * breaking, and comes back; and on request what only a broken or hostile one does: doubles, swaps and swallows messages.
 *
 * Each message draws its fate from the seed, so that a run replays exactly. Per direction of a connection messages keep
 * their order unless `reorder` strikes.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Dial, TransportEvents } from '#lib/sync/transport.ts';
import type { FakeClock } from '../tools/clock.ts';
import type { SeededRandom } from '../tools/random.ts';

/** Chances per message, but for `refuse`, which is per connection. */
export interface Faults {
  /** Milliseconds of a message on its way. */
  readonly delay: readonly [min: number, max: number];
  /** The connection breaks, and both ends are told. */
  readonly cut: number;
  /** The connection goes silent in both directions, and nobody is told. */
  readonly mute: number;
  /** A new connection is refused. */
  readonly refuse: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly lose: number;
}

export const CALM: Faults = { delay: [5, 50], cut: 0, mute: 0, refuse: 0, duplicate: 0, reorder: 0, lose: 0 };

/** What a mobile network does. */
export const ROUGH: Faults = { ...CALM, delay: [5, 3_000], cut: 0.02, mute: 0.01, refuse: 0.2 };

/** What no network does that keeps TCP's promise; everything must converge even so. */
export const HOSTILE: Faults = { ...ROUGH, duplicate: 0.1, reorder: 0.1, lose: 0.03 };

/** The relay's end of a connection. */
export interface Line {
  readonly send: (message: Bytes) => void;
  readonly close: (code: number) => void;
}

export interface LineEvents {
  receive(message: Bytes): void;
  ended(): void;
}

export interface FakeNetwork {
  /** How one device reaches the relay. */
  dial: Dial;
  faults: Faults;
  /** While false, connections are refused and those that stand are silent: the network is gone (R13, half-open). */
  up: boolean;
  /** Breaks every connection, and tells both ends. */
  cutAll(): void;
  /** Silences every connection that stands; new ones work. */
  muteAll(): void;
  /** Sees every message before its fate; returning false swallows it. */
  tap: ((direction: 'up' | 'down', message: Bytes) => boolean) | null;
  readonly open: number;
  readonly dialled: number;
}

interface Connection {
  muted: boolean;
  end(code: number): void;
}

const ABNORMAL = 1006;

export function fakeNetwork(
  clock: FakeClock,
  random: SeededRandom,
  serve: (line: Line) => LineEvents,
): FakeNetwork {
  const connections = new Set<Connection>();
  let dialled = 0;

  const latency = () => {
    const [min, max] = network.faults.delay;
    return min + random.int(max - min + 1);
  };

  /** Carries one direction; answers the function that hands a message over. */
  const carry = (connection: Connection, direction: 'up' | 'down', deliver: (message: Bytes) => void) => {
    let lastArrival = 0;
    return (message: Bytes) => {
      const { faults } = network;
      if (!connections.has(connection) || connection.muted || !network.up) return;
      if (network.tap && !network.tap(direction, message)) return;
      if (random.chance(faults.cut)) return connection.end(ABNORMAL);
      if (random.chance(faults.mute)) connection.muted = true;
      if (random.chance(faults.lose)) return;
      const copies = random.chance(faults.duplicate) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const arrival = clock.now() + latency();
        const inOrder = random.chance(faults.reorder) ? arrival : Math.max(arrival, lastArrival);
        lastArrival = Math.max(lastArrival, inOrder);
        clock.setTimer(inOrder - clock.now(), () => {
          if (connections.has(connection) && !connection.muted && network.up) deliver(message.slice());
        });
      }
    };
  };

  const dial: Dial = (events: TransportEvents) => {
    dialled++;
    let theirs: LineEvents | undefined;
    const connection: Connection = {
      muted: false,
      end(code) {
        if (!connections.delete(connection)) return;
        theirs?.ended();
        events.closed(code);
      },
    };
    connections.add(connection);
    const up = carry(connection, 'up', (message) => theirs?.receive(message));
    const down = carry(connection, 'down', (message) => events.message(message));
    clock.setTimer(latency(), () => {
      if (!connections.has(connection)) return;
      if (!network.up || random.chance(network.faults.refuse)) return connection.end(ABNORMAL);
      theirs = serve({
        send: down,
        close: (code) => void clock.setTimer(latency(), () => connection.end(code)),
      });
    });
    return {
      send: up,
      waiting: () => 0,
      close() {
        if (connections.delete(connection)) theirs?.ended();
      },
    };
  };

  const network: FakeNetwork = {
    dial,
    faults: CALM,
    up: true,
    cutAll: () => [...connections].forEach((connection) => connection.end(ABNORMAL)),
    muteAll: () => connections.forEach((connection) => (connection.muted = true)),
    tap: null,
    get open() {
      return connections.size;
    },
    get dialled() {
      return dialled;
    },
  };
  return network;
}
