/**
 * How a medicine is taken, as a sentence. Numbers say nothing without what they count, so that a dosage is said as a whole
 * or not at all: one part that is not understood, and the person is told that the file has more to say.
 */
import type { Json, JsonObject } from '#lib/record/fhir.ts';
import type { Words } from '#lib/record/section.ts';
import { partialDate } from './dates.ts';
import type { Say } from './element.ts';
import { fold } from '#lib/text/typed.ts';
import { elementAt, isObject, listOf, textOrNothing } from './json.ts';
import { codesOf, type Resolve, wordsOf } from './words.ts';

export interface DosageReading {
  readonly text: string;
  /** What was there and is not said, as the file says it. */
  readonly left: readonly string[];
}

/** Thrown by nobody: a part that is not understood is `null`, nothing to say is ''. */
type Part = string | null;

interface Reader {
  readonly say: Say;
  readonly resolve: Resolve;
  readonly zone: string;
}

export function readDosages(value: Json | undefined, reader: Reader): DosageReading {
  const lines: string[] = [];
  const left: string[] = [];
  for (const one of inSequence(listOf(value))) {
    const said = isObject(one) ? sentence(one, reader) : textOrNothing(one)?.trim() || null;
    if (said === null) left.push(wordsOf(one, reader.resolve) || '?');
    else if (said !== '') lines.push(said);
  }
  return { text: lines.join('\n'), left };
}

function inSequence(dosages: readonly Json[]): Json[] {
  const place = (one: Json): number => Number(elementAt(one, 'sequence') ?? 0);
  return [...dosages].sort((a, b) => place(a) - place(b));
}

const KNOWN = new Set(
  (
    'id extension sequence text additionalInstruction additionalInstructions patientInstruction timing asNeeded asNeededBoolean ' +
    'asNeededCodeableConcept asNeededFor site siteCodeableConcept siteReference route method doseAndRate doseQuantity doseRange ' +
    'quantityQuantity quantityRange quantity dose rateQuantity rateRange rateRatio rate maxDosePerPeriod maxDosePerAdministration ' +
    'maxDosePerLifetime'
  ).split(' '),
);

function sentence(dosage: JsonObject, reader: Reader): Part {
  if (listOf(dosage['modifierExtension']).length > 0) return null;
  const written = textOrNothing(dosage['text'])?.trim() ?? '';
  const needed = neededWords(dosage, reader);
  if (written !== '') return saysNeed(written) || !needed ? written : `${written}, ${needed}`;
  if (Object.keys(dosage).some((key) => !KNOWN.has(key) && !key.startsWith('_'))) return null;
  const parts: Part[] = [
    timingWords(dosage['timing'], reader),
    ...doseWords(dosage, reader),
    needed,
    plainWords(dosage['route'], reader),
    plainWords(dosage['method'], reader),
    plainWords(dosage['site'] ?? dosage['siteCodeableConcept'] ?? dosage['siteReference'], reader),
    plainWords(dosage['additionalInstruction'] ?? dosage['additionalInstructions'], reader),
    limit(dosage['maxDosePerPeriod'], { fr: 'au plus', en: 'at most' }, { fr: '', en: '' }, reader),
    limit(dosage['maxDosePerAdministration'], { fr: 'au plus', en: 'at most' }, EACH, reader),
    limit(dosage['maxDosePerLifetime'], { fr: 'au plus', en: 'at most' }, IN_ALL, reader),
    plainWords(dosage['patientInstruction'], reader),
  ];
  if (parts.some((part) => part === null)) return null;
  return parts.filter((part) => part !== '').join(', ');
}

const EACH: Words = { fr: 'par prise', en: 'each time' };
const IN_ALL: Words = { fr: 'en tout', en: 'in all' };

/** Words of elsewhere say it in their own language. "For pain" and "with a pen needle" do not; said twice it does no harm. */
const NEED =
  /\b(au besoin|si (?:les )?(?:besoin|necessaire|douleurs?)|en cas de|(?:as|if|when) (?:needed|necessary|required)|prn|sos|si (?:precisa|es necesario)|(?:bei|nach) bedarf|al bisogno)\b/;

const saysNeed = (text: string): boolean => NEED.test(fold(text));

function neededWords(dosage: JsonObject, { say, resolve }: Reader): Part {
  const reasons = dosage['asNeededFor'] ?? dosage['asNeededCodeableConcept'] ?? objectOf(dosage['asNeeded']);
  const why = wordsOf(reasons, resolve);
  if (why !== '') return say({ fr: `si besoin : ${why}`, en: `as needed: ${why}` });
  const flag = dosage['asNeededBoolean'] ?? dosage['asNeeded'];
  if (flag === true) return say({ fr: 'si besoin', en: 'as needed' });
  return flag === undefined || flag === false ? (reasons === undefined ? '' : null) : null;
}

