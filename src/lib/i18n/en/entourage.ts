import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/entourage.ts';

export const en = {
  trusted: 'Trusted person',
  trustedText:
    'Speaks for you when you no longer can, and is heard before any other relative. Name them on paper too, signed by both of you: noting them here does not replace it.',
  trustedAdd: 'Add my trusted person',
  trustedOne: 'There can be only one. To name somebody else, open this person, then change or delete them.',
  emergency: 'Emergency contacts',
  emergencyText: 'Whom to call if something happens to you.',
  emergencyAdd: 'Add an emergency contact',
  carer: 'Relatives who care for me',
  carerText: 'Who helps you from day to day.',
  carerAdd: 'Add a relative who cares for me',
  caredFor: 'Relatives I care for',
  caredForText: 'Whom you help from day to day.',
  caredForAdd: 'Add a relative I care for',
  whoTitle: 'In an emergency, who sees these contacts?',
  whoThere:
    'Mon espace santé gives these contacts to health establishments in an emergency. Carnet cannot: they can be read on your devices only, and neither the hospital, nor the ambulance service, nor we can open them from afar.',
  whoToday:
    'Today an establishment reads them only if you show them on a device that you have unlocked, or if it has a printed copy in hand. Keep one with you, give one to your trusted person, and tell your contacts that they are.',
  whoLater:
    'Emergency access does not exist in Carnet yet. When it does, it will stay closed until you open it.',
  wishes: 'My wishes',
  directives: 'My advance directives',
  directivesNone: 'Nothing written yet',
  directivesDraft: 'A draft is kept; nothing is confirmed',
  directivesInForce: 'In force, written on {date}',
  directivesRevoked: 'Revoked on {date}',
  directivesAdd: 'Add directives',
  directivesAddText: 'What you want, and do not want, when you can no longer say it.',
  directivesMore: 'More about advance directives',
  organs: 'My position: {position}',
  organsMore: 'More about organ and tissue donation',
} as const satisfies Translation<typeof fr>;
