import { expect, test } from 'vitest';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { webSocketDial } from './transport.ts';

async function served(onConnection: (socket: ServerSocket) => void) {
  const server = new WebSocketServer({ port: 0 });
  server.on('connection', onConnection);
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Dials, and gathers what happens until the end. */
function dialled(url: string) {
  const messages: number[][] = [];
  let transport: ReturnType<ReturnType<typeof webSocketDial>> | undefined;
  const closed = new Promise<number>((resolve) => {
    transport = webSocketDial(url)({
      message: (message) => {
        messages.push([...message]);
        transport?.send(message);
      },
      closed: resolve,
    });
  });
  return { messages, closed, transport: transport! };
}

test('carries whole binary messages both ways, and tells the code of the end', async () => {
  const { server, url } = await served((socket) => {
    socket.on('message', () => socket.close(4401));
    socket.send(Uint8Array.of(1, 2, 3));
  });
  const { messages, closed } = dialled(url);
  expect(await closed).toBe(4401);
  expect(messages).toEqual([[1, 2, 3]]);
  server.close();
});

test('text is not of this protocol', async () => {
  const { server, url } = await served((socket) => socket.send('hello'));
  expect(await dialled(url).closed).toBe(4400);
  server.close();
});

test('a relay that is not there, and an address that is none, close', async () => {
  expect(await dialled('ws://127.0.0.1:1').closed).toBe(1006);
  expect(await dialled('nowhere at all').closed).toBe(1006);
});

test('who closes hears nothing more', async () => {
  const { server, url } = await served((socket) => setTimeout(() => socket.send(Uint8Array.of(1)), 20));
  const { messages, closed, transport } = dialled(url);
  transport.close();
  const silent = new Promise((resolve) => setTimeout(resolve, 60)).then(() => 'silent');
  expect(await Promise.race([closed, silent])).toBe('silent');
  expect(messages).toEqual([]);
  server.close();
});
