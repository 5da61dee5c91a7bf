/**
 * WebSockets for the relay. The library does the handshake, reads frames, and closes. What the relay says leaves framed by
 * `frameMessage`, so that a message for a thousand subscribers is framed once and no copy of it is kept.
 *
 * Guarantees: before the handshake an address is held to its limits (429) and the process to its own (503); no message
 * above MAX_REQUEST, no text, no compression (ciphertext does not shrink, and length is all an observer has).
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CLOSE, MAX_REQUEST } from '#lib/protocol/limits.ts';
import type { SharedMessage } from './bus/bus.ts';
import { Doorkeeper, type AddressGuard } from './guard.ts';
import type { RelayLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { Relay } from './relay.ts';
import type { Session, SessionSocket } from './session.ts';

export interface SocketOptions {
  readonly path: string;
  readonly relay: Relay;
  readonly limits: RelayLimits;
  readonly metrics: Metrics;
  /** The host under which the request reached this relay. */
  readonly originOf: (request: IncomingMessage) => string;
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

const BUSY_SECONDS = 5;

export function serveSockets(server: Server, options: SocketOptions): RelaySockets {
  const { limits, metrics } = options;
  const house: House = { relay: options.relay, door: new Doorkeeper(limits), open: new Set() };
  const settings = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    closeTimeout: GOODBYE_MS,
  };
  const handshakes = new WebSocketServer({ ...settings, maxPayload: MAX_REQUEST, skipUTF8Validation: true });
  let isStopped = false;

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', ignore);
    void receive(request, socket, head);
  });

  async function receive(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refuse = (status: string, wait: number) => {
      metrics.totals.refusedConnections++;
      refuseUpgrade(socket, status, wait);
    };
    if (request.url?.split('?', 1)[0] !== options.path) {
      refuse('404 Not Found', 0);
    } else if (isStopped || house.open.size >= limits.connections) {
      refuse('503 Service Unavailable', BUSY_SECONDS);
    } else {
      const guard = await house.door.enter(options.addressOf(request));
      if (typeof guard === 'number') refuse('429 Too Many Requests', guard);
      else shakeHands(request, socket, head, guard);
    }
  }

  function shakeHands(request: IncomingMessage, socket: Duplex, head: Buffer, guard: AddressGuard): void {
    let accepted = false;
    if (!socket.destroyed) {
      const origin = options.originOf(request);
      handshakes.handleUpgrade(request, socket, head, (ws) => {
        accepted = true;
        socket.removeListener('error', ignore);
        new Connection(ws, socket, house, guard).begin(origin);
      });
    }
    if (!accepted) house.door.leave(guard);
  }

  return {
    stop() {
      isStopped = true;
    },
    async close() {
      const end = Date.now() + GOODBYE_MS;
      while (house.open.size > 0 && Date.now() < end) await pause(20);
      for (const connection of house.open) connection.terminate();
    },
  };
}

/** What all connections of a server share. */
interface House {
  readonly relay: Relay;
  readonly door: Doorkeeper;
  readonly open: Set<Connection>;
}

/** How a listener, which all connections share, finds the connection it is called for. */
const CONNECTION = Symbol('connection');

interface Owned {
  [CONNECTION]?: Connection;
}

class Connection implements SessionSocket {
  readonly #ws: WebSocket;
  readonly #raw: Duplex;
  readonly #house: House;
  readonly #guard: AddressGuard;
  session: Session | null = null;

  constructor(ws: WebSocket, raw: Duplex, house: House, guard: AddressGuard) {
    this.#ws = ws;
    this.#raw = raw;
    this.#house = house;
    this.#guard = guard;
  }

  begin(origin: string): void {
    (this.#ws as Owned)[CONNECTION] = this;
    (this.#raw as Owned)[CONNECTION] = this;
    this.#ws.on('message', onMessage);
    this.#ws.on('pong', onPong);
    this.#ws.on('close', onClose);
    this.#ws.on('error', ignore);
    this.#raw.on('drain', onDrain);
    this.#house.open.add(this);
    this.session = this.#house.relay.accept(this, { origin, guard: this.#guard });
  }

  end(): void {
    if (!this.#house.open.delete(this)) return;
    if (this.session) this.#house.relay.forget(this.session);
    this.#house.door.leave(this.#guard);
  }

  send(message: Bytes): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (message.length <= COPY_LIMIT) {
      this.#raw.write(frameMessage(message));
      return;
    }
    this.#raw.cork();
    this.#raw.write(frameHeader(message.length));
    this.#raw.write(message);
    this.#raw.uncork();
  }

  sendShared(shared: SharedMessage): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#raw.write((shared.framed ??= frameMessage(shared.message)));
  }

  get bufferedAmount(): number {
    return this.#raw.writableLength;
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  ping(): void {
    this.#ws.ping();
  }

  close(code: number): void {
    this.#ws.resume();
    this.#ws.close(code);
  }

  terminate(): void {
    this.#ws.terminate();
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  const connection = (this as Owned)[CONNECTION];
  if (isBinary && data instanceof Uint8Array) connection?.session?.receive(data as Bytes);
  else this.close(CLOSE.malformed);
}

function onPong(this: WebSocket): void {
  (this as Owned)[CONNECTION]?.session?.heard();
}

function onClose(this: WebSocket): void {
  (this as Owned)[CONNECTION]?.end();
}

function onDrain(this: Duplex): void {
  (this as Owned)[CONNECTION]?.session?.drained();
}

/** A broken socket closes, and that is all there is to do about it. */
function ignore(): void {
  return;
}

/** A larger message is written behind its header rather than copied behind it. */
const COPY_LIMIT = 16_384;

/** RFC 6455 §5.2: one final, unmasked, binary frame. */
const FINAL_BINARY = 0x82;

function frameMessage(message: Bytes): Buffer {
  const header = headerLength(message.length);
  const framed = Buffer.allocUnsafe(header + message.length);
  writeHeader(framed, message.length);
  framed.set(message, header);
  return framed;
}

function frameHeader(length: number): Buffer {
  const header = Buffer.allocUnsafe(headerLength(length));
  writeHeader(header, length);
  return header;
}

function headerLength(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeHeader(target: Buffer, length: number): void {
  target[0] = FINAL_BINARY;
  if (length < 126) {
    target[1] = length;
  } else if (length < 65_536) {
    target[1] = 126;
    target.writeUInt16BE(length, 2);
  } else {
    target[1] = 127;
    target.writeUInt32BE(0, 2);
    target.writeUInt32BE(length, 6);
  }
}

function refuseUpgrade(socket: Duplex, status: string, wait: number): void {
  const retry = wait > 0 ? `Retry-After: ${wait}\r\n` : '';
  socket.end(`HTTP/1.1 ${status}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
