/**
 * Advance directives (DIR-04…10): the draft that is being written, and the dated versions that came of it.
 *
 * The draft is one entry, kept as it is typed; it is never taken away, so that what another device wrote in it meanwhile is
 * still there after a version was made of it. Where both wrote in one answer, the person chooses before a version is made. A version is never changed: a new one, or the day on which all are revoked,
 * stands after it.
 */
import type { FhirMapping, FhirShape } from '../fhir.ts';
import { fixedEntryId, type ProfileSection } from '../profile-section.ts';
import type { FieldDefinition, Words } from '../section.ts';

/** DIR-10. */
export const MAX_WISH = 3000;

export type DirectivesForm = 'healthy' | 'ill';

type Wish = Extract<FieldDefinition, { kind: 'text' | 'longtext' }> & {
  readonly label: Words;
  readonly hint: Words;
};

const wish = (name: string, label: Words, hint: Words): Wish => ({
  name,
  kind: 'longtext',
  max: MAX_WISH,
  label,
  hint,
});

/** What is asked, theme by theme. DIR-09: nothing has to be answered. */
const THEMES: readonly { readonly title: Words; readonly wishes: readonly Wish[] }[] = [
  {
    title: { fr: 'Ma situation', en: 'My situation' },
    wishes: [
      wish(
        'illness',
        { fr: 'Ma maladie et moi', en: 'My illness and me' },
        {
          fr: 'Ce que vous savez de votre maladie et de la suite, et ce qui compte pour vous.',
          en: 'What you know of your illness and of what comes, and what matters to you.',
        },
      ),
    ],
  },
  {
    title: { fr: 'Être maintenu en vie', en: 'Being kept alive' },
    wishes: [
      wish(
        'unconscious',
        { fr: 'Si je ne dois plus reprendre conscience', en: 'If I am not to wake again' },
        {
          fr: 'Après un accident ou une attaque, par exemple. Acceptez-vous alors que des machines vous maintiennent en vie ?',
          en: 'After an accident or a stroke, for example. Do you accept then that machines keep you alive?',
        },
      ),
      wish(
        'dependence',
        { fr: 'Si mon état devient très lourd', en: 'If my condition becomes very heavy' },
        {
          fr: 'Ne plus bouger, ne plus parler, ne plus reconnaître les vôtres : jusqu’où voulez-vous que l’on vous soigne ?',
          en: 'No longer moving, speaking, knowing your own people: how far do you want to be treated?',
        },
      ),
    ],
  },
  {
    title: { fr: 'Les soins, un par un', en: 'Treatments, one by one' },
    wishes: [
      wish(
        'resuscitation',
        { fr: 'Réanimation', en: 'Resuscitation' },
        {
          fr: 'Massage, choc électrique, appareils, si le cœur ou la respiration s’arrête.',
          en: 'Massage, electric shock, machines, if the heart or the breathing stops.',
        },
      ),
      wish(
        'breathing',
        { fr: 'Aide pour respirer', en: 'Help to breathe' },
        {
          fr: 'Un tube, ou une ouverture dans la gorge, reliés à une machine.',
          en: 'A tube, or an opening in the throat, tied to a machine.',
        },
      ),
      wish(
        'feeding',
        { fr: 'Alimentation et hydratation artificielles', en: 'Artificial feeding and hydration' },
        {
          fr: 'Par une sonde ou une perfusion. La loi les compte parmi les traitements que l’on peut refuser.',
          en: 'Through a tube or a drip. French law counts them among the treatments that one may refuse.',
        },
      ),
      wish(
        'acts',
        { fr: 'Autres soins', en: 'Other treatments' },
        {
          fr: 'Dialyse, opération, transfusion, antibiotiques, départ pour l’hôpital…',
          en: 'Dialysis, surgery, transfusion, antibiotics, going to hospital…',
        },
      ),
      wish(
        'stopping',
        { fr: 'Arrêter ce qui a été commencé', en: 'Stopping what was begun' },
        {
          fr: 'Si l’un de ces soins a été commencé avant que l’on connaisse vos volontés.',
          en: 'If one of these was begun before your wishes were known.',
        },
      ),
    ],
  },
  {
    title: { fr: 'La fin de la vie', en: 'The end of life' },
    wishes: [
      wish(
        'sedation',
        { fr: 'Douleur et sommeil profond', en: 'Pain and deep sleep' },
        {
          fr: 'Être endormi profondément jusqu’à la fin, sans souffrir, quand les traitements sont arrêtés.',
          en: 'Being put into deep sleep until the end, without pain, when treatment is stopped.',
        },
      ),
      wish(
        'place',
        { fr: 'Le lieu et les présences', en: 'Where, and with whom' },
        {
          fr: 'À la maison, à l’hôpital, en soins palliatifs ; qui vous voulez près de vous.',
          en: 'At home, in hospital, in palliative care; whom you want near you.',
        },
      ),
      wish(
        'beliefs',
        { fr: 'Convictions et rites', en: 'Beliefs and rites' },
        {
          fr: 'Ce que votre foi, votre culture ou vos convictions demandent.',
          en: 'What your faith, your culture or your convictions ask for.',
        },
      ),
    ],
  },
  {
    title: { fr: 'Après', en: 'Afterwards' },
    wishes: [
      wish(
        'organs',
        { fr: 'Don d’organes', en: 'Organ donation' },
        {
          fr: 'Ce que vous avez dit à vos proches.',
          en: 'What you have told your relatives.',
        },
      ),
      wish(
        'other',
        { fr: 'Autre chose', en: 'Something else' },
        {
          fr: 'Une personne à prévenir, une chose à savoir, un mot à transmettre.',
          en: 'Somebody to call, something to know, a word to pass on.',
        },
      ),
    ],
  },
];

