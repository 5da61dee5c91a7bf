/**
 * Codes that people type: 16 characters of Crockford's base 32 (80 bits), shown in groups of four. It has no I, L, O or
 * U, so what looks like one of the first three is read as the digit it stands for.
 */
import { decodeBase32, encodeBase32, normaliseCode } from '#lib/bytes/base32.ts';

export const CODE_LENGTH = 16;

const ALPHABET = /^[0-9A-HJKMNP-TV-Z]*$/;

export type CodeCheck =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problem: 'empty' | 'characters' | 'length' };

export function checkCode(text: string): CodeCheck {
  const code = normaliseCode(text, CODE_LENGTH);
  if (code === '') return { ok: false, problem: 'empty' };
  if (!ALPHABET.test(code)) return { ok: false, problem: 'characters' };
  return code.length === CODE_LENGTH ? { ok: true, code } : { ok: false, problem: 'length' };
}

/** ABCD-EFGH-JKMN-PQRS, also of a code that is still being typed. What cannot be one stays as it was typed. */
export function groupCode(text: string): string {
  const code = normaliseCode(text, CODE_LENGTH);
  return ALPHABET.test(code) ? (code.match(/.{1,4}/g) ?? []).join('-') : text;
}

/** How many characters of a code there are so far. */
export function codeLength(text: string): number {
  return normaliseCode(text, CODE_LENGTH).length;
}

/** The canonical spelling of a typed code, or null when it cannot be one. */
export function normaliseActivationCode(typed: string): string | null {
  const bytes = decodeBase32(normaliseCode(typed, CODE_LENGTH));
  const code = bytes && encodeBase32(bytes);
  return code?.length === CODE_LENGTH ? code : null;
}
