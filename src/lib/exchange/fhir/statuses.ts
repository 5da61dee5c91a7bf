/**
 * The elements that change what a resource means, each with the whole value set of its version, and what every value makes
 * of the resource. A value that stands in none of them is doubt, never the usual case.
 *
 * Versions are kept apart because each has its own set; a value has one meaning wherever it is, or `meaningOf` would have to
 * guess the version, which no resource tells.
 */
import type { Words } from '#lib/record/section.ts';

export type Version = 'DSTU2' | 'STU3' | 'R4';

/** What a value makes of a resource. */
export type Weight =
  /** It is as its section takes it to be. */
  | 'plain'
  /** Worth a line beside it. */
  | 'note'
  /** It is not what its name alone would say: the name carries it. */
  | 'name'
  /** Whether it is so is not known. */
  | 'doubt'
  /** It is not so, or not yet. */
  | 'not'
  /** Nothing is said. */
  | 'silent';

export interface Meaning {
  readonly weight: Weight;
  readonly words: Words;
}

export interface Modifier {
  readonly element: string;
  readonly label: Words;
  /** Every resource of the type has it. */
  readonly required?: true;
  readonly values: Readonly<Partial<Record<Version, Readonly<Record<string, Meaning>>>>>;
}

const plain = (fr: string, en: string): Meaning => ({ weight: 'plain', words: { fr, en } });
const note = (fr: string, en: string): Meaning => ({ weight: 'note', words: { fr, en } });
const name = (fr: string, en: string): Meaning => ({ weight: 'name', words: { fr, en } });
const doubt = (fr: string, en: string): Meaning => ({ weight: 'doubt', words: { fr, en } });
const not = (fr: string, en: string): Meaning => ({ weight: 'not', words: { fr, en } });
const silent = (fr: string, en: string): Meaning => ({ weight: 'silent', words: { fr, en } });

const STATUS: Words = { fr: 'Statut', en: 'Status' };
const STATE: Words = { fr: 'État', en: 'State' };
const VERIFICATION: Words = { fr: 'Vérification', en: 'Verification' };

const error = not('saisi par erreur', 'entered in error');
const unknown = doubt('statut inconnu', 'status unknown');
const done = plain('fait', 'done');
const active = plain('actif', 'active');
const planned = not('prévu', 'planned');
const draft = not('brouillon', 'draft');
const cancelled = not('annulé', 'cancelled');
const onHold = name('suspendu', 'on hold');
/** A medicine that was stopped is over, which its dates say. */
const stopped = note('arrêté', 'stopped');
const interrupted = name('interrompu', 'stopped before the end');
const underway = name('en cours', 'in progress');
const notDone = not('pas fait', 'not done');

/** An element that says no when it is true, under the name it has in its version. */
function negation(element: string, version: Version, fr: string, en: string): Modifier {
  return flag(element, { fr: 'Négation', en: 'Negation' }, [version], not(fr, en), plain('', ''));
}

function flag(
  element: string,
  label: Words,
  versions: readonly Version[],
  yes: Meaning,
  no: Meaning,
): Modifier {
  const values = { true: yes, false: no };
  return { element, label, values: Object.fromEntries(versions.map((version) => [version, values])) };
}

const verified = {
  confirmed: plain('confirmé', 'confirmed'),
  refuted: not('réfuté', 'refuted'),
  'entered-in-error': error,
};

const conditionClinical = {
  active,
  remission: name('en rémission', 'in remission'),
  resolved: plain('terminé', 'resolved'),
};
const recurrence = note('récidive', 'recurrence');
const relapse = note('rechute', 'relapse');
const inactive = plain('inactif', 'inactive');

const condition: readonly Modifier[] = [
  {
    element: 'clinicalStatus',
    label: STATE,
    values: {
      DSTU2: { ...conditionClinical, relapse },
      STU3: { ...conditionClinical, recurrence, inactive },
      R4: { ...conditionClinical, recurrence, relapse, inactive },
    },
  },
  {
    element: 'verificationStatus',
    label: VERIFICATION,
    values: (() => {
      const possible = {
        provisional: doubt('diagnostic provisoire', 'provisional diagnosis'),
        differential: doubt('hypothèse parmi d’autres', 'one of several hypotheses'),
      };
      const older = { ...verified, ...possible, unknown: doubt('vérification inconnue', 'not known') };
      return {
        DSTU2: older,
        STU3: older,
        R4: { ...verified, ...possible, unconfirmed: doubt('non confirmé', 'unconfirmed') },
      };
    })(),
  },
];

