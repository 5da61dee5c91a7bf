/**
 * The password: the guide's five rules (ACT-19…23) as the floor, and an estimate of how long it would resist.
 *
 * The estimate is deliberately pessimistic: what stands in the list of usual passwords, repeats, runs along the keyboard
 * or the alphabet, years and the person's own names count for almost nothing. It is a help, not a proof.
 * Leaves out: the hardening (Argon2id, in crypto), and the words shown.
 */
import { fold, passwordForm } from '#lib/text/typed.ts';

export type PasswordRule = 'length' | 'special' | 'digit' | 'upper' | 'lower' | 'differs';

/** The five of the guide, in its order, for the list that ticks as one types; `differs` is checked besides. */
export const GUIDE_RULES = ['length', 'special', 'digit', 'upper', 'lower'] as const satisfies PasswordRule[];

const PASSWORD_MIN = 8;

/** The rules a password does not meet, in the guide's order; empty when it may be used. Of the form its key is made of. */
export function unmetRules(typed: string, identifiant: string): readonly PasswordRule[] {
  const password = passwordForm(typed);
  const met: Record<PasswordRule, boolean> = {
    length: [...password].length >= PASSWORD_MIN,
    special: /[^\p{L}\p{M}\p{N}\s]/u.test(password),
    digit: /\p{Nd}/u.test(password),
    upper: /\p{Lu}/u.test(password),
    lower: /\p{Ll}/u.test(password),
    differs: identifiant === '' || fold(password) !== fold(identifiant),
  };
  return [...GUIDE_RULES, 'differs' as const].filter((rule) => !met[rule]);
}

/** Whether the same was typed twice, as far as it makes a key. */
export function isSamePassword(a: string, b: string): boolean {
  return passwordForm(a) === passwordForm(b);
}

export type Strength = 'weak' | 'fair' | 'good' | 'strong';

/** 80 bits is what the CNIL asks of a password that stands alone (deliberation 2022-100). */
const THRESHOLDS: readonly (readonly [number, Strength])[] = [
  [80, 'strong'],
  [60, 'good'],
  [40, 'fair'],
];

export function strengthOf(
  password: string,
  own: readonly string[] = [],
): { bits: number; strength: Strength } {
  const bits = Math.round(estimateBits(passwordForm(password), own));
  return { bits, strength: THRESHOLDS.find(([least]) => bits >= least)?.[1] ?? 'weak' };
}

const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
];

const USUAL = (
  'motdepasse password passw0rd azerty qwerty bonjour soleil doudou loulou marseille paris france chouchou nicolas ' +
  'camille maman papa jetaime amour iloveyou admin welcome bienvenue secret sante carnet vitale ameli football psg ' +
  'chocolat princesse dragon monkey letmein naruto pokemon coucou azertyuiop julien thomas alexandre marine caroline ' +
  'vincent isabelle printemps ete automne hiver'
).split(' ');

/**
 * Splits the password into pieces, each worth what an attacker who tries such pieces first would need: a usual word or
 * one of the person's own names 9 bits, anything that reads like a word 12, a run or repeat 5, a year 6, a sign used
 * before 1, any other character the size of the alphabets in use.
 */
function estimateBits(password: string, own: readonly string[] = []): number {
  const plain = fold(password);
  const names = own.flatMap((name) => fold(name).split(/[^a-z0-9]+/)).filter((name) => name.length >= 3);
  const known = [...USUAL.filter((word) => word.length >= 3), ...names];
  const perCharacter = Math.log2(alphabetSize(password));
  let bits = 0;
  for (let at = 0; at < plain.length;) {
    const piece = nextPiece(plain, at, known);
    bits += Math.min(piece.bits, piece.length * perCharacter);
    at += piece.length;
  }
  return bits;
}

function nextPiece(plain: string, at: number, known: readonly string[]): { length: number; bits: number } {
  const rest = plain.slice(at);
  const word = longest(known, rest);
  const run = runLength(plain, at);
  if (word > 0 && word >= run) return { length: word, bits: 9 };
  if (run >= 3) return { length: run, bits: 5 };
  if (/^(?:19|20)\d\d/.test(rest)) return { length: 4, bits: 6 };
  const letters = /^[a-z]{4,12}/.exec(rest)?.[0] ?? '';
  if (letters !== '' && !/[^aeiouy]{4}/.test(letters)) return { length: letters.length, bits: 12 };
  const first = rest.charAt(0);
  return { length: 1, bits: /[^a-z0-9]/.test(first) && plain.indexOf(first) < at ? 1 : Infinity };
}

function alphabetSize(password: string): number {
  const size =
    (/\p{Ll}/u.test(password) ? 26 : 0) +
    (/\p{Lu}/u.test(password) ? 10 : 0) + // capitals mostly stand where one expects them
    (/\p{Nd}/u.test(password) ? 10 : 0) +
    (/[^\p{L}\p{N}]/u.test(password) ? 12 : 0);
  return Math.max(size, 2);
}

/** Length of the longest known word at the start, also when written with figures for letters (m0td3passe). */
function longest(words: readonly string[], rest: string): number {
  const unmasked = rest
    .replace(/[@4]/g, 'a')
    .replace(/0/g, 'o')
    .replace(/[$5]/g, 's')
    .replace(/[1!]/g, 'i')
    .replace(/3/g, 'e');
  const found = words.filter((word) => rest.startsWith(word) || unmasked.startsWith(word));
  return Math.max(0, ...found.map((word) => word.length));
}

/** Length of the repeat ("aaaa") or keyboard run ("azert", "4321") that starts here. */
function runLength(text: string, at: number): number {
  const first = text[at] ?? '';
  let repeat = 1;
  while (first !== '' && text[at + repeat] === first) repeat += 1;
  const along = RUNS.flatMap((run) => [run, [...run].reverse().join('')]).map((run) => {
    const start = run.indexOf(first);
    let length = 0;
    while (start >= 0 && at + length < text.length && run[start + length] === text[at + length]) length += 1;
    return length;
  });
  return Math.max(repeat, ...along);
}

const PASSPHRASE_WORDS = 7;

/**
 * A passphrase that meets the five rules: seven words, a capital, a figure. From 2048 words it has 7 × 11 + 3.3 = 80
 * bits, which is the CNIL's figure.
 *
 * @param random uniform integers in [0, below)
 */
export function proposePassphrase(words: readonly string[], random: (below: number) => number): string {
  const chosen = Array.from({ length: PASSPHRASE_WORDS }, () => fold(words[random(words.length)] ?? ''));
  const [first = '', ...rest] = chosen;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest, String(random(10))].join('-');
}
