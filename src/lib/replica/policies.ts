/**
 * The two rules by which spaces are governed: a roster, or the account chain. Both come from keys/.
 */
import type { Address } from '#lib/keys/address.ts';
import { matchesAddress } from '#lib/keys/address.ts';
import { decodeChainBody, introducedBy } from '#lib/keys/chain-body.ts';
import {
  admitChainControls,
  chainSpaceId,
  evaluateChain,
  findGenesis,
  type ChainDevice,
  type ChainEntry,
  type ChainState,
} from '#lib/keys/chain.ts';
import {
  admitCarried,
  chainsUpTo,
  createChains,
  newsOf,
  reaches,
  toldOf,
  worstOf,
  type Brought,
  type Chains,
} from '#lib/keys/chains.ts';
import { decodeControl, type VerifiedControl } from '#lib/keys/control.ts';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { ChainNews } from '#lib/keys/grounds.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import { decodeRosterBody, encodeRosterBody } from '#lib/keys/roster-body.ts';
import { circleOf } from '#lib/keys/roster-circle.ts';
import { evaluateRoster, groundless, type RosterState } from '#lib/keys/roster.ts';
import type { Members } from './members.ts';
import type { Carried, Policy } from './ports.ts';

/** Members that carry the state they were computed from, for the vault. */
export interface RosterMembers extends Members {
  readonly roster: RosterState;
  readonly chains: Chains;
}

export interface ChainMembers extends Members {
  readonly chain: ChainState;
}

/**
 * A space with a roster.
 * @param own the chains that this device follows by itself, asked at every evaluation: call `refresh` of the replica when
 *   they have changed. To them comes what frames of the space carry.
 */
export function rosterPolicy(
  space: SpaceId,
  self: Address,
  own: () => ReadonlyMap<Address, readonly ChainEntry[]>,
): Policy<RosterMembers> {
  const chainsWith = (carried: Carried) => createChains(merged(own(), carried));
  return {
    hasGrounds: true,
    note: encodeRosterBody({ type: 'note' }),
    admit: (fresh) => Promise.resolve(fresh),
    evaluate(controls, carried, upTo) {
      const all = merged(own(), carried);
      const chains = createChains(upTo ? chainsUpTo(all, upTo) : all);
      return membersOf(evaluateRoster(space, controls, chains), chains);
    },
    carries(content) {
      const body = decodeRosterBody(content);
      return body?.type === 'rotate' ? body.carried : [];
    },
    introduces(_content, news) {
      return news.flatMap(({ address, carried }) =>
        carried.flatMap((statement) => {
          const control = decodeControl(chainSpaceId(address), 0, statement)?.claimed;
          return control ? keysIn(address, control.inner.body) : [];
        }),
      );
    },
    carry: (frames, carried) => carryInto(own(), frames, carried),
    circle: (controls, carried, claimed) => circleOf(space, controls, chainsWith(carried), claimed),
    chainNews(announced, carried, { controls, owners, content, room }) {
      const chains = chainsWith(carried);
      const body = content && decodeRosterBody(content);
      const introduced =
        body?.type === 'found' ? [body.founder] : body?.type === 'join' ? [body.address] : [];
      const { addresses } = circleOf(space, controls, chains);
      return newsOf(chains, announced, foremost(addresses, owners, introduced), room);
    },
    chainsKnown(carried, { controls, owners }) {
      const chains = chainsWith(carried);
      const { addresses } = circleOf(space, controls, chains);
      return new Map(
        foremost(addresses, owners).map((address) => [
          address,
          chains.entries(address).map(({ control }) => control.statement),
        ]),
      );
    },
    chainsTold: (announced, carried, news) => toldOf(chainsWith(carried), announced, news),
    groundless: (before, after) => ('roster' in before ? groundless(before.roster, after.roster, self) : []),
  };
}

/** What frames carry, taken in together: each statement is verified once, in whatever order the frames came. */
async function carryInto(
  own: ReadonlyMap<Address, readonly ChainEntry[]>,
  frames: readonly (readonly ChainNews[])[],
  carried: Carried,
): ReturnType<Policy['carry']> {
  const all = merged(own, carried);
  const next = new Map(carried);
  const told = frames.map(() => new Set<Brought>());
  for (const [address, lists] of listsByAddress(frames)) {
    const known = all.get(address) ?? [];
    const { fresh, brought } = await admitCarried(address, [...lists.values()], known);
    [...lists.keys()].forEach((frame, i) => told[frame]!.add(brought[i]!));
    if (fresh.length === 0) continue;
    all.set(address, [...known, ...fresh]);
    next.set(address, [...(next.get(address) ?? []), ...fresh]);
  }
  // Who is who at these heads is nobody's question here: each frame may name others, and judging a chain is work.
  frames.forEach((news, frame) => {
    if (!news.every(({ address, heads }) => reaches(all.get(address), heads))) told[frame]!.add('incomplete');
  });
  const isChanged = [...next].some(([address, entries]) => carried.get(address) !== entries);
  return { carried: isChanged ? next : carried, brought: told.map(worstOf) };
}