const unconfirmed = doubt('non confirmée', 'unconfirmed');
const allergyClinical = {
  active,
  inactive: name('plus active', 'inactive'),
  resolved: name('guérie', 'resolved'),
};
const allergy: readonly Modifier[] = [
  {
    element: 'clinicalStatus',
    label: STATE,
    values: { STU3: allergyClinical, R4: allergyClinical },
  },
  {
    element: 'verificationStatus',
    label: VERIFICATION,
    values: { STU3: { ...verified, unconfirmed }, R4: { ...verified, unconfirmed } },
  },
  {
    element: 'status',
    label: STATUS,
    values: { DSTU2: { ...allergyClinical, ...verified, unconfirmed } },
  },
  {
    element: 'type',
    label: { fr: 'Type', en: 'Type' },
    values: (() => {
      const kinds = {
        allergy: plain('allergie', 'allergy'),
        intolerance: name('intolérance', 'intolerance'),
      };
      return { DSTU2: kinds, STU3: kinds, R4: kinds };
    })(),
  },
];

const statementOld = {
  active,
  completed: plain('terminé', 'completed'),
  'entered-in-error': error,
  intended: name('prévu, pas commencé', 'intended, not begun'),
};
const statement: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    required: true,
    values: {
      DSTU2: statementOld,
      STU3: { ...statementOld, stopped, 'on-hold': onHold },
      R4: {
        ...statementOld,
        stopped,
        'on-hold': onHold,
        unknown,
        'not-taken': not('pas pris', 'not taken'),
      },
    },
  },
  negation('wasNotTaken', 'DSTU2', 'pas pris', 'not taken'),
  {
    element: 'taken',
    label: { fr: 'Pris', en: 'Taken' },
    values: {
      STU3: {
        y: plain('oui', 'yes'),
        n: not('pas pris', 'not taken'),
        unk: doubt('prise incertaine', 'perhaps not taken'),
        na: plain('sans objet', 'not applicable'),
      },
    },
  },
];

const orderStatus = { active, 'on-hold': onHold, completed: plain('terminé', 'completed'), stopped, draft };
const requestStatus = { ...orderStatus, cancelled, unknown, 'entered-in-error': error };
const order = plain('ordonnance', 'order');
const proposal = not('proposé seulement', 'only proposed');
const plan = not('prévu seulement', 'only planned');
const instance = plain('administration demandée', 'one administration ordered');
const request: readonly Modifier[] = [
  { element: 'status', label: STATUS, required: true, values: { STU3: requestStatus, R4: requestStatus } },
  {
    element: 'intent',
    label: { fr: 'Intention', en: 'Intent' },
    values: {
      STU3: { proposal, plan, order, 'instance-order': instance },
      R4: {
        ...{ proposal, plan, order, 'instance-order': instance },
        'original-order': order,
        'reflex-order': order,
        'filler-order': order,
        option: not('une possibilité seulement', 'only an option'),
      },
    },
  },
  negation('doNotPerform', 'R4', 'à ne pas prendre', 'not to be taken'),
];
const medicationOrder: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    required: true,
    values: { DSTU2: { ...orderStatus, 'entered-in-error': error } },
  },
];

const immunizationOld = { completed: done, 'entered-in-error': error };
const immunization: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    required: true,
    values: {
      DSTU2: { ...immunizationOld, 'in-progress': underway, 'on-hold': onHold, stopped: interrupted },
      STU3: immunizationOld,
      R4: { ...immunizationOld, 'not-done': notDone },
    },
  },
  negation('wasNotGiven', 'DSTU2', 'pas fait', 'not given'),
  negation('notGiven', 'STU3', 'pas fait', 'not given'),
  flag(
    'isSubpotent',
    { fr: 'Dose', en: 'Dose' },
    ['R4'],
    name('dose insuffisante', 'subpotent dose'),
    plain('', ''),
  ),
];

const procedureEnds = { 'in-progress': underway, completed: done, 'entered-in-error': error };
const procedure: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    required: true,
    values: {
      DSTU2: { ...procedureEnds, aborted: interrupted },
      STU3: { ...procedureEnds, preparation: planned, suspended: onHold, aborted: interrupted, unknown },
      R4: {
        ...procedureEnds,
        preparation: planned,
        'not-done': notDone,
        'on-hold': name('en attente', 'on hold'),
        stopped: interrupted,
        unknown,
      },
    },
  },
  negation('notPerformed', 'DSTU2', 'pas fait', 'not performed'),
  negation('notDone', 'STU3', 'pas fait', 'not done'),
];

const encounterOld = {
  planned,
  arrived: name('arrivée seulement', 'arrived only'),
  'in-progress': underway,
  onleave: name('en permission', 'on leave'),
  finished: done,
  cancelled,
};
const encounterNew = {
  ...encounterOld,
  triaged: name('accueil seulement', 'triaged only'),
  'entered-in-error': error,
  unknown,
};
const encounter: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    required: true,
    values: { DSTU2: encounterOld, STU3: encounterNew, R4: encounterNew },
  },
];

