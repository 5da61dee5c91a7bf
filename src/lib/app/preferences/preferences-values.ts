/** Which preferences there are. Whatever was stored, by whichever version, only known values come out. */
import { LANGUAGES, type Language } from '#lib/i18n/language.svelte.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
const CARNETS = ['none', 'here'] as const;
const TEXT_SIZES = ['normal', 'large', 'larger'] as const;

export type Theme = (typeof THEMES)[number];
export type TextSize = (typeof TEXT_SIZES)[number];

export interface PreferenceValues {
  readonly language: Language;
  readonly theme: Theme;
  readonly textSize: TextSize;
  /** Whether a carnet is kept on this device, and nothing of whose: told when the browser has dropped it (R07). */
  readonly carnet: (typeof CARNETS)[number];
}

/** @param browserLanguages what the browser would like, in its order; used only where nothing was chosen */
export function readValues(raw: unknown, browserLanguages: readonly string[] = []): PreferenceValues {
  const stored =
    typeof raw === 'object' && raw !== null
      ? new Map<string, unknown>(Object.entries(raw))
      : new Map<string, unknown>();
  const english = browserLanguages.length > 0 && !browserLanguages.some((tag) => tag.startsWith('fr'));
  return {
    language: oneOf(LANGUAGES, stored.get('language'), english ? 'en' : 'fr'),
    theme: oneOf(THEMES, stored.get('theme'), 'auto'),
    textSize: oneOf(TEXT_SIZES, stored.get('textSize'), 'normal'),
    carnet: oneOf(CARNETS, stored.get('carnet'), 'none'),
  };
}

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((item) => item === value) ?? otherwise;
}
