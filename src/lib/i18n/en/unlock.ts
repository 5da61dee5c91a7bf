import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/unlock.ts';

export const en = {
  link: 'Link this device',
  kit: 'My recovery key',
  title: 'Open my record',
  lead: 'Your password does not leave this device.',
  leadIdle: 'Your record locked itself. Nothing is lost.',
  leadLeft:
    'The tab in which you had opened your record has closed, and it alone had the key. What you were writing here awaits you.',
  identifiant: 'User name',
  password: 'Password',
  submit: 'Sign in',
  busy: 'Opening…',
  forgot: 'Forgotten user name or password?',
  forgotIdentifiant:
    'Your user name is written on your recovery key. Each device where your record is open shows its own under Settings.',
  forgotPassword:
    'Nobody can reset your password, not even we. Another device where your record is open can link this one, with a new password.',
  forgotKit:
    'Your recovery key, the sheet with 24 words, replaces the password of this device: you choose a new one, and your record comes back from the relay. What this device alone had is taken along, as far as the key can open it.',
  identifiantMissing: 'Write your user name.',
  passwordMissing: 'Write your password.',
} as const satisfies Translation<typeof fr>;
