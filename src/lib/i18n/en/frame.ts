import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/frame.ts';

export const en = {
  home: 'Home',
  profile: 'Profile',
  documents: 'Documents',
  messages: 'Messages',
  share: 'Sharing',
  mainNav: 'Main navigation',
  myMenu: 'My profile and settings: {name}',
  settings: 'Settings',
  devices: 'My devices',
  recordOf: 'Record of {name}',
  toOwn: 'Back to my record',
  lockNow: 'Lock',
  syncTitle: 'Where my record stands',
  syncOpen: 'Sync state: {state}',
  onDevice: 'Saved on this device',
  sent: 'Sent',
  received: { one: 'Received by {count} device', other: 'Received by {count} devices' },
  sending: 'Sending',
  offline: 'Offline',
  problem: 'Needs a look',
  revoked: 'Taken out of the record',
  explainOnDevice:
    'Your last change is saved, encrypted, on this device. It will leave for your other devices as soon as possible.',
  explainSent:
    'Your last change is saved on this device and lies, encrypted, on the relay. Your other devices will get it as soon as they are open.',
  explainReceived: 'Your last change is saved here and on your other devices.',
  explainOffline:
    'You can read and change everything without a network. Your changes stay here and will leave when it is back.',
  explainSending: 'This device is sending your changes, encrypted, to the relay.',
  explainProblem: 'Your changes are saved on this device, but the relay does not answer as it should.',
  unsent: { one: '{count} change is waiting to be sent.', other: '{count} changes are waiting to be sent.' },
  nothingUnsent: 'Nothing is waiting to be sent.',
  problemRelayFull:
    'The relay has no room left for your record. Everything stays saved here. Delete documents you no longer need, or keep a copy.',
  problemRelayRefuses:
    'The relay refuses your changes. Everything stays saved here. Try again later; if it lasts, keep a copy of your record.',
  problemStorageFull:
    'This device is full. What is already written is kept, but nothing new can be saved. Free some space, or keep a copy.',
  problemReadOnly:
    'A newer version of Carnet is open in another tab. Here you can read but not change. Close this tab or reload it.',
  problemRevoked:
    'This device was taken out of the record: it sends nothing any more and receives nothing new. What it already had can still be read here, but nothing can be changed any more.',
  notDurable:
    'This browser has not promised to keep your data if space runs out. Link a second device, or install Carnet on this one.',
  updateTitle: 'A new version of Carnet is ready',
  updateText:
    'It will be in place at the next start. You can also take it now: you will give your password again.',
  updateNow: 'Update now',
  updateLater: 'Later',
  lateTitle: 'Carnet does not start',
  lateText:
    'The part of Carnet that opens your record does not answer yet. Nothing is lost. Wait a little; if nothing comes, close the other tabs of Carnet and reload this page.',
  closedTitle: 'Carnet can keep nothing here',
  closedText:
    'The browser gives no access to its storage. What was already there has not been touched. Leave private browsing if you are in it, free some space, then reload the page.',
  newerTitle: 'This page is too old',
  newerText:
    'A more recent version of Carnet has already been used on this device. Nothing is lost. Close the other tabs of Carnet, then reload this page to get the recent version.',
  unsupportedTitle: 'This browser will not do',
  unsupportedText:
    'Carnet encrypts your record on your device. For that it needs functions that this browser lacks or has switched off. Nothing was saved and nothing is lost.',
  unsupportedMissing: 'What is missing here',
  unsupportedTodo: 'What to do',
  unsupportedTodo1: 'Open Carnet in a recent version of Firefox, Chrome, Edge or Safari.',
  unsupportedTodo2: 'Leave private browsing: it erases everything when it closes.',
  unsupportedTodo3: 'Check that the address begins with https://.',
  missingSecureContext: 'A secure connection (https)',
  missingSubtle: "The browser's encryption (WebCrypto)",
  missingIndexedDB: 'Storage (IndexedDB)',
  missingWorker: 'Background work (Web Workers)',
  missingLocks: 'Coordination between tabs (Web Locks)',
  missingBroadcast: 'Messages between tabs (BroadcastChannel)',
  missingWebAssembly: 'WebAssembly',
  missingOther: 'A function Carnet needs ({name})',
  noticeRollback:
    'The relay showed an older version of your record than the one on this device. It was ignored.',
  noticeGap:
    'One change is missing from what the relay passed on. What follows has been set aside meanwhile.',
  noticeFork:
    'One of your devices has written two different histories. Both were kept; check your latest changes.',
  noticeDuplicateDevice:
    'One of your devices seems to exist twice, for instance after a restore. Revoke it if it is no longer yours.',
  noticeKeySubstituted: 'The relay showed a key that is not the expected one. It was refused.',
  noticeFrameRefused: 'Something received was not signed by one of your devices. It was refused.',
  noticeSnapshotRefused:
    'A summary of your record did not match what this device has verified. It was refused.',
  noticeNewDevice: 'A device was linked to your record. If it was not you, revoke it.',
  noticeNewGuardian: "A second legal representative now holds this child's record with you.",
  noticeGuardianDevice: "The other legal representative has linked one more device to your child's record.",
  noticeDeviceRevoked: 'A device was revoked. It receives nothing new any more.',
  noticeKitReplaced:
    'A new recovery key was made on another device: the old one opens nothing any more. If it was not you, revoke that device.',
  noticeWordsLost: {
    one: '{count} change that this device had not sent yet could not be read again: it is lost.',
    other: '{count} changes that this device had not sent yet could not be read again: they are lost.',
  },
  noticeLateWords:
    'A revoked device wrote what your other devices had not seen in time. See whether it is yours.',
  noticeSettle: 'Have a look',
  noticeSeen: 'Understood',
  noticeDevices: 'See my devices',
} as const satisfies Translation<typeof fr>;
