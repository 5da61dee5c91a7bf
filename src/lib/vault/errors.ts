/** From the failures of the layers below to what the person is told. */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { hasSomethingToSee } from '#lib/text/signs.ts';
import { cleanLine } from '#lib/text/typed.ts';
import type { DiskError } from '#lib/replica/ports.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { StorageError } from '#lib/storage/storage.ts';
import type { VaultError } from './door/door.ts';

export function storageProblem({ type }: StorageError): VaultError {
  switch (type) {
    case 'quota':
      return { type: 'storage-full' };
    case 'version':
      return { type: 'newer-version-open' };
    case 'closed':
    case 'unavailable':
    case 'aborted':
      return { type: 'storage-unavailable' };
  }
}

export function isDisk(error: EditError): error is DiskError {
  return !['entry-missing', 'edit-too-large', 'not-allowed', 'unsent', 'incomplete'].includes(error.type);
}

/** What a person calls a device or a passkey, as it is kept. */
export function nameTyped(typed: string, max: number): Result<string, VaultError> {
  const name = cleanLine(typed);
  const problem = !hasSomethingToSee(name) ? 'required' : name.length > max ? 'too-long' : null;
  if (problem === null) return ok(name);
  return fail({ type: 'entry-invalid', problems: [{ field: 'name', problem }] });
}

/** Of a change that a replica did not take. */
export function problemOfEdit(error: EditError): VaultError {
  if (isDisk(error)) return storageProblem(error);
  if (error.type === 'entry-missing') return { type: 'entry-missing' };
  if (error.type === 'edit-too-large')
    return { type: 'entry-invalid', problems: [{ field: '', problem: 'too-long' }] };
  if (error.type === 'incomplete') return { type: 'record-damaged' };
  return { type: 'device-revoked' };
}
