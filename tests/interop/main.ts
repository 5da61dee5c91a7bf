/**
 * `npm run interop -- FOLDER`: reads every FHIR file of a folder as the app would, and prints for each what was mapped
 * into the record and what is kept in the attached original alone, down to each value: kept, in doubt, or left out and why.
 * Nothing may be unaccounted for; what cannot be read is named in one line, and the rest goes on.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PlanResult, ResourceOutcome } from '#lib/exchange/fhir/plan.ts';
import { planImport } from '#lib/exchange/fhir/read.ts';
import { noteWords } from '#lib/app/exchange/file-notes.ts';
import { refusalWords } from '#lib/app/exchange/fhir-refusal.ts';
import { today } from '#lib/record/partial-date.ts';
import { healthSections } from '#lib/record/sections.ts';

const say = ({ en }: { readonly en: string }): string => en;
const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export interface Tally {
  readonly files: number;
  readonly refused: number;
  readonly unaccounted: number;
}

export async function interop(folder: string, print: (line: string) => void): Promise<Tally> {
  let [refused, unaccounted] = [0, 0];
  const files = filesOf(folder);
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(file));
    const result = await planImport(healthSections, bytes, {
      today: today(Date.now()),
      zone: 'Europe/Paris',
      say,
      digest,
    });
    if (result.ok) {
      unaccounted += report(relative(folder, file), bytes, result, print);
    } else {
      refused += 1;
      print(`\n${relative(folder, file)}: refused. ${say(refusalWords(result.refusal))}`);
    }
  }
  print(
    `\n${files.length} files: ${files.length - refused} read, ${refused} refused, ${unaccounted} resources unaccounted for.`,
  );
  return { files: files.length, refused, unaccounted };
}

export function report(
  name: string,
  bytes: Uint8Array,
  { plan }: PlanResult & { ok: true },
  print: (line: string) => void,
): number {
  print(`\n${name}: ${kindWords(plan.kind)}`);
  if (plan.kind !== 'document' && plan.kind !== 'resource')
    print('  not a document: read resource by resource');
  for (const note of plan.notes) print(`  note: ${say(noteWords(note))}`);
  const types = [...new Set(plan.resources.map(({ resourceType }) => resourceType))].sort();
  print(row('resource type', 'in all', 'mapped', 'kept', 'into, or why kept'));
  let counted = 0;
  for (const type of types) {
    const those = plan.resources.filter(({ resourceType }) => resourceType === type);
    const mapped = those.filter(({ outcome }) => outcome.type !== 'kept').length;
    counted += those.length;
    print(row(type, those.length, mapped, those.length - mapped, wordsOf(those)));
    for (const line of valueLines(those)) print(`    ${line}`);
  }
  // Counted again without the reader, so that it cannot forget one and count right.
  const present = resourcesOf(bytes);
  const missing = Math.abs(present - counted);
  print(
    row(
      'in all',
      present,
      plan.resources.filter(({ outcome }) => outcome.type !== 'kept').length,
      present - plan.resources.filter(({ outcome }) => outcome.type !== 'kept').length,
      `the file itself is attached whole; ${plan.entries.length} entries, ${plan.declared.length} declarations`,
    ),
  );
  const { everything, something } = plan.missed;
  print(
    `  ${everything ? 'nothing was understood' : something ? 'not everything was understood: see above' : 'everything was understood'}`,
  );
  if (plan.empty > 0) print(`  ${plan.empty} entries carry no resource; they are in the attached file`);
  if (missing > 0) print(`  ${missing} resources are unaccounted for`);
  return missing;
}

function kindWords(kind: string): string {
  if (kind === 'resource') return 'one resource';
  if (kind === 'list' || kind === 'parameters')
    return `resources in ${kind === 'list' ? 'a list' : 'Parameters'}`;
  return `Bundle of type ${kind}`;
}

/** Of each value: kept, in doubt, or left out and why. */
function valueLines(those: readonly ResourceOutcome[]): string[] {
  const kept = those.reduce((sum, { values }) => sum + values.kept, 0);
  const doubts = those.flatMap(({ values }) => values.doubt);
  const whole = those.filter(({ outcome, values }) => outcome.type === 'kept' && values.kept === 0);
  const rest = those.filter((one) => !whole.includes(one)).flatMap(({ values }) => values.left);
  const withResource = whole.reduce((sum, { values }) => sum + values.left.length, 0);
  const of = (why: string): string[] =>
    counted(rest.filter((one) => one.why === why).map(({ path }) => path));
  const list = (label: string, items: readonly string[]): string[] =>
    items.length > 0 ? [`${label}: ${items.join(', ')}`] : [];
  const unplaced = those.filter(({ outcome }) => outcome.type === 'kept' && outcome.reason !== 'frame');
  return [
    ...list('in the file alone', counted(unplaced.flatMap(({ name }) => (name === '' ? [] : [name])))),
    `values: ${kept} kept, ${doubts.length} in doubt, ${rest.length + withResource} left out`,
    ...list('in doubt', counted(doubts)),
    ...list('left out, not understood', of('not-understood')),
    ...list('left out, no field in Carnet', of('no-field')),
    ...(withResource > 0
      ? [`left out with the resource they stand in, for its reason: ${withResource}`]
      : []),
  ];
}

