/**
 * The roster of a space: members (addresses), their roles, its epochs, and whose frames are accepted. Rooted in the
 * space id, which is the hash of the genesis body. Who counts is membership.ts under the rules below.
 *
 * - Owners and guardians manage members and rotate. A guardian is an owner whom nobody removes, demotes or locks out:
 *   a concurrent removal loses against the grant of guardianship, and a rotation without a box for every owner and
 *   guardian does not count (attack C11). Taking guardianship away needs the authority and is not in this version.
 * - A removal pins every device of the member: as it says, or at nothing for a device it does not name. A rotation may
 *   pin devices that their own chain has revoked or whose address is no member, and no others.
 * - Of concurrent rotations to one number both stay readable; writers use the one that knows of every removal, then the
 *   one with the smaller id.
 *
 * Guarantees: a function of the controls and the directory alone, the same on every replica.
 * Leaves out: boxes (rotation.ts); a founder's own word that it wants to be one.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { FrameKind } from '#lib/crypto/frame.ts';
import type { Random } from '#lib/crypto/random.ts';
import type { Address } from './address.ts';
import { clientIdsOf } from './client-id.ts';
import { operationOf, type VerifiedControl } from './control.ts';
import type { Directory } from './directory.ts';
import { currentRotation, GENESIS_ROTATION, missingGrants, rotationsOf, type Rotation } from './epochs.ts';
import { generateEpoch, type EpochSecrets } from './epoch.ts';
import type { Operation } from './history.ts';
import { zeroId, type Hex, type SpaceId } from './ids.ts';
import { evaluate, type Evaluation, type Pin, type Rejection, type Rules, type View } from './membership.ts';
import { may, mayAuthor, type Role, type SpaceKind } from './roles.ts';
import {
  decodeRosterBody,
  encodeRosterBody,
  spaceIdOf,
  type Member,
  type RosterBody,
} from './roster-body.ts';

export interface RosterState {
  readonly space: SpaceId;
  /** Null until the frame that founds the space has arrived. */
  readonly kind: SpaceKind | null;
  readonly members: ReadonlyMap<Address, Role>;
  /** Every role an address ever held, in causal order of the first. */
  readonly everHeld: ReadonlyMap<Address, ReadonlySet<Role>>;
  /** Every epoch that counts, the first included, by number and then by id. */
  readonly rotations: readonly Rotation[];
  /** The epoch that writers use. */
  readonly current: Rotation;
  /** A member or device that must not read on still could: an owner rotates. */
  readonly rotationDue: boolean;
  /** Devices revoked in their own chain that no rotation has pinned yet: the next one does. */
  readonly unpinned: readonly Hex[];
  /** Members who joined beside a rotation and have no keys of the current epoch: an owner grants them. */
  readonly grantsDue: readonly Address[];
  readonly pins: ReadonlyMap<Hex, Pin>;
  /** Yjs client id of each device that may ever write; a device without one is void here. */
  readonly clientIds: ReadonlyMap<Hex, number>;
  /** Dependencies of the next operation. */
  readonly heads: readonly Hex[];
  readonly rejected: ReadonlyMap<Hex, Rejection | 'malformed'>;
  readonly waiting: readonly Hex[];
}

type RosterView = View<RosterBody, Role>;

/** A new space: its id, the body of its first control frame, and the secrets of its first epoch. */
export function createSpace(input: {
  readonly kind: SpaceKind;
  readonly founders: readonly Member[];
  readonly random: Random;
}): { space: SpaceId; frameBody: Bytes; secrets: Required<EpochSecrets> } {
  const { kind, founders, random } = input;
  if (!founders.some(({ role }) => may(role, 'manage'))) throw new RangeError('a space needs an owner');
  const frameBody = encodeRosterBody({ type: 'genesis', kind, founders, nonce: random(32) });
  return { space: spaceIdOf(frameBody), frameBody, secrets: generateEpoch(random, 0) };
}

export function evaluateRoster(
  space: SpaceId,
  controls: readonly VerifiedControl[],
  directory: Directory,
): RosterState {
  const malformed = new Map<Hex, 'malformed'>();
  const operations: Operation<RosterBody>[] = [];
  for (const control of controls) {
    const body = decodeRosterBody(control.inner.body);
    const isForeign = body?.type === 'genesis' && hex(spaceIdOf(control.inner.body)) !== hex(space);
    if (body === null || isForeign) malformed.set(hex(control.id), 'malformed');
    else operations.push(operationOf(control, body));
  }
  const genesis = operations.find(({ body }) => body.type === 'genesis')?.body;
  const founders = genesis?.type === 'genesis' ? genesis.founders : [];
  const evaluation = evaluate(operations, rulesOf(founders, directory));
  const kind = genesis?.type === 'genesis' ? genesis.kind : null;
  return { space, kind, ...conclude(space, founders, evaluation, directory, malformed) };
}

/** Whether a verified frame of this device counts in the space: within its pin for all it ever could, beyond for what it still can. */
export function admits(
  { kind, pins, everHeld, members, clientIds }: RosterState,
  directory: Directory,
  frame: { readonly device: Hex; readonly seq: number; readonly id: Hex; readonly kind: FrameKind },
): boolean {
  const device = directory.device(frame.device);
  if (!device || kind === null || !clientIds.has(frame.device)) return false;
  const pin = pins.get(frame.device);
  const within = !pin || frame.seq < pin.seq || (frame.seq === pin.seq && frame.id === pin.id);
  const now = device.revoked ? undefined : members.get(device.address);
  const roles = within ? (everHeld.get(device.address) ?? []) : now ? [now] : [];
  return [...roles].some((role) => mayAuthor(role, kind, frame.kind));
}

