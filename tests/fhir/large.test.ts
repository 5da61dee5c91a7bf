/** A record of many years: what Carnet writes of it is larger than a document may be, and is read again all the same. */
import { expect, test } from 'vitest';
import { fhirExport, fhirPlan } from '#lib/exchange/fhir/jobs.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Entry } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import { MAX_DOCUMENT_BYTES } from '#lib/record/sections/documents.ts';
import { unpack } from '#lib/vault/documents/packing.ts';
import { prepareOriginal } from '#lib/vault/documents/files.ts';
import { healthSections } from '#lib/record/sections.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { NOW, randomRecord } from './records.ts';

const VALUES = 9_000;

function weights(): Entry[] {
  return Array.from({ length: VALUES }, (_, index): Entry => {
    const day = new Date(Date.UTC(1980, 0, 1) + (index * 86_400_000) / 2).toISOString();
    const fields = {
      ...{ kind: 'weight', date: day.slice(0, 10), time: day.slice(11, 16), value: 60 + (index % 400) / 10 },
      ...{ second: null, comment: index % 5 === 0 ? 'À jeun, le matin, sans chaussures' : null },
    };
    const id = immutableId('measures', fields, sha256);
    return { id, section: 'measures', fields, createdAt: 1, updatedAt: 1 };
  });
}

test('MED-55: nine thousand values and hundreds of entries are written, read again one by one, and the file is kept whole', async () => {
  const random = randomRecord(seededRandom('large'), 60);
  const entries: Readonly<Record<string, readonly Entry[]>> = { ...random.entries, measures: weights() };
  const record = { ...random, entries };
  const settings = { now: NOW, uuid: '7d5f9a52-1c3b-4f7e-9a51-0d8f2b6c4e10', language: 'fr' } as const;
  const written = await fhirExport({ record, settings, whole: true }, () => {});
  if (!written.ok) throw new Error('not written');
  const file = written.value;
  expect(file.size).toBeGreaterThan(MAX_DOCUMENT_BYTES);

  const read = await fhirPlan({ file, now: NOW, language: 'fr', zone: 'Europe/Paris' }, () => {});
  if (!read.ok) throw new Error(read.error.type);
  const ids = healthSections.flatMap(({ id }) => (record.entries[id] ?? []).map((entry) => entry.id));
  expect(new Set(read.value.entries.map(({ id }) => id))).toEqual(new Set(ids));

  const kept = await prepareOriginal(file);
  if (!kept.ok) throw new Error(kept.error.type);
  const { bytes, packedFrom } = kept.value;
  expect(bytes.length).toBeLessThan(MAX_DOCUMENT_BYTES);
  expect(packedFrom).toBe(file.size);
  const whole = await unpack(bytes, file.size);
  expect(Buffer.from(whole ?? []).equals(Buffer.from(await file.arrayBuffer()))).toBe(true);
  // A file that says less of itself than it holds is not unpacked any further.
  expect(await unpack(bytes, file.size - 1)).toBeNull();
  expect(await unpack(bytes, file.size + 1)).toBeNull();
  expect(await unpack(bytes.subarray(0, 1000), file.size)).toBeNull();
}, 60_000);
