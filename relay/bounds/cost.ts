/** What a request costs beside what it reads (store/pace.ts), in the same microseconds. */
import type { Request } from '#lib/protocol/relay.ts';
import { costOfBytes } from '../store/pace.ts';

/** To take a request in, and to answer it. */
const REQUEST_COST = 10;

/** An Ed25519 signature is verified. */
export const PROOF_COST = 150;

/** Something other than a frame enters the database. */
const WRITE_COST = 60;

/** A frame is marked for deletion. */
const MARK_COST = 20;

/** A request that is refused before it is looked at. */
export const REFUSAL_COST = 3;

export function costOf(request: Request): number {
  switch (request.type) {
    case 'put':
      return REQUEST_COST + costOfBytes(request.frame.length);
    case 'put-chunk':
      return WRITE_COST + costOfBytes(request.bytes.length);
    case 'create':
      return WRITE_COST;
    case 'propose-delete':
      return WRITE_COST + MARK_COST * request.ids.length;
    case 'delete-blob':
    case 'admit':
    case 'dismiss':
      return WRITE_COST;
    default:
      return REQUEST_COST;
  }
}
