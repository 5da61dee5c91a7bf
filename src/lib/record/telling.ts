/**
 * What waits to be settled, in words: the two values that were said apart, and answers that cannot be so together. Pages,
 * papers and files for others say them alike; the sentences of a language come in from outside.
 */
import type { Entry } from './entry.ts';
import type { ConflictView } from './history.ts';
import { nameOf, optionOf, type ProfileSection } from './profile-section.ts';
import { readingIn, type Wording } from './reading.ts';
import type { FieldDefinition, Fields } from './section.ts';
import { entriesOf, type Unsettled } from './unsettled.ts';

export interface Sentences {
  readonly no: () => string;
  readonly nothing: () => string;
  readonly all: (items: readonly string[]) => string;
  readonly oneOf: (items: readonly string[]) => string;
  readonly values: (said: { readonly label: string; readonly values: string }) => string;
  readonly quoted: (value: string) => string;
  readonly deletedOrNot: () => string;
  readonly several: (said: { readonly value: string; readonly names: string }) => string;
  readonly contradiction: (
    problem: Extract<Unsettled, { type: 'answers' }>['problem'],
    said: Readonly<Record<'name' | 'value' | 'other' | 'field' | 'otherField', string>>,
  ) => string;
}

export interface Telling {
  /** A value beside another one: that there is none is said too. */
  readonly replacedWords: (section: ProfileSection, field: FieldDefinition, fields: Fields) => string;
  /** What only one entry can be, or what the others become instead. */
  readonly singleWords: (section: ProfileSection, which: 'value' | 'otherwise') => string;
  readonly unsettledWords: (section: ProfileSection, one: Unsettled) => string;
  /** One sentence for each field that two devices filled differently, both values in it. */
  readonly conflictWords: (section: ProfileSection, conflict: ConflictView) => readonly string[];
}

export function tellingIn(wording: Wording, sentences: Sentences): Telling {
  const { fieldWords } = readingIn(wording);
  const { say } = wording;
  const labelOf = (field: FieldDefinition | undefined): string => (field?.label ? say(field.label) : '');

  function replacedWords(section: ProfileSection, field: FieldDefinition, fields: Fields): string {
    if (field.kind === 'flag' && fields[field.name] === false) return sentences.no();
    return fieldWords(section, field, { fields }) || sentences.nothing();
  }

  function singleWords({ single, fields }: ProfileSection, which: 'value' | 'otherwise'): string {
    const choice = fields.find(({ name }) => name === single?.field);
    return single && choice?.kind === 'choice' ? optionOf(choice, single[which], say) : '';
  }

  function unsettledWords(section: ProfileSection, one: Unsettled): string {
    const named = (entry: Entry): string => nameOf(section, entry, say);
    if (one.type === 'several')
      return sentences.several({
        value: singleWords(section, 'value'),
        names: sentences.all(entriesOf(one).map(named)),
      });
    const [first, second] = one.fields.map((name) => section.fields.find((field) => field.name === name));
    const valueOf = (field: FieldDefinition | undefined): string =>
      field ? fieldWords(section, field, one.entry) : '';
    return sentences.contradiction(one.problem, {
      name: named(one.entry),
      value: valueOf(first),
      other: second?.kind === 'flag' ? labelOf(second) : valueOf(second),
      field: labelOf(first),
      otherField: labelOf(second),
    });
  }

  function conflictWords(section: ProfileSection, { fields, existence }: ConflictView): readonly string[] {
    const said = fields.flatMap(({ field: name, alternatives }) => {
      const field = section.fields.find((one) => one.name === name);
      if (!field) return [];
      // The unit that goes with a number stands where it stood: each is in dispute by itself.
      const values = alternatives.map(({ value }) =>
        sentences.quoted(replacedWords(section, field, { [name]: value })),
      );
      return [sentences.values({ label: labelOf(field), values: sentences.oneOf(values) })];
    });
    return [...(existence ? [sentences.deletedOrNot()] : []), ...said];
  }

  return { replacedWords, singleWords, unsettledWords, conflictWords };
}
