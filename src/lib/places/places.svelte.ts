/**
 * Where pages are. Those of a record begin with the id by which this device calls it (`/moi/profil`), so that two tabs can
 * show two records and Back leads to the right one; those of the account and of the way in do not.
 */

/** One's own record. */
export const OWN = 'moi';

let record = $state(OWN);

/** The record that is shown. */
export function recordShown(): string {
  return record;
}

export function showRecord(id: string): void {
  record = id;
}

/** The address of a page of the record that is shown. @param path as in `/profil/allergies` */
export function at(path: string): string {
  return `/${record}${path}`;
}

/** The first page of a record. */
export function homeOf(id: string): string {
  return `/${id}/accueil`;
}
