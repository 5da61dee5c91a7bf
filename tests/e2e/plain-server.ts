/** Built files behind the plainest of servers, with no header of ours: what holds here is held by the page itself. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

export const BUILD = join(import.meta.dirname, '../../build');

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface PlainServer {
  readonly origin: string;
  /** The paths that were asked for, in turn; to be emptied at will. */
  readonly asked: string[];
  /** What it serves; another folder may take its place. */
  folder: string;
  close(): Promise<void>;
}

export async function plainServer(): Promise<PlainServer> {
  const http = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    server.asked.push(path);
    const file = extname(path) ? path : '200.html';
    readFile(join(server.folder, file)).then(
      (bytes) =>
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream').end(bytes),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: PlainServer = {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    asked: [],
    folder: BUILD,
    async close() {
      if (!http.listening) return;
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
  return server;
}
