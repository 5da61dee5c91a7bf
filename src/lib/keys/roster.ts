/**
 * The roster of a space: members (addresses), their roles, its epochs, and whose frames are accepted. Rooted in the
 * space id, which is the hash of the genesis body. Who counts is membership.ts under the rules below.
 *
 * - Owners and guardians manage members and rotate. A guardian is an owner whom nobody removes, demotes or locks out:
 *   a concurrent removal loses against the grant of guardianship, and a rotation without a box for every owner and
 *   guardian does not count (attack C11). Taking guardianship away needs the authority and is not in this version. What
 *   a device grants beside its own cutting off is void, guardianship too: a thief must not make itself one. A space
 *   founded by both guardians leaves no room for that.
 * - A removal pins every device of the member: as it says, or at nothing for a device it does not name. A rotation pins
 *   devices of its author's own address that are revoked, and devices of addresses that are no members; no others, or
 *   one guardian could make void what the other had written on a phone now replaced.
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
import { currentRotation, missingGrants, reachesRevoked, rotationsOf, type Rotation } from './epochs.ts';
import { generateEpoch, type EpochSecrets } from './epoch.ts';
import type { Operation } from './history.ts';
import type { Hex, SpaceId } from './ids.ts';
import { evaluate, type Evaluation, type Rejection } from './membership.ts';
import { may, mayAuthor, type Role, type SpaceKind } from './roles.ts';
import {
  decodeRosterBody,
  encodeRosterBody,
  spaceIdOf,
  type Member,
  type Pin,
  type RosterBody,
} from './roster-body.ts';
import { pinsOf, rosterRules } from './roster-rules.ts';

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
  /** Devices revoked in their own chain that are not pinned here yet: a rotation by their own people pins them. */
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
  const evaluation = evaluate(operations, rosterRules(founders, directory));
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
  const { effective, view, heads, waiting } = evaluation;
  const pins = lastPins(evaluation, directory);
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
    rotationDue: stale || reachesRevoked(current, evaluation, directory, unpinned),
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

/** Per device the pin set last; of concurrent ones the strictest. */
function lastPins(evaluation: Evaluation<RosterBody, Role>, directory: Directory): Map<Hex, Pin> {
  const set = evaluation.effective.flatMap((operation) =>
    pinsOf(operation, evaluation.viewOf(operation.id), directory).map((pin) => ({ by: operation.id, pin })),
  );
  const pins = new Map<Hex, Pin>();
  for (const { by, pin } of set) {
    const isOld = set.some((other) => other.pin.device === pin.device && evaluation.isBefore(by, other.by));
    const known = pins.get(pin.device);
    const isStricter = !known || pin.seq < known.seq || (pin.seq === known.seq && pin.id < known.id);
    if (!isOld && isStricter) pins.set(pin.device, pin);
  }
  return pins;
}
