/** Statements as people have them, good and broken: what becomes an entry, what is asked, and what is told line by line. */
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { CareImport, entriesOf, isUndecided } from '#lib/app/exchange/care-import.svelte.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import { linesOf, readRecords } from '#lib/exchange/care/records.ts';
import { type CareTable, type Reading, readTable } from '#lib/exchange/care/table.ts';
import { guessColumns } from '#lib/record/care-table.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function tableOf(file: string | Uint8Array, reading?: Reading): CareTable {
  const table = readTable(typeof file === 'string' ? utf8(file) : file, reading);
  if ('type' in table) throw new Error(table.type);
  return table;
}

const read = (table: CareTable) => entriesOf(table, guessColumns(table.headers));

/** What the entries say, as far as a test asks. */
async function said(file: string | Uint8Array, reading?: Reading): Promise<unknown[]> {
  const { entries } = await read(tableOf(file, reading));
  return entries.map(({ fields: { start, name, paid, insurance } }) => [start, name, paid, insurance]);
}

const STATEMENT = [
  'Date du soin;Nature;Professionnel;Montant payé;Part AMO',
  '08/09/2025;Séance d’orthophonie;Mme Garnier;34,70;20,82',
  '15/09/2025;Bilan "complet";Laboratoire des Lices;58,05;34,83',
].join('\r\n');

describe('a file made to keep the reader busy', () => {
  const marks = '"a,'.repeat(20_000);
  const ones = `Date,Acte,Montant${',c'.repeat(24)}\n01/01/2026,x,${Array(60).fill('1').join(',')}\n`;
  const bytes = new Uint8Array(300_000).map((_, at) =>
    at % 40 === 1 ? 0xc3 : at % 40 === 2 ? 0xa9 : at % 4 ? 97 : 0xe9,
  );
  test.each<[string, string | Uint8Array, Reading]>([
    ['marks that are never closed', marks, { separator: ',' }],
    ['many lines of them', `${marks.slice(0, 60)}\n`.repeat(1_000), { separator: ',' }],
    ['a row of figures that can be joined in countless ways', ones, { separator: ',' }],
    ['odd bytes in one endless line', bytes, { encoding: 'utf-8', separator: ';' }],
    ['one endless word', `${'a'.repeat(400_000)}\nx;y`, {}],
    ['a header that goes on and on', `${'montant '.repeat(100_000)};date\n1;2`, {}],
  ])('HIS-01: %s is read within seconds', (_, file, reading) => {
    const begun = performance.now();
    expect(tableOf(file, reading).lines).toBeGreaterThan(0);
    // What costs the square of its length takes many minutes here; a busy machine may take long for the rest.
    expect(performance.now() - begun).toBeLessThan(60_000);
  });
});

describe('which sign separates the columns', () => {
  const rows = [
    ['2025-09-08', 'Séance d’orthophonie', 34.7, 20.82],
    ['2025-09-15', 'Bilan "complet"', 58.05, 34.83],
  ];

  test.each([';', '|', '\t', '~'])(
    'HIS-01: %j, as it is found, named in a first line or chosen',
    async (sign) => {
      const file = STATEMENT.replaceAll(';', sign);
      expect(await said(file, { separator: sign })).toEqual(rows);
      if (sign !== '~') expect(await said(file)).toEqual(rows);
      const named = tableOf(`sep=${sign}\r\n${file}`);
      expect([named.separator, named.known, named.rows[0]?.line]).toEqual([sign, 2, 3]);
      expect(await said(`sep=${sign}\r\n${file}`)).toEqual(rows);
    },
  );

  test('HIS-01: the person’s choice counts more than the guess and than the file’s first line', () => {
    expect(tableOf(STATEMENT, { separator: ',' }).rows[0]?.cells).toEqual([STATEMENT.split(/\s\s/)[0]]);
    expect(tableOf(`sep=;\n${STATEMENT}`, { separator: '' }).rows[0]?.cells).toHaveLength(1);
  });

  test('HIS-01: one column is a table too, and two are told apart although amounts have commas', async () => {
    const one = tableOf('08/09/2025 Orthophonie\n15/09/2025 Bilan');
    expect([one.separator, one.headers]).toEqual(['', ['']]);
    const { entries } = await entriesOf(one, { ...guessColumns([]), start: 0, name: 0 });
    expect(entries.map(({ fields }) => [fields['start'], fields['name']])).toEqual([
      ['2025-09-08', '08/09/2025 Orthophonie'],
      ['2025-09-15', '15/09/2025 Bilan'],
    ]);
    expect(tableOf('Date;Montant\n08/09/2025;34,70\n').rows[0]?.cells).toEqual(['08/09/2025', '34,70']);
  });
});

