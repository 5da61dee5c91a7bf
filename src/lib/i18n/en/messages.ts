import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/messages.ts';

export const en = {
  title: 'Messages',
  emptyTitle: 'Messaging is not open yet',
  emptyText:
    'You will be able to exchange with the health professionals who wrote to you. No message can be sent to you for now, so nothing is lost.',
} as const satisfies Translation<typeof fr>;
