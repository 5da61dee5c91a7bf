/**
 * Who may own a child's record beside the guardian who opened it: every guardian of that child, as the register has them on the day
 * when they ask (protocol/owner.ts). Whether they become one, the owners decide, by the roster; what is stated here lets them.
 *
 * The space has to be one that was stated to be a child's record. Whatever else is the matter gets one answer, so that nobody finds
 * out by asking whose record a space is. Asked again the statement is the same, and stands in the log once.
 */
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { identityCommitment } from '#lib/protocol/attestation.ts';
import { ownerMessage } from '#lib/protocol/owner.ts';
import type { Caller } from './callers.ts';
import type { ChildrenDeps } from './children.ts';
import { sha256 } from './primitives.ts';

export interface Owners {
  /** States that the caller may own a record. */
  admit(
    caller: Caller,
    asked: { readonly space: Bytes },
  ): Result<{ readonly statement: Bytes }, { readonly type: 'guardian-refused' }>;
}

export function createOwners({ store, register, log, key, clock }: ChildrenDeps): Owners {
  const childOf = store.db.prepare('SELECT child FROM child_records WHERE space = ?');
  const known = store.db.prepare('SELECT 1 FROM owners WHERE space = ? AND address = ?');
  const insert = store.db.prepare('INSERT INTO owners (n, space, address) VALUES (?, ?, ?)');

  return {
    admit: ({ person, address }, { space }) =>
      store.transaction(() => {
        const id = childOf.get(space)?.['child'];
        const minors = register.minorChildren(person.id, new Date(clock.now()));
        const child = minors.find((one) => one.id === id);
        if (!child) return fail({ type: 'guardian-refused' });
        const message = ownerMessage(space, address);
        const statement = key.sign(message);
        if (known.get(space, address)) return ok({ statement });
        const commitment = identityCommitment(child.salt, child, sha256);
        const said = concat(message, statement);
        insert.run(
          log.append({ kind: 'owner', person: child.id, commitment, statement: said }),
          space,
          address,
        );
        return ok({ statement });
      }),
  };
}
