/** Which page belongs to which state of the vault. */
import type { VaultStatus } from '#lib/vault/door/door.ts';

export function homeOf(status: VaultStatus): string {
  switch (status.type) {
    case 'activating':
      return '/activer';
    case 'locked':
      return '/deverrouiller';
    case 'unlocked':
      return '/accueil';
    default:
      return '/';
  }
}

const INSIDE = /^\/(?:accueil|decouverte|profil|documents|messages|partage|parametres)(?:\/[A-Za-z0-9_-]+)*$/;

/** The page somebody wanted before unlocking, if it is one of ours; it never carries more than opaque ids. */
export function wantedPage(parameter: string | null): string {
  return parameter !== null && INSIDE.test(parameter) ? parameter : '/accueil';
}
