/** Reads a bundle in a test as the app reads a file. */
import type { ImportPlan, PlanResult } from '#lib/exchange/fhir/plan.ts';
import { planImport } from '#lib/exchange/fhir/read.ts';
import { utf8 } from '#lib/bytes/bytes.ts';
import { healthSections } from '#lib/record/sections.ts';
import { TODAY } from './records.ts';

export const french = ({ fr }: { readonly fr: string }): string => fr;
export const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export function read(file: unknown): Promise<PlanResult> {
  const bytes = file instanceof Uint8Array ? new Uint8Array(file) : utf8(JSON.stringify(file));
  return planImport(healthSections, bytes, { today: TODAY, zone: 'Europe/Paris', say: french, digest });
}

export async function plan(file: unknown): Promise<ImportPlan> {
  const result = await read(file);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.plan;
}

/** What an entry says, without the fields that are empty. */
export function said(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
