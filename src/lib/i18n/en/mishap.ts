import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/mishap.ts';

export const en = {
  notFoundTitle: 'This page does not exist',
  notFoundText: 'The address may be incomplete. Nothing is lost: your record is where you left it.',
  notFoundAction: 'Back to home',
  crashTitle: 'Something went wrong',
  crashText: 'What you had saved is kept. Reload the page to go on.',
  lateTitle: 'Carnet does not start',
  lateText:
    'The part of Carnet that opens your record does not answer yet. Nothing is lost. Wait a little; if nothing comes, close the other tabs of Carnet and reload this page.',
  closedTitle: 'Carnet can keep nothing here',
  closedText:
    'The browser gives no access to its storage. What was already there has not been touched. Leave private browsing if you are in it, free some space, then reload the page.',
  newerTitle: 'This page is too old',
  newerText:
    'A more recent version of Carnet has already been used on this device. Nothing is lost. Close the other tabs of Carnet, then reload this page to get the recent version.',
  reload: 'Reload',
} as const satisfies Translation<typeof fr>;
