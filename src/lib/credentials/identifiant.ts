/** The name one signs in with on one's own devices (ACT-18): 8 to 100 characters, of a-z 0-9 . _ - */

import { identifiantForm } from '#lib/text/typed.ts';

export type IdentifiantCheck =
  | { readonly ok: true; readonly identifiant: string }
  | { readonly ok: false; readonly problem: 'length' | 'characters' };

const IDENTIFIANT_MIN = 8;
export const IDENTIFIANT_MAX = 100;

/** Case does not count, nor do blank edges: `Claire.Martin` and `claire.martin` are one identifiant. */
export function checkIdentifiant(text: string): IdentifiantCheck {
  const identifiant = identifiantForm(text);
  if (!/^[a-z0-9._-]*$/.test(identifiant)) return { ok: false, problem: 'characters' };
  const fits = identifiant.length >= IDENTIFIANT_MIN && identifiant.length <= IDENTIFIANT_MAX;
  return fits ? { ok: true, identifiant } : { ok: false, problem: 'length' };
}
