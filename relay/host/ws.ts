/**
 * WebSockets for the relay. The library does the handshake, reads frames, and closes; what the relay says leaves by
 * connection.ts, so that a message for a thousand subscribers is framed once and no copy of it is kept.
 *
 * Guarantees: before the handshake an address is held to its limits (429) and the process to its own (503); no message
 * above MAX_REQUEST, no text, no compression (ciphertext does not shrink, and length is all an observer has).
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_REQUEST } from '#lib/protocol/limits.ts';
import { Connection, House, ignore } from '../session/connection.ts';
import { Doorkeeper, type AddressGuard } from '../bounds/guard.ts';
import type { Clock } from './clock.ts';
import type { RelayLimits } from '../bounds/limits.ts';
import type { Metrics } from './metrics.ts';
import type { Relay } from '../relay.ts';
import type { Turn } from '../session/turn.ts';

export interface SocketOptions {
  readonly path: string;
  readonly relay: Relay;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly metrics: Metrics;
  /** The host under which the request reached this relay. */
  readonly originOf: (request: IncomingMessage) => string;
  /** Who counts as one where callers are limited. */
  readonly addressOf: (request: IncomingMessage) => string;
}

export interface RelaySockets {
  /** Refuses newcomers from now on. */
  stop(): void;
  /** Resolves when everybody has gone, or had time to. */
  close(): Promise<void>;
}

/** How long a closing connection may take to say goodbye. */
const GOODBYE_MS = 2_000;

/** Apps do not fragment, proxies may; each fragment and each piece of one costs memory beside its bytes. */
const MAX_FRAGMENTS = 1_024;
const MAX_CHUNKS = 8_192;

const BUSY_SECONDS = 5;

const HANDSHAKES = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  closeTimeout: GOODBYE_MS,
  maxPayload: MAX_REQUEST,
  maxFragments: MAX_FRAGMENTS,
  maxBufferedChunks: MAX_CHUNKS,
  skipUTF8Validation: true,
};

export function serveSockets(server: Server, options: SocketOptions): RelaySockets {
  const reception = new Reception(options);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', ignore);
    reception.receive({ request, socket, head });
  });
  return reception;
}

/** Who asks for a WebSocket. */
interface Caller {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

class Reception implements RelaySockets {
  readonly #options: SocketOptions;
  readonly #house: House;
  readonly #handshakes = new WebSocketServer(HANDSHAKES);
  #isStopped = false;

  constructor(options: SocketOptions) {
    const { relay, limits, clock, turn } = options;
    this.#options = options;
    this.#house = new House(relay, new Doorkeeper(limits, clock), turn);
  }

  receive(caller: Caller): void {
    const { path, limits } = this.#options;
    if (caller.request.url?.split('?', 1)[0] !== path) {
      this.#refuse(caller, '404 Not Found', 0);
    } else if (this.#isStopped || this.#house.open.size >= limits.connections) {
      this.#refuse(caller, '503 Service Unavailable', BUSY_SECONDS);
    } else {
      const guard = this.#house.door.enter(this.#options.addressOf(caller.request));
      if (typeof guard === 'number') this.#refuse(caller, '429 Too Many Requests', guard);
      else this.#shakeHands(caller, guard);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  async close(): Promise<void> {
    const { open } = this.#house;
    const end = Date.now() + GOODBYE_MS;
    while (open.size > 0 && Date.now() < end) await pause(20);
    for (const connection of open) connection.terminate();
  }

  #refuse({ socket }: Caller, status: string, wait: number): void {
    this.#options.metrics.totals.refusedConnections++;
    refuseUpgrade(socket, status, wait);
  }

  #shakeHands({ request, socket, head }: Caller, guard: AddressGuard): void {
    let accepted = false;
    if (!socket.destroyed) {
      const origin = this.#options.originOf(request);
      this.#handshakes.handleUpgrade(request, socket, head, (ws) => {
        accepted = true;
        socket.removeListener('error', ignore);
        new Connection(ws, socket, this.#house, guard).begin(origin);
      });
    }
    if (!accepted) this.#house.door.leave(guard, false);
  }
}

function refuseUpgrade(socket: Duplex, status: string, wait: number): void {
  const retry = wait > 0 ? `Retry-After: ${wait}\r\n` : '';
  // Upgraded, it is no longer the HTTP server's: nobody else would close it behind a caller who does not.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