function counted(items: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].map(([item, count]) => (count > 1 ? `${item} ×${count}` : item));
}

function resourcesOf(bytes: Uint8Array): number {
  const isWide = bytes[0] === 0xff || bytes[1] === 0;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
  try {
    return resourcesIn(JSON.parse(text));
  } catch {
    const lines = text.split('\n').filter((line) => line.trim().startsWith('{') && line.trim().endsWith('}'));
    return lines.reduce((sum, line) => sum + resourcesIn(JSON.parse(line)), 0);
  }
}

type Loose = Readonly<Record<string, unknown>>;

const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null;

/** Wherever a resource stands: in a bundle, in parameters, in a list, alone. */
function resourcesIn(value: unknown): number {
  const all = (items: unknown): number =>
    Array.isArray(items) ? items.reduce<number>((sum, one) => sum + resourcesIn(one), 0) : 0;
  if (Array.isArray(value)) return all(value);
  if (!isLoose(value) || typeof value['resourceType'] !== 'string') return 0;
  switch (value['resourceType']) {
    case 'Bundle':
      return all((Array.isArray(value['entry']) ? value['entry'] : []).map((one: Loose) => one['resource']));
    case 'Parameters':
      return parametersIn(value['parameter']);
    case 'List':
      return 1 + all(value['contained']);
    default:
      return 1;
  }
}

function parametersIn(value: unknown): number {
  if (!Array.isArray(value)) return 0;
  return value
    .filter(isLoose)
    .reduce<number>((sum, one) => sum + resourcesIn(one['resource']) + parametersIn(one['part']), 0);
}

function wordsOf(outcomes: readonly ResourceOutcome[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of outcomes) {
    const word =
      outcome.type === 'kept'
        ? `kept: ${outcome.reason}${outcome.missing ? ` ${outcome.missing.join(', ')}` : ''}${outcome.said ? ` (${outcome.said.join('; ')})` : ''}`
        : `${outcome.type === 'declared' ? 'declared: nothing in' : '→'} ${outcome.section}`;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${word}${counts.size > 1 ? ` ×${count}` : ''}`).join('; ');
}

function row(
  type: string,
  all: string | number,
  mapped: string | number,
  kept: string | number,
  words: string,
): string {
  return `  ${type.padEnd(24)}${String(all).padStart(7)}${String(mapped).padStart(8)}${String(kept).padStart(6)}   ${words}`;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(nd)?json$/.test(path.toLowerCase()) && statSync(path).isFile())
    .sort();
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('npm run interop -- FOLDER: which folder?');
    process.exitCode = 2;
  } else {
    const { files, refused, unaccounted } = await interop(folder, (line) => console.log(line));
    if (files === 0) console.error(`There is no .json file in ${folder}.`);
    process.exitCode = unaccounted > 0 || refused > 0 || files === 0 ? 1 : 0;
  }
}
