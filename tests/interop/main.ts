/**
 * `npm run interop -- FOLDER`: reads every FHIR file of a folder as the app would, and prints for each what was mapped
 * into the record and what is kept in the attached original alone. Nothing may be unaccounted for; what cannot be read is
 * named in one line, and the rest goes on.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PlanResult, ResourceOutcome } from '#lib/exchange/fhir/read.ts';
import { planImport } from '#lib/exchange/fhir/read.ts';
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
    const result = await planImport(healthSections, bytes, { today: today(Date.now()), say, digest });
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

function report(
  name: string,
  bytes: Uint8Array,
  { plan }: PlanResult & { ok: true },
  print: (line: string) => void,
): number {
  print(`\n${name}: ${plan.kind === 'resource' ? 'one resource' : `Bundle of type ${plan.kind}`}`);
  if (plan.kind !== 'document' && plan.kind !== 'resource')
    print('  not a document: read resource by resource');
  const types = [...new Set(plan.resources.map(({ resourceType }) => resourceType))].sort();
  print(row('resource type', 'in all', 'mapped', 'kept', 'into, or why kept'));
  let counted = 0;
  for (const type of types) {
    const those = plan.resources.filter(({ resourceType }) => resourceType === type);
    const mapped = those.filter(({ outcome }) => outcome.type !== 'kept').length;
    counted += those.length;
    print(row(type, those.length, mapped, those.length - mapped, wordsOf(those)));
  }
  // Counted again without the reader, so that it cannot forget one and count right.
  const present = resourcesIn(JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>);
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
  if (plan.empty > 0) print(`  ${plan.empty} entries carry no resource; they are in the attached file`);
  if (missing > 0) print(`  ${missing} resources are unaccounted for`);
  return missing;
}

function resourcesIn(json: Record<string, unknown>): number {
  if (json['resourceType'] !== 'Bundle') return 1;
  const entries = Array.isArray(json['entry']) ? (json['entry'] as { resource?: unknown }[]) : [];
  return entries.filter(({ resource }) => resource !== undefined).length;
}

function wordsOf(outcomes: readonly ResourceOutcome[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of outcomes) {
    const word =
      outcome.type === 'kept'
        ? `kept: ${outcome.reason}${outcome.missing ? ` ${outcome.missing.join(', ')}` : ''}`
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
    .filter((path) => path.toLowerCase().endsWith('.json') && statSync(path).isFile())
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
