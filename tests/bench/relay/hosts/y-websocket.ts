/** y-websocket's own server as its bin/server.cjs sets it up, on a port of the system's choice; YPERSISTENCE is its. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { WebSocketServer } from 'ws';
import { serveControl } from '../../harness/control.ts';
import { requirePeer } from '../../harness/peers.ts';

const bin = join(dirname(requirePeer.resolve('y-websocket/package.json')), 'bin/utils.cjs');
const { setupWSConnection } = requirePeer(bin) as { setupWSConnection: (...of: unknown[]) => void };
const ws = createRequire(bin)('ws') as { Server: typeof WebSocketServer };

const sockets = new ws.Server({ noServer: true });
sockets.on('connection', setupWSConnection);

const server = createServer((_, response) => response.end('okay'));
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (connection) => {
    sockets.emit('connection', connection, request);
  });
});
server.listen(0, '127.0.0.1', () => serveControl((server.address() as AddressInfo).port));
