import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/papers.ts';

export const en = {
  list: 'My papers',
  expiresDay: 'Expires on {date}',
  expires: 'Expires at the end of {date}',
  expiredDay: 'Expired on {date}',
  expired: 'Expired at the end of {date}',
  noDate: 'No expiry date',
  soonTag: 'Expires soon',
  expiredTag: 'Expired',
  reminder: 'To be renewed',
  loose: 'Documents without a paper',
  looseText: 'These administrative documents belong to no paper.',
  attach: 'Attach',
  attachName: 'Attach « {name} »',
  attachTo: 'To which paper does « {name} » belong?',
  attachNew: 'To a new paper',
  attachPick: 'Attach to: {name}',
} as const satisfies Translation<typeof fr>;
