/**
 * Who holds a record: its owners, as the roster has them, under the names that each has written of themselves.
 *
 * Guarantees: a name is believed from devices of the very address that it is about, so that nobody calls the other guardian
 * anything; since when somebody holds the record says the statement by which they came.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { hex } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import { addressHash, type Address } from '#lib/keys/address.ts';
import type { EntryId } from '#lib/record/entry.ts';
import { guardianDeclarations, guardians } from '#lib/record/sections/guardians.ts';
import type { Edit } from '#lib/record/entry.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { GuardianView } from '#lib/vault/door/door.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import type { RosterSpace } from './roster-space.ts';

type Named = Pick<Owner, 'firstName' | 'lastName'>;

/** In the order in which they came. */
export function guardiansOf(space: RosterSpace, self: Address): GuardianView[] {
  const { seats } = space.roster();
  const cameAt = new Map(
    space.replica.controls().map(({ id, inner }) => [hex(id), inner.clock.time] as const),
  );
  const founded = Math.min(...cameAt.values());
  return [...seats]
    .map(([address, seat]) => ({
      ...(nameOf(space, address) ?? { firstName: '', lastName: '' }),
      since: cameAt.get(seat) ?? founded,
      own: address === self,
      devices: [...(space.chain(address)?.devices.keys() ?? [])],
    }))
    .sort((a, b) => a.since - b.since);
}

/** Writes what this person is called, where another guardian is to read it and it does not stand there yet. */
export async function introduce(
  space: RosterSpace,
  self: Address,
  owner: Named,
): Promise<Result<unknown, EditError> | null> {
  const { owners, stands } = space.roster();
  const known = nameOf(space, self);
  if (owners.size < 2 || !owners.has(self) || !stands(space.device) || !space.hasKey()) return null;
  if (known?.firstName === owner.firstName && known.lastName === owner.lastName) return null;
  const { firstName, lastName } = owner;
  return space.replica.edit([
    {
      type: 'put',
      section: guardians.id,
      id: entryIdOf(self),
      fields: { address: self, firstName, lastName },
    },
  ]);
}

/** KID-14. The device signs the frame that it stands in. */
export function declarationEdit(guardian: Address, declaredBy: Address, declaredAt: number): Edit {
  return {
    type: 'put',
    section: guardianDeclarations.id,
    id: entryIdOf(guardian),
    fields: { guardian, declaredBy, declaredAt },
  };
}

/** Null until it has arrived. */
function nameOf(space: RosterSpace, address: Address): Named | null {
  const { clientIds, addressOf } = space.roster();
  const own = new Set([...clientIds].flatMap(([device, id]) => (addressOf(device) === address ? [id] : [])));
  const said = (name: string): string | null => {
    const claims = space.replica.standing(guardians.id, entryIdOf(address), name);
    const value = claims.find(({ client }) => own.has(client))?.value;
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const [firstName, lastName] = [said('firstName'), said('lastName')];
  return firstName !== null && lastName !== null ? { firstName, lastName } : null;
}

function entryIdOf(address: Address): EntryId {
  return toBase64url(addressHash(address).slice(0, 16));
}