const objectOf = (value: Json | undefined): Json | undefined => (isObject(value) ? value : undefined);

/** Present and without words is not understood. */
function plainWords(value: Json | undefined, { resolve }: Reader): Part {
  if (value === undefined) return '';
  return wordsOf(value, resolve) || null;
}

// ── how much ─────────────────────────────────────────────────────────────────────────────────────────────────────

function doseWords(dosage: JsonObject, reader: Reader): Part[] {
  const holders = [dosage, ...listOf(dosage['doseAndRate'])].filter(isObject);
  const found = holders.flatMap((holder) => [
    amount(
      firstOf(holder, ['doseQuantity', 'doseRange', 'dose', 'quantityQuantity', 'quantityRange', 'quantity']),
      reader,
    ),
    rateWords(holder['rateQuantity'] ?? holder['rateRange'] ?? holder['rateRatio'] ?? holder['rate'], reader),
  ]);
  // The ordered and the calculated dose are often the same; where they are not, which is which is said.
  const kinds = holders.map((holder) => wordsOf(holder['type'], reader.resolve)).filter(Boolean);
  const said = [...new Set(found.filter((part) => part !== ''))];
  return said.length > 1 && kinds.length > 1 ? [null] : said;
}

function firstOf(holder: JsonObject, names: readonly string[]): Json | undefined {
  const name = names.find((one) => holder[one] !== undefined);
  return name === undefined ? undefined : holder[name];
}

/** A number with what it counts; a range with what it counts once. A number alone counts nothing. */
function amount(value: Json | undefined, { say }: Reader): Part {
  if (value === undefined) return '';
  if (!isObject(value)) return null;
  if ('low' in value || 'high' in value) {
    const [low, high] = [value['low'], value['high']].map(quantity);
    if (low && high)
      return low.unit === high.unit
        ? `${say({ fr: `${number(low.value, say)} à ${number(high.value, say)}`, en: `${low.value} to ${high.value}` })} ${low.unit}`
        : null;
    if (low)
      return say({
        fr: `au moins ${number(low.value, say)} ${low.unit}`,
        en: `at least ${low.value} ${low.unit}`,
      });
    if (high)
      return say({
        fr: `au plus ${number(high.value, say)} ${high.unit}`,
        en: `at most ${high.value} ${high.unit}`,
      });
    return null;
  }
  const read = quantity(value);
  return read ? `${number(read.value, say)} ${read.unit}` : null;
}

function quantity(value: Json | undefined): { readonly value: number; readonly unit: string } | null {
  if (!isObject(value) || typeof value['value'] !== 'number' || value['comparator'] !== undefined)
    return null;
  const unit = (textOrNothing(value['unit']) ?? '').trim() || (textOrNothing(value['code']) ?? '').trim();
  // A code of figures counts nothing for who reads it.
  return !/\p{L}|%/u.test(unit) ? null : { value: value['value'], unit };
}

const number = (value: number, say: Say): string =>
  say({ fr: String(value).replace('.', ','), en: String(value) });

function rateWords(value: Json | undefined, reader: Reader): Part {
  if (value === undefined) return '';
  const { say } = reader;
  const said = isObject(value) && 'numerator' in value ? ratio(value, reader) : amount(value, reader);
  return said === null ? null : say({ fr: `débit ${said}`, en: `rate ${said}` });
}

function ratio(value: JsonObject, reader: Reader): Part {
  const [above, below] = [amount(value['numerator'], reader), quantity(value['denominator'])];
  if (!above || !below) return null;
  const { say } = reader;
  const unit = unitWords(textOrNothing(elementAt(value, 'denominator.code')) ?? below.unit);
  if (!unit)
    return say({
      fr: `${above} pour ${number(below.value, say)} ${below.unit}`,
      en: `${above} per ${below.value} ${below.unit}`,
    });
  return below.value === 1
    ? `${above} ${per(unit, say)}`
    : say({
        fr: `${above} en ${count(below.value, unit, say)}`,
        en: `${above} in ${count(below.value, unit, say)}`,
      });
}

function limit(value: Json | undefined, before: Words, after: Words, reader: Reader): Part {
  if (value === undefined) return '';
  const all = listOf(value).map((one) =>
    isObject(one) && 'numerator' in one ? ratio(one, reader) : amount(one, reader),
  );
  if (all.some((one) => one === null || one === '')) return null;
  return `${reader.say(before)} ${all.join(', ')} ${reader.say(after)}`.trim();
}

// ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface TimeUnit {
  readonly one: Words;
  readonly many: Words;
  readonly every: string;
}

const UNITS: Readonly<Record<string, TimeUnit>> = {
  s: unit('seconde', 'secondes', 'second', 'seconds', 'toutes les'),
  min: unit('minute', 'minutes', 'minute', 'minutes', 'toutes les'),
  h: unit('heure', 'h', 'hour', 'hours', 'toutes les'),
  d: unit('jour', 'jours', 'day', 'days', 'tous les'),
  wk: unit('semaine', 'semaines', 'week', 'weeks', 'toutes les'),
  mo: unit('mois', 'mois', 'month', 'months', 'tous les'),
  a: unit('an', 'ans', 'year', 'years', 'tous les'),
};

function unit(fr: string, frMany: string, en: string, enMany: string, every: string): TimeUnit {
  return { one: { fr, en }, many: { fr: frMany, en: enMany }, every };
}

const ALSO: Readonly<Record<string, string>> = {
  jour: 'd',
  day: 'd',
  heure: 'h',
  hour: 'h',
  semaine: 'wk',
  week: 'wk',
};

function unitWords(code: string): TimeUnit | undefined {
  const known = Object.hasOwn(UNITS, code) ? code : (ALSO[code.toLowerCase()] ?? '');
  return UNITS[known];
}

const per = ({ one }: TimeUnit, say: Say): string => say({ fr: `par ${one.fr}`, en: `per ${one.en}` });

function count(value: number | string, { one, many }: TimeUnit, say: Say): string {
  const words = value === 1 ? one : many;
  return `${typeof value === 'number' ? number(value, say) : value} ${say(words)}`;
}

function timingWords(value: Json | undefined, reader: Reader): Part {
  if (value === undefined) return '';
  const timing = isObject(value) ? value : listOf(value).find(isObject);
  if (!timing) return null;
  const known = new Set(['id', 'extension', 'event', 'repeat', 'code']);
  if (Object.keys(timing).some((key) => !known.has(key) && !key.startsWith('_'))) return null;
  const { repeat, code, event } = timing;
  const repeated = repeat === undefined ? '' : isObject(repeat) ? repeatWords(repeat, reader) : null;
  const coded = repeated === '' ? codeWords(code, reader) : '';
  return join([repeated, coded, dates(event, reader)]);
}

function join(parts: readonly Part[]): Part {
  if (parts.some((part) => part === null)) return null;
  return parts.filter((part) => part !== '').join(', ');
}

const REPEAT = new Set(
  (
    'id extension boundsDuration boundsRange boundsPeriod bounds count countMax duration durationMax durationUnit durationUnits ' +
    'frequency frequencyMax period periodMax periodUnit periodUnits dayOfWeek timeOfDay when offset'
  ).split(' '),
);

function repeatWords(repeat: JsonObject, reader: Reader): Part {
  if (Object.keys(repeat).some((key) => !REPEAT.has(key) && !key.startsWith('_'))) return null;
  return join([
    frequencyWords(repeat, reader),
    dayWords(repeat['dayOfWeek'], reader),
    clockWords(repeat['timeOfDay'], reader),
    whenWords(repeat['when'], repeat['offset'], reader),
    spanWords(repeat, reader),
    countWords(repeat, reader),
    boundsWords(repeat, reader),
  ]);
}

/** A number, or two of them; `undefined` when nothing is there, `null` when what is there is none. */
function range(from: Json | undefined, to: Json | undefined, say: Say): number | string | null | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (typeof from !== 'number' || (to !== undefined && typeof to !== 'number')) return null;
  return to === undefined || to === from
    ? from
    : say({ fr: `${number(from, say)} à ${number(to, say)}`, en: `${from} to ${to}` });
}

function frequencyWords(repeat: JsonObject, { say }: Reader): Part {
  const times = range(repeat['frequency'], repeat['frequencyMax'], say);
  const period = range(repeat['period'], repeat['periodMax'], say);
  const code = textOrNothing(repeat['periodUnit'] ?? repeat['periodUnits']);
  if (times === undefined && period === undefined && code === undefined) return '';
  const every = code === undefined ? undefined : unitWords(code);
  // "Twice" without in how long says nothing; with times of the day it is said by those.
  if (period === undefined && every === undefined && code === undefined)
    return times === listOf(repeat['when']).length + listOf(repeat['timeOfDay']).length ? '' : null;
  if (times === null || period === null || period === undefined || !every) return null;
  const often = times ?? 1;
  if (period === 1) {
    if (often === 1 && code === 'h') return say({ fr: 'toutes les heures', en: 'every hour' });
    const en = often === 1 ? 'once' : `${often} times`;
    return say({ fr: `${often} fois ${per(every, say)}`, en: `${en} ${per(every, say)}` });
  }
  const span = count(period, every, say);
  const cycle = say({ fr: `${every.every} ${span}`, en: `every ${span}` });
  return often === 1 ? cycle : say({ fr: `${often} fois ${cycle}`, en: `${often} times ${cycle}` });
}

