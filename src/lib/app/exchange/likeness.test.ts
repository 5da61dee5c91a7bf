/** What an import calls alike to what stands there: by what it says, not by the signs that a program wrote it with. */
import { expect, test } from 'vitest';
import type { RecordCalls, RecordView } from '#lib/vault/door/door.ts';
import { offersOf } from './import.ts';

const door = { deleted: () => Promise.resolve({ ok: true, value: [] }) } as unknown as RecordCalls;

async function standing(name: string): Promise<string | undefined> {
  const entry = { id: 'MTIzNDU2Nzg5MDEyMzQ1Ng', createdAt: 0, updatedAt: 0 };
  const known = { ...entry, fields: { name: "Maladie d'Alzheimer", start: '2021' } };
  const record = { entries: { conditions: [known] } } as unknown as RecordView;
  const fields = { name, start: '2021' };
  const incoming = { section: 'conditions', id: 'YWJjZGVmZ2hpamtsbW5vcA', fields, left: [] };
  return (await offersOf(door, record, [incoming]))?.[0]?.standing;
}

test('MED-08: "Maladie d’Alzheimer" is alike "Maladie d\'Alzheimer", and another disease is not', async () => {
  for (const name of [
    'Maladie d’Alzheimer',
    'maladie dʼalzheimer',
    'Maladie\u00a0d\u2032Alzheimer',
    'Mala\u00addie d‘Alzheimer\u200b',
  ])
    expect(await standing(name), name).toBe('alike');
  expect(await standing('Maladie de Parkinson')).toBe('new');
});
