/**
 * The eleven measures of the guide (MED-40…50): what they are called, in which unit, between which values one expects them,
 * and by which codes others know them. A value outside what is expected is asked about, never refused.
 */
import type { Words } from './section.ts';

export const STORED_MEASURES = [
  'weight',
  'height',
  'waist',
  'temperature',
  'glucose',
  'pressure',
  'pain',
  'heart-rate',
  'steps',
  'head',
] as const;

export type StoredMeasureId = (typeof STORED_MEASURES)[number];
/** The body mass index is computed from weight and height each time it is shown; nothing of it is stored (MED-42). */
export type MeasureId = StoredMeasureId | 'bmi';

/** Closed at both ends. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface MeasurePart {
  readonly title: Words;
  readonly short: Words;
  readonly plausible: Range;
  readonly loinc: string;
}

export interface MeasureKind {
  readonly id: MeasureId;
  /** The last part of its address. */
  readonly path: string;
  readonly title: Words;
  /** Empty for what is only counted. */
  readonly unit: string;
  /** How many decimals are shown of what was computed. */
  readonly decimals: number;
  readonly plausible: Range;
  readonly loinc: string;
  /** The unit in which FHIR R4 wants the value, and what ours is multiplied by to get there. */
  readonly ucum: string;
  readonly ucumFactor?: number;
  /** Of a pair: what the value is, and what the second one is. */
  readonly pair?: { readonly first: MeasurePart; readonly second: MeasurePart };
}

export const MEASURE_KINDS: readonly MeasureKind[] = [
  {
    id: 'weight',
    path: 'poids',
    title: { fr: 'Poids', en: 'Weight' },
    unit: 'kg',
    decimals: 1,
    plausible: { low: 0.4, high: 300 },
    loinc: '29463-7',
    ucum: 'kg',
  },
  {
    id: 'height',
    path: 'taille',
    title: { fr: 'Taille', en: 'Height' },
    unit: 'm',
    decimals: 2,
    plausible: { low: 0.3, high: 2.3 },
    loinc: '8302-2',
    ucum: 'cm',
    ucumFactor: 100,
  },
  {
    id: 'bmi',
    path: 'imc',
    title: { fr: 'IMC', en: 'BMI' },
    unit: 'kg/m²',
    decimals: 1,
    plausible: { low: 8, high: 80 },
    loinc: '39156-5',
    ucum: 'kg/m2',
  },
  {
    id: 'waist',
    path: 'tour-de-taille',
    title: { fr: 'Tour de taille', en: 'Waist' },
    unit: 'cm',
    decimals: 1,
    plausible: { low: 20, high: 250 },
    loinc: '8280-0',
    ucum: 'cm',
  },
  {
    id: 'temperature',
    path: 'temperature',
    title: { fr: 'Température', en: 'Temperature' },
    unit: '°C',
    decimals: 1,
    plausible: { low: 33, high: 43 },
    loinc: '8310-5',
    ucum: 'Cel',
  },
  {
    id: 'glucose',
    path: 'glycemie',
    title: { fr: 'Glycémie', en: 'Blood glucose' },
    unit: 'mg/dL',
    decimals: 0,
    plausible: { low: 20, high: 600 },
    loinc: '2339-0',
    ucum: 'mg/dL',
  },
  {
    id: 'pressure',
    path: 'tension-arterielle',
    title: { fr: 'Tension artérielle', en: 'Blood pressure' },
    unit: 'mmHg',
    decimals: 0,
    plausible: { low: 60, high: 260 },
    loinc: '85354-9',
    ucum: 'mm[Hg]',
    pair: {
      first: {
        title: { fr: 'Systolique (le plus grand nombre)', en: 'Systolic (the larger number)' },
        short: { fr: 'Systolique', en: 'Systolic' },
        plausible: { low: 60, high: 260 },
        loinc: '8480-6',
      },
      second: {
        title: { fr: 'Diastolique (le plus petit)', en: 'Diastolic (the smaller one)' },
        short: { fr: 'Diastolique', en: 'Diastolic' },
        plausible: { low: 30, high: 160 },
        loinc: '8462-4',
      },
    },
  },
  {
    id: 'pain',
    path: 'douleur',
    title: { fr: 'Niveau de douleur', en: 'Pain' },
    unit: '/10',
    decimals: 1,
    plausible: { low: 0, high: 10 },
    loinc: '72514-3',
    ucum: '{score}',
  },
  {
    id: 'heart-rate',
    path: 'frequence-cardiaque',
    title: { fr: 'Fréquence cardiaque', en: 'Heart rate' },
    unit: 'bpm',
    decimals: 0,
    plausible: { low: 30, high: 230 },
    loinc: '8867-4',
    ucum: '/min',
  },
  {
    id: 'steps',
    path: 'nombre-de-pas',
    title: { fr: 'Nombre de pas', en: 'Steps' },
    unit: '',
    decimals: 0,
    plausible: { low: 0, high: 100_000 },
    loinc: '41950-7',
    ucum: '1/(24.h)',
  },
  {
    id: 'head',
    path: 'perimetre-cranien',
    title: { fr: 'Périmètre crânien', en: 'Head circumference' },
    unit: 'cm',
    decimals: 1,
    plausible: { low: 25, high: 65 },
    loinc: '8287-5',
    ucum: 'cm',
  },
];

const kindById = new Map<string, MeasureKind>(MEASURE_KINDS.map((kind) => [kind.id, kind]));

export function measureKind(id: MeasureId): MeasureKind {
  const kind = kindById.get(id);
  if (!kind) throw new Error(`no measure ${id}`);
  return kind;
}

export function measureKindAt(path: string): MeasureKind | undefined {
  return MEASURE_KINDS.find((kind) => kind.path === path);
}
