/**
 * The roster of a space: its owners (addresses) and nobody else, its epochs, and whose frames stand. Rooted in the space
 * id, which is the hash of the body that founds it.
 *
 * - One address founds. Others join, each by an owner's word, its own acceptance of the roster that it joins, the
 *   authority's statement where the founding pins one, and the word of every other owner that the inviter knows of.
 * - Nobody removes an owner (attack C11). One leaves by itself while another remains, or is ended by the authority's order,
 *   carried in by another owner. Of endings made apart that would leave nobody, the one with the smallest id is void.
 * - A statement counts iff its author held the right at the heads it names, and it is grounded: its author is active now,
 *   or a control statement of an active device of the same address names it. What an address did whose devices are all
 *   gone stays, until a recovery. A founding is grounded. So a device that is revoked says nothing more, whatever it dates
 *   back, and a device that had heard it before can stand up for what it said.
 * - A device stands that is active and an owner's; when an owner has no active device left, all its devices do.
 * - A rotation counts only with a box for each active device of each owner and each recovery key, as the chains it names
 *   say, and no other. Writers use an epoch whose past holds every ending that is known, else one rotates first; among fit
 *   ones the highest number, then the smallest id. Epochs never decide what counts.
 *
 * Guarantees: a function of the statements and the chains alone, the same on every replica.
 * Leaves out: data frames, and what of them counts by these (replica/).
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { Address } from './address.ts';
import type { Chains } from './chains.ts';
import { clientIdsOf } from './client-id.ts';
import { operationOf, type VerifiedControl } from './control.ts';
import { epochId, generateEpoch, partsOf, readHash, type EpochSecrets } from './epoch.ts';
import { decodeGrounds, type Name } from './grounds.ts';
import { orderHistory, type Operation } from './history.ts';
import type { Hex, SpaceId } from './ids.ts';
import { decodeRosterBody, encodeRosterBody, spaceIdOf, type SpaceKind } from './roster-body.ts';
import { ruleOn, type Case, type Ruling, type Said } from './roster-court.ts';
import { endingsOf, type Endings } from './roster-endings.ts';
import { epochsOf } from './roster-epochs.ts';
import type { Refusal, Seats } from './roster-rules.ts';
import { checkSignature, type SignatureCheck } from './roster-words.ts';
import type { Epoch } from './rotations.ts';
import type { FrameInner } from './signed.ts';

export interface RosterState {
  readonly space: SpaceId;
  /** Null until the statement that founds the space has arrived. */
  readonly kind: SpaceKind | null;
  readonly authority: Bytes | null;
  readonly owners: ReadonlySet<Address>;
  /** By what each is an owner: the join, which an order has to name; the space itself for its founder. */
  readonly seats: Seats;
  /** Whoever is or was an owner, in causal order. */
  readonly everOwned: ReadonlySet<Address>;
  /** Who has left, which no remaining owner has named yet: they keep their keys until then. */
  readonly leaving: ReadonlySet<Address>;
  /** Every epoch, the first included, by number and then by id; void ones too. */
  readonly epochs: readonly Epoch[];
  /** The epoch that writers use; null until the space is founded. */
  readonly current: Epoch | null;
  /** No epoch's past holds every ending that is known: whoever writes rotates first. */
  readonly rotationDue: boolean;
  /** The number of the next rotation. */
  readonly nextNumber: number;
  /** Owners who lack the key of an epoch that counts: another owner grants it. */
  readonly grantsDue: readonly Address[];
  /**
   * The newest epoch that every owner has the key of, by what is known here: a rotation is said under it, so that nobody
   * whom an earlier one left out fails to hear of the next. The first where there is none: who joins is given that.
   */
  readonly shared: Epoch | null;
  /** All of these, by id. */
  readonly sharedByAll: ReadonlySet<Hex>;
  /** Epochs whose keys may lack a kit, or a device that a kit let in: whoever has them grants them. */
  readonly ungranted: readonly Hex[];
  /** Boxes that were wrong, by standing devices' words that no grant has answered. */
  readonly complaints: readonly { readonly device: Hex; readonly epoch: Hex }[];
  /** Whether a device's words count by themselves. */
  readonly stands: (device: Hex) => boolean;
  /** Whether a device is in the chain of an address that founded, or that any known device lets join. */
  readonly isKnown: (device: Hex) => boolean;
  /** For whom a known device speaks. */
  readonly addressOf: (device: Hex) => Address | undefined;
  /** Data that counts because a counting control of a standing device, or the leave by which somebody left, names it. */
  readonly anchors: readonly Name[];
  /** Joins that count but for their ground, a device revoked since having let somebody in: for a person to confirm. */
  readonly unconfirmed: readonly Hex[];
  /** The Yjs client id of each known device; a device without one is void here. */
  readonly clientIds: ReadonlyMap<Hex, number>;
  /** What counts, and for whom it was said. */
  readonly effective: ReadonlyMap<Hex, Address>;
  /** The heads of chains that what counts names: what the author of the next control need not name again. */
  readonly chainHeads: ReadonlyMap<Address, readonly Hex[]>;
  /** Dependencies of the next control. */
  readonly heads: readonly Hex[];
  readonly rejected: ReadonlyMap<Hex, Refusal>;
  readonly waiting: readonly Hex[];
}

