/**
 * Which statements of a roster count, for one history of them and the chains as they are known; the rules stand in
 * roster.ts and roster-rules.ts.
 *
 * Every statement is judged in causal order by what counts in its past. If endings made apart would leave nobody, the one
 * with the smallest id is void, and all is judged again without it.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { Address } from './address.ts';
import type { ChainState } from './chain.ts';
import type { Chains } from './chains.ts';
import type { Grounds } from './grounds.ts';
import type { History, Operation } from './history.ts';
import type { Hex, SpaceId } from './ids.ts';
import type { Found, RosterBody } from './roster-body.ts';
import { foundingsIn, type Foundings } from './roster-founding.ts';
import { refusalOf, type Refusal, type Seats } from './roster-rules.ts';
import type { SignatureCheck } from './roster-words.ts';

/** What a control statement says: its body, and on what grounds. */
export interface Said {
  readonly body: RosterBody;
  readonly grounds: Grounds;
}

export interface Case {
  readonly space: SpaceId;
  readonly history: History<Said>;
  readonly chains: Chains;
  readonly check: SignatureCheck;
}

export interface Ruling {
  /** Null when nobody has founded the space who may. */
  readonly found: Found | null;
  /** Per statement why it does not count; null when it does. */
  readonly refusals: readonly (Refusal | null)[];
  /** Per statement for whom its author spoke. */
  readonly speakers: readonly (Address | null)[];
  readonly foundings: Foundings;
  /** The owners by what counts of the statements seen, in causal order. */
  seats(sees: (index: number) => boolean): Seats;
  /** Each seat that was ended, with the indices of all that count and end it, in causal order. */
  endedSeats(): readonly { readonly seat: Hex; readonly endings: readonly number[] }[];
  readonly knowledge: Knowledge;
}

export function ruleOn(given: Case): Ruling {
  const knowledge = createKnowledge(given);
  const foundings = foundingsIn(given.history, knowledge);
  const spared = new Set<number>();
  for (;;) {
    const court = new Court(given, knowledge, foundings, spared);
    if (court.found === null || court.seats(() => true).size > 0) return court;
    spared.add(smallestOfLastEndings(given.history, court));
  }
}

export function isEnding({ body }: Said): boolean {
  return body.type === 'leave' || body.type === 'order';
}

/** Of the endings that count, and that none of the others knew of, the one with the smallest id. */
function smallestOfLastEndings({ operations, isBefore }: History<Said>, { refusals }: Ruling): number {
  const endings = indicesOf(operations, isEnding).filter((index) => refusals[index] === null);
  const last = endings.filter((index) => !endings.some((other) => isBefore(index, other)));
  const [smallest] = last.sort((a, b) => (operations[a]!.id < operations[b]!.id ? -1 : 1));
  if (smallest === undefined) throw new Error('a founded space loses its owners by endings alone');
  return smallest;
}

/** The judgement of one history, some endings being void whatever they say. */
class Court implements Ruling {
  readonly refusals: (Refusal | null)[] = [];
  readonly speakers: (Address | null)[] = [];
  readonly knowledge: Knowledge;
  readonly foundings: Foundings;
  readonly #given: Case;
  readonly #seatings: readonly number[];
  readonly #endings: readonly number[];
  readonly #indexOf: ReadonlyMap<Hex, number>;

  constructor(given: Case, knowledge: Knowledge, foundings: Foundings, spared: ReadonlySet<number>) {
    const { operations } = given.history;
    this.#given = given;
    this.knowledge = knowledge;
    this.foundings = foundings;
    this.#seatings = indicesOf(operations, ({ body }) => body.type === 'found' || body.type === 'join');
    this.#endings = indicesOf(operations, isEnding);
    this.#indexOf = new Map(operations.map(({ id }, index) => [id, index]));
    for (let index = 0; index < operations.length; index++) {
      const owners = this.seats((other) => given.history.isBefore(other, index));
      this.speakers.push(this.#isSilent(index, owners) ? null : this.#speaker(index, owners));
      this.refusals.push(spared.has(index) ? 'last-owner' : this.#refusal(index, owners));
    }
  }

  get found(): Found | null {
    const { first } = this.foundings;
    const body = first === null ? null : this.#given.history.operations[first]!.body.body;
    return body?.type === 'found' ? body : null;
  }

  seats(sees: (index: number) => boolean): Map<Address, Hex> {
    const { operations } = this.#given.history;
    const { first, all } = this.foundings;
    const seats = new Map<Address, Hex>();
    for (const index of this.#seatings) {
      if (this.refusals[index] !== null || !(index === first ? all.some(sees) : sees(index))) continue;
      const { id, body } = operations[index]!;
      const [address, seat] = seatOf(this.#given.space, id, body);
      const isEnded = this.#endings.some(
        (ending) => sees(ending) && this.#ends(ending, index, address, seat),
      );
      if (!isEnded && !seats.has(address)) seats.set(address, seat);
    }
    return seats;
  }

  endedSeats(): { seat: Hex; endings: readonly number[] }[] {
    const { operations } = this.#given.history;
    return this.#seatings.flatMap((index) => {
      if (this.refusals[index] !== null) return [];
      const { id, body } = operations[index]!;
      const [address, seat] = seatOf(this.#given.space, id, body);
      const endings = this.#endings.filter((ending) => this.#ends(ending, index, address, seat));
      return endings.length === 0 ? [] : [{ seat, endings }];
    });
  }

  /** Who leaves ends every seat of theirs but those taken after it; an order ends the one that it names. */
  #ends(ending: number, seating: number, address: Address, seat: Hex): boolean {
    if (this.refusals[ending] !== null) return false;
    const { operations, isBefore } = this.#given.history;
    const { body } = operations[ending]!.body;
    if (body.type === 'order') return body.join === seat && body.address === address;
    return this.speakers[ending] === address && !isBefore(ending, seating);
  }