/** DIR-08: what the form of somebody who is ill asks otherwise, and the question that only it has. */
const ILL_HINTS: Readonly<Record<string, Words>> = {
  unconscious: {
    fr: 'Si la maladie vous mène à un coma dont on ne revient pas. Acceptez-vous alors que des machines vous maintiennent en vie ?',
    en: 'If the illness leads to a coma without return. Do you accept then that machines keep you alive?',
  },
  dependence: {
    fr: 'Si la maladie s’aggrave ou se complique : jusqu’où voulez-vous que l’on vous soigne ?',
    en: 'If the illness grows worse or complications come: how far do you want to be treated?',
  },
  stopping: {
    fr: 'Parmi les soins que vous recevez déjà : ceux que vous voulez garder, et ceux que vous voulez que l’on arrête.',
    en: 'Of the treatments you already have: which to keep, and which to stop.',
  },
};
const ILL_ONLY: readonly string[] = ['illness'];

const WISHES: readonly Wish[] = THEMES.flatMap(({ wishes }) => wishes);

export interface WishTheme {
  readonly title: Words;
  readonly wishes: readonly Wish[];
}

/** DIR-07, DIR-08: what is asked of a person in this state of health. */
export function themesOf(form: DirectivesForm): readonly WishTheme[] {
  return THEMES.map(({ title, wishes }) => ({
    title,
    wishes: wishes
      .filter(({ name }) => form === 'ill' || !ILL_ONLY.includes(name))
      .map((one) => ({ ...one, hint: (form === 'ill' ? ILL_HINTS[one.name] : undefined) ?? one.hint })),
  })).filter(({ wishes }) => wishes.length > 0);
}

