/**
 * Units of UCUM as far as measures are written with them, and the ways people write them. A unit is a number of base units
 * with their powers, so that any two of the same kind convert; what is not known here converts into nothing.
 */

/** Factor to the base units, and the powers of those. */
interface Unit {
  readonly factor: number;
  /** Powers of gram, metre, second, mole and degree. */
  readonly powers: readonly number[];
  /** What is added once multiplied: of temperatures only. */
  readonly offset?: number;
}

const BASE = ['g', 'm', 's', 'mol', 'K'];
const base = (factor: number, powers: Partial<Record<string, number>>): Unit => ({
  factor,
  powers: BASE.map((name) => powers[name] ?? 0),
});

const ONE = base(1, {});
const PRESSURE = { g: 1, m: -1, s: -2 };
const POUND = 453.59237;
const INCH = 0.0254;
const DAY = 86_400;

/** Atoms that take a prefix of the metric system. */
const METRIC: Readonly<Record<string, Unit>> = {
  g: base(1, { g: 1 }),
  m: base(1, { m: 1 }),
  s: base(1, { s: 1 }),
  mol: base(1, { mol: 1 }),
  L: base(0.001, { m: 3 }),
  l: base(0.001, { m: 3 }),
  Pa: base(1000, PRESSURE),
  bar: base(1e8, PRESSURE),
  'm[Hg]': base(133_322.387e3, PRESSURE),
  'm[H2O]': base(9806.65e3, PRESSURE),
  Hz: base(1, { s: -1 }),
  K: base(1, { K: 1 }),
};

const OTHERS: Readonly<Record<string, Unit>> = {
  Cel: { ...base(1, { K: 1 }), offset: 273.15 },
  '[degF]': { ...base(5 / 9, { K: 1 }), offset: 459.67 * (5 / 9) },
  '[lb_av]': base(POUND, { g: 1 }),
  '[oz_av]': base(POUND / 16, { g: 1 }),
  '[stone_av]': base(POUND * 14, { g: 1 }),
  '[in_i]': base(INCH, { m: 1 }),
  '[in_us]': base(INCH, { m: 1 }),
  '[ft_i]': base(INCH * 12, { m: 1 }),
  '[ft_us]': base(INCH * 12, { m: 1 }),
  '[yd_i]': base(INCH * 36, { m: 1 }),
  min: base(60, { s: 1 }),
  h: base(3600, { s: 1 }),
  d: base(DAY, { s: 1 }),
  wk: base(7 * DAY, { s: 1 }),
  mo: base(30.4375 * DAY, { s: 1 }),
  a: base(365.25 * DAY, { s: 1 }),
};

const PREFIXES: Readonly<Record<string, number>> = {
  ...{ k: 1e3, h: 100, da: 10, d: 0.1, c: 0.01, m: 1e-3, u: 1e-6, µ: 1e-6, μ: 1e-6, n: 1e-9, p: 1e-12 },
  M: 1e6,
};

/** What people and devices write for a unit, in small letters without dots and spaces. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ...spelled('kg', 'kgs kilo kilos kilogram kilograms kilogramme kilogrammes kilogramm'),
  ...spelled('g', 'gr gram grams gramme grammes gramm'),
  ...spelled('[lb_av]', 'lb lbs pound pounds livre livres [lb_us] libra libras'),
  ...spelled('[oz_av]', 'oz ounce ounces once onces'),
  ...spelled('[stone_av]', 'st stone stones'),
  ...spelled('m', 'meter meters metre metres mètre mètres metro metros'),
  ...spelled('cm', 'centimeter centimeters centimetre centimetres centimètre centimètres cms'),
  ...spelled('mm', 'millimeter millimeters millimetre millimetres millimètre millimètres'),
  ...spelled('[in_i]', 'in inch inches pouce pouces " ″ pulgadas'),
  ...spelled('[ft_i]', "ft foot feet pied pieds '"),
  ...spelled('Cel', 'c °c ºc cel celsius degc degreec degreesc degreescelsius degrécelsius degréscelsius ℃'),
  ...spelled('[degF]', 'f °f ºf degf fahrenheit degreesf degreesfahrenheit degreefahrenheit ℉'),
  ...spelled('mm[Hg]', 'mmhg mm(hg) mmofhg millimetersofmercury torr'),
  ...spelled('cm[Hg]', 'cmhg'),
  ...spelled('kPa', 'kpa'),
  ...spelled(
    '/min',
    'bpm beats/min beats/minute beatsperminute beat/min batt/min batt/mn battements/min battements/minute battementsparminute ' +
      'puls/min pulsations/min pulsations/minute pulsationsparminute p/min /mn /minute 1/min 1/minute perminute lpm latidos/min hr/min min-1 min^-1',
  ),
  ...spelled('mg/dL', 'mg/dl mgdl mg/100ml mgperdl mg% milligrams/deciliter'),
  ...spelled('g/L', 'g/l grammes/litre gperl'),
  ...spelled('mmol/L', 'mmol/l mmoll mmolperl millimoles/liter mmol/litre'),
  ...spelled('umol/L', 'umol/l µmol/l μmol/l'),
  ...spelled('{count}', 'steps step pas count counts pasos schritte'),
  ...spelled(
    '{count}/d',
    'steps/day steps/d pas/jour pas/j count/day count/d /day /jour /j perday stepsperday 1/d',
  ),
  ...spelled('{score}', 'score /10 sur10 points point nrs'),
  ...spelled('a', 'y yr yrs year years an ans année années año años jahr jahre yearsold'),
  ...spelled('mo', 'month months mois mes meses monat monate'),
  ...spelled('wk', 'week weeks semaine semaines sem wks'),
  ...spelled('d', 'day days jour jours j día días tag tage'),
  ...spelled('h', 'hour hours heure heures hr hrs'),
  ...spelled('min', 'minute minutes mn mins'),
};

/** The unit itself too, since devices shout: KG. */
function spelled(unit: string, ways: string): Record<string, string> {
  return Object.fromEntries([unit.toLowerCase(), ...ways.split(' ')].map((way) => [way, unit]));
}

