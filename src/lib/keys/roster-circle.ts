/**
 * Whose chains matter in a space: of whoever founded it, and of those whom a device of one of these lets join, whether that
 * counts or not. Chains of others are not taken in: anybody can make as many of them as they like.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { Address } from './address.ts';
import type { Chains } from './chains.ts';
import type { VerifiedControl } from './control.ts';
import type { Hex, SpaceId } from './ids.ts';
import { encodeRosterBody, spaceIdOf } from './roster-body.ts';
import { saidBy } from './roster.ts';

export interface Circle {
  readonly addresses: ReadonlySet<Address>;
  /** Whether a device is in the chain of one of them. */
  has(device: Hex): boolean;
}

/** @param claimed controls whose signature is not verified yet: a founding among them is believed, for the space is its hash */
export function circleOf(
  space: SpaceId,
  controls: readonly VerifiedControl[],
  chains: Chains,
  claimed: readonly VerifiedControl[] = [],
): Circle {
  const addresses = new Set<Address>();
  const has = (device: Hex) =>
    [...addresses].some((address) => chains.state(address)?.devices.has(device) === true);
  for (const { inner } of [...controls, ...claimed]) {
    const body = saidBy(inner)?.body;
    if (body?.type === 'found' && hex(spaceIdOf(encodeRosterBody(body))) === hex(space))
      addresses.add(body.founder);
  }
  let joins = controls.flatMap(({ inner }) => {
    const body = saidBy(inner)?.body;
    return body?.type === 'join' ? [{ by: hex(inner.author), address: body.address }] : [];
  });
  for (let size = -1; size !== addresses.size;) {
    size = addresses.size;
    for (const { by, address } of joins) if (!addresses.has(address) && has(by)) addresses.add(address);
    joins = joins.filter(({ address }) => !addresses.has(address));
  }
  return { addresses, has };
}
