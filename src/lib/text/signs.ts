/**
 * The signs that a text is made of: which of them are invisible, which look alike, and what is one sign to a person.
 *
 * What is invisible is dropped wherever it carries no meaning: zero-width spaces, soft hyphens, byte order marks, joiners
 * between Latin letters, and direction marks, which let a name be shown as something else ("ordonnance‮fdp.exe"). It stays
 * where a reader would see the difference: inside an emoji (joiners, variation selectors, the tags of a flag), between the
 * letters of scripts that are joined up (Persian, Hindi, Sinhala …), behind a letter that has variants (Han, Mongolian), and
 * between the parts of a Hangul syllable. Half a sign (a lone surrogate) cannot be written down at all, so it is dropped too.
 */

/** Controls that divide nothing: those that do are blanks. */
const CONTROLS = '\\u0000-\\u0008\\u000e-\\u001b\\u007f-\\u0084\\u0086-\\u009f\\ufff9-\\ufffb\\p{Surrogate}';

const UNSEEN = `[${CONTROLS}\\p{Default_Ignorable_Code_Point}]`;

/** Scripts whose letters change their form where a joiner or a non-joiner stands. */
const JOINED =
  'Arab Syrc Mand Mong Nkoo Phag Adlm Rohg Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt'
    .split(' ')
    .map((script) => `\\p{Script_Extensions=${script}}`)
    .join('');

const PICTURE = '\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]?\\p{Emoji_Modifier}?';

/** Where an invisible sign means something: with what it belongs to. */
const MEANT = [
  '\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}', // the flag of a region
  `${PICTURE}(?:\\u200d${PICTURE})*`,
  '[0-9#*]\\ufe0f?\\u20e3', // a key
  `[${JOINED}][\\u200c\\u200d](?=[${JOINED}])`,
  '(?![\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}])[\\p{L}\\p{S}][\\ufe00-\\ufe0d\\u180b-\\u180d\\u180f\\u{e0100}-\\u{e01ef}]',
  '[\\u1100-\\u115e]\\u1160|\\u115f(?=[\\u1161-\\u11a7])', // a syllable without its vowel, or without its first consonant
].join('|');

/** Nearly all that is written in French or English: nothing in it is unseen, and most of a record is told so at once. */
const PLAIN = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*$/;

const unseen = new RegExp(UNSEEN, 'gu');
const meantOrUnseen = new RegExp(`(${MEANT})|${UNSEEN}`, 'gu');

/** Without the invisible signs that mean nothing where they stand. */
export function withoutUnseen(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(meantOrUnseen, (_, meant: string | undefined) => meant ?? '');
}

/** Without any invisible sign: for comparing, and for codes and secrets, which have to be equal on every keyboard. */
export function withoutAnyUnseen(text: string): string {
  return PLAIN.test(text) ? text : text.replace(unseen, '');
}

/** Signs that look alike as one: every dash, apostrophe and quotation mark, however a keyboard or an office program sets it. */
export function alikeSigns(text: string): string {
  return text
    .replace(/[\p{Pd}\u02d7\u2043\u207b\u2212]/gu, '-')
    .replace(
      /[`\u00b4\u02b9\u02bb-\u02bd\u02c8\u055a\u05f3\u2018-\u201b\u2032\u2035\ua78b\ua78c\uff07]/g,
      "'",
    )
    .replace(/[\u00ab\u00bb\u02ba\u201c-\u201f\u2033\u2036\u2039\u203a\uff02]/g, '"');
}

/** Whether there is anything to see: a blank, a lone accent and the empty braille cell are nothing. */
export function hasSomethingToSee(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}\p{Co}\p{Cn}]/u.test(withoutAnyUnseen(text).replace(/[\u2800\ufffc]/g, ''));
}

/** Made when it is first needed: it reads tables of its own. */
let made: Intl.Segmenter | undefined;

function segments(text: string): Intl.Segments {
  made ??= new Intl.Segmenter('fr', { granularity: 'grapheme' });
  return made.segment(text);
}

/** What a person takes for one sign, one by one: a letter with its accents, an emoji with all its parts. */
export function graphemesOf(text: string): string[] {
  return Array.from(segments(text), ({ segment }) => segment);
}

/** No sign that means something has more units; a letter under so many accents is a prank. */
const LONGEST_SIGN = 64;

/** At most so many UTF-16 units from the beginning, as a field counts them, and never a part of a sign. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const { segment } of segments(text.slice(0, most + LONGEST_SIGN))) {
    if (kept.length + segment.length > most)
      return segment.length < LONGEST_SIGN ? kept.trimEnd() : withoutAnyUnseen(text.slice(0, most)).trimEnd();
    kept += segment;
  }
  return kept.trimEnd();
}
