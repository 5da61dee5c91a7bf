/**
 * One more record of an account: a space of its own.
 *
 * Guarantees: the account lists it last, so that what broke off half-way is nowhere to be seen.
 */
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Address } from '#lib/keys/address.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import { createSpace } from '#lib/keys/roster.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { ownerEdit, spaceEdit } from './founding.ts';
import type { Spaces } from './spaces.ts';

/** One more record of this account, about `owner`: a space of its own, which the account lists last. */
export async function foundRecord(
  {
    env,
    spaces: opened,
    address,
  }: {
    readonly env: Environment;
    readonly spaces: Spaces;
    readonly address: Address;
  },
  owner: Owner,
): Promise<Result<SpaceId, EditError>> {
  const { space, frameBody, secrets } = createSpace({ kind: 'record', founder: address, random: env.random });
  const record = opened.record(space);
  const begun = await opened.open(record, [secrets]);
  if (!begun.ok) return begun;
  for (const step of [
    () => record.replica.control(frameBody),
    () => record.replica.edit([ownerEdit(owner)]),
    () => opened.account.replica.edit([spaceEdit(space, 'record', address)]),
  ]) {
    const done = await step();
    if (!done.ok) return done;
  }
  return ok(space);
}