test('HIS-01: a statement that names no care takes the name that the person gives, or every line is told', async () => {
  const table = tableOf('Date;Montant\n08/09/2025;34,70\n15/09/2025;58,05\n');
  const mapping = guessColumns(table.headers);
  expect((await entriesOf(table, mapping)).unread).toHaveLength(2);
  const { entries, unread } = await entriesOf(table, mapping, ' Kinésithérapie\u200b ');
  expect([entries.map(({ fields }) => fields['name']), unread]).toEqual([
    ['Kinésithérapie', 'Kinésithérapie'],
    [],
  ]);
});

describe('cells that no name stands above', () => {
  const halves =
    'Date,Acte,Montant,Part AMO\n08/09/2025,Bilan,58,05,34,83\n09/09/2025,Soin,12,7\n10/09/2025,Visite,20,00,12\n';

  test('HIS-01: amounts cut by a comma are asked about, and put together only where there is one way', async () => {
    const table = tableOf(halves);
    expect(table.surplus).toEqual({ lines: [2, 4], canJoin: true });
    expect([isUndecided(table, {}), isUndecided(table, { surplus: 'join' })]).toEqual([true, false]);
    // Until it is answered, no amount is taken for its first half.
    expect(await said(halves)).toEqual([['2025-09-09', 'Soin', 12, 7]]);
    expect(await said(halves, { surplus: 'join' })).toEqual([['2025-09-08', 'Bilan', 58.05, 34.83]]);
    const { unread } = await read(tableOf(halves, { surplus: 'join' }));
    expect(unread.map(({ name }) => name)).toEqual([
      'Ligne 3\u00a0: 09/09/2025,Soin,12,7',
      'Ligne 4\u00a0: 10/09/2025,Visite,20,00,12',
    ]);
  });

  test('HIS-01: quoted amounts are whole, and nothing is asked', () => {
    expect(tableOf('Date,Acte,Montant\n08/09/2025,Bilan,"58,05"\n').surplus).toBeNull();
    expect(tableOf('Date;Acte;Montant;\n08/09/2025;Bilan;58,05;\n').surplus).toBeNull();
  });

  test('HIS-01: without a header the halves are asked about as well', async () => {
    const file = '08/09/2025,Bilan,58,05\n09/09/2025,Soin,12,70\n';
    expect(tableOf(file).surplus).toEqual({ lines: [1, 2], canJoin: true });
    expect(tableOf(file, { surplus: 'join' }).rows.map(({ cells }) => cells.at(-1))).toEqual([
      '58,05',
      '12,70',
    ]);
  });

  test('HIS-01: other cells are columns of their own or left aside with their line, as the person says', async () => {
    const file = 'Date;Acte;Montant\n08/09/2025;Bilan;58,05;urgent\n09/09/2025;Soin;12,70\n';
    expect(tableOf(file).surplus).toEqual({ lines: [2], canJoin: false });
    expect(tableOf(file, { surplus: 'apart' }).headers).toEqual(['Date', 'Acte', 'Montant', '']);
    const aside = await read(tableOf(file, { surplus: 'aside' }));
    expect(aside.entries).toHaveLength(1);
    expect(aside.unread).toMatchObject([{ name: 'Ligne 2\u00a0: 08/09/2025;Bilan;58,05;urgent' }]);
  });
});