const observationOld = {
  registered: doubt('résultat pas encore disponible', 'no result available yet'),
  preliminary: doubt('résultat provisoire', 'preliminary result'),
  final: plain('définitif', 'final'),
  amended: plain('modifié', 'amended'),
  cancelled,
  'entered-in-error': error,
  unknown,
};
const observationNew = { ...observationOld, corrected: plain('corrigé', 'corrected') };
const observation: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    required: true,
    values: { DSTU2: observationOld, STU3: observationNew, R4: observationNew },
  },
];

const history = {
  partial: note('incomplet', 'partial'),
  completed: plain('complet', 'complete'),
  'entered-in-error': error,
  'health-unknown': silent('santé de ce parent inconnue', 'health of this relative unknown'),
};
const familyHistory: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    required: true,
    values: { DSTU2: history, STU3: history, R4: history },
  },
  negation('notDone', 'STU3', 'pas recueilli', 'not taken'),
];

const benefitStatus = { active, cancelled, draft, 'entered-in-error': error };
const processed = {
  complete: plain('traité', 'complete'),
  error: not('refusé pour erreur', 'rejected for an error'),
  partial: note('traité en partie', 'partly processed'),
};
const queued = not('en attente de traitement', 'waiting to be processed');
const benefit: readonly Modifier[] = [
  { element: 'status', label: STATUS, required: true, values: { STU3: benefitStatus, R4: benefitStatus } },
  {
    element: 'use',
    label: { fr: 'Usage', en: 'Use' },
    values: {
      R4: {
        claim: plain('soins reçus', 'care received'),
        preauthorization: not('demande d’accord préalable', 'preauthorization'),
        predetermination: not('estimation', 'estimate'),
      },
    },
  },
  {
    element: 'outcome',
    label: { fr: 'Traitement', en: 'Processing' },
    values: { STU3: processed, R4: { ...processed, queued } },
  },
];

const goalOld = {
  proposed: not('proposé', 'proposed'),
  planned,
  accepted: not('accepté, pas commencé', 'accepted, not begun'),
  rejected: not('refusé', 'rejected'),
  'in-progress': active,
  achieved: name('atteint', 'achieved'),
  sustaining: active,
  'on-hold': onHold,
  cancelled,
};
const goal: readonly Modifier[] = [
  {
    element: 'lifecycleStatus',
    label: STATUS,
    values: {
      R4: {
        proposed: goalOld.proposed,
        planned,
        accepted: goalOld.accepted,
        active,
        'on-hold': onHold,
        completed: name('terminé', 'completed'),
        cancelled,
        'entered-in-error': error,
        rejected: goalOld.rejected,
      },
    },
  },
  {
    element: 'status',
    label: STATUS,
    values: {
      DSTU2: goalOld,
      STU3: {
        ...goalOld,
        'on-target': active,
        'ahead-of-target': active,
        'behind-target': active,
        'entered-in-error': error,
      },
    },
  },
];

const consentStatus = {
  draft,
  proposed: not('proposé', 'proposed'),
  active,
  rejected: not('refusé', 'rejected'),
  inactive,
  'entered-in-error': error,
};
const consent: readonly Modifier[] = [
  { element: 'status', label: STATUS, values: { STU3: consentStatus, R4: consentStatus } },
];

const documentStatus = {
  current: plain('en vigueur', 'current'),
  superseded: name('remplacé', 'superseded'),
  'entered-in-error': error,
};
const documentReference: readonly Modifier[] = [
  {
    element: 'status',
    label: STATUS,
    values: { DSTU2: documentStatus, STU3: documentStatus, R4: documentStatus },
  },
];

const inUse = (versions: readonly Version[]): Modifier =>
  flag('active', STATUS, versions, active, name('plus en activité', 'no longer active'));

const MODIFIERS: Readonly<Record<string, readonly Modifier[]>> = {
  AllergyIntolerance: allergy,
  Condition: condition,
  Consent: consent,
  DocumentReference: documentReference,
  Encounter: encounter,
  ExplanationOfBenefit: benefit,
  FamilyMemberHistory: familyHistory,
  Goal: goal,
  Immunization: immunization,
  MedicationOrder: medicationOrder,
  MedicationRequest: request,
  MedicationStatement: statement,
  Observation: observation,
  Practitioner: [inUse(['STU3', 'R4'])],
  Procedure: procedure,
  RelatedPerson: [inUse(['STU3', 'R4'])],
};

/** The elements that change what a resource of this type means; none for a type that Carnet has no place for. */
export function modifiersOf(type: string): readonly Modifier[] {
  return Object.hasOwn(MODIFIERS, type) ? (MODIFIERS[type] ?? []) : [];
}

export const modifiedTypes: readonly string[] = Object.keys(MODIFIERS);

/** What a value means, whichever version it is of; undefined for one that no version has. */
export function meaningOf({ values }: Modifier, value: string): Meaning | undefined {
  const code = value.trim().toLowerCase();
  for (const known of Object.values(values)) if (Object.hasOwn(known, code)) return known[code];
  return undefined;
}
