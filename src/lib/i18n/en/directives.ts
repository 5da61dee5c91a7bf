import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/directives.ts';

export const en = {
  back: 'People around me and my wishes',
  inForce: 'In force',
  inForceSince: 'Your directives of {date} are in force',
  inForceText:
    'No doctor can read them here from afar. Print them, sign them, and give a copy to your trusted person and to your doctor.',
  revokedSince: 'You revoked your directives on {date}',
  revokedText: 'None is in force any more. Take back or destroy the signed copies that you gave.',
  draftTitle: 'A draft is waiting for you',
  draftText: 'It is kept, and nothing that changed in it counts until you confirm it.',
  draftGo: 'Go on with my draft',
  draftDrop: 'Drop the draft',
  draftDropped: 'Draft dropped.',
  draftBack: 'Draft brought back.',
  write: 'Write my directives',
  writeNew: 'Write a new version',
  revoke: 'Revoke my directives',
  versions: 'All versions',
  read: 'Read: {name}, {date}',
  more: 'More about advance directives',
  print: 'Download to sign (PDF)',
  health: 'My state of health today',
  healthy: 'I am in good health',
  healthyText: 'An accident, a sudden illness: what could happen.',
  ill: 'I have a serious illness, or I am at the end of life',
  illText: 'Your illness, your treatments, what comes next.',
  healthFirst: 'Choose your state of health: the questions that follow depend on it.',
  writeLead: 'Answer what you like, in your own words. Nothing has to be answered.',
  trusted: 'My trusted person',
  trustedNamed: '{name}. They will be named in this version.',
  trustedNone: 'You have not noted one.',
  trustedGo: 'Add my trusted person',
  saved: 'Draft saved on this device',
  saving: 'Saving the draft…',
  unsaved: 'The draft is not saved',
  confirm: 'Confirm this version',
  confirmText:
    'The version takes today’s date and replaces the one before, which stays readable. It never changes: to change your mind you write another.',
  empty: 'There is nothing to confirm yet: write at least one answer.',
  same: 'Nothing has changed since the version of {date}.',
  unanswered: 'Nothing is written in this version.',
  aboutTitle: 'Understanding advance directives',
  aboutLead: 'What the law says in France, in a few lines.',
  about1Title: 'What they are for',
  about1:
    'They say what you accept and what you refuse for the end of your life: going on with treatment, limiting it, stopping it or not beginning it. They are read only when you are no longer able to speak for yourself.',
  about2Title: 'Who can write them',
  about2:
    'Any adult, ill or not. A person under guardianship can with leave of the judge or the family council; nobody can write them in their place.',
  about3Title: 'In which form',
  about3:
    'In writing, dated and signed, with your last name, first name, date and place of birth. No model is imposed. If you cannot write, two witnesses, one of them your trusted person if you have one, attest that the text says what you want.',
  about4Title: 'For how long',
  about4:
    'Without limit. You can change or revoke them at any time, by any means. The most recent version prevails.',
  about5Title: 'What the doctor does with them',
  about5:
    'The doctor must follow them, but for two cases: a life-threatening emergency, for the time it takes to assess it; or directives that seem plainly unsuitable or unrelated to the medical condition. The doctor then consults the team and a colleague, writes the decision down and tells your trusted person or relatives.',
  about6Title: 'Where to keep them',
  about6:
    'Where they will be found: at home, with your trusted person, with your doctor, at the hospital or in Mon espace santé. What you write in Carnet no doctor can look up from afar: hand over the signed copy.',
  sources: 'To check',
  sourcesText:
    'French public health code, articles L. 1111-11 and R. 1111-17 to R. 1111-20, on legifrance.gouv.fr; the page « Directives anticipées » on service-public.fr; the national centre for palliative care and the end of life, parlons-fin-de-vie.fr.',
} as const satisfies Translation<typeof fr>;