const DAYS: Readonly<Record<string, Words>> = {
  mon: { fr: 'le lundi', en: 'on Monday' },
  tue: { fr: 'le mardi', en: 'on Tuesday' },
  wed: { fr: 'le mercredi', en: 'on Wednesday' },
  thu: { fr: 'le jeudi', en: 'on Thursday' },
  fri: { fr: 'le vendredi', en: 'on Friday' },
  sat: { fr: 'le samedi', en: 'on Saturday' },
  sun: { fr: 'le dimanche', en: 'on Sunday' },
};

const and = (words: readonly string[], say: Say): string => {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${say({ fr: 'et', en: 'and' })} ${last}`;
};

function named(value: Json | undefined, table: Readonly<Record<string, Words>>, { say }: Reader): Part {
  const words = listOf(value).map((one) =>
    typeof one === 'string' && Object.hasOwn(table, one) ? say(table[one] ?? { fr: '', en: '' }) : null,
  );
  return words.some((one) => one === null) ? null : and(words as string[], say);
}

const dayWords = (value: Json | undefined, reader: Reader): Part => named(value, DAYS, reader);

function clockWords(value: Json | undefined, { say }: Reader): Part {
  const times = listOf(value).map((one) => /^(\d{2}):(\d{2})/.exec(textOrNothing(one) ?? '')?.slice(1));
  if (times.some((one) => one === undefined)) return null;
  const said = times.map((one) => say({ fr: `à ${one?.join(' h ')}`, en: `at ${one?.join(':')}` }));
  return and(said, say);
}

const EVENTS: Readonly<Record<string, Words>> = {
  MORN: { fr: 'le matin', en: 'in the morning' },
  'MORN.early': { fr: 'tôt le matin', en: 'early in the morning' },
  'MORN.late': { fr: 'en fin de matinée', en: 'late in the morning' },
  NOON: { fr: 'à midi', en: 'at noon' },
  AFT: { fr: 'l’après-midi', en: 'in the afternoon' },
  'AFT.early': { fr: 'en début d’après-midi', en: 'early in the afternoon' },
  'AFT.late': { fr: 'en fin d’après-midi', en: 'late in the afternoon' },
  EVE: { fr: 'le soir', en: 'in the evening' },
  'EVE.early': { fr: 'en début de soirée', en: 'early in the evening' },
  'EVE.late': { fr: 'en fin de soirée', en: 'late in the evening' },
  NIGHT: { fr: 'la nuit', en: 'at night' },
  PHS: { fr: 'après le sommeil', en: 'after sleep' },
  HS: { fr: 'avant le coucher', en: 'before sleep' },
  WAKE: { fr: 'après le réveil', en: 'after waking' },
  C: { fr: 'pendant le repas', en: 'with a meal' },
  CM: { fr: 'pendant le petit-déjeuner', en: 'with breakfast' },
  CD: { fr: 'pendant le déjeuner', en: 'with lunch' },
  CV: { fr: 'pendant le dîner', en: 'with dinner' },
  AC: { fr: 'avant le repas', en: 'before a meal' },
  ACM: { fr: 'avant le petit-déjeuner', en: 'before breakfast' },
  ACD: { fr: 'avant le déjeuner', en: 'before lunch' },
  ACV: { fr: 'avant le dîner', en: 'before dinner' },
  PC: { fr: 'après le repas', en: 'after a meal' },
  PCM: { fr: 'après le petit-déjeuner', en: 'after breakfast' },
  PCD: { fr: 'après le déjeuner', en: 'after lunch' },
  PCV: { fr: 'après le dîner', en: 'after dinner' },
};

/** So many minutes before or after: only of what has a before or an after. */
function whenWords(value: Json | undefined, offset: Json | undefined, reader: Reader): Part {
  const when = named(value, EVENTS, reader);
  if (offset === undefined || offset === 0 || when === null) return when;
  const isRelative = listOf(value).every((one) => /^(AC|PC|HS|WAKE|PHS)/.test(textOrNothing(one) ?? ''));
  if (typeof offset !== 'number' || when === '' || !isRelative) return null;
  const [hours, minutes] = [Math.floor(offset / 60), offset % 60];
  const time = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter(Boolean).join(' ');
  return `${time} ${when}`;
}

function spanWords(repeat: JsonObject, { say }: Reader): Part {
  const span = range(repeat['duration'], repeat['durationMax'], say);
  if (span === undefined) return '';
  const every = unitWords(textOrNothing(repeat['durationUnit'] ?? repeat['durationUnits']) ?? '');
  if (span === null || !every) return null;
  const time = count(span, every, say);
  return say({ fr: `pendant ${time} chaque fois`, en: `for ${time} each time` });
}

function countWords(repeat: JsonObject, { say }: Reader): Part {
  const times = range(repeat['count'], repeat['countMax'], say);
  if (times === undefined || times === null) return times === null ? null : '';
  return say({ fr: `${times} fois en tout`, en: `${times} times in all` });
}

function boundsWords(repeat: JsonObject, reader: Reader): Part {
  const { say } = reader;
  const bounds = firstOf(repeat, ['boundsPeriod', 'boundsDuration', 'boundsRange', 'bounds']);
  if (bounds === undefined) return '';
  if (!isObject(bounds)) return null;
  const [start, end] = [bounds['start'], bounds['end']].map((one) => dayOf(one, reader));
  if (start && end) return say({ fr: `du ${start} au ${end}`, en: `from ${start} to ${end}` });
  if (start) return say({ fr: `à partir du ${start}`, en: `from ${start}` });
  if (end) return say({ fr: `jusqu’au ${end}`, en: `until ${end}` });
  const [low, high] = [bounds['low'] ?? bounds, bounds['high']];
  const [from, to] = [elementAt(low, 'value'), elementAt(high, 'value')];
  const span = range(from, to, say);
  const code = textOrNothing(elementAt(low, 'code')) ?? textOrNothing(elementAt(low, 'unit')) ?? '';
  const every = unitWords(code);
  if (span === undefined || span === null || !every) return null;
  const time = count(span, every, say);
  return say({ fr: `pendant ${time}`, en: `for ${time}` });
}

function dayOf(value: Json | undefined, { say, zone }: Reader): string {
  const [, y = '', m = '', d = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(partialDate(value, zone) ?? '') ?? [];
  if (y === '') return '';
  const day = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)));
  const inLanguage = (language: string): string =>
    day.toLocaleDateString(language, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return say({ fr: inLanguage('fr'), en: inLanguage('en-GB') });
}

function dates(value: Json | undefined, reader: Reader): Part {
  const { say } = reader;
  const days = listOf(value).map((one) => dayOf(one, reader));
  if (days.some((one) => one === '')) return null;
  return days.length === 0 ? '' : say({ fr: `le ${and(days, say)}`, en: `on ${and(days, say)}` });
}

const CODES: Readonly<Record<string, Words>> = {
  BID: { fr: '2 fois par jour', en: 'twice a day' },
  TID: { fr: '3 fois par jour', en: '3 times a day' },
  QID: { fr: '4 fois par jour', en: '4 times a day' },
  QD: { fr: '1 fois par jour', en: 'once a day' },
  QOD: { fr: '1 jour sur 2', en: 'every other day' },
  AM: { fr: 'le matin', en: 'in the morning' },
  PM: { fr: 'l’après-midi', en: 'in the afternoon' },
  BED: { fr: 'au coucher', en: 'at bedtime' },
  WK: { fr: '1 fois par semaine', en: 'once a week' },
  MO: { fr: '1 fois par mois', en: 'once a month' },
  Q1H: { fr: 'toutes les heures', en: 'every hour' },
  Q2H: { fr: 'toutes les 2 h', en: 'every 2 hours' },
  Q3H: { fr: 'toutes les 3 h', en: 'every 3 hours' },
  Q4H: { fr: 'toutes les 4 h', en: 'every 4 hours' },
  Q6H: { fr: 'toutes les 6 h', en: 'every 6 hours' },
  Q8H: { fr: 'toutes les 8 h', en: 'every 8 hours' },
};

function codeWords(value: Json | undefined, reader: Reader): Part {
  if (value === undefined) return '';
  for (const { code } of codesOf(value))
    if (Object.hasOwn(CODES, code)) return reader.say(CODES[code] ?? { fr: '', en: '' });
  const words = wordsOf(value, reader.resolve);
  // A bare code is no word.
  return words === '' || codesOf(value).some(({ code }) => code === words) ? null : words;
}
