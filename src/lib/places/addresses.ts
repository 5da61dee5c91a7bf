/** What an address says: of which record it is, and whether it is one of ours. */

const PAGES = 'accueil|decouverte|profil|documents|messages|partage';
const STEPS = '(?:/[A-Za-z0-9_-]+)*';
const OF_RECORD = new RegExp(`^/([A-Za-z0-9_-]{1,32})/(?:${PAGES})(?:/|$)`);
const INSIDE = new RegExp(`^/(?:[A-Za-z0-9_-]{1,32}/(?:${PAGES})|parametres)${STEPS}$`);

/** The record that an address names; null where it names none. */
export function recordOf(pathname: string): string | null {
  return OF_RECORD.exec(pathname)?.[1] ?? null;
}

/** Whether it leads to a page of an open account, and carries no more than opaque ids. */
export function isInside(address: string): boolean {
  return INSIDE.test(address);
}
