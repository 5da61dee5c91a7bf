/**
 * What each kind of roster statement needs in order to count, besides an author who holds the right and stands on known
 * ground: the roster's rules one by one (roster.ts tells the reasons). Pure; the caller says what the author knew.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Address } from './address.ts';
import type { ChainState } from './chain.ts';
import type { Hex, SpaceId } from './ids.ts';
import { reachesExactly } from './rotations.ts';
import {
  acceptanceBytes,
  consentBytes,
  orderBytes,
  ownerStatementBytes,
  type SignatureCheck,
} from './roster-words.ts';
import type { Found, Join, Order, RosterBody } from './roster-body.ts';

/** Why a statement does not count. */
export type Refusal =
  | 'malformed' // not a roster body behind grounds, or the founding of another space
  | 'incomplete' // names a head of a chain that is not known to its end
  | 'no-right' // its author was no active device of an owner, by what it names
  | 'groundless' // its author is revoked, and no active device of its address names it
  | 'unheard' // the same, of a join, where its author has made more than a person is asked about
  | 'repeated' // a founding beside the one that counts
  | 'last-owner' // of endings made apart that would leave nobody
  | 'unsigned' // a signature inside it is missing or wrong
  | 'boxes' // keys for others than it should reach, or not for all
  | 'number'; // of a rotation that does not follow

/** By what somebody became an owner: the join; the space itself for its founder. */
export type Seats = ReadonlyMap<Address, Hex>;

/** What the author of a statement knew. */
export interface Known {
  readonly space: SpaceId;
  readonly found: Found;
  /** Who says it. */
  readonly speaker: Address;
  readonly seats: Seats;
  /** Whether these heads were known, and tell of every joining and ending that was. */
  readonly tellAll: (heads: readonly Hex[]) => boolean;
  /** An address' chain. */
  readonly chain: (address: Address) => ChainState | undefined;
  /** The highest number of the rotations that count, and of all that follow one another. */
  readonly numbers: { readonly counted: number; readonly highest: number };
  readonly check: SignatureCheck;
}

/** Why this statement of an owner does not count, as far as it lies in what it says. */
export function refusalOf(body: RosterBody, known: Known): Refusal | null {
  switch (body.type) {
    case 'found':
    case 'note':
    case 'complaint':
      return null;
    case 'leave':
      return known.seats.size > 1 ? null : 'no-right';
    case 'order':
      return refusalOfOrder(body, known);
    case 'join':
      return refusalOfJoin(body, known);
    case 'grant':
      if (!known.seats.has(body.address)) return 'no-right';
      return reachesExactly(body.boxes, [body.address], known.chain) ? null : 'boxes';
    case 'rotate': {
      const { counted, highest } = known.numbers;
      if (body.number <= counted || body.number > highest + 1) return 'number';
      return reachesExactly(body.boxes, known.seats.keys(), known.chain) ? null : 'boxes';
    }
  }
}

/** An order is carried in by an owner who stays, and ends one membership. */
function refusalOfOrder(body: Order, { space, found, speaker, seats, check }: Known): Refusal | null {
  if (body.address === speaker || seats.get(body.address) !== body.join) return 'no-right';
  const isSigned = found.authority && check(found.authority, orderBytes(space, body), body.signature);
  return isSigned ? null : 'unsigned';
}

/** An account is one address's. Everything else takes in whom all its owners, the authority and the joiner itself want. */
function refusalOfJoin(body: Join, known: Known): Refusal | null {
  const { space, found, seats, check } = known;
  const { address, heads } = body;
  if (found.kind === 'account' || seats.has(address) || !known.tellAll(heads)) return 'no-right';
  const joining = { space, address, heads };
  const isBy = (owner: Address, device: Hex, message: Bytes, signature: Bytes) => {
    const chain = known.chain(owner);
    const bundle = chain?.active.has(device) ? chain.devices.get(device)?.bundle : undefined;
    return bundle !== undefined && check(bundle.signing, message, signature);
  };
  const consents = new Map(body.consents.map((consent) => [consent.address, consent]));
  const agree = [...seats.keys()].every((owner) => {
    if (owner === known.speaker) return true;
    const consent = consents.get(owner);
    return consent && isBy(owner, consent.device, consentBytes(joining), consent.signature);
  });
  if (!agree || !isBy(address, body.device, acceptanceBytes(joining), body.acceptance)) return 'unsigned';
  if (!found.authority) return body.statement ? 'malformed' : null;
  const statement = ownerStatementBytes(space, address);
  return body.statement && check(found.authority, statement, body.statement) ? null : 'unsigned';
}
