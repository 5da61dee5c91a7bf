/** Layer 2: who owns a space, and which controls count. */
import { chainOf, type Chain, type ChainWord } from './chains.ts';
import { addressOf, History, type Address, type Device, type Id, type Said } from './history.ts';

export interface Control extends Said {
  /** The heads of chains that it names, by address. */
  readonly chains: Readonly<Record<Address, readonly Id[]>>;
  /** Data that it names. */
  readonly names: readonly Id[];
  readonly does:
    | { readonly found: true }
    | {
        readonly join: Address;
        readonly by: Device;
        readonly to: readonly Id[];
        readonly agree: readonly Device[];
      }
    | { readonly leave: true }
    | { readonly end: Address; readonly seat: Id }
    | { readonly rotate: number; readonly boxes: readonly string[] }
    | { readonly grant: Address; readonly boxes: readonly string[] }
    | { readonly note: true };
}

export interface Roster {
  readonly counts: ReadonlySet<Id>;
  readonly owners: ReadonlySet<Address>;
  readonly stands: (device: Device) => boolean;
  readonly isKnown: (device: Device) => boolean;
  readonly anchors: readonly { readonly saying: Id }[];
  readonly heads: readonly Id[];
}

/** What an owner's seat is called that was there from the start. */
export const FIRST_SEAT = 'founded';

export function rosterOf(
  controls: Iterable<Control>,
  words: ReadonlyMap<Address, readonly ChainWord[]>,
): Roster {
  const history = new History(controls);
  const chains = new Map([...words].map(([address, said]) => [address, chainOf(said)]));
  const spared = new Set<Id>();
  for (;;) {
    const counts = judge(history, words, chains, spared);
    const owners = new Set(seatsIn(history, counts).keys());
    const endings = history.all.filter(
      ({ id, does }) => counts.has(id) && ('leave' in does || 'end' in does),
    );
    if (owners.size > 0 || endings.length === 0)
      return { counts, owners, ...conclude(history, counts, owners, chains) };
    spared.add(history.heads(endings.map(({ id }) => id))[0]!);
  }
}

function conclude(
  history: History<Control>,
  counts: ReadonlySet<Id>,
  owners: ReadonlySet<Address>,
  chains: ReadonlyMap<Address, Chain>,
) {
  const stands = (device: Device) => owners.has(addressOf(device)) && speaks(device, chains);
  const named = new Set(
    history.all.flatMap(({ author, does }) => ('found' in does ? [addressOf(author)] : [])),
  );
  for (let size = -1; size !== named.size;) {
    size = named.size;
    for (const { author, does } of history.all)
      if ('join' in does && named.has(addressOf(author)) && isOf(author, chains)) named.add(does.join);
  }
  const anchors = history.all.flatMap((said) => {
    const isAnchor = counts.has(said.id) && (stands(said.author) || hasEnded(said, history, counts, owners));
    return isAnchor ? said.names.map((saying) => ({ saying })) : [];
  });
  const isKnown = (device: Device) => named.has(addressOf(device)) && isOf(device, chains);
  return { stands, isKnown, anchors, heads: history.heads(counts) };
}

/**
 * Whether this leave is the one by which a seat ended. Of a seat that an order ends no leave is: it would be a way for
 * whoever was ended to go on speaking, by leaves that are dated back. Else it is the leave that a remaining owner has named,
 * who did not know of another one first.
 */
function hasEnded(
  leave: Control,
  history: History<Control>,
  counts: ReadonlySet<Id>,
  owners: ReadonlySet<Address>,
): boolean {
  if (!('leave' in leave.does)) return false;
  const counted = history.all.filter(({ id }) => counts.has(id));
  const knows = (one: Control, other: Control) => history.past(one.id).has(other.id);
  return seatings(counted).some((seating) => {
    const endings = counted.filter((other) => ends(other, seating, history));
    if (!endings.includes(leave) || endings.some(({ does }) => 'end' in does)) return false;
    const knowing = counted.filter((one) => endings.some((ending) => knows(one, ending)));
    return knowing.some(
      (one) =>
        owners.has(addressOf(one.author)) &&
        knows(one, leave) &&
        knowing.every((earlier) => !knows(one, earlier) || knows(earlier, leave)),
    );
  });
}

const isOf = (device: Device, chains: ReadonlyMap<Address, Chain>): boolean =>
  chains.get(addressOf(device))?.known.has(device) === true;

/** An active device of its address; any, where none is active. */
function speaks(device: Device, chains: ReadonlyMap<Address, Chain>): boolean {
  const chain = chains.get(addressOf(device));
  return (
    chain !== undefined && (chain.active.has(device) || (chain.active.size === 0 && chain.known.has(device)))
  );
}

interface Seating {
  readonly id: Id;
  readonly address: Address;
  readonly seat: Id;
}