  /**
   * Of a device that is revoked, and named by none that is active: its chain is not judged at the heads that it names, of
   * which it may name as many as it likes. A few of its joins are judged whole all the same, since a person is asked about them;
   * and the founding is its own ground. Asked are the owners' chains alone: what the device is called in one of its own making, or is
   * revoked in there, is nobody's word about it.
   */
  #isSilent(index: number, owners: Seats): boolean {
    const { body } = this.#given.history.operations[index]!;
    if (body.body.type === 'found') return false;
    const { knowledge } = this;
    const isHeard = (one: Address) => knowledge.isGrounded(index, one) || knowledge.isAskedOf(index, one);
    const speaking = this.#speaking(index, owners.keys());
    return speaking.length > 0 && !speaking.some(isHeard);
  }

  /** Of these addresses those whose chain has the author. */
  #speaking(index: number, addresses: Iterable<Address>): Address[] {
    const { author } = this.#given.history.operations[index]!;
    return [...addresses].filter((one) => this.#given.chains.state(one)?.devices.has(author));
  }

  /** The owner whose active device, by what it names, the author was. */
  #speaker(index: number, owners: Seats): Address | null {
    const { author, body } = this.#given.history.operations[index]!;
    if (body.body.type === 'found') return index === this.foundings.first ? body.body.founder : null;
    const isActive = (one: Address) => this.knowledge.chainAt(index, one)?.active.has(author) === true;
    return this.#speaking(index, owners.keys()).find(isActive) ?? null;
  }

  #refusal(index: number, seats: Seats): Refusal | null {
    const { deps, body: said } = this.#given.history.operations[index]!;
    const { body } = said;
    const speaker = this.speakers[index]!;
    if (!this.knowledge.isComplete(index)) return 'incomplete';
    if (this.#isSilent(index, seats)) return body.type === 'join' ? 'unheard' : 'groundless';
    if (body.type === 'found' && deps.length > 0) return 'malformed';
    if (body.type === 'found' && speaker === null && this.found) return 'repeated';
    if (speaker === null) return 'no-right';
    if (body.type === 'found') return null;
    const refusal = refusalOf(body, {
      ...{ space: this.#given.space, check: this.#given.check, found: this.found!, speaker, seats },
      tellAll: (heads) => this.#tellAll(index, heads),
      chain: (address) => this.knowledge.chainAt(index, address),
      numbers: this.#numbers(index),
    });
    return refusal ?? (this.knowledge.isGrounded(index, speaker) ? null : 'groundless');
  }

  /** Whether heads that the author knew build on every joining and ending that counts and that it knew. */
  #tellAll(index: number, heads: readonly Hex[]): boolean {
    const { operations, isBefore } = this.#given.history;
    const at = heads.map((head) => this.#indexOf.get(head) ?? -1);
    if (at.length === 0 || at.some((head) => head < 0 || !isBefore(head, index))) return false;
    const changes = [...this.#seatings, ...this.#endings].filter((one) => operations[one]!.deps.length > 0);
    const counted = changes.filter((one) => this.refusals[one] === null && isBefore(one, index));
    return counted.every((one) => at.some((head) => head === one || isBefore(one, head)));
  }

  #numbers(index: number) {
    const { isBefore } = this.#given.history;
    const past = this.knowledge.rotations.filter(({ at }) => isBefore(at, index));
    const highest = (some: typeof past) => Math.max(0, ...some.map(({ number }) => number));
    return { counted: highest(past.filter(({ at }) => this.refusals[at] === null)), highest: highest(past) };
  }
}