/** A new space: its id, the body of its first control behind the grounds, and the secrets of its first epoch. */
export function createSpace(input: {
  readonly kind: SpaceKind;
  readonly founder: Address;
  readonly authority?: Bytes;
  readonly random: Random;
}): { space: SpaceId; frameBody: Bytes; secrets: EpochSecrets } {
  const { kind, founder, authority = null, random } = input;
  const nonce = random(32);
  const secrets = generateEpoch(random, 0);
  const [id, read] = [epochId(secrets), readHash(partsOf(secrets))].map(hex) as [Hex, Hex];
  const frameBody = encodeRosterBody({ type: 'found', kind, founder, authority, nonce, id, read });
  return { space: spaceIdOf(frameBody), frameBody, secrets };
}

export function evaluateRoster(
  space: SpaceId,
  controls: readonly VerifiedControl[],
  chains: Chains,
  check: SignatureCheck = checkSignature,
): RosterState {
  const malformed: Hex[] = [];
  const operations: Operation<Said>[] = [];
  for (const control of controls) {
    const said = saidBy(control.inner);
    const isForeign =
      said?.body.type === 'found' && hex(spaceIdOf(encodeRosterBody(said.body))) !== hex(space);
    if (said === null || isForeign) malformed.push(hex(control.id));
    else operations.push(operationOf(control, said));
  }
  return conclude({ space, history: orderHistory(operations), chains, check }, malformed);
}

/**
 * Controls that counted before and do not now, since the device of this address that made them is revoked: a `note` with
 * dependencies on them, by a device that had seen them count, grounds them again. Joins are left out: a person confirms
 * those (`unconfirmed`), in the same way.
 */
export function groundless(before: RosterState, after: RosterState, self: Address): readonly Hex[] {
  const joins = new Set(after.unconfirmed);
  return [...before.effective].flatMap(([id, address]) =>
    address === self && after.rejected.get(id) === 'groundless' && !joins.has(id) ? [id] : [],
  );
}

const saidIn = new WeakMap<FrameInner, { readonly said: Said | null }>();

/** What a control says, read once; null when malformed. */
export function saidBy(inner: FrameInner): Said | null {
  let read = saidIn.get(inner);
  if (!read) {
    const grounds = decodeGrounds(inner.body);
    const body = grounds && decodeRosterBody(grounds.content);
    read = { said: body && { body, grounds: { names: grounds.names, chains: grounds.chains } } };
    saidIn.set(inner, read);
  }
  return read.said;
}

