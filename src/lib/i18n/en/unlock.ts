import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/unlock.ts';

export const en = {
  link: 'Link this device',
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
    'Nobody can reset your password, not even we. Another device where your record is open can link this one, with a new password. So can your recovery key.',
  kit: 'Use my recovery key',
  identifiantMissing: 'Write your user name.',
  passwordMissing: 'Write your password.',
} as const satisfies Translation<typeof fr>;
