import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/unlock.ts';

export const en = {
  title: 'Open my record',
  lead: 'Your password does not leave this device.',
  leadIdle: 'Your record locked itself. Nothing is lost.',
  leadLeft:
    'The tab in which you had opened your record has closed, and it alone had the key. What you were writing here awaits you.',
  identifiant: 'User name',
  password: 'Password',
  submit: 'Sign in',
  busy: 'Opening…',
  identifiantMissing: 'Write your user name.',
  passwordMissing: 'Write your password.',
} as const satisfies Translation<typeof fr>;