const shared = {
  lead: {
    fr: 'Ce que vous voulez, et ne voulez pas, si un jour vous ne pouvez plus le dire.',
    en: 'What you want, and do not want, if one day you can no longer say it.',
  },
  add: { fr: 'Écrire mes directives', en: 'Write my directives' },
  edit: { fr: 'Écrire une nouvelle version', en: 'Write a new version' },
  emptyTitle: { fr: 'Aucune directive écrite', en: 'No directives written' },
  emptyText: {
    fr: 'Vous pouvez en écrire à tout âge adulte, malade ou non, et en changer quand vous voulez.',
    en: 'Any adult may write them, ill or not, and change them at any time.',
  },
  line: [],
} as const;

export const directivesDraft = {
  id: 'directives-draft',
  path: 'directives/ecrire',
  fhir: null,
  title: { fr: 'Directives anticipées (brouillon)', en: 'Advance directives (draft)' },
  ...shared,
  fields: [
    {
      name: 'form',
      kind: 'choice',
      required: true,
      values: ['healthy', 'ill'],
      options: [
        { fr: 'Je suis en bonne santé', en: 'I am in good health' },
        {
          fr: 'J’ai une maladie grave, ou je suis en fin de vie',
          en: 'I have a serious illness, or I am at the end of life',
        },
      ],
      label: { fr: 'Mon état de santé', en: 'My state of health' },
    },
    ...WISHES,
  ],
  // It is typed anew all the time: what two devices write apart is kept, what each word replaced is not told.
  history: 'latest',
  name: ['form'],
} as const satisfies ProfileSection;

/** More versions than this are not named: each of those that are names the ones before it. */
export const MAX_AFTER = 64;

export const DIRECTIVES_DRAFT = fixedEntryId('directives-draft');

export const directives = {
  id: 'directives',
  path: 'directives',
  fhir: 'Consent',
  title: { fr: 'Directives anticipées', en: 'Advance directives' },
  ...shared,
  fields: [
    {
      name: 'kind',
      kind: 'choice',
      required: true,
      values: ['healthy', 'ill', 'revoked'],
      options: [
        { fr: 'Directives anticipées (bonne santé)', en: 'Advance directives (good health)' },
        {
          fr: 'Directives anticipées (maladie grave ou fin de vie)',
          en: 'Advance directives (serious illness or end of life)',
        },
        { fr: 'Directives anticipées annulées', en: 'Advance directives revoked' },
      ],
      label: { fr: 'Ce qui est dit', en: 'What is said' },
    },
    { name: 'date', kind: 'date', required: true, label: { fr: 'Date', en: 'Date' } },
    ...WISHES,
    {
      name: 'trusted',
      kind: 'text',
      max: 300,
      label: { fr: 'Ma personne de confiance ce jour-là', en: 'My trusted person on that day' },
    },
    // How often the very same was said on that day before: who confirms what they had revoked says something new.
    { name: 'again', kind: 'number', min: 1, max: 1e6, integer: true },
    // The ids of the versions and revocations whose place it takes, the latest first.
    { name: 'after', kind: 'text', max: MAX_AFTER * 23 },
  ],
  immutable: true,
  period: { start: 'date' },
  name: ['kind'],
  line: [],
} as const satisfies ProfileSection;

const consent = {
  resource: 'Consent',
  summary: 'directives',
  subject: 'patient',
  coded: { scope: 'consent-scope|adr', 'category.0': 'consent-category|acd' },
  fields: {
    kind: {
      as: 'concept-code',
      at: 'category.1',
      codes: { healthy: ['carnet|healthy'], ill: ['carnet|ill'], revoked: ['carnet|revoked'] },
      text: true,
    },
    date: { as: 'date', at: 'dateTime' },
  },
} as const satisfies FhirShape;

const law = { policy: [{ authority: 'https://www.legifrance.gouv.fr' }] };

/** The wishes themselves have no element there: each is kept beside, in its own words. */
export const directivesFhir = {
  section: 'directives',
  shapes: [
    {
      ...consent,
      fixed: { status: 'inactive', ...law },
      when: { field: 'kind', values: ['revoked'] },
    },
    { ...consent, fixed: { status: 'active', ...law } },
  ],
} as const satisfies FhirMapping;
