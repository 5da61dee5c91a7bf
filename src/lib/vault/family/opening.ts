/**
 * Opening the record of a child: a space of its own, which this account owns and lists.
 *
 *   begin     the space is founded on this device, with whose record it is and the certification (KID-06)
 *   note      the account keeps which space the child's is to be, so that what broke off is taken up again
 *   attest    the authority says that it is the record of this child, opened by this guardian
 *   list      the statement stands in the record, and the account lists it
 *
 * Guarantees: nothing is listed before the authority has answered, and its word is checked before it is believed; asked twice, a
 * child has one record. The child that is in no file is opened without the authority, and is not attested.
 */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { verify } from '#lib/crypto/signature.ts';
import type { SpaceId } from '#lib/keys/ids.ts';
import { verifyChildRecord } from '#lib/protocol/child-record.ts';
import type { Edit } from '#lib/record/entry.ts';
import { formatPartialDate, today } from '#lib/record/partial-date.ts';
import { isChild } from '#lib/record/prevention/assess.ts';
import { parseDay } from '#lib/record/prevention/calendar.ts';
import type { Problem } from '#lib/record/section.ts';
import { checkEdit } from '#lib/record/sections.ts';
import { livingEntries } from '#lib/record/living.ts';
import { opening, openings, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import type { Account } from '#lib/vault/account/account.ts';
import type { RecordId, VaultError } from '#lib/vault/door/door.ts';
import { authorityKey, authorityOf, authorityProblem } from '#lib/vault/entry/authority.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import { problemOfEdit } from '#lib/vault/errors.ts';
import { ownerEdit } from '#lib/vault/spaces/founding.ts';
import { foundRecord, listRecord, type Founder } from '#lib/vault/spaces/found-record.ts';
import type { RosterSpace } from '#lib/vault/spaces/roster-space.ts';
import { callerOf } from './caller.ts';

/** A child as the authority named them. */
export interface NamedChild extends Owner {
  /** The authority's handle, 16 bytes. */
  readonly child: Bytes;
}

interface Attested {
  readonly statement: Bytes;
  readonly salt: Bytes;
}

/** KID-05…07. The same again opens nothing twice. */
export async function openChild(account: Account, named: NamedChild): Promise<Result<RecordId, VaultError>> {
  const begun = await beginOrResume(account, named);
  if (!begun.ok) return begun;
  const record = begun.value;
  const attested = await attest(account, named, record.id);
  if (!attested.ok) {
    if (isFinal(attested.error)) await account.spaces.account.replica.edit([endOpening(named.child)]);
    return attested;
  }
  return list(account, record, named, attested.value, [endOpening(named.child)]);
}

/** For the child that is in no file. */
export async function foundUnattested(account: Account, owner: Owner): Promise<Result<RecordId, VaultError>> {
  const problems = problemsOf(owner, account.env.clock.now());
  if (problems.length > 0) return fail({ type: 'entry-invalid', problems });
  const begun = await begin(account, owner, null);
  return begun.ok ? list(account, begun.value, owner, null, []) : begun;
}

/** What a person typed of the child; whom the authority names it has checked. */
function problemsOf(owner: Owner, now: number): readonly Problem[] {
  const checked = checkEdit(ownerEdit(owner), undefined, today(now), sha256);
  if (!checked.ok) return checked.problems;
  const isMinor = isChild(parseDay(owner.birthDate), formatPartialDate(today(now)));
  return isMinor ? [] : [{ field: 'birthDate', problem: 'malformed' }];
}

async function beginOrResume(
  account: Account,
  { child, ...owner }: NamedChild,
): Promise<Result<RosterSpace, VaultError>> {
  const key = authorityKey(account.spaces.account.replica.record().entries);
  if (!key) return fail({ type: 'authority-untrusted' });
  const resumed = await resume(account, child);
  if (resumed) return ok(resumed);
  const begun = await begin(account, owner, key);
  if (!begun.ok) return begun;
  const noted = await account.spaces.account.replica.edit([
    {
      type: 'put',
      section: openings.id,
      id: toBase64url(child),
      fields: { space: toBase64url(begun.value.id) },
    },
  ]);
  return noted.ok ? begun : fail(problemOfEdit(noted.error));
}

/** What was founded for this child before, here or on another device of the account; null where nothing of it is here. */
async function resume({ spaces }: Account, child: Bytes): Promise<RosterSpace | null> {
  const noted = livingEntries(spaces.account.replica.record(), openings.id).find(
    ({ id }) => id === toBase64url(child),
  );
  const space = noted && fromBase64url(String(noted.fields['space']));
  if (space?.length !== 32) return null;
  const record = spaces.record(space);
  const opened = await spaces.open(record);
  return opened.ok && record.hasKey() && record.replica.controls().length > 0 ? record : null;
}

async function begin(
  account: Account,
  owner: Owner,
  authority: Bytes | null,
): Promise<Result<RosterSpace, VaultError>> {
  const founder = founderOf(account);
  const more = [certified(founder.address, account.env.clock.now())];
  const founded = await foundRecord(founder, owner, { authority, more });
  return founded.ok ? founded : fail(problemOfEdit(founded.error));
}

function founderOf(account: Account): Founder {
  const { env, spaces } = account;
  return { env, spaces, address: account.identity().address };
}

/** Asked again for the same space, the authority says the same. */
async function attest(
  account: Account,
  { child, ...owner }: NamedChild,
  space: SpaceId,
): Promise<Result<Attested, VaultError>> {
  const key = authorityKey(account.spaces.account.replica.record().entries);
  const authority = await authorityOf(account.env);
  if (!authority || !key) return fail({ type: 'authority-unreachable' });
  const answer = await authority.openChild(callerOf(account), { child, space });
  if (!answer.ok) return fail(authorityProblem(answer.error));
  const { statement, identitySalt: salt } = answer.value;
  const expected = {
    authorityKey: key,
    space,
    address: account.identity().address,
    child: owner,
    identitySalt: salt,
  };
  const isOurs = await verifyChildRecord(statement, expected, { sha256, verify });
  return isOurs ? ok({ statement, salt }) : fail({ type: 'authority-untrusted' });
}

/** From here on it is a record of the account, on every device. */
async function list(
  account: Account,
  record: RosterSpace,
  { firstName, lastName, birthDate }: Owner,
  attested: Attested | null,
  ends: readonly Edit[],
): Promise<Result<RecordId, VaultError>> {
  const said = attested && {
    ...{ type: 'put' as const, section: opening.id, id: SINGLE_ENTRY },
    fields: { statement: toBase64url(attested.statement), salt: toBase64url(attested.salt) },
  };
  if (said) {
    const written = await record.replica.edit([said]);
    if (!written.ok) return fail(problemOfEdit(written.error));
  }
  const listed = await listRecord(founderOf(account), record.id, ends);
  if (!listed.ok) return fail(problemOfEdit(listed.error));
  const id = await account.listed(record.id, { firstName, lastName, birthDate });
  return id === null ? fail({ type: 'records-full' }) : ok(id);
}

/** KID-06: who opens it says that they are the child's legal representative. The device signs the frame that it stands in. */
function certified(guardian: string, now: number): Edit {
  return {
    ...{ type: 'put', section: opening.id, id: SINGLE_ENTRY },
    fields: { guardian, certifiedAt: now },
  };
}

function endOpening(child: Bytes): Edit {
  return { type: 'delete', section: openings.id, id: toBase64url(child) };
}

/** No later answer will be another one: what was begun is given up. */
function isFinal({ type }: VaultError): boolean {
  return type === 'child-taken' || type === 'child-refused' || type === 'child-opened';
}