describe('quotation marks', () => {
  const rows = (lines: readonly string[], separator = ';'): string[][] =>
    readRecords(lines, separator, (cells) => cells.some((cell) => /^\d\d\//.test(cell))).records.map(
      ({ cells }) => [...cells],
    );

  test('HIS-01: one that opens no cell is a sign like any other', async () => {
    expect(rows(['a;5" de gaze;c', 'a;"Soins "doux" du pied";c', 'a;"dit ""bref""";c'])).toEqual([
      ['a', '5" de gaze', 'c'],
      ['a', 'Soins "doux" du pied', 'c'],
      ['a', 'dit "bref"', 'c'],
    ]);
    const table = tableOf(`${STATEMENT}\r\n22/09/2025;"Pose "simple" d’attelle";Dr Roy;41,00;24,60\r\n`);
    expect(table.complaints).toEqual([
      { line: 4, problem: 'inner-quote', text: '22/09/2025;"Pose "simple" d’attelle";Dr Roy;41,00;24,60' },
    ]);
    expect((await read(table)).entries).toHaveLength(3);
  });

  test('HIS-01: one that is never closed swallows no line, also where another one follows later', async () => {
    const lines = ['08/09/2025;"Bilan;58,05', '09/09/2025;Soin";12,70', '10/09/2025;Visite;20,00'];
    expect(rows(lines)).toEqual(lines.map((line) => line.split(';')));
    const table = tableOf(`Date;Acte;Montant\n${lines.join('\n')}`);
    expect(table.complaints).toMatchObject([{ line: 2, problem: 'open-quote' }]);
    expect((await read(table)).entries).toHaveLength(3);
  });

  test('HIS-01: a cell of several lines is one cell, and its record knows its lines', () => {
    const { records } = readRecords(['a;"12 rue Haute', '35000 Rennes";b', 'c;d;e'], ';', () => false);
    expect(records.map(({ line, lines, cells }) => [line, lines, cells])).toEqual([
      [1, 2, ['a', '12 rue Haute\n35000 Rennes', 'b']],
      [3, 1, ['c', 'd', 'e']],
    ]);
  });

  test('HIS-01: what another program reads from a well-formed file is what is read here', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '"', ';', '\n', '€'), maxLength: 6 });
    const anyRows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anyRows, (table) => {
        const file = table
          .map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(';'))
          .join('\r\n');
        const { data } = Papa.parse<string[]>(file, { delimiter: ';', newline: '\r\n' });
        expect(rows(linesOf(file))).toEqual(data.map((cells) => cells.map((one) => one)));
      }),
    );
  });
});

describe('what the bytes do not say for certain', () => {
  const DOS = Uint8Array.from(
    [...STATEMENT.replaceAll('’', "'")],
    (sign) => ({ é: 0x82 })[sign] ?? sign.charCodeAt(0),
  );

  test('HIS-01: a file that may be of DOS or of an old Mac is asked about, with words to choose by', async () => {
    const table = tableOf(DOS);
    expect([table.encoding, table.isEncodingSure, isUndecided(table, {})]).toEqual(['cp850', false, true]);
    expect(table.samples.find(({ encoding }) => encoding === 'cp850')?.words).toContain('payé');
    expect(isUndecided(table, { encoding: 'cp850' })).toBe(false);
    expect(await said(DOS, { encoding: 'windows-1252' })).toHaveLength(2);
    expect((await said(DOS))[0]).toEqual(['2025-09-08', "Séance d'orthophonie", 34.7, 20.82]);
  });

  test('HIS-01: an odd byte is told with its line, and the others are what they were', async () => {
    const bytes = [...utf8(STATEMENT)];
    const at = STATEMENT.indexOf('Bilan') + new TextEncoder().encode(STATEMENT).length - STATEMENT.length;
    bytes.splice(at, 0, 0xe9);
    const table = tableOf(Uint8Array.from(bytes));
    expect([table.encoding, table.isEncodingSure]).toEqual(['utf-8', true]);
    expect(table.complaints).toMatchObject([{ line: 3, problem: 'odd-sign' }]);
    expect((await read(table)).entries[0]?.fields['name']).toBe('Séance d’orthophonie');
  });

  test('HIS-01: a download that broke off within a sign loses that sign, which is told', async () => {
    const table = tableOf(utf8(`${STATEMENT} €`).subarray(0, -1));
    expect(table.complaints).toMatchObject([{ line: 3, problem: 'cut' }]);
    expect((await read(table)).entries).toHaveLength(2);
  });
});

