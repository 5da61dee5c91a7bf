/**
 * One accepted WebSocket, as a session sees it. What a turn of the event loop says on it leaves in one write.
 * No closure of its own: thousands of idle connections cost little.
 */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CLOSE } from '#lib/protocol/limits.ts';
import type { SharedMessage } from '../bus/bus.ts';
import { writeMessages, type Outgoing } from './framing.ts';
import type { AddressGuard, Doorkeeper } from '../bounds/guard.ts';
import type { RelayLimits } from '../bounds/limits.ts';
import type { Relay } from '../relay.ts';
import type { Session, SessionSocket } from './session.ts';
import type { Turn } from './turn.ts';

/** What all connections of a server share. */
export class House {
  readonly relay: Relay;
  readonly door: Doorkeeper;
  readonly limits: RelayLimits;
  readonly open = new Set<Connection>();
  readonly #turn: Turn;
  #speaking: Connection[] = [];

  constructor(relay: Relay, door: Doorkeeper, turn: Turn) {
    this.relay = relay;
    this.door = door;
    this.limits = door.limits;
    this.#turn = turn;
  }

  /** An address makes the relay hold too much: the connection that does so most is closed. */
  relieve(guard: AddressGuard): void {
    let worst: Connection | null = null;
    for (const connection of this.open)
      if (connection.belongsTo(guard) && connection.held > (worst?.held ?? 0)) worst = connection;
    worst?.session?.relieve();
  }

  /** Flushes the connection at the end of this turn. */
  letSpeak(connection: Connection): void {
    if (this.#speaking.length === 0) {
      this.#turn.write(() => {
        const speaking = this.#speaking;
        this.#speaking = [];
        for (const speaker of speaking) speaker.flush();
      });
    }
    this.#speaking.push(connection);
  }
}

/** Beyond this a turn's words are not kept until its end, so that they count among what the other end has not taken. */
const FLUSH_BYTES = 65_536;

/** How a listener, which all connections share, finds the connection it is called for. */
const CONNECTION = Symbol('connection');

interface Owned {
  [CONNECTION]?: Connection;
}

export class Connection implements SessionSocket {
  readonly #ws: WebSocket;
  readonly #raw: Duplex;
  readonly #house: House;
  readonly #guard: AddressGuard;
  session: Session | null = null;
  /** What is said and not written yet. */
  #said: Outgoing[] | null = null;
  #saidBytes = 0;
  #isProven = false;
  #isPaused = false;
  /** Bytes that came before anything was proven… */
  #unproven = 0;
  /** …that belong to a message which has not come to its end… */
  #partial = 0;
  /** …that came although nothing was to be read, and wait; all in all. */
  #parked = 0;
  #held = 0;

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
    this.#raw.on('data', onData);
    this.#house.open.add(this);
    this.session = this.#house.relay.accept(this, { origin, guard: this.#guard });
  }

  end(): void {
    if (!this.#house.open.delete(this)) return;
    if (this.session) this.#house.relay.forget(this.session);
    this.#house.door.leave(this.#guard, this.#isProven);
    this.#partial = this.#parked = 0;
    this.#account(0);
  }

  /** A message is complete. */
  hear(message: Bytes): void {
    this.#partial = 0;
    this.session?.receive(message);
    if (this.#isPaused) this.#parked += message.length;
  }

  /** Bytes came; those of whole messages have been heard by now. */
  arrived(bytes: number): void {
    this.#partial += bytes;
    this.#unproven += bytes;
    if (!this.#isProven && this.#unproven > this.#house.limits.unprovenBytes) this.#cutOff();
    else this.#reckon();
  }

  proven(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    this.#house.door.proven(this.#guard);
  }

  drained(): void {
    this.#reckon();
    this.session?.drained();
  }

  /** What it makes the relay hold. */
  get held(): number {
    return this.#held;
  }

  belongsTo(guard: AddressGuard): boolean {
    return this.#guard === guard;
  }

  send(message: Bytes): void {
    this.#say(message, message.length);
  }

  sendShared(shared: SharedMessage): void {
    this.#say(shared, shared.message.length);
  }

  /** Writes what was said. */
  flush(): void {
    const said = this.#said;
    if (!said) return;
    this.#said = null;
    this.#saidBytes = 0;
    if (this.#ws.readyState === WebSocket.OPEN) writeMessages(this.#raw, said);
    this.#reckon();
  }

  get bufferedAmount(): number {
    return this.#raw.writableLength;
  }

  pause(): void {
    this.#isPaused = true;
    this.#ws.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#parked = 0;
    this.#ws.resume();
  }

  ping(): void {
    this.#ws.ping();
  }

  close(code: number): void {
    this.flush();
    this.#ws.resume();
    this.#ws.close(code);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** Says why and is gone: to wait for a goodbye would be to take in the rest of what comes. */
  #cutOff(): void {
    this.close(CLOSE.unproven);
    this.terminate();
  }

  #reckon(): void {
    if (!this.#house.open.has(this)) return;
    this.#account(this.#raw.writableLength + this.#partial + this.#parked);
    if (this.#guard.held > this.#house.limits.heldBytesPerAddress) this.#house.relieve(this.#guard);
  }

  #account(held: number): void {
    this.#guard.held += held - this.#held;
    this.#held = held;
  }

  #say(outgoing: Outgoing, length: number): void {
    if (this.#said) {
      this.#said.push(outgoing);
    } else {
      this.#said = [outgoing];
      this.#house.letSpeak(this);
    }
    this.#saidBytes += length;
    if (this.#saidBytes > FLUSH_BYTES) this.flush();
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  const connection = (this as Owned)[CONNECTION];
  if (isBinary && data instanceof Uint8Array) connection?.hear(data as Bytes);
  else this.close(CLOSE.malformed);
}

function onPong(this: WebSocket): void {
  (this as Owned)[CONNECTION]?.session?.heard();
}

function onClose(this: WebSocket): void {
  (this as Owned)[CONNECTION]?.end();
}

function onDrain(this: Duplex): void {
  (this as Owned)[CONNECTION]?.drained();
}

function onData(this: Duplex, bytes: Uint8Array): void {
  (this as Owned)[CONNECTION]?.arrived(bytes.length);
}

/** A broken socket closes, and that is all there is to do about it. */
export function ignore(): void {
  return;
}