/** The founding and the joins among these. */
function seatings(said: readonly Control[]): Seating[] {
  return said.flatMap(({ id, author, does }) =>
    'join' in does
      ? [{ id, address: does.join, seat: id }]
      : 'found' in does
        ? [{ id, address: addressOf(author), seat: FIRST_SEAT }]
        : [],
  );
}

function ends({ id, author, does }: Control, seating: Seating, history: History<Control>): boolean {
  if ('end' in does) return does.end === seating.address && does.seat === seating.seat;
  return 'leave' in does && addressOf(author) === seating.address && !history.past(seating.id).has(id);
}

/** Who owns by what counts of these: by the founding or a join that nothing has ended. */
function seatsIn(history: History<Control>, counted: ReadonlySet<Id>): Map<Address, Id> {
  const said = history.all.filter(({ id }) => counted.has(id));
  const seats = new Map<Address, Id>();
  for (const seating of seatings(said)) {
    const isEnded = said.some((other) => ends(other, seating, history));
    if (!isEnded && !seats.has(seating.address)) seats.set(seating.address, seating.seat);
  }
  return seats;
}

/** In causal order: what its author had the right to, by what it names, and what is grounded. */
function judge(
  history: History<Control>,
  words: ReadonlyMap<Address, readonly ChainWord[]>,
  chains: ReadonlyMap<Address, Chain>,
  spared: ReadonlySet<Id>,
): Set<Id> {
  const counts = new Set<Id>();
  const isGrounded = ({ id, author, does }: Control) =>
    'found' in does ||
    [...history.all].some(
      (other) =>
        addressOf(other.author) === addressOf(author) &&
        speaks(other.author, chains) &&
        (other.id === id || history.past(other.id).has(id)),
    ) ||
    chains.get(addressOf(author))!.active.size === 0;
  for (const control of history.all) {
    const past = new Set([...counts].filter((id) => history.past(control.id).has(id)));
    const heard = history.all.filter(({ id }) => id === control.id || history.past(control.id).has(id));
    const chainAt = (address: Address): Chain => {
      const heads = heard.flatMap(({ chains: named }) => named[address] ?? []);
      return chainOf(new History(words.get(address) ?? []).upTo(heads));
    };
    if (!spared.has(control.id) && mayCount(control, history, past, chainAt) && isGrounded(control))
      counts.add(control.id);
  }
  return counts;
}

function mayCount(
  { id, author, does }: Control,
  history: History<Control>,
  past: ReadonlySet<Id>,
  chainAt: (address: Address) => Chain,
): boolean {
  const own = addressOf(author);
  if (!chainAt(own).active.has(author)) return false;
  if ('found' in does) return true;
  const seats = seatsIn(history, past);
  if (!seats.has(own)) return false;
  if ('leave' in does) return seats.size > 1;
  if ('end' in does) return does.end !== own && seats.get(does.end) === does.seat;
  const reach = (owners: Iterable<Address>) =>
    [...owners]
      .flatMap((address) => [`kit of ${address}`, ...chainAt(address).active])
      .sort()
      .join();
  const reached = 'boxes' in does ? [...does.boxes].sort().join() : '';
  if ('grant' in does) return seats.has(does.grant) && reached === reach([does.grant]);
  if ('rotate' in does) return follows(does.rotate, id, history, past) && reached === reach(seats.keys());
  if ('note' in does) return true;
  const isBy = (device: Device, address: Address) =>
    addressOf(device) === address && chainAt(address).active.has(device);
  const agreed = [...seats.keys()].every(
    (owner) => owner === own || does.agree.some((device) => isBy(device, owner)),
  );
  const changes = history.all.filter((other) => {
    const isChange = 'join' in other.does || 'leave' in other.does || 'end' in other.does;
    return past.has(other.id) && isChange;
  });
  const isTold = (change: Id) => does.to.some((head) => head === change || history.past(head).has(change));
  const hasAccepted =
    isBy(does.by, does.join) && does.to.length > 0 && changes.every((change) => isTold(change.id));
  return !seats.has(does.join) && agreed && hasAccepted;
}

/** The founding is number 0; every rotation is more than any that counts, and one step at most from one that was there. */
function follows(number: number, id: Id, history: History<Control>, counted: ReadonlySet<Id>): boolean {
  const before = history.all.flatMap(({ id: other, does }) => {
    const isProper =
      'rotate' in does && history.past(id).has(other) && follows(does.rotate, other, history, new Set());
    return isProper ? [{ id: other, number: does.rotate }] : [];
  });
  const highest = Math.max(0, ...before.map((one) => one.number));
  const highestCounted = Math.max(0, ...before.map((one) => (counted.has(one.id) ? one.number : 0)));
  return number > highestCounted && number <= highest + 1;
}
