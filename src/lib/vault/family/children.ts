/**
 * The children whose records this account may open: whom the authority knows it to represent, and who of them has one already.
 */
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { equal } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { identity as ofRecord, opening, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import type { Account } from '#lib/vault/account/account.ts';
import type { ChildFound, ChildOpened, RecordId, VaultError } from '#lib/vault/door/door.ts';
import { authorityOf, authorityProblem } from '#lib/vault/entry/authority.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import { Line } from '#lib/vault/spaces/line.ts';
import { callerOf } from './caller.ts';
import { foundUnattested, openChild } from './opening.ts';

/** One opening at a time in an account: a second tap finds what the first one did. */
const lines = new WeakMap<Account, Line>();

function lineOf(account: Account): Line {
  const line = lines.get(account) ?? new Line();
  lines.set(account, line);
  return line;
}

type Named = Owner & { readonly child: Uint8Array<ArrayBuffer> };

async function named(
  account: Account,
): Promise<Result<readonly (Named & Pick<ChildFound, 'opened' | 'record'>)[], VaultError>> {
  const authority = await authorityOf(account.env);
  if (!authority) return fail({ type: 'authority-unreachable' });
  const answer = await authority.children(callerOf(account));
  if (!answer.ok) return fail(authorityProblem(answer.error));
  return ok(
    answer.value.children.map(({ child, firstName, lastName, birthDate, ...standing }) => {
      const who = { firstName, lastName, birthDate };
      if (standing.opened !== 'own') {
        const record = standing.opened === 'other' ? joined(account, who) : null;
        return { child, ...who, record, opened: record === null ? standing.opened : 'here' };
      }
      const record = account.recordOf(standing.space);
      return { child, ...who, record, opened: record === null ? 'elsewhere' : 'here' };
    }),
  );
}

/**
 * The record of a child that another guardian has opened and this account has joined: one that the authority attested, of this name and
 * birth date.
 */
function joined(account: Account, { firstName, lastName, birthDate }: Owner): RecordId | null {
  for (const space of account.spaces.records()) {
    const { entries } = space.replica.record();
    const named = entries.get(ofRecord.id)?.get(SINGLE_ENTRY)?.fields;
    const isAttested = (entries.get(opening.id)?.get(SINGLE_ENTRY)?.fields['statement'] ?? null) !== null;
    const isOfChild =
      named?.['firstName'] === firstName &&
      named['lastName'] === lastName &&
      named['birthDate'] === birthDate;
    if (isAttested && isOfChild) return account.recordOf(space.id);
  }
  return null;
}

/** KID-05, asked anew each time: the register changes, and the other guardian may have been first. */
export async function children(account: Account): Promise<Result<readonly ChildFound[], VaultError>> {
  const all = await named(account);
  return all.ok ? ok(all.value.map((one) => ({ ...one, child: toBase64url(one.child) }))) : all;
}

/** Each by itself: some of several may fail, and that is said (KID-05…07). */
export function openChildren(
  account: Account,
  handles: readonly string[],
): Promise<Result<readonly ChildOpened[], VaultError>> {
  return lineOf(account).run(async () => {
    const all = await named(account);
    if (!all.ok) return all;
    const done: ChildOpened[] = [];
    for (const child of handles) {
      const handle = fromBase64url(child);
      const known = all.value.find((one) => handle && equal(one.child, handle));
      if (!known) done.push({ child, error: { type: 'child-refused' } });
      else if (known.record !== null) done.push({ child, record: known.record });
      else if (account.isFull()) done.push({ child, error: { type: 'records-full' } });
      else {
        const { firstName, lastName, birthDate } = known;
        const opened = await openChild(account, { child: known.child, firstName, lastName, birthDate });
        done.push(opened.ok ? { child, record: opened.value } : { child, error: opened.error });
      }
    }
    return ok(done);
  });
}

/** Names as a person types them: what is checked is what is kept (record/sections/account.ts). */
export function openUnattested(account: Account, owner: Owner): Promise<Result<RecordId, VaultError>> {
  return lineOf(account).run(async () =>
    account.isFull() ? fail({ type: 'records-full' }) : foundUnattested(account, owner),
  );
}