/** No unit is longer; what is, is not worth the time it would take. */
const LONGEST = 60;

/** A code of UCUM, or what a person writes for it; undefined when it is neither. */
export function readUnit(written: string): string | undefined {
  const text = written.trim();
  if (text === '' || text.length > LONGEST) return undefined;
  const way = text.toLowerCase().replace(/[\s.]+/g, '');
  // A code first: "M" and "m" are not the same there. What no code says is what people mean, and "/10" is a scale.
  if (!/^[/\d.]*\d\d[/\d.]*$/.test(text) && parseUnit(text)) return text;
  return Object.hasOwn(SPELLINGS, way) ? SPELLINGS[way] : undefined;
}

/** @returns the value in the other unit; undefined where they measure different things, or one of them is not known */
export function convert(value: number, from: string, to: string): number | undefined {
  const [source, target] = [parseUnit(from), parseUnit(to)];
  if (!source || !target || source.powers.some((power, index) => power !== target.powers[index]))
    return undefined;
  const inBase = value * source.factor + (source.offset ?? 0);
  return (inBase - (target.offset ?? 0)) / target.factor;
}

/** `mg/dL`, `/min`, `1/(24.h)`, `{beats}/min`: factors, powers and what stands in braces, which only comments. */
function parseUnit(code: string): Unit | undefined {
  const flat = code.replace(/\((\d+)\.([a-z]+)\)/g, (_, count: string, unit: string) => `${count}${unit}`);
  const plain = flat.replace(/\{[^{}]*\}/g, '');
  if (plain === '' && flat !== '') return ONE;
  let unit = ONE;
  const terms = plain.match(/[./]?[^./]+/g);
  if (!terms || terms.join('') !== plain) return undefined;
  for (const term of terms) {
    const isBelow = term.startsWith('/');
    const read = parseTerm(term.replace(/^[./]/, ''));
    if (!read) return undefined;
    if (read.offset !== undefined) return terms.length === 1 ? read : undefined;
    const sign = isBelow ? -1 : 1;
    unit = {
      factor: unit.factor * read.factor ** sign,
      powers: unit.powers.map((power, index) => power + sign * (read.powers[index] ?? 0)),
    };
  }
  return unit;
}

function parseTerm(term: string): Unit | undefined {
  const [, count = '', atom = '', power = ''] = /^(\d*)(.*?)(-?\d?)$/.exec(term) ?? [];
  const times = count === '' ? 1 : Number(count);
  if (atom === '') return times > 0 && power === '' ? { ...ONE, factor: times } : undefined;
  const read = parseAtom(atom);
  if (!read) return undefined;
  const to = power === '' ? 1 : Number(power);
  if (read.offset !== undefined) return times === 1 && to === 1 ? read : undefined;
  return { factor: times * read.factor ** to, powers: read.powers.map((one) => one * to) };
}

function parseAtom(atom: string): Unit | undefined {
  if (Object.hasOwn(OTHERS, atom)) return OTHERS[atom];
  if (Object.hasOwn(METRIC, atom)) return METRIC[atom];
  for (const [prefix, times] of Object.entries(PREFIXES)) {
    const rest = atom.slice(prefix.length);
    const unit = atom.startsWith(prefix) && Object.hasOwn(METRIC, rest) ? METRIC[rest] : undefined;
    if (unit) return { ...unit, factor: unit.factor * times };
  }
  return undefined;
}
