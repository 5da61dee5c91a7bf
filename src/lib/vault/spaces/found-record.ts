/**
 * One more record of an account: a space of its own.
 *
 * Founding and listing are two steps, and listing is the last: what broke off half-way is nowhere to be seen.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Address } from '#lib/keys/address.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import { createSpace } from '#lib/keys/roster.ts';
import type { Edit } from '#lib/record/entry.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { ownerEdit, spaceEdit } from './founding.ts';
import type { RosterSpace } from './roster-space.ts';
import type { Spaces } from './spaces.ts';

export interface Founder {
  readonly env: Pick<Environment, 'random'>;
  readonly spaces: Spaces;
  readonly address: Address;
}

/** A record about `owner`, which no list has yet. @param authority whose statement another owner of it will need */
export async function foundRecord(
  { env, spaces, address }: Founder,
  owner: Owner,
  { authority, more = [] }: { readonly authority?: Bytes | null; readonly more?: readonly Edit[] } = {},
): Promise<Result<RosterSpace, EditError>> {
  const { space, frameBody, secrets } = createSpace({
    ...{ kind: 'record', founder: address, random: env.random },
    ...(authority && { authority }),
  });
  const record = spaces.record(space);
  const begun = await spaces.open(record, [secrets]);
  if (!begun.ok) return begun;
  const founded = await record.replica.control(frameBody);
  if (!founded.ok) return founded;
  const written = await record.replica.edit([ownerEdit(owner), ...more]);
  return written.ok ? ok(record) : written;
}

/** From here on every device of the account opens it. @param more edits of the account space that belong to it */
export function listRecord(
  { spaces, address }: Omit<Founder, 'env'>,
  space: SpaceId,
  more: readonly Edit[] = [],
): Promise<Result<unknown, EditError>> {
  return spaces.account.replica.edit([spaceEdit(space, 'record', address), ...more]);
}
