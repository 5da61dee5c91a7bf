/** Which page belongs to which state of the vault. */
import { at } from '#lib/places/places.svelte.ts';
import type { VaultStatus } from '#lib/vault/door/door.ts';

export function homeOf(status: VaultStatus): string {
  switch (status.type) {
    case 'activating':
      return '/activer';
    case 'locked':
      return '/deverrouiller';
    case 'unlocked':
      return at('/accueil');
    default:
      return '/';
  }
}