/** A file that somebody, or some program, has damaged; physical lines are counted in its bytes. */
const damaged = fc
  .record({
    separator: fc.constantFrom(';', ',', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    rows: fc.array(
      fc.tuple(
        fc.constantFrom('08/09/2025', '2025/09/08', '8 sept. 25', '31/02/2025', '', 'lundi'),
        fc.constantFrom('Bilan', 'Séance "longue"', '"Soin, doux"', '5" de gaze', '', '\u200b', 'Pied;main'),
        fc.constantFrom('58,05', '58.05', '—', 'n.c.', '(2,00)', 'gratuit', '1 234,50 €', ''),
      ),
      { maxLength: 12 },
    ),
    hits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        take: fc.nat({ max: 3 }),
        put: fc.constantFrom(
          [],
          [0x22],
          [0x0d],
          [0x0a],
          [0x3b],
          [0x2c],
          [0xe9],
          [0xc3],
          [0xff],
          [0],
          [0x1a],
          [0x22, 0x22],
        ),
      }),
      { maxLength: 6 },
    ),
    reading: fc.record({
      encoding: fc.constantFrom(undefined, 'utf-8' as const, 'windows-1252' as const, 'cp850' as const),
      separator: fc.constantFrom(undefined, ';', ',', ''),
      surplus: fc.constantFrom(undefined, 'join' as const, 'apart' as const, 'aside' as const),
    }),
  })
  .map(({ separator, end, rows, hits, reading }) => {
    const lines = [['Date du soin', 'Nature', 'Montant payé'], ...rows].map((cells) => cells.join(separator));
    const bytes = [...utf8(lines.join(end))];
    for (const { at, take, put } of hits) bytes.splice(Math.floor(at * bytes.length), take, ...put);
    return { file: Uint8Array.from(bytes), reading };
  });

function physicalLines(file: Uint8Array): number {
  let count = 0;
  for (const [at, byte] of file.entries())
    if (byte === 0x0a ? file[at - 1] !== 0x0d : byte === 0x0d) count += 1;
  const last = file.at(-1);
  return last === undefined || last === 0x0a || last === 0x0d ? count : count + 1;
}

const session = {
  record: { entries: {}, documents: [], measures: {} },
  here: { deleted: () => Promise.resolve({ ok: true, value: [] }) },
} as unknown as Session;

test('HIS-01: however a statement is damaged, each of its lines is an entry or is told, once; and then it is never "nothing new"', async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async ({ file, reading }) => {
      const table = readTable(file, reading);
      if ('type' in table) return;
      const { entries, unread, lines } = await read(table);
      expect(lines.entries + lines.unread + table.known + table.empty).toBe(table.lines);
      const text = Buffer.from(file).toString('latin1');
      if (!text.startsWith('\u00ef\u00bb\u00bf')) expect(table.lines).toBe(physicalLines(file));
      const numbers = [...table.above, ...table.rows].flatMap((row) =>
        Array.from({ length: row.lines }, (_, index) => row.line + index),
      );
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.length).toBe(lines.entries + lines.unread);
      expect(entries.length + unread.length).toBe(table.above.length + table.rows.length);
      for (const { name } of unread) expect(name).toMatch(/^Lignes? \d+/);

      const statement = new CareImport(session);
      statement.chosen = { file: new File([], 'releve.csv'), table };
      statement.mapping = guessColumns(table.headers);
      await statement.show();
      const { step } = statement.importing;
      if (step.type !== 'preview') throw new Error(step.type);
      expect(step.said.nothing !== undefined).toBe(unread.length > 0);
      expect(step.kept).toHaveLength(unread.length);
      expect(step.offers).toHaveLength(entries.length);
    }),
    { numRuns: 500 },
  );
});
