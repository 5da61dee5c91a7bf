/** How a resource stands to what its name says: as a fact, with a word beside it, in doubt, or not at all. */
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import { cut } from '#lib/text/signs.ts';
import type { Say } from './element.ts';
import { type Meaning, meaningOf, type Modifier, modifiersOf, type Weight } from './statuses.ts';
import { codesOf, codesOrTexts } from './words.ts';

export interface Standing {
  readonly weight: Weight;
  /** What the name has to carry, so that no list shows it without. */
  readonly suffix: readonly string[];
  /** Lines that say it in full. */
  readonly lines: readonly string[];
  /** What is not known or not understood. */
  readonly doubts: readonly string[];
  /** Why it is no fact. */
  readonly why: readonly string[];
}

interface Found {
  readonly modifier: Modifier;
  readonly meaning: Meaning;
}

/** As much of a value that is not known as is shown. */
const MOST_SAID = 40;

const ORDER: readonly Weight[] = ['plain', 'note', 'name', 'doubt', 'silent', 'not'];

export function standingOf(type: string, resource: JsonObject, say: Say): Standing {
  const found = modifiersOf(type).flatMap((modifier): Found[] => {
    const meaning = meaningAt(modifier, resource[modifier.element], resource[`_${modifier.element}`]);
    return meaning ? [{ modifier, meaning: reported(type, modifier, meaning, resource) }] : [];
  });
  const of = (...weights: Weight[]) => found.filter(({ meaning }) => weights.includes(meaning.weight));
  const line = ({ modifier, meaning }: Found): string => {
    const [label, words] = [say(modifier.label), say(meaning.words)];
    return words.startsWith(label.toLowerCase()) ? words : `${label} : ${words}`;
  };
  const heaviest = Math.max(0, ...found.map(({ meaning }) => ORDER.indexOf(meaning.weight)));
  return {
    weight: ORDER[heaviest] ?? 'plain',
    suffix: of('name', 'doubt').map(({ meaning }) => say(meaning.words)),
    lines: of('note', 'name', 'doubt').map(line),
    doubts: of('doubt').map(line),
    why: of('not', 'silent').map(({ meaning }) => say(meaning.words)),
  };
}

/** Of several codings of one status the one that takes away most counts. */
function meaningAt(
  modifier: Modifier,
  value: Json | undefined,
  beside: Json | undefined,
): Meaning | undefined {
  if (value === undefined || value === null) {
    if (!modifier.required && beside === undefined) return undefined;
    return { weight: 'doubt', words: { fr: 'statut non précisé', en: 'status not given' } };
  }
  const said = codesOrTexts(value);
  const known = said.flatMap((one) => meaningOf(modifier, one) ?? []);
  const [heaviest] = [...known].sort((a, b) => ORDER.indexOf(b.weight) - ORDER.indexOf(a.weight));
  if (heaviest) return heaviest;
  const code = cut(said.join(', '), MOST_SAID) || '?';
  return {
    weight: 'doubt',
    words: { fr: `« ${code} », que Carnet ne connaît pas`, en: `“${code}”, which Carnet does not know` },
  };
}

/** What somebody says to take is planned by nobody else: the plan is how such a report is written. */
function reported(type: string, { element }: Modifier, meaning: Meaning, resource: JsonObject): Meaning {
  const isReported = resource['reportedBoolean'] === true || resource['reportedReference'] !== undefined;
  return type === 'MedicationRequest' && element === 'intent' && isReported && isPlan(resource)
    ? { weight: 'note', words: { fr: 'pris d’après la personne', en: 'taken, as reported' } }
    : meaning;
}

const isPlan = (resource: JsonObject): boolean =>
  codesOf(resource['intent']).some(({ code }) => code === 'plan');
