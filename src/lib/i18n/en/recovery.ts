import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/recovery.ts';

export const en = {
  pageTitle: 'Get my record back',
  wayTitle: 'I get my record back with my recovery key',
  wayLead: 'It is the sheet with 24 words that you printed or copied. In which form do you have it?',
  wayElse: 'I do not have my recovery key',
  wayElseText:
    'If your record is still open on another device, that device can link this one. Without a device and without a key nobody can open your record again, not even us.',
  wayLink: 'Link this device',
  lockedNote:
    'A locked record is already here. It is replaced only at the end, once yours is back. What this device alone had is taken along, as far as the recovery key can open it.',
  foundTitle: 'Record of {name}',
  foundLead: 'This is the record that your recovery key opens. Nothing was changed yet.',
  foundMade: 'Recovery key made on',
  foundNewest: 'Last change that the relay kept',
  foundNewestNone: 'unknown',
  foundDevices: 'Devices of this record',
  behindTitle: 'The relay knows less than your recovery key',
  behindText:
    'It went back to an older state, or it is not the same one. What you are about to get back may be incomplete, and a device that was taken out may still be in it.',
  behindTodo:
    'If your record is still on one of your devices, keep that device and link this one to it instead. Otherwise you can go on.',
  foundNext: 'Go on with this record',
  devicesTitle: 'Which devices do you still have?',
  devicesLead:
    'Tick those that are in your hands. The others are taken out: they will receive nothing new. What they already received stays on them.',
  deviceAdded: 'Linked on {date}',
  devicesThis:
    'This device is already in the list as “{name}”: that name is taken out, and you will choose a new one.',
  devicesOut: {
    one: '{count} device will be taken out.',
    other: '{count} devices will be taken out.',
  },
  devicesNoneOut: 'No device will be taken out.',
  sinceTitle: {
    one: 'May somebody else have used this device?',
    other: 'May somebody else have used these devices?',
  },
  sinceLead: { one: 'Device taken out: {names}.', other: 'Devices taken out: {names}.' },
  sinceNobody: 'Nobody else can have used it',
  sinceNobodyText: 'Broken, wiped, or always kept at home. All that was written there stays in your record.',
  sinceSomebody: 'Somebody may have used it',
  sinceSomebodyText:
    'Stolen, mislaid, lent, or given away without being wiped. What was written there since that date waits for you to decide: nothing is lost.',
  sinceDate: 'Since when?',
  sinceHint: 'If you are not sure of the day, leave it empty: the beginning of the month counts.',
  sinceMissing: 'Choose one of the two answers.',
  credentialsTitle: 'I choose my user name and my password',
  credentialsLead: 'For this device. You may take the same as before. They are sent nowhere.',
  credentialsSubmit: 'Get my record back',
  recovering: 'Your record is coming back to this device…',
  recoveringTitle: 'Your record is coming back',
  recoveringText: 'Keep this page open.',
  recoveringLast: 'Everything is here; the relay confirms. Keep this page open.',
  recoveringStop: 'Stop',
  doneTitle: 'Your record is back',
  doneLead: 'It is open on this device, with all that the relay had kept.',
  doneRecords: 'What is here',
  doneRecord: 'Record of {name}',
  doneDocuments: {
    one: '{count} document is still arriving: leave Carnet open for a while.',
    other: '{count} documents are still arriving: leave Carnet open for a while.',
  },
  doneDocumentsHere: 'All documents are on this device.',
  doneOut: { one: 'Device taken out', other: 'Devices taken out' },
  doneOutText: '{names}. Nothing new arrives there any more. What was there already stays there.',
  doneNext: 'What comes next',
  doneWaiting: 'Look at what waits',
  doneWaitingText: 'Written since {date} on a device that was taken out',
  doneKit: 'Make a new recovery key',
  doneKitText: 'If somebody may have seen the sheet. Otherwise put it away: it stays valid.',
  doneDevice: 'Link another device',
  doneDeviceText: 'Two devices are better than one: if one is lost, the other keeps everything.',
  doneOpen: 'Open my record',
} as const satisfies Translation<typeof fr>;