function conclude(
  space: SpaceId,
  founders: readonly Member[],
  evaluation: Evaluation<RosterBody, Role>,
  directory: Directory,
  malformed: ReadonlyMap<Hex, 'malformed'>,
): Omit<RosterState, 'space' | 'kind'> {
  const { effective, view, pins, heads, waiting } = evaluation;
  const everHeld = everHeldOf(founders, effective);
  const members = new Map<Address, Role>();
  for (const address of everHeld.keys()) {
    const role = view.get(address);
    if (role) members.set(address, role);
  }
  const rotations = rotationsOf(effective);
  const { current, stale } = currentRotation(rotations, evaluation);
  const unpinned = revokedWithoutPin(members, pins, directory);
  return {
    members,
    everHeld,
    rotations,
    current,
    rotationDue: stale || unpinned.length > 0,
    unpinned,
    grantsDue: missingGrants(current, members, founders, evaluation),
    pins,
    clientIds: clientIdsOf(space, [...everHeld.keys()], directory),
    heads,
    rejected: new Map([...evaluation.rejected, ...malformed]),
    waiting,
  };
}

function everHeldOf(founders: readonly Member[], effective: readonly Operation<RosterBody>[]) {
  const everHeld = new Map<Address, Set<Role>>();
  const hold = ({ address, role }: Member) => {
    const roles = everHeld.get(address);
    if (roles) roles.add(role);
    else everHeld.set(address, new Set([role]));
  };
  founders.forEach(hold);
  for (const { body } of effective) if ('member' in body) hold(body.member);
  return everHeld;
}

function revokedWithoutPin(
  members: ReadonlyMap<Address, Role>,
  pins: ReadonlyMap<Hex, Pin>,
  directory: Directory,
): Hex[] {
  const devices = [...members.keys()].flatMap((address) => directory.account(address)?.devices ?? []);
  return devices.filter((id) => directory.device(id)?.revoked && !pins.has(id));
}

function rulesOf(founders: readonly Member[], directory: Directory): Rules<RosterBody, Role> {
  return {
    founders: new Map(founders.map(({ address, role }) => [address, role])),
    changes: changesOf,
    authorises({ author, body }, view) {
      const address = directory.device(author)?.address;
      const role = address === undefined ? undefined : view.get(address);
      if (role === undefined || isCutOff(author, view, directory)) return false;
      return isLeaving(body, address, role) || mayOperate(role, body, view);
    },
    pins: ({ body }, view) => pinsOf(body, view, directory),
    settle: (values) =>
      values.includes('guardian') ? 'guardian' : values.includes(null) ? null : values[0]!,
  };
}

/** Whoever is no guardian may take itself off. */
function isLeaving(body: RosterBody, self: Address | undefined, role: Role): boolean {
  return body.type === 'removeMember' && body.address === self && role !== 'guardian';
}

function mayOperate(role: Role, body: RosterBody, view: RosterView): boolean {
  switch (body.type) {
    case 'genesis':
      return may(role, 'manage');
    case 'addMember':
      return may(role, 'manage') && view.get(body.member.address) === undefined;
    case 'changeRole':
      return may(role, 'manage') && isRemovable(view.get(body.member.address));
    case 'removeMember':
      return may(role, 'manage') && isRemovable(view.get(body.address));
    case 'grant':
      return may(role, 'manage') && view.get(body.address) !== undefined;
    case 'rotate':
      return may(role, 'rotate') && followsLastEpoch(body.epoch, view) && reachesOwners(body.boxes, view);
  }
}

function isRemovable(role: Role | undefined): boolean {
  return role !== undefined && role !== 'guardian';
}

function followsLastEpoch(epoch: number, view: RosterView): boolean {
  const known = view
    .operations()
    .map(({ body }) => (body.type === 'rotate' ? body.epoch : GENESIS_ROTATION.epoch));
  return epoch === Math.max(GENESIS_ROTATION.epoch, ...known) + 1;
}

function reachesOwners(boxes: readonly { readonly address: Address }[], view: RosterView): boolean {
  const reached = new Set(boxes.map(({ address }) => address));
  return view.subjects().every((address) => {
    const role = view.get(address);
    return role === undefined || !may(role, 'manage') || reached.has(address);
  });
}

function changesOf(body: RosterBody) {
  if ('member' in body) return [{ subject: body.member.address, value: body.member.role }];
  return body.type === 'removeMember' ? [{ subject: body.address, value: null }] : [];
}

function pinsOf(body: RosterBody, view: RosterView, directory: Directory): readonly Pin[] {
  switch (body.type) {
    case 'removeMember':
      return memberPins(body.address, body.pins, directory);
    case 'changeRole':
      return body.pins.filter(({ device }) => directory.device(device)?.address === body.member.address);
    case 'rotate':
      return body.pins.filter(({ device }) => {
        const known = directory.device(device);
        return known && (known.revoked || view.get(known.address) === undefined);
      });
    default:
      return [];
  }
}

function memberPins(address: Address, named: readonly Pin[], directory: Directory): Pin[] {
  const devices = directory.account(address)?.devices ?? [];
  const nothing = hex(zeroId());
  return devices.map(
    (device) => named.find((pin) => pin.device === device) ?? { device, seq: 0, id: nothing },
  );
}

/** A revoked device says nothing more once a rotation it knows of has pinned it. */
function isCutOff(author: Hex, view: RosterView, directory: Directory): boolean {
  if (!directory.device(author)?.revoked) return false;
  return view
    .operations()
    .some(({ body }) => body.type === 'rotate' && body.pins.some(({ device }) => device === author));
}
