import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import type { Entry, HealthRecord } from '#lib/record/entry.ts';
import { fixedEntryId } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import type { LocalSeal } from '#lib/replica/ports.ts';
import { memoryStorage } from '#lib/storage/memory.ts';
import { searchKey } from '#lib/vault/disk/layout.ts';
import { openSearch, type Search } from './search.ts';

/** Stands for the seal, whose own tests say what it does: here a value is opened under its own name, or not at all. */
const seal: LocalSeal = {
  seal: (context, plaintext) => Promise.resolve(utf8(`${context}|${fromUtf8(plaintext)}`)),
  open: (context, sealed) => {
    const text = fromUtf8(sealed);
    return Promise.resolve(text.startsWith(`${context}|`) ? utf8(text.slice(context.length + 1)) : null);
  },
};

const entry = (section: string, name: string, fields: Fields, more: Partial<Entry> = {}): Entry => ({
  ...{ id: fixedEntryId(name), section, fields, createdAt: 1, updatedAt: 1 },
  ...more,
});

function recordOf(...entries: readonly Entry[]): HealthRecord {
  const sections = new Map<string, Map<string, Entry>>();
  for (const one of entries) {
    const section = sections.get(one.section) ?? new Map<string, Entry>();
    sections.set(one.section, section.set(one.id, one));
  }
  return { entries: sections };
}

const oedema = entry('conditions', 'oedema', {
  name: 'Œdème du genou',
  start: '2020',
  comment: 'Après une chute à vélo',
});
const asthma = entry('conditions', 'asthma', { name: 'Asthma', start: '1996' });
const surgery = entry('hospital-stays', 'surgery', { name: 'Genou', kind: 'surgery', start: '2021' });
const report = entry('documents', 'report', {
  name: 'Compte rendu opératoire',
  category: 'reports',
  date: '2021',
});
const pressure = entry('measures', 'pressure', {
  kind: 'pressure',
  value: 140,
  second: 90,
  date: '2026-01-01',
  comment: 'Mal dormi',
});
const silent = entry('measures', 'silent', { kind: 'pressure', value: 130, second: 80, date: '2026-01-02' });
const record = recordOf(oedema, asthma, surgery, report, pressure, silent);

/** A search over a disk; `settle` writes what it would write later. */
async function begin(storage = memoryStorage()) {
  let due: (() => Promise<void>) | undefined;
  let saves = 0;
  const search = await openSearch(storage, seal, 'moi', (save) => (due = save));
  return {
    ...{ storage, search },
    saves: () => saves,
    async settle() {
      const save = due;
      due = undefined;
      if (save) saves += 1;
      await save?.();
    },
  };
}

const found = (search: Search, query: string, held = record): string[] =>
  search
    .find(held, query)
    .hits.map(({ section, entry: id }) =>
      id === null ? section : atob(id.replaceAll('-', '+').replaceAll('_', '/')).replaceAll('\0', ''),
    )
    .sort();

test.each([
  ['oedème', ['oedema']],
  ['OEDEME', ['oedema']],
  ['œdèmes', ['oedema']],
  ['chutes', ['oedema']],
  ['chut', ['oedema']],
  ['genou', ['oedema', 'surgery']],
  ['genou velo', ['oedema']],
  ['genou rougeole', []],
  ['asthma', ['asthma']],
  ['vaccin', ['vaccinations']],
  ['vaccination', ['vaccinations']],
  ['conditions', ['conditions']],
  ['chirurgie', ['hospital-stays', 'surgery']],
  ['surgeries', ['hospital-stays', 'surgery']],
  ["l'opératoire", []],
  ['opératoire', ['report']],
  ['dormir', ['pressure']],
  ['', []],
  [' … ', []],
] as const)(
  '« %s » finds %j, without accents, case or endings, in both languages',
  async (query, expected) => {
    const { search } = await begin();
    expect(found(search, query)).toEqual(expected);
  },
);

test('MED-39: a measure is found by what was said of it, and its kind by the section; a page is told which kind to ask for', async () => {
  const { search } = await begin();
  const { hits } = search.find(record, 'tension');
  expect(hits.map(({ section, entry: id }) => [section, id])).toEqual(
    expect.arrayContaining([
      ['measures', pressure.id],
      ['measures', null],
    ]),
  );
  expect(hits.find(({ entry: id }) => id === pressure.id)?.kind).toBe('pressure');
  expect(hits.some(({ entry: id }) => id === silent.id)).toBe(false);
});

test('what is changed, deleted and restored is found as it is by now', async () => {
  const { search } = await begin();
  expect(found(search, 'asthma')).toEqual(['asthma']);
  const changed = recordOf({ ...asthma, fields: { ...asthma.fields, name: 'Bronchite' } });
  expect(found(search, 'asthma', changed)).toEqual([]);
  expect(found(search, 'bronchite', changed)).toEqual(['asthma']);
  const deleted = recordOf({ ...asthma, deletedAt: 2 });
  expect(found(search, 'asthma bronchite', deleted)).toEqual([]);
  expect(found(search, 'asthma', deleted)).toEqual([]);
  expect(found(search, 'asthma', recordOf(asthma))).toEqual(['asthma']);
  expect(found(search, 'asthma', recordOf())).toEqual([]);
});

test('the index is kept on disk, used again, and written only when something changed', async () => {
  const first = await begin();
  found(first.search, 'genou');
  await first.settle();
  found(first.search, 'velo');
  await first.settle();
  expect(first.saves()).toBe(1);
  const second = await begin(first.storage);
  expect(found(second.search, 'genou')).toEqual(['oedema', 'surgery']);
  await second.settle();
  expect(second.saves()).toBe(0);
  expect(found(second.search, 'asthma', recordOf(oedema))).toEqual([]);
  await second.settle();
  expect(second.saves()).toBe(1);
});

test('R03: an index that rotted, that is no index, or that another version wrote is made again', async () => {
  const whole = await begin();
  found(whole.search, 'genou');
  await whole.settle();
  const kept = fromUtf8((await whole.storage.get(searchKey('moi')))!);
  const change = (from: string, to: string): Bytes => utf8(kept.replace(from, to));
  for (const value of [
    utf8('rotten'),
    utf8('record\nmoi\nsearch|{}'),
    utf8('record\nmoi\nsearch|[1'),
    change('"version":1', '"version":0'),
    change('"documentCount":', '"documentCount":9'),
  ]) {
    await whole.storage.write([{ type: 'put', key: searchKey('moi'), value }], 'strict');
    const again = await begin(whole.storage);
    expect(found(again.search, 'genou')).toEqual(['oedema', 'surgery']);
    await again.settle();
    expect(again.saves()).toBe(1);
    expect(fromUtf8((await again.storage.get(searchKey('moi')))!)).toContain('"version":1');
  }
});

test('whatever is written is found by each of its words, and whatever is typed breaks nothing', async () => {
  const { search } = await begin();
  const words = fc.array(fc.string({ unit: fc.constantFrom(...'abcdeéœßñ0'), minLength: 2, maxLength: 15 }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(words, (name) => {
      const held = recordOf(entry('allergies', 'any', { name: name.join(' ') }));
      for (const word of name) expect(found(search, word, held)).toContain('any');
    }),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (typed) => void search.find(record, typed)));
});

test('no more are shown than anybody reads, and how many there are is told', async () => {
  const { search } = await begin();
  const many = Array.from({ length: 300 }, (_, n) => entry('allergies', `a${n}`, { name: `Pollen ${n}` }));
  const { hits, count } = search.find(recordOf(...many), 'pollen');
  expect([hits.length, count]).toEqual([200, 300]);
});
