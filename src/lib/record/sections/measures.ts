/** Measures (MED-39…54): what was measured, one immutable entry for each value, and the targets they are held against. */
import { comment } from '../fields.ts';
import { MEASURE_KINDS, STORED_MEASURES } from '../measure-kinds.ts';
import type { ProfileSection } from '../profile-section.ts';

/** Stops what is no measure of anything; what is only unlikely is asked about in the form. */
const MAX_VALUE = 1_000_000;

const titleOf = (id: string) => MEASURE_KINDS.find((kind) => kind.id === id)!.title;

export const measures = {
  id: 'measures',
  path: 'mesures',
  fhir: 'Observation',
  title: { fr: 'Mesures', en: 'Measures' },
  lead: {
    fr: 'Poids, tension, glycémie… Chaque valeur garde sa date.',
    en: 'Weight, pressure, glucose… Each value keeps its date.',
  },
  add: { fr: 'Ajouter une valeur', en: 'Add a value' },
  edit: { fr: 'Corriger cette valeur', en: 'Correct this value' },
  emptyTitle: { fr: 'Aucune valeur notée', en: 'No value noted' },
  emptyText: {
    fr: 'Choisissez une mesure et notez votre première valeur : son évolution se dessine ensuite toute seule.',
    en: 'Choose a measure and note your first value: how it changes then draws itself.',
  },
  fields: [
    {
      name: 'kind',
      kind: 'choice',
      required: true,
      values: STORED_MEASURES,
      options: STORED_MEASURES.map(titleOf),
      label: { fr: 'Mesure', en: 'Measure' },
    },
    { name: 'date', kind: 'date', required: true, label: { fr: 'Date', en: 'Date' } },
    { name: 'time', kind: 'time', label: { fr: 'Heure', en: 'Time' } },
    {
      name: 'value',
      kind: 'number',
      required: true,
      min: 0,
      max: MAX_VALUE,
      label: { fr: 'Valeur', en: 'Value' },
    },
    {
      name: 'second',
      kind: 'number',
      min: 0,
      max: MAX_VALUE,
      onlyWith: { field: 'kind', value: 'pressure' },
      label: { fr: 'Seconde valeur', en: 'Second value' },
    },
    comment,
  ],
  immutable: true,
  period: { start: 'date' },
  name: ['kind'],
  line: ['value', 'second'],
} as const satisfies ProfileSection;

const bound = { kind: 'number', min: 0, max: MAX_VALUE } as const;

/** "Objectif fixé avec mon médecin": at most one for each measure, under an id made of its name. */
export const targets = {
  id: 'targets',
  path: 'mesures',
  fhir: 'Goal',
  title: { fr: 'Objectifs des mesures', en: 'Targets of measures' },
  lead: { fr: 'Fixés avec votre médecin.', en: 'Set with your doctor.' },
  add: { fr: 'Fixer un objectif', en: 'Set a target' },
  edit: { fr: 'Modifier cet objectif', en: 'Change this target' },
  emptyTitle: { fr: 'Aucun objectif', en: 'No target' },
  emptyText: {
    fr: 'Un objectif se fixe avec votre médecin, depuis la page de la mesure.',
    en: 'A target is set with your doctor, from the page of the measure.',
  },
  fields: [
    {
      name: 'kind',
      kind: 'choice',
      required: true,
      values: MEASURE_KINDS.map(({ id }) => id),
      options: MEASURE_KINDS.map(({ title }) => title),
      label: { fr: 'Mesure', en: 'Measure' },
    },
    { ...bound, name: 'low', label: { fr: 'Au moins', en: 'At least' } },
    { ...bound, name: 'high', label: { fr: 'Au plus', en: 'At most' } },
    { ...bound, name: 'secondLow', label: { fr: 'Diastolique : au moins', en: 'Diastolic: at least' } },
    { ...bound, name: 'secondHigh', label: { fr: 'Diastolique : au plus', en: 'Diastolic: at most' } },
  ],
  name: ['kind'],
  bounds: [
    ['low', 'high'],
    ['secondLow', 'secondHigh'],
  ],
  line: ['low', 'high', 'secondLow', 'secondHigh'],
} as const satisfies ProfileSection;
