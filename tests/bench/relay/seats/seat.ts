/** One client of one room, as the load sees it, whatever server it talks to. */
import { WebSocket } from 'ws';
import type { Host } from '../../harness/host.ts';

export interface Seat {
  /** Sends the next edit. */
  send(): void;
  leave(): void;
}

export interface Contender {
  readonly name: string;
  /** The server sends an edit back to its author too. */
  readonly echoes: boolean;
  /** The server says when it has an edit; what that word is worth stands in `promise`. */
  readonly acknowledges: boolean;
  readonly promise: string;
  start(folder: string): Promise<Host>;
  /** Takes a seat; settles when edits flow both ways. `heard` is called for each edit, echo and acknowledgement. */
  join(port: number, room: string, seat: number, heard: () => void): Promise<Seat>;
}

/** Opens a socket; `onMessage` hears everything from the first byte on. */
export function connect(url: string, onMessage: (bytes: Buffer) => void): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', onMessage);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', (code, reason) => reject(new Error(`closed: ${code} ${reason.toString()}`)));
  });
}

/** Ends a connection without waiting for the other side. */
export function hangUp(socket: WebSocket): void {
  socket.removeAllListeners('message');
  socket.on('error', () => {});
  socket.terminate();
}
