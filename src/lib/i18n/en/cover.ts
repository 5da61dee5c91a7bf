import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/cover.ts';

export const en = {
  motto: 'The booklet one keeps for a lifetime.',
  languageSwitch: 'Lire en français',
} as const satisfies Translation<typeof fr>;
