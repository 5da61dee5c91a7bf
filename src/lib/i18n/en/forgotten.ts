import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/forgotten.ts';

export const en = {
  title: 'Forgotten user name or password?',
  identifiant:
    'Your user name is written on your recovery key. Each device where your record is open shows its own under Settings.',
  password:
    'Nobody can reset your password, not even we. Another device where your record is open can link this one, with a new password.',
  link: 'Link this device',
  kitText:
    'Your recovery key, the sheet with 24 words, replaces the password of this device: you choose a new one, and your record comes back from the relay. What this device alone had is taken along, as far as the key can open it.',
  kit: 'My recovery key',
} as const satisfies Translation<typeof fr>;
