import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/access.ts';

export const en = {
  title: 'Password and fingerprint',
  rowText: 'Change my password, open with my fingerprint or my face',
  lead: 'What opens your record on this device. Your other devices keep their own password.',
  passwordTitle: 'User name and password',
  identifiant: 'My user name on this device',
  identifiantUnknown: 'It cannot be read here any more.',
  change: 'Change password or user name',
  changeTitle: 'Change password or user name',
  changeLead:
    'The change is for this device only: the others keep their own password. Your passkeys (fingerprint or face) still open your record.',
  changeSame: 'To change the user name only, give the same password again.',
  current: 'Current password',
  currentMissing: 'Write your current password.',
  currentWrong: 'This is not the password of this device.',
  currentIdentifiant: 'Current user name',
  next: 'New password',
  changeBusy: 'Changing…',
  changed: 'Done. Next time, open your record with your new password.',
  passkeysTitle: 'Fingerprint or face',
  passkeysText:
    'A passkey (fingerprint or face) opens your record without typing anything. It is added to your password and does not replace it: keep it.',
  passkeysUnable:
    'This device, or this browser, offers no passkey that Carnet can use. Your password is enough.',
  passkeysNone: 'No passkey on this device.',
  passkeyUnnamed: 'Passkey without a name',
  passkeyAdded: 'Added on {date}',
  passkeyUnusable: 'Damaged: it can no longer be used.',
  add: 'Add my fingerprint or my face',
  addTitle: 'Add my fingerprint or my face',
  addLead: 'Your device will recognise your fingerprint or your face. Carnet neither sees nor keeps them.',
  addEveryone:
    'Anyone whose fingerprint or face is registered on this device will be able to open your record.',
  addName: 'Name of this passkey',
  addNameHint: 'To recognise it in your settings.',
  addNameMissing: 'Give this passkey a name.',
  addPassword: 'Password',
  addPasswordMissing: 'Write your password.',
  addSubmit: 'Add',
  addBusy: 'Follow what your device asks for…',
  addCancelled: 'Nothing was added. You can start again whenever you like.',
  addUnable:
    'This device cannot make a passkey that opens your record. Nothing was kept: your password is enough.',
  added: 'Done. Next time, open your record with your fingerprint or your face.',
  remove: 'Remove',
  removeThis: 'Remove {name}',
  removeTitle: 'Remove “{name}”?',
  removeText:
    'It will no longer open this record. Your password still opens it. If your device still shows it in its settings, you can delete it there.',
  removed: '“{name}” is removed.',
  unlock: 'Open with my fingerprint or my face',
  unlockBusy: 'Follow what your device asks for…',
  unlockOr: 'or with my password',
  unlockCancelled:
    'Nothing was recognised. If this passkey no longer exists on your device, open your record with your password.',
  unlockUnable: 'This passkey did not answer as it should. Open your record with your password.',
  offerTitle: 'Open with my fingerprint or my face',
  offerText: 'Next time, without user name or password. Your password still opens it.',
  proveTitle: 'Is it really you?',
  proveText:
    'What comes next takes your data out, or lets somebody in: Carnet first makes sure that it is you.',
  provePasskey: 'With my fingerprint or my face',
  provePassword: 'Password',
  proveSubmit: 'Continue',
  proveBusy: 'Checking…',
} as const satisfies Translation<typeof fr>;