/** What follows from history and chains alone, whatever is ruled. */
export interface Knowledge {
  /** Whether every chain head that a statement names is known, with all that it builds on. */
  isComplete(index: number): boolean;
  /** The heads of chains that the author of a statement had been told of in this space; those of another one too. */
  headsAt(index: number, also?: number): ReadonlyMap<Address, ReadonlySet<Hex>>;
  /** An address' chain as those heads tell it. */
  chainAt(index: number, address: Address, also?: number): ChainState | undefined;
  isGrounded(index: number, speaker: Address): boolean;
  /** Whether it is one of the few joins of its author, for this speaker and without ground, that a person is asked about. */
  isAskedOf(index: number, speaker: Address): boolean;
  /** Rotations whose number follows those in their past: by one at most, so that nobody uses numbers up. */
  readonly rotations: readonly { readonly at: number; readonly number: number }[];
}

function createKnowledge({ history, chains }: Case): Knowledge {
  const { operations, isBefore } = history;
  const complete = operations.map(({ body: { grounds } }) =>
    grounds.chains.every(({ address, heads }) => chains.reaches(address, heads)),
  );
  const news = operations.flatMap(({ body: { grounds } }, at) =>
    complete[at] ? grounds.chains.map(({ address, heads }) => ({ at, address, heads })) : [],
  );
  const isKnownAt = (at: number, index: number) => at === index || isBefore(at, index);
  const headsAt = (index: number, also = index) => {
    const known = new Map<Address, Set<Hex>>();
    for (const { at, address, heads } of news) {
      if (!isKnownAt(at, index) && !isKnownAt(at, also)) continue;
      const all = known.get(address) ?? new Set();
      for (const head of heads) all.add(head);
      known.set(address, all);
    }
    return known;
  };
  const headsKnown = new Map<string, ReturnType<typeof headsAt>>();
  const grounded = new Map<Address, readonly boolean[]>();
  const isGrounded = (index: number, speaker: Address) => {
    const all = grounded.get(speaker) ?? groundedIn(history, chains.state(speaker));
    grounded.set(speaker, all);
    return all[index]!;
  };
  const asked = new Map<Address, ReadonlySet<number>>();
  return {
    isComplete: (index) => complete[index]!,
    headsAt,
    chainAt(index, address, also = index) {
      const key = `${index} ${also}`;
      const heads = headsKnown.get(key) ?? headsAt(index, also);
      headsKnown.set(key, heads);
      return chains.at(address, heads.get(address) ?? []);
    },
    isGrounded,
    isAskedOf(index, speaker) {
      const few = asked.get(speaker) ?? joinsAskedOf(history, (join) => !isGrounded(join, speaker));
      asked.set(speaker, few);
      return few.has(index);
    },
    rotations: numberedRotations(history),
  };
}

/** Which statements an active device of this chain has made or named; all, when none is active. */
function groundedIn({ operations, isBefore }: History<Said>, chain: ChainState | undefined): boolean[] {
  if (!chain || chain.active.size === 0) return operations.map(() => true);
  const active = operations.flatMap(({ author }, index) => (chain.active.has(author) ? [index] : []));
  return operations.map((_, index) => active.some((by) => by === index || isBefore(index, by)));
}

/** Of the joins of one device that have no ground a person is asked about so many, those with the smallest ids. */
const MAX_ASKED = 16;

function joinsAskedOf(
  { operations }: History<Said>,
  isGroundless: (index: number) => boolean,
): ReadonlySet<number> {
  const joins = indicesOf(operations, ({ body }) => body.type === 'join').filter(isGroundless);
  const byAuthor = Map.groupBy(joins, (index) => operations[index]!.author);
  const byId = (a: number, b: number) => (operations[a]!.id < operations[b]!.id ? -1 : 1);
  return new Set([...byAuthor.values()].flatMap((own) => own.sort(byId).slice(0, MAX_ASKED)));
}

function numberedRotations({ operations, isBefore }: History<Said>): { at: number; number: number }[] {
  const numbered: { at: number; number: number }[] = [];
  operations.forEach(({ body: { body } }, at) => {
    if (body.type !== 'rotate') return;
    const past = numbered.filter((one) => isBefore(one.at, at)).map(({ number }) => number);
    if (body.number >= 1 && body.number <= Math.max(0, ...past) + 1)
      numbered.push({ at, number: body.number });
  });
  return numbered;
}

function seatOf(space: SpaceId, id: Hex, { body }: Said): [Address, Hex] {
  if (body.type === 'found') return [body.founder, hex(space)];
  if (body.type === 'join') return [body.address, id];
  throw new TypeError('nobody takes a seat by this');
}

function indicesOf(operations: readonly Operation<Said>[], isWanted: (said: Said) => boolean): number[] {
  return operations.flatMap(({ body }, index) => (isWanted(body) ? [index] : []));
}
