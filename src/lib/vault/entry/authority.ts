/** The authority as this account knows it: where it is asked, and the key that has to have signed what it says. */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Edit, Entry, EntryId } from '#lib/record/entry.ts';
import { authority as section, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import {
  createAuthorityClient,
  type AuthorityClient,
  type AuthorityError,
  type CallError,
} from '#lib/sync/authority-client.ts';
import type { VaultError } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';

/** Null while nobody says where it is: there is no network. */
export async function authorityOf(env: Environment): Promise<AuthorityClient | null> {
  const services = await env.services();
  return services && createAuthorityClient({ url: services.authority, fetch: env.fetch, clock: env.clock });
}

export function authorityProblem({ type }: AuthorityError | CallError): VaultError {
  return { type: type === 'malformed' ? 'authority-untrusted' : type };
}

/** The key is pinned when the account is founded; own devices hand it on. */
export function authorityEdit(key: Bytes): Edit {
  return { type: 'put', section: section.id, id: SINGLE_ENTRY, fields: { key: toBase64url(key) } };
}

/** Null where no device of the account has it. @param entries of the account space, by section */
export function authorityKey(entries: ReadonlyMap<string, ReadonlyMap<EntryId, Entry>>): Bytes | null {
  const value = entries.get(section.id)?.get(SINGLE_ENTRY)?.fields['key'];
  const key = typeof value === 'string' ? fromBase64url(value) : null;
  return key?.length === 32 ? key : null;
}
