/**
 * Codes that people type: 16 characters of Crockford's base 32 (80 bits), shown in groups of four. It has no I, L, O or
 * U, so what looks like one of the first three is read as the digit it stands for.
 */

export const CODE_LENGTH = 16;

const ALPHABET = /^[0-9A-HJKMNP-TV-Z]*$/;

/** Upper case, without spaces and dashes, look-alikes resolved. May still be too short or hold a wrong character. */
export function normalizeCode(text: string): string {
  return text
    .toUpperCase()
    .replace(/[\s\-–—.]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}

export type CodeCheck =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problem: 'empty' | 'characters' | 'length' };

export function checkCode(text: string): CodeCheck {
  const code = normalizeCode(text);
  if (code === '') return { ok: false, problem: 'empty' };
  if (!ALPHABET.test(code)) return { ok: false, problem: 'characters' };
  return code.length === CODE_LENGTH ? { ok: true, code } : { ok: false, problem: 'length' };
}

/** ABCD-EFGH-JKMN-PQRS, also of a code that is still being typed. */
export function groupCode(text: string): string {
  return (normalizeCode(text).match(/.{1,4}/g) ?? []).join('-');
}
