/**
 * The host that proofs are bound to where no public name is configured: the one that was dialled, as long as it cannot be
 * another machine's. What a request says of it anybody may have written: whoever stands in between, under a name of their
 * own, would pass a proof on and write what fits.
 */
import type { IncomingMessage } from 'node:http';
import { hostOf } from './listening.ts';

export type Dialled = Pick<IncomingMessage, 'headers'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'localAddress' | 'localPort'>;
};

export function dialledHost({ headers, socket }: Dialled): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  const own = hostOf(localAddress.replace(/^::ffff:/, ''), localPort);
  const asked = headers.host ?? own;
  return isLoopback(asked) ? asked : own;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host);
}