function membersOf(roster: RosterState, chains: Chains): RosterMembers {
  return {
    roster,
    chains,
    heads: roster.heads,
    anchors: roster.anchors,
    rotationDue: roster.rotationDue,
    owners: [...new Set([...roster.owners, ...roster.everOwned])],
    judgedBy: new Map(chains.addresses().map((address) => [address, chains.tips(address)])),
    ...(roster.current && { epoch: roster.current.id }),
    epochs: roster.epochs.flatMap(({ id, isVoid }) => (isVoid ? [] : [id])),
    begun: roster.epochs.map(({ id }) => id),
    author(id) {
      const device = chains.device(id);
      const clientId = roster.clientIds.get(id);
      return device && { signing: device.signing, ...(clientId !== undefined && { clientId }) };
    },
    stands: (id) => roster.stands(id),
    isKnown: (id) => roster.isKnown(id),
    isRevoked: (id) => revocationOf(roster, chains, id) !== undefined,
    seen: (id) => revocationOf(roster, chains, id)?.seen ?? [],
  };
}

/** By the chain of whom the roster has it for: a thief may found an address of its own with the device, as small as they like. */
function revocationOf(roster: RosterState, chains: Chains, device: string): ChainDevice['revoked'] {
  const address = roster.addressOf(device) ?? chains.device(device)?.address;
  return address === undefined ? undefined : chains.state(address)?.devices.get(device)?.revoked;
}

/**
 * Owners first, then whoever a statement introduces, then the others: anybody who once was one may have named as many of
 * those as they like, and what tells of owners is never crowded out by them.
 */
function foremost(
  addresses: ReadonlySet<Address>,
  owners: readonly Address[],
  introduced: readonly Address[] = [],
): Address[] {
  const first = owners.filter((one) => addresses.has(one));
  return [...new Set([...first, ...introduced, ...[...addresses].sort()])];
}

/** What each of these frames carries of each address that any of them carries something of. */
function listsByAddress(
  frames: readonly (readonly ChainNews[])[],
): Map<Address, Map<number, readonly Bytes[]>> {
  const byAddress = new Map<Address, Map<number, readonly Bytes[]>>();
  frames.forEach((news, frame) => {
    for (const { address, carried } of news) {
      if (carried.length === 0) continue;
      const lists = byAddress.get(address) ?? new Map<number, readonly Bytes[]>();
      byAddress.set(address, lists.set(frame, [...(lists.get(frame) ?? []), ...carried]));
    }
  });
  return byAddress;
}

/** One list for each set of entries, so that what follows from it is computed once. */
function merged(
  own: ReadonlyMap<Address, readonly ChainEntry[]>,
  carried: Carried,
): Map<Address, readonly ChainEntry[]> {
  const all = new Map<Address, readonly ChainEntry[]>(own);
  for (const [address, entries] of carried) {
    const known = own.get(address);
    all.set(address, known ? union(known, entries) : entries);
  }
  return all;
}

const unions = new WeakMap<readonly ChainEntry[], WeakMap<readonly ChainEntry[], readonly ChainEntry[]>>();

function union(known: readonly ChainEntry[], entries: readonly ChainEntry[]): readonly ChainEntry[] {
  const made = unions.get(known)?.get(entries);
  if (made) return made;
  const ids = new Set(known.map(({ control }) => hex(control.id)));
  const fresh = entries.filter(({ control }) => !ids.has(hex(control.id)));
  const all = fresh.length === 0 ? known : [...known, ...fresh];
  const byOther = unions.get(known) ?? new WeakMap<readonly ChainEntry[], readonly ChainEntry[]>();
  unions.set(known, byOther.set(entries, all));
  return all;
}

/** The account chain of an address: controls only. */
export function chainPolicy(address: Address): Policy<ChainMembers> {
  return {
    hasGrounds: false,
    note: new Uint8Array(0),
    async admit(fresh, known) {
      const entries = await admitChainControls(address, fresh, findGenesis(address, known));
      return entries.map(({ control }) => control);
    },
    evaluate(controls) {
      const chain = evaluateChain(
        address,
        controls.flatMap((control) => entryOf(control)),
      );
      return {
        chain,
        heads: chain.heads,
        anchors: [],
        epochs: [],
        begun: [],
        author(id) {
          const device = chain.devices.get(id);
          return device && { signing: device.bundle.signing };
        },
        stands: () => false,
        isKnown: () => false,
        isRevoked: () => false,
        seen: () => [],
        owners: [],
        judgedBy: new Map(),
        rotationDue: false,
      };
    },
    carries: () => [],
    introduces: (content) => keysIn(address, content),
    carry: (frames, carried) => Promise.resolve({ carried, brought: frames.map(() => 'known') }),
    circle: () => ({ addresses: new Set(), has: () => true }),
    chainNews: () => [],
    chainsKnown: () => new Map(),
    chainsTold: (announced) => announced,
    groundless: () => [],
  };
}

/** The entries of a chain whose controls a replica has admitted. */
export function chainEntries(controls: readonly VerifiedControl[]): readonly ChainEntry[] {
  return controls.flatMap((control) => entryOf(control));
}

function keysIn(address: Address, body: Bytes): { readonly device: string; readonly signing: Bytes }[] {
  const decoded = decodeChainBody(body);
  if (!decoded || (decoded.type === 'genesis' && !matchesAddress(address, decoded.bundle))) return [];
  const introduced = introducedBy(decoded);
  return introduced ? [{ device: introduced.id, signing: introduced.bundle.signing }] : [];
}

function entryOf(control: VerifiedControl): ChainEntry[] {
  const body = decodeChainBody(control.inner.body);
  return body ? [{ control, body }] : [];
}
