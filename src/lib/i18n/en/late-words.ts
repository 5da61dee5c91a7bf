import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/late-words.ts';

export const en = {
  title: 'What the removed device wrote',
  lead: 'A revoked device may have written things that your other devices had not seen in time. Nothing is lost, and nothing enters your record without you.',
  back: 'My devices',
  lateTitle: 'Not taken in yet',
  lateText:
    'These changes are not in your record. If they are yours, take them in. If you do not know them, set them aside: the device may have been in other hands.',
  latePrefix: 'Taking a change in also takes in what that device had written before it.',
  keptTitle: 'Kept',
  keptText:
    'These changes are in your record because another of your devices had received them before the revocation. The device that revoked had not seen them: check that they are yours, and correct them if not.',
  asideTitle: 'Set aside',
  take: 'Take in',
  takeThis: 'Take in {name}',
  takeAll: 'Take all in',
  takeAfterAll: 'Take in after all',
  aside: 'Set aside',
  asideThis: 'Set aside {name}',
  asideAll: 'Set all aside',
  keep: 'This is mine',
  keepThis: 'This is mine: {name}',
  keepAll: 'All of it is mine',
  created: 'Added',
  changed: 'Changed',
  deleted: 'Deleted',
  restored: 'Restored',
  what: '{kind} · {section}',
  when: '{device} · {date}',
  unnamed: 'No name',
  several: '{name} and {count} more',
  emptyTitle: 'Nothing to settle',
  emptyText: 'What a revoked device had written and your other devices had not seen would appear here.',
  done: 'Noted, on all your devices.',
  open: 'See what revoked devices wrote',
} as const satisfies Translation<typeof fr>;
