/** What is said of an offered entry: what it holds, what the file says of it besides, and what it would change. */
import { say } from '#lib/i18n/catalogue.ts';
import { fhir as t } from '#lib/i18n/fhir.ts';
import type { Entry } from '#lib/record/entry.ts';
import { measureKind, STORED_MEASURES } from '#lib/record/measure-kinds.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { valueWords, whenWords } from '#lib/ui/measures/words.ts';
import { lineOf, periodWords, replacedWords } from '#lib/ui/profile/words.ts';

export interface Remark {
  readonly type: 'left' | 'shortened' | 'doubt';
  readonly field: string | null;
  readonly said: string;
}

export interface Offer {
  readonly entry: {
    readonly id: string;
    readonly section: string;
    readonly fields: Entry['fields'];
    readonly left: readonly string[];
    readonly remarks?: readonly Remark[];
  };
  readonly section: ProfileSection;
  readonly name: string;
  readonly standing: 'new' | 'known' | 'changed' | 'alike' | 'deleted' | 'blocked';
  readonly current?: Entry['fields'];
}

/** Each once: a line that another one ends with says nothing more. */
export function linesOf(offer: Offer): readonly string[] {
  const { section, entry } = offer;
  const content = section.id === measures.id ? measuredLine(entry.fields) : contentLine(section, entry);
  const lines = [content, standingWords(offer), ...changeLines(offer), ...remarkLines(offer)];
  const said = [...new Set(lines.filter((line) => line !== ''))];
  return said.filter((line) => !said.some((other) => other !== line && other.endsWith(line)));
}

function contentLine(section: ProfileSection, entry: Offer['entry']): string {
  const asEntry: Entry = { ...entry, createdAt: 0, updatedAt: 0 };
  return [periodWords(section, asEntry), lineOf(section, asEntry)]
    .filter((words) => words !== '')
    .join(' · ');
}

/** A value with its unit, and what it was before it was converted. */
function measuredLine(fields: Entry['fields']): string {
  const id = STORED_MEASURES.find((one) => one === fields['kind']);
  const [value, second] = [fields['value'], fields['second']];
  if (!id || typeof value !== 'number') return '';
  const said = valueWords(measureKind(id), value, typeof second === 'number' ? second : null);
  const time = typeof fields['time'] === 'string' ? fields['time'] : null;
  const comment = typeof fields['comment'] === 'string' ? fields['comment'] : '';
  return [said, whenWords({ date: String(fields['date']), time }), comment].filter(Boolean).join(' · ');
}

function standingWords({ standing }: Offer): string {
  const notes = {
    new: '',
    known: '',
    changed: t('differs'),
    alike: t('alike'),
    deleted: t('wasDeleted'),
    blocked: t('blocked'),
  };
  return notes[standing];
}

function changeLines({ section, entry, current }: Offer): string[] {
  if (!current) return [];
  return section.fields.flatMap((field) => {
    if (field.kind === 'reference' || !field.label) return [];
    const [before, after] = [current, entry.fields].map((fields) =>
      // That a thing no longer goes on is said by silence.
      replacedWords(
        section,
        field,
        field.kind === 'flag' ? { [field.name]: fields[field.name] === true } : fields,
      ),
    );
    const isSpoken = (entry.fields[field.name] ?? null) !== null || field.name === section.period?.ongoing;
    if (!isSpoken || before === after || before === undefined || after === undefined) return [];
    return [t('changedField', { field: say(field.label), before, after })];
  });
}

function remarkLines({ section, entry }: Offer): string[] {
  const remarks = entry.remarks ?? [];
  // A statement tells only which of its fields were cut.
  if (remarks.length === 0) return entry.left.length > 0 ? [t('shortened')] : [];
  return remarks.map(({ type, field, said }) => {
    const label = section.fields.find(({ name }) => name === field)?.label;
    const words = label ? say(label) : '';
    if (type === 'doubt') return t('doubtful', { said: words ? `${words} (${said})` : said });
    if (type === 'shortened') return words ? t('cutField', { field: words }) : t('shortened');
    return words ? t('leftField', { field: words, said }) : t('leftValue', { said });
  });
}

interface Preview {
  /** How many are chosen, and how many of them would only change. */
  readonly count: number;
  readonly changes: number;
  /** There is something to choose. */
  readonly canAdd: boolean;
  readonly missed: { readonly everything: boolean; readonly something: boolean };
}

/** What the file comes to. That there is nothing new is said only of one that was understood whole. */
export function summaryWords({ count, changes, canAdd, missed }: Preview): string {
  if (count > 0 || canAdd) {
    const added = t('willAdd', { count: count - changes });
    return changes > 0 ? `${added} ${t('willChange', { count: changes })}` : added;
  }
  if (missed.everything) return t('nothingUnderstood');
  return missed.something ? t('nothingTaken') : t('nothingNew');
}
