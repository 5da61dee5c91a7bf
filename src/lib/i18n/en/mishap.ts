import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/mishap.ts';

export const en = {
  notFoundTitle: 'This page does not exist',
  notFoundText: 'The address may be incomplete. Nothing is lost: your record is where you left it.',
  notFoundAction: 'Back to home',
  crashTitle: 'Something went wrong',
  crashText: 'What you had saved is kept. Reload the page to go on.',
  reload: 'Reload',
} as const satisfies Translation<typeof fr>;
