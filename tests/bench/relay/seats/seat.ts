/** One client of one room, as the load sees it, whatever server it talks to. */
import { WebSocket } from 'ws';
import type { Host } from '../../harness/host.ts';

export interface Seat {
  /** Sends the next edit. */
  send(): void;
  leave(): void;
}

/** What a seat tells the load. */
export interface Ear {
  /** Edits of others came in; `from` is told where the server has no word for the author. */
  delivered(edits: number, from?: number): void;
  /** The server told the author about its oldest edit under way all that it will ever tell. */
  finished(): void;
}

export interface Contender {
  readonly name: string;
  /** The author learns from the server when an edit is finished: by an acknowledgement, or by its echo. */
  readonly tellsAuthor: boolean;
  /** What that word is worth. */
  readonly promise: string;
  start(folder: string): Promise<Host>;
  /** Takes a seat; settles when edits flow both ways. */
  join(port: number, room: string, seat: number, ear: Ear): Promise<Seat>;
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
