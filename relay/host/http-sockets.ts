/**
 * How many sockets of one address may be open that have not become a WebSocket: pages and files are fetched over a few, and
 * each may be slow. Those beyond are closed unread.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { callerOf } from '#lib/protocol/caller.ts';

export function limitSockets(server: Server, perAddress: number): void {
  const openByAddress = new Map<string, number>();
  const addressOf = new Map<object, string>();

  function release(this: object): void {
    const address = addressOf.get(this);
    if (address === undefined) return;
    addressOf.delete(this);
    const open = (openByAddress.get(address) ?? 1) - 1;
    if (open > 0) openByAddress.set(address, open);
    else openByAddress.delete(address);
  }

  server.on('connection', (socket: Socket) => {
    const address = callerOf(socket.remoteAddress ?? 'unknown');
    const open = openByAddress.get(address) ?? 0;
    if (open >= perAddress) {
      socket.destroy();
      return;
    }
    openByAddress.set(address, open + 1);
    addressOf.set(socket, address);
    socket.once('close', release);
  });
  // From here on it is the relay's, which counts its own.
  server.prependListener('upgrade', (_request: IncomingMessage, socket: object) => {
    if (socket instanceof Object && 'off' in socket) (socket as Socket).off('close', release);
    release.call(socket);
  });
}
