/**
 * What the person has told relatives about giving organs. It registers nothing: a refusal counts where the law says it
 * does, in the national register, on paper, or told to relatives.
 */
import { comment } from '../fields.ts';
import { fixedEntryId, type ProfileSection } from '../profile-section.ts';

export const organDonation = {
  id: 'organ-donation',
  path: 'don-organes',
  fhir: null,
  title: { fr: "Don d'organes et de tissus", en: 'Organ and tissue donation' },
  lead: {
    fr: 'Ce que dit la loi, et ce que vous avez dit à vos proches.',
    en: 'What the law says, and what you have told your relatives.',
  },
  add: { fr: 'Noter ma position', en: 'Note my position' },
  edit: { fr: 'Modifier ma position', en: 'Change my position' },
  emptyTitle: { fr: 'Votre position n’est pas notée', en: 'Your position is not noted' },
  emptyText: {
    fr: 'Notez ce que vous avez dit à vos proches, pour vous en souvenir et pour le leur redire.',
    en: 'Note what you have told your relatives, to remember it and to tell them again.',
  },
  fields: [
    {
      name: 'position',
      kind: 'choice',
      required: true,
      values: ['for', 'against', 'unsaid'],
      options: [
        { fr: 'Je suis pour', en: 'I am in favour' },
        { fr: 'Je suis contre', en: 'I am against' },
        { fr: 'Je ne l’ai pas dit', en: 'I have not said' },
      ],
      label: { fr: 'Ma position', en: 'My position' },
    },
    { name: 'told', kind: 'text', max: 300, label: { fr: 'À qui je l’ai dit', en: 'Whom I have told' } },
    { name: 'start', kind: 'date', label: { fr: 'Quand je l’ai dit', en: 'When I told them' } },
    comment,
  ],
  name: ['position'],
  line: ['told'],
} as const satisfies ProfileSection;

/** One position, wherever it is noted: two devices that note it apart note it once. */
export const ORGAN_POSITION = fixedEntryId('organ-donation');
