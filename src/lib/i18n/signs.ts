/** What the fonts of a paper do not have, told to the person. */
import { catalogue } from './catalogue.ts';
import { fr } from './fr/signs.ts';
import { language } from './language.svelte.ts';

export const signs = catalogue(fr, async () => (await import('./en/signs.ts')).en);

/** By their scripts, as ISO 15924 names them; what is of none of them is called a sign. */
const SCRIPTS = [
  ...['Hani', 'Hira', 'Kana', 'Hang', 'Thai', 'Deva', 'Beng', 'Taml', 'Telu', 'Knda', 'Mlym', 'Gujr', 'Guru'],
  ...['Sinh', 'Ethi', 'Khmr', 'Laoo', 'Mymr', 'Tibt', 'Arab', 'Hebr', 'Grek', 'Cyrl', 'Latn', 'Mong', 'Syrc'],
].map((code) => [code, new RegExp(`\\p{Script=${code}}`, 'u')] as const);
const EMOJI = ['Zsye', /\p{Extended_Pictographic}|\p{Regional_Indicator}/u] as const;
const UNKNOWN_SCRIPT = 'Zsym';
const SIGNS_SHOWN = 8;

/** Signs by the names of their scripts: "sinogrammes (日 本), émoji (🤧)" */
export function formatSigns(signs: readonly string[]): string {
  const names = new Intl.DisplayNames(language(), { type: 'script' });
  const codeOf = (sign: string): string =>
    [EMOJI, ...SCRIPTS].find(([, pattern]) => pattern.test(sign))?.[0] ?? UNKNOWN_SCRIPT;
  const groups = Map.groupBy(signs, codeOf);
  return [...groups]
    .map(([code, those]) => {
      const shown = those.slice(0, SIGNS_SHOWN).join(' ') + (those.length > SIGNS_SHOWN ? ' …' : '');
      return `${names.of(code) ?? code} (${shown})`;
    })
    .join(', ');
}
