/**
 * What was destroyed, told by the page that is loaded after it: counts alone, for one reading. Nothing is said before the vault has
 * answered that it was done.
 */
import { proven } from '#lib/app/access/proof.svelte.ts';
import type { Preferences } from '#lib/app/preferences/preferences.svelte.ts';
import type { Forgotten, VaultError } from '#lib/vault/door/door.ts';
import type { Session } from './session.svelte.ts';

const NOTE = 'carnet.forgotten';

/** This device forgets the carnet that is open; on the first page it is told. Null when it is done, else why it was refused. */
export async function forgetCarnet(session: Session, preferences: Preferences): Promise<VaultError | null> {
  const answer = await proven(() => session.forget());
  if (!answer.ok) return answer.error;
  const { gone, documents, unsent, noted, erased } = answer.value;
  if (gone) await preferences.forgetCarnet();
  try {
    sessionStorage.setItem(NOTE, JSON.stringify({ documents, unsent, noted, erased }));
  } catch {
    // Storage refused: it was done all the same.
  }
  location.replace('/');
  return null;
}

/** What was forgotten before this page was loaded; told once. */
export function takeForgotten(): Forgotten | null {
  try {
    const note = sessionStorage.getItem(NOTE);
    sessionStorage.removeItem(NOTE);
    return note === null ? null : read(JSON.parse(note));
  } catch {
    return null;
  }
}

function read(note: unknown): Forgotten | null {
  if (typeof note !== 'object' || note === null) return null;
  const { documents, unsent, noted, erased } = note as Record<keyof Forgotten, unknown>;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!isCount(documents) || !isCount(unsent)) return null;
  return { documents, unsent, noted: noted === true, erased: erased === true };
}
