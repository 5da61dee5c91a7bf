/**
 * The words by which something is found: without case and accents, as they are written and by their stems in French and
 * in English, since people write both in either language ("oedème", "Vaccinations", "asthma").
 */
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as french } from '@orama/stemmers/french';
import { alikeSigns, cut, withoutAnyUnseen } from '#lib/text/signs.ts';
import { fold } from '#lib/text/typed.ts';

/** Longer ones are no words. */
const MAX_LENGTH = 40;

/** Letters and digits; an apostrophe divides as a space does ("l'asthme"). */
export function wordsIn(text: string): string[] {
  return (
    alikeSigns(withoutAnyUnseen(text))
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  );
}

/** A stem is taken before the accents go, because French tells endings by them, and after, because people leave them out. */
export function termsOf(word: string): string[] {
  const whole = cut(fold(word), MAX_LENGTH);
  if (whole.length < 3 || /\p{N}/u.test(whole)) return [whole];
  const stems = [fold(french(cut(word, MAX_LENGTH))), french(whole), english(whole)];
  return [...new Set([whole, ...stems.filter((stem) => stem.length > 1)])];
}
