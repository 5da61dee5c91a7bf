/** A listening HTTP server that a slow or a silent caller cannot hold. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import type { RelayLimits } from '../bounds/limits.ts';

/** Sockets beside those of the relay: pages, files, calls to the authority, handshakes under way. */
const OTHER_SOCKETS = 4_096;

export interface Listening {
  readonly server: Server;
  /** Host and port. */
  readonly host: string;
}

/** Resolves when it listens. */
export async function listen(
  listener: RequestListener,
  { port, host }: { readonly port: number; readonly host: string },
  limits: Pick<RelayLimits, 'headersMs' | 'requestMs' | 'stillMs' | 'connections'>,
): Promise<Listening> {
  const { headersMs, requestMs, stillMs, connections } = limits;
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(headersMs, 5_000),
    },
    listener,
  );
  // Also while an answer is not read. A socket that becomes a WebSocket is rid of it.
  server.setTimeout(stillMs);
  server.maxConnections = connections + OTHER_SOCKETS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { port: chosen } = server.address() as AddressInfo;
  return { server, host: hostOf(host === '127.0.0.1' ? 'localhost' : host, chosen) };
}

/** Host and port as they stand in a URL. */
export function hostOf(address: string, port: number): string {
  return new URL(`http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`).host;
}
