/**
 * Chains and spaces on paper: people with made-up keys, and control statements without seal, signed on paper, for the
 * tests of what counts. Real signatures have tests of their own.
 */
import { concat, equal, fromHex, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { labelledHash, sha256 } from '#lib/crypto/hash.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressOf, type Address, type GenesisBundle } from '#lib/keys/address.ts';
import type { ChainBody } from '#lib/keys/chain-body.ts';
import { chainSpaceId, type ChainEntry } from '#lib/keys/chain.ts';
import { createChains, type Chains } from '#lib/keys/chains.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import { epochId } from '#lib/keys/epoch.ts';
import { deviceId, type DeviceBundle } from '#lib/keys/device.ts';
import { encodeGrounds, type Grounds, type Name } from '#lib/keys/grounds.ts';
import type { Hex, SpaceId } from '#lib/keys/ids.ts';
import { createSpace, evaluateRoster, type RosterState } from '#lib/keys/roster.ts';
import {
  encodeRosterBody,
  type EpochBox,
  type Join,
  type Order,
  type Rotate,
  type RosterBody,
  type SpaceKind,
} from '#lib/keys/roster-body.ts';
import {
  acceptanceBytes,
  consentBytes,
  orderBytes,
  ownerStatementBytes,
  type SignatureCheck,
} from '#lib/keys/roster-words.ts';
import { recipientsOf } from '#lib/keys/rotations.ts';
import { decodeInner, encodeInner, sayingOf } from '#lib/keys/signed.ts';
import { seededRandom } from '../tools/random.ts';

/** A device that somebody has or will have. */
export interface PaperDevice {
  readonly id: Hex;
  readonly bundle: DeviceBundle;
}

/** Somebody with an address and two devices, the first of which founds it. */
export interface Actor {
  readonly name: string;
  readonly address: Address;
  readonly genesis: GenesisBundle;
  readonly devices: readonly [Hex, Hex];
  readonly second: PaperDevice;
}

export interface Entry extends VerifiedControl {
  readonly hex: Hex;
}

export function paperDevice(name: string): PaperDevice {
  const own = seededRandom(`device ${name}`);
  const bundle = { signing: own(32), sealing: own(1216) };
  return { id: hex(deviceId(bundle)), bundle };
}

export function actor(name: string): Actor {
  const own = seededRandom(`actor ${name}`);
  const [first, second] = [paperDevice(`${name} 1`), paperDevice(`${name} 2`)];
  const genesis = { account: own(32), recovery: own(1216), device: first.bundle, nonce: own(32) };
  return { name, address: addressOf(genesis), genesis, devices: [first.id, second.id], second };
}

/** What a signature is on paper: whoever knows the public key can make it. */
export function paperSignature(publicKey: Bytes, message: Bytes): Bytes {
  return concat(sha256(publicKey, message), sha256(message, publicKey));
}

export const paperCheck: SignatureCheck = (publicKey, message, signature) =>
  equal(paperSignature(publicKey, message), signature);

interface Penned {
  readonly author: Hex;
  readonly seq: number;
  readonly past: ReadonlySet<Hex>;
}

/**
 * Statements of one space. Each goes on from whatever its author had said among all that it builds on: what is written
 * after something else is another branch, so that a test can leave either out.
 */
function paperPen(space: SpaceId, said = new Map<Hex, Penned>()) {
  let time = Date.UTC(2026, 0, 1);
  return (device: Hex, body: Bytes, after: readonly Hex[]): Entry => {
    const past = new Set(after.flatMap((id) => [id, ...said.get(id)!.past]));
    const own = [...past].filter((id) => said.get(id)!.author === device);
    const last = own.filter((id) => !own.some((other) => said.get(other)!.past.has(id)));
    last.sort((a, b) => said.get(b)!.seq - said.get(a)!.seq);
    const seq = (said.get(last[0] ?? '')?.seq ?? 0) + 1;
    const [before, deps] = [last, [...new Set(after)]].map((ids) => ids.map(fromHex)) as [Bytes[], Bytes[]];
    const clock = { time: time++, counter: 0 };
    const inner = { author: fromHex(device), seq, before, deps, clock, body };
    const statement = encodeInner(inner, new Uint8Array(64));
    const decoded = decodeInner(statement)!;
    const id = sayingOf(space, 'control', decoded.signed);
    said.set(hex(id), { author: device, seq, past });
    return { id, hex: hex(id), inner: decoded.inner, epoch: 0, statement };
  };
}

const NO_SIGNATURE = new Uint8Array(0);
const NOT_SIGNED = { bytes: NO_SIGNATURE, signature: NO_SIGNATURE };

interface Founded {
  readonly entries: readonly ChainEntry[];
  readonly said: ReadonlyMap<Hex, Penned>;
}

const founded = new Map<Address, Founded>();

/** Somebody's chain as it begins, written once: founded, the second device added. */
function foundedChain({ address, genesis, devices, second }: Actor): Founded {
  const made = founded.get(address);
  if (made) return made;
  const said = new Map<Hex, Penned>();
  const pen = paperPen(chainSpaceId(address), said);
  const bodies: ChainBody[] = [
    { type: 'genesis', bundle: genesis, acceptance: NO_SIGNATURE, signed: NOT_SIGNED },
    { type: 'addDevice', id: second.id, device: second.bundle, acceptance: NO_SIGNATURE },
  ];
  const entries: ChainEntry[] = [];
  for (const body of bodies) {
    const after = entries.slice(-1).map(({ control }) => hex(control.id));
    entries.push({ control: pen(devices[0], utf8(body.type), after), body });
  }
  founded.set(address, { entries, said });
  return { entries, said };
}

/** The chains of these people; what is said in them builds on all that counts, or on the heads that one says. */
export function paperChains(...actors: readonly Actor[]) {
  const entries = new Map<Address, readonly ChainEntry[]>();
  const pens = new Map<Address, ReturnType<typeof paperPen>>();
  let known: Chains | null = null;
  for (const one of actors) {
    const { entries: own, said } = foundedChain(one);
    entries.set(one.address, own);
    pens.set(one.address, paperPen(chainSpaceId(one.address), new Map(said)));
  }

  const chains = (): Chains => (known ??= createChains(entries));
  const heads = (address: Address): readonly Hex[] => chains().state(address)?.heads ?? [];

  function say(address: Address, author: Hex, body: ChainBody, after = heads(address)): Hex {
    const list = entries.get(address)!;
    const control = pens.get(address)!(author, utf8(`${body.type} ${list.length}`), after);
    entries.set(address, [...list, { control, body }]);
    known = null;
    return control.hex;
  }

  return {
    chains,
    heads,
    add: (address: Address, by: Hex, { id, bundle }: PaperDevice, after?: readonly Hex[]) =>
      say(address, by, { type: 'addDevice', id, device: bundle, acceptance: NO_SIGNATURE }, after),
    revoke: (address: Address, by: Hex, device: Hex, after?: readonly Hex[]) =>
      say(address, by, { type: 'revokeDevice', revoked: device, seen: [] }, after),
    recover: (address: Address, { id, bundle }: PaperDevice, kept: readonly Hex[], after?: readonly Hex[]) =>
      say(
        address,
        id,
        {
          type: 'recover',
          by: chains().state(address)!.genesis!.account,
          id,
          device: bundle,
          kept: [...kept].sort(),
          seen: [],
          signed: NOT_SIGNED,
        },
        after,
      ),
    /** The chains as whoever has heard of nothing else than these heads. */
    upTo: (known: ReadonlyMap<Address, readonly Hex[]>) => createChains(cutTo(entries, known)),
  };
}

export type PaperChains = ReturnType<typeof paperChains>;

function cutTo(
  entries: ReadonlyMap<Address, readonly ChainEntry[]>,
  heads: ReadonlyMap<Address, readonly Hex[]>,
): Map<Address, readonly ChainEntry[]> {
  const cut = new Map<Address, readonly ChainEntry[]>();
  for (const [address, list] of entries) {
    const byId = new Map(list.map((entry) => [hex(entry.control.id), entry]));
    const closure = new Set(heads.get(address) ?? []);
    for (const id of closure)
      for (const dep of [...byId.get(id)!.control.inner.deps, ...byId.get(id)!.control.inner.before])
        closure.add(hex(dep));
    cut.set(
      address,
      list.filter(({ control }) => closure.has(hex(control.id))),
    );
  }
  return cut;
}

export interface SpaceOptions {
  readonly kind?: SpaceKind;
  readonly authority?: boolean;
}

const created = new Map<string, ReturnType<typeof createSpace>>();

function createdOnce({ name, address: founder }: Actor, kind: SpaceKind, authority: boolean) {
  const key = `${founder} ${kind} ${authority}`;
  const random = seededRandom(`space of ${name}`);
  const space =
    created.get(key) ?? createSpace({ kind, founder, random, ...(authority && { authority: PINNED }) });
  created.set(key, space);
  return space;
}

/** A space and its controls, as its authors write them; what its chains say is looked up at the moment of writing. */
export function paperSpace(founder: Actor, world: PaperChains, options: SpaceOptions = {}) {
  const { kind = 'record', authority = false } = options;
  const { space, frameBody, secrets } = createdOnce(founder, kind, authority);
  const pen = paperPen(space);
  const groundsNow = (names: readonly Name[] = []): Grounds => ({
    names,
    chains: world
      .chains()
      .addresses()
      .map((address) => ({ address, heads: world.heads(address), carried: [] })),
  });

  /** A statement on other grounds than those of the moment. */
  const writeOn = (grounds: Grounds, device: Hex, body: RosterBody, ...after: Entry[]): Entry =>
    pen(
      device,
      encodeGrounds(grounds, encodeRosterBody(body)),
      after.map((entry) => entry.hex),
    );
  const write = (device: Hex, body: RosterBody, ...after: Entry[]): Entry =>
    writeOn(groundsNow(), device, body, ...after);
  const founding = pen(founder.devices[0], encodeGrounds(groundsNow(), frameBody), []);
  const stateOf = (...controls: Entry[]): RosterState =>
    evaluateRoster(space, [founding, ...controls], world.chains(), paperCheck);
  return {
    space,
    secrets,
    founding,
    frameBody,
    write,
    writeOn,
    groundsNow,
    stateOf,
    ...bodiesOf(space, world, authority, hex(epochId(secrets))),
  };
}

export type PaperSpace = ReturnType<typeof paperSpace>;

/** The authority's key: on paper any that the format admits. */
const PINNED = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'); // RFC 8032 §7.1, test 1

/** Bodies as honest people make them. */
function bodiesOf(space: SpaceId, world: PaperChains, authority: boolean, first: Hex) {
  const keyOf = (device: Hex) => world.chains().device(device)!.signing;

  /** Somebody joins a roster of these heads; others who agree do so by their first device, unless another is named. */
  function join(
    joiner: Actor,
    heads: readonly Entry[],
    agreeing: readonly (Actor | Hex)[] = [],
    device?: Hex,
  ): Join {
    const joining = { space, address: joiner.address, heads: heads.map((head) => head.hex).sort() };
    const accepts = device ?? joiner.devices[0];
    const consents = agreeing.map((one) => {
      const by = typeof one === 'string' ? one : one.devices[0];
      const { address, signing } = world.chains().device(by)!;
      return { address, device: by, signature: paperSignature(signing, consentBytes(joining)) };
    });
    return {
      type: 'join',
      address: joiner.address,
      device: accepts,
      heads: joining.heads,
      acceptance: paperSignature(keyOf(accepts), acceptanceBytes(joining)),
      consents,
      statement: authority ? paperSignature(PINNED, ownerStatementBytes(space, joiner.address)) : null,
    };
  }

  function order({ address }: Actor, joined: Hex, serial = 1): Order {
    const unsigned = { serial, address, join: joined };
    return { type: 'order', ...unsigned, signature: paperSignature(PINNED, orderBytes(space, unsigned)) };
  }

  /** A box for every key of these people as their chains stand, with nothing in it that opens. */
  function boxes(...owners: readonly (Actor | Address)[]): EpochBox[] {
    const addresses = owners.map((owner) => (typeof owner === 'string' ? owner : owner.address));
    const { recipients } = recipientsOf(addresses, (address) => world.chains().state(address));
    return recipients.map(({ address, id }) => ({ address, recipient: id, sealed: new Uint8Array(0) }));
  }

  /** Every epoch that was spoken of here. */
  const made = new Set([first]);
  const begun = (number: number, salt: string): Hex => {
    const epoch = hex(sha256(utf8(`key of ${number} ${salt}`)));
    made.add(epoch);
    return epoch;
  };
  const rotate = (number: number, to: readonly (Actor | Address)[], salt = ''): Rotate => ({
    type: 'rotate',
    number,
    id: begun(number, salt),
    read: hex(sha256(utf8(`read secret of ${number} ${salt}`))),
    carried: [],
    boxes: boxes(...to),
  });
  const grant = (to: Actor, epochs: readonly Hex[] = [...made]): RosterBody => ({
    ...{ type: 'grant', address: to.address },
    ...{ epochs, boxes: boxes(to) },
  });
  return { join, order, boxes, rotate, grant };
}

/** The name of what a device is taken to have said under this number. */
export function nameOf(device: Hex, seq: number): Name {
  const [saying, frame] = [LABELS.saying, LABELS.frame].map((label) =>
    hex(labelledHash(label, fromHex(device), Uint8Array.of(seq))),
  ) as [Hex, Hex];
  return { author: device, seq, saying, frame };
}
