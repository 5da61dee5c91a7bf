/** The jobs of FHIR: a record written as a file, and a file read as a plan. */
import { today } from '#lib/record/partial-date.ts';
import { fhirMappings } from '#lib/record/fhir-mappings.ts';
import { healthSections } from '#lib/record/sections.ts';
import type { Jobs } from '../jobs.ts';
import { MAX_FILE } from './file.ts';
import { planImport } from './read.ts';
import { exportBundle } from './write.ts';

export const fhirExport: Jobs['fhir-export'] = ({ record, settings, whole }) => {
  const own = new Set<string>(fhirMappings.filter(({ ownOnly }) => ownOnly).map(({ section }) => section));
  const sections = healthSections.filter(({ id, fhir }) => whole || (fhir !== null && !own.has(id)));
  const bundle = exportBundle(sections, record, settings);
  const value = new Blob([JSON.stringify(bundle)], { type: 'application/fhir+json' });
  return Promise.resolve({ ok: true, value });
};

export const fhirPlan: Jobs['fhir-plan'] = async ({ file, now, language, zone }) => {
  if (file.size > MAX_FILE) return { ok: false, error: { type: 'too-large' } };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const planned = await planImport(healthSections, bytes, {
    today: today(now),
    zone,
    say: (words) => words[language],
    digest: async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', data)),
  });
  return planned.ok ? { ok: true, value: planned.plan } : { ok: false, error: planned.refusal };
};