function conclude(given: Case, malformed: readonly Hex[]): RosterState {
  const { space, history, chains } = given;
  const { operations, isBefore, waiting } = history;
  const ruling = ruleOn(given);
  const { found, refusals, speakers } = ruling;
  const counts = (index: number) => refusals[index] === null;
  const counted = operations.map((_, index) => index).filter(counts);
  const seats = ruling.seats(() => true);
  const devices = knownDevices(given, ruling);
  const stands = (device: Hex) => {
    const address = devices.get(device);
    if (address === undefined || !seats.has(address)) return false;
    const { active } = chains.state(address)!;
    return active.has(device) || active.size === 0;
  };
  const isKnown = (device: Hex) => devices.has(device);
  const endings = endingsOf(given, ruling, seats);
  const isHead = (index: number) => !counted.some((later) => isBefore(index, later));
  const ids = (indices: readonly number[]) => indices.map((index) => operations[index]!.id);
  return {
    space,
    kind: found?.kind ?? null,
    authority: found?.authority ?? null,
    owners: new Set(seats.keys()),
    seats,
    everOwned: everSeated(given, ruling),
    leaving: new Set(
      [...endings.open].flatMap((leave) => (seats.has(speakers[leave]!) ? [] : [speakers[leave]!])),
    ),
    ...epochsOf(given, ruling, endings, isKnown),
    complaints: openComplaints(given, ruling, stands),
    ...{ stands, isKnown, addressOf: (device: Hex) => devices.get(device) },
    anchors: anchorsOf(given, ruling, stands, endings),
    unconfirmed: operations.flatMap(({ id, body }, index) =>
      body.body.type === 'join' && refusals[index] === 'groundless' ? [id] : [],
    ),
    clientIds: clientIdsOf(space, devices.keys()),
    effective: new Map(counted.map((index) => [operations[index]!.id, speakers[index]!])),
    chainHeads: chainHeadsIn(counted.map((index) => operations[index]!.body)),
    heads: ids(counted.filter(isHead)),
    rejected: new Map([
      ...operations.flatMap(({ id }, index): [Hex, Refusal][] =>
        counts(index) ? [] : [[id, refusals[index]!]],
      ),
      ...malformed.map((id): [Hex, Refusal] => [id, 'malformed']),
    ]),
    waiting: waiting.map(({ id }) => id),
  };
}

function everSeated({ history: { operations } }: Case, { refusals }: Ruling): Set<Address> {
  const seated = operations.flatMap(({ body: { body } }, index) => {
    if (refusals[index] !== null) return [];
    return body.type === 'found' ? [body.founder] : body.type === 'join' ? [body.address] : [];
  });
  return new Set(seated);
}

/** Each with the address it speaks for: of owners first, in causal order, then of whom known devices have named to join. */
function knownDevices(given: Case, ruling: Ruling): Map<Hex, Address> {
  const { history, chains } = given;
  const devices = new Map<Hex, Address>();
  const add = (address: Address) => {
    for (const device of chains.state(address)?.devices.keys() ?? [])
      if (!devices.has(device)) devices.set(device, address);
  };
  const added = everSeated(given, ruling);
  for (const address of added) add(address);
  const joins = history.operations.flatMap(({ author, body: { body } }) =>
    body.type === 'join' ? [{ author, address: body.address }] : [],
  );
  const isNew = ({ author, address }: (typeof joins)[number]) => devices.has(author) && !added.has(address);
  for (let next = joins.find(isNew); next; next = joins.find(isNew)) {
    added.add(next.address);
    add(next.address);
  }
  return devices;
}

function openComplaints(
  { history: { operations, isBefore } }: Case,
  { refusals, speakers }: Ruling,
  stands: (device: Hex) => boolean,
): { device: Hex; epoch: Hex }[] {
  const open = new Map<string, { device: Hex; epoch: Hex }>();
  operations.forEach(({ author, body: { body } }, index) => {
    if (body.type !== 'complaint' || refusals[index] !== null || !stands(author)) return;
    const isAnswered = operations.some(({ body: { body: answer } }, later) => {
      if (answer.type !== 'grant' || refusals[later] !== null || !isBefore(index, later)) return false;
      return answer.address === speakers[index] && answer.epochs.includes(body.id);
    });
    if (!isAnswered) open.set(`${author} ${body.id}`, { device: author, epoch: body.id });
  });
  return [...open.values()];
}

function anchorsOf(
  { history: { operations } }: Case,
  { refusals }: Ruling,
  stands: (device: Hex) => boolean,
  { leaves }: Endings,
): Name[] {
  const anchors = new Map<string, Name>();
  operations.forEach(({ author, body: { grounds } }, index) => {
    if (refusals[index] !== null || (!stands(author) && !leaves.has(index))) return;
    for (const name of grounds.names) {
      const key = `${name.author} ${name.saying}`;
      if (!anchors.has(key)) anchors.set(key, name);
    }
  });
  return [...anchors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
}

function chainHeadsIn(said: readonly Said[]): Map<Address, readonly Hex[]> {
  const heads = new Map<Address, Set<Hex>>();
  for (const { address, heads: named } of said.flatMap(({ grounds }) => grounds.chains)) {
    const all = heads.get(address) ?? new Set();
    for (const head of named) all.add(head);
    heads.set(address, all);
  }
  return new Map(
    [...heads].sort(([a], [b]) => (a < b ? -1 : 1)).map(([address, all]) => [address, [...all].sort()]),
  );
}
