/**
 * From where a request comes: the other end of the socket, or, behind proxies of the operator's own, what the outermost of
 * them wrote. What stands further left in `X-Forwarded-For` the client may have made up.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export type Forwarded = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/** @param proxies how many stand between the clients and this server */
export function peerAddress({ headers, socket }: Forwarded, proxies: number): string {
  const written = entryFromRight(headers['x-forwarded-for'], proxies);
  if (written !== undefined && isIP(written) > 0) return written;
  return socket.remoteAddress ?? 'unknown';
}

/** Whether the client came by https, as far as a believed proxy says. */
export function cameByHttps(header: string | undefined, proxies: number): boolean {
  if (proxies === 0) return false;
  // Most proxies put one word there, whatever stood there before.
  return (entryFromRight(header, proxies) ?? entryFromRight(header, 1)) === 'https';
}

function entryFromRight(header: string | readonly string[] | undefined, place: number): string | undefined {
  if (place === 0 || header === undefined) return undefined;
  return String(header).split(',').at(-place)?.trim();
}
