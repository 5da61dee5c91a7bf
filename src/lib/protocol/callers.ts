/**
 * How a device proves to the authority for which address it calls.
 *
 * A challenge is fetched, used once, and good for CHALLENGE_MS by the authority's clock. A called request is JSON:
 *
 *   caller      address · challenge · device id · the frames of the account's chain · signature of that device
 *   ask         what is asked, as a JSON text inside this JSON text
 *
 * `ask` travels as a text, and the text itself is what is signed: nobody has to write a value again as somebody else wrote
 * it, so there is nothing to disagree about. The authority verifies the text as it came, and reads it after that.
 *
 *   the device signs
 *   label       16   "carnet/caller/v1"
 *   challenge   32
 *   host             u32 length ‖ UTF-8: the host of the authority's URL that the device dialled, with the port where it
 *                    is not the scheme's own (`authorityHost`)
 *   path             u32 length ‖ UTF-8: one of AUTHORITY_PATHS
 *   address     33   0x01 ‖ the hash that it says (attestation.ts)
 *   asked       32   SHA-256 of the UTF-8 of `ask`
 *
 * So a proof serves one call of one kind, to one authority, for one address, once (attacks A06, A07). The chain need not be
 * fetched from a relay: what an address certifies is verified by whoever holds the frames, whoever brought them. Frames of
 * what counts are enough; what else lies in the topic of a chain may be left out.
 */
import * as v from 'valibot';
import { concat, fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { addressBytes } from './attestation.ts';
import { address, bytes, nothing } from './fields.ts';

export const CHALLENGE_BYTES = 32;
export const CHALLENGE_MS = 120_000;

/** An account has 32 devices at a time; this is room for all that come and go in a life, and for some that are hostile. */
export const MAX_CHAIN_FRAMES = 256;
export const MAX_CHAIN_BYTES = 524_288;
const MAX_ASK = 4_096;

/** The largest body of a called request: the chain as base64url, and the rest. */
export const MAX_CALLED_BODY = 720_896;

const CALLER_LABEL = utf8('carnet/caller/v1');

/** What a signature of a caller is bound to. */
export interface Call {
  readonly challenge: Bytes;
  /** The host that was dialled. */
  readonly origin: string;
  readonly path: string;
  readonly address: string;
  /** SHA-256 of the text of what is asked. */
  readonly asked: Bytes;
}

export const ChallengeRequest = nothing;
export const ChallengeAnswer = v.object({ challenge: bytes(CHALLENGE_BYTES) });

export const CalledRequest = v.strictObject({
  caller: v.strictObject({
    address,
    challenge: bytes(CHALLENGE_BYTES),
    device: bytes(32),
    chain: v.pipe(
      v.array(bytes(1, MAX_CHAIN_BYTES)),
      v.minLength(1),
      v.maxLength(MAX_CHAIN_FRAMES),
      v.check((frames) => frames.reduce((sum, { length }) => sum + length, 0) <= MAX_CHAIN_BYTES),
    ),
    signature: bytes(64),
  }),
  ask: v.pipe(
    v.string(),
    v.maxLength(MAX_ASK),
    // Half a surrogate pair has no UTF-8 of its own: it would be signed as if it were another text.
    v.check((text) => fromUtf8(utf8(text)) === text),
  ),
});
export type CalledRequest = v.InferOutput<typeof CalledRequest>;

/** What stands for an authority in what callers sign: `localhost:8080`, `autorite.example`. */
export function authorityHost(url: string): string {
  return new URL(url).host;
}

/** The bytes that a calling device signs. */
export function callerMessage({ challenge, origin, path, address, asked }: Call): Bytes {
  const caller = addressBytes(address);
  if (!caller) throw new RangeError('not an address');
  if (challenge.length !== CHALLENGE_BYTES || asked.length !== 32) throw new RangeError('32 bytes expected');
  const place = new Writer().lengthPrefixed(utf8(origin)).lengthPrefixed(utf8(path)).finish();
  return concat(CALLER_LABEL, challenge, place, caller, asked);
}
