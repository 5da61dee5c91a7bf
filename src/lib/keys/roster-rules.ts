/**
 * The rules under which membership.ts weighs a roster: what each operation changes, who may do it, whom it cuts off.
 * Their reasons stand in roster.ts.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { Address } from './address.ts';
import type { Directory } from './directory.ts';
import { GENESIS_ROTATION } from './epochs.ts';
import type { Operation } from './history.ts';
import { zeroId, type Hex } from './ids.ts';
import type { Rules, View } from './membership.ts';
import { may, type Role } from './roles.ts';
import type { Member, Pin, RosterBody } from './roster-body.ts';

type RosterView = View<RosterBody, Role>;

export function rosterRules(founders: readonly Member[], directory: Directory): Rules<RosterBody, Role> {
  return {
    founders: new Map(founders.map(({ address, role }) => [address, role])),
    changes: changesOf,
    authorises({ author, body }, view) {
      const address = directory.device(author)?.address;
      const role = address === undefined ? undefined : view.get(address);
      if (role === undefined || isCutOff(author, view, directory)) return false;
      return isLeaving(body, address, role) || mayOperate(role, body, view);
    },
    cutsOff: (operation, view) => pinsOf(operation, view, directory).map(({ device }) => device),
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

/** The pins that an operation sets by right. */
export function pinsOf(
  { author, body }: Operation<RosterBody>,
  view: RosterView,
  directory: Directory,
): readonly Pin[] {
  switch (body.type) {
    case 'removeMember':
      return memberPins(body.address, body.pins, directory);
    case 'changeRole':
      return body.pins.filter(({ device }) => directory.device(device)?.address === body.member.address);
    case 'rotate':
      return body.pins.filter(({ device }) => mayPin(author, device, view, directory));
    default:
      return [];
  }
}

function mayPin(author: Hex, device: Hex, view: RosterView, directory: Directory): boolean {
  const pinned = directory.device(device);
  if (!pinned) return false;
  const isOwn = pinned.address === directory.device(author)?.address;
  return (isOwn && pinned.revoked) || view.get(pinned.address) === undefined;
}

function memberPins(address: Address, named: readonly Pin[], directory: Directory): Pin[] {
  const devices = directory.account(address)?.devices ?? [];
  const nothing = hex(zeroId());
  return devices.map(
    (device) => named.find((pin) => pin.device === device) ?? { device, seq: 0, id: nothing },
  );
}

/** A revoked device says nothing more once a rotation of its own people, which it knows of, has pinned it. */
function isCutOff(author: Hex, view: RosterView, directory: Directory): boolean {
  if (!directory.device(author)?.revoked) return false;
  return view.operations().some((operation) => {
    if (operation.body.type !== 'rotate' || !operation.body.pins.some(({ device }) => device === author))
      return false;
    return directory.device(operation.author)?.address === directory.device(author)?.address;
  });
}
