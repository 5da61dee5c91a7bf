/**
 * Puts every vector to the code it runs with, in Node and, bundled as the app is, in a browser. No test framework: it
 * answers with a report.
 */
import { casesOf, type VectorSet } from './case.ts';
import { FROZEN } from './frozen.ts';
import { KEYS } from './keys.ts';
import { PUBLISHED } from './published.ts';
import { RECORD } from './record.ts';

export interface VectorReport {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** The ids of the vectors with which the code does not agree. */
  readonly failures: readonly string[];
}

export async function runVectors(): Promise<VectorReport[]> {
  const reports: VectorReport[] = [];
  for (const set of [...PUBLISHED, ...FROZEN, ...KEYS, ...RECORD]) reports.push(await report(set));
  return reports;
}

async function report({ name, file, agrees }: VectorSet): Promise<VectorReport> {
  const failures: string[] = [];
  const cases = casesOf(file);
  for (const vector of cases) {
    const outcome = await attempt(() => agrees(vector));
    if (outcome !== true) failures.push(`${vector.text('id')}${outcome === false ? '' : `: ${outcome}`}`);
  }
  return { name, passed: cases.length - failures.length, failed: failures.length, failures };
}

async function attempt(check: () => boolean | Promise<boolean>): Promise<boolean | string> {
  try {
    return await check();
  } catch (error) {
    return String(error);
  }
}
