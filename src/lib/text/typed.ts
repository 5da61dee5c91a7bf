/**
 * What people type, paste and send, in the one form in which it is checked, kept and compared. Every field, search and
 * likeness read text by these functions and by no list of their own:
 *
 *   cleanLine, cleanLines     what is kept: names, titles, notes
 *   fold                      what is compared: search, filters, "is this the same?"
 *   typedNumber, typedCode    numbers and codes, without what stands before and between their groups
 *   passwordForm, identifiantForm     what is both checked and used for a key
 */
import { alikeSigns, withoutAnyUnseen, withoutUnseen } from './signs.ts';

/** What some programs put between fields is a blank too. */
const BETWEEN_FIELDS = '\\u001c-\\u001f';
const BLANKS = new RegExp(`[\\s${BETWEEN_FIELDS}\\u0085]+`, 'g');
const BLANKS_OF_A_LINE = new RegExp(`(?:[^\\S\\n]|[${BETWEEN_FIELDS}])+`, 'g');

/** One line: NFC, nothing invisible, spaces collapsed. */
export function cleanLine(text: string): string {
  return withoutUnseen(text).normalize('NFC').replace(BLANKS, ' ').trim();
}

/** Several lines: as one, with line breaks kept as \n, at most one empty line in a row. */
export function cleanLines(text: string): string {
  return withoutUnseen(text)
    .normalize('NFC')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(BLANKS_OF_A_LINE, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const LETTERS: Readonly<Record<string, string>> = {
  ...{ œ: 'oe', æ: 'ae', ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ı: 'i' },
};

/** For comparing what was typed with what is meant: case, accents, kinds of dash, apostrophe and blank do not count. */
export function fold(text: string): string {
  const plain = alikeSigns(withoutAnyUnseen(text).normalize('NFC'))
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
  // Once more for what stood inside a sign that was many in one.
  return alikeSigns(plain)
    .toLowerCase()
    .replace(/[œæßøłđı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(BLANKS, ' ')
    .trim();
}

/** Whether a text has in it what somebody looks for by typing, as every filter of a list asks it. */
export function holds(text: string, query: string): boolean {
  return fold(text).includes(fold(query));
}

/** What people put around and between the groups of a number or a code. */
const SEPARATORS = /[-\s\p{Pc}\p{Ps}\p{Pe}.,;:·•'"/\\|°]/gu;

/** The letters and digits, in upper case; also those of full width. */
function withoutSeparators(text: string): string {
  return alikeSigns(withoutAnyUnseen(text)).normalize('NFKC').replace(SEPARATORS, '').toUpperCase();
}

/** Of a number that begins with a digit, what stands before it: "NIR : ", "N° sécu ", "Série n°". One letter is no label. */
const LABEL = /^(?:[^\p{N}]*[^\p{N}\p{L}\p{M}]|[^\p{N}]*[\p{L}\p{M}]{2,})(?=\p{N})/u;

/** A number that begins with a digit (NIR, serial): its digits and letters, in upper case. */
export function typedNumber(text: string): string {
  return withoutSeparators(withoutAnyUnseen(text).replace(LABEL, ''));
}

const CODE_LABEL =
  /^\s*(?:(?:votre|mon|le|code|d'activation|activation|provisoire|de|liaison|carnet|n[°ºo])(?:\s*[:=]\s*|\s+))+/iu;

/**
 * A code of so many characters: its letters and digits, in upper case. A word can be a group of a code, so that it counts
 * as a label only before a colon, or where there would be too much of a code with it.
 */
export function typedCode(text: string, length: number): string {
  const plain = alikeSigns(withoutAnyUnseen(text));
  const whole = withoutSeparators(plain);
  const label = CODE_LABEL.exec(plain)?.[0] ?? '';
  const isLabel = /[:=]/.test(label) || whole.length > length;
  return isLabel ? withoutSeparators(plain.slice(label.length)) : whole;
}

/**
 * A password as it is checked and as its key is made (RFC 8265 §4.2): every visible sign and every space stays as typed.
 * Keyboards differ in how they compose é, in which space a key with Alt gives, and in what they put into an emoji
 * unseen: none of that may keep a person out, nor count as a sign that nobody can see.
 */
export function passwordForm(text: string): string {
  return withoutAnyUnseen(text)
    .replace(/\p{Zs}/gu, ' ')
    .normalize('NFC');
}

/**
 * An identifiant as it is checked and bound into the slot: case and blank edges do not count. Of letters ASCII alone is
 * lowered: beyond it, which ones are the same depends on who lowers them, and the rule for new ones does not let them in.
 */
export function identifiantForm(text: string): string {
  return withoutAnyUnseen(text)
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .trim()
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
