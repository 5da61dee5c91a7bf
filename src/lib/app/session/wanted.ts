import { isInside } from '#lib/places/addresses.ts';
import { at } from '#lib/places/places.svelte.ts';

/** The page somebody wanted before unlocking, if it is one of ours; else one's first page. */
export function wantedPage(parameter: string | null): string {
  return parameter !== null && isInside(parameter) ? parameter : at('/accueil');
}
