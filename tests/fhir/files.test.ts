/** What a file is wrapped in, what it says of itself, and when two things are one. */
import { describe, expect, test } from 'vitest';
import { utf8 } from '#lib/bytes/bytes.ts';
import type { ImportPlan } from '#lib/exchange/fhir/plan.ts';
import { collection, measure, named, outcomeIn, type Piece, solene } from './pieces.ts';
import { plan, read } from './reading.ts';

const gout = named('Condition', 'Goutte', { clinicalStatus: { coding: [{ code: 'active' }] } });
const eczema = named('Condition', 'Eczéma');
const namesIn = ({ entries }: ImportPlan): unknown[] => entries.map(({ fields }) => fields['name']);
const notes = ({ notes: all }: ImportPlan): string[] => all.map(({ type }) => type);
const refusal = async (file: unknown): Promise<unknown> => {
  const result = await read(file);
  return result.ok ? 'read' : result.refusal.type;
};

function utf16(text: string, isLittle: boolean, hasMark: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer((text.length + (hasMark ? 1 : 0)) * 2));
  const units = [...(hasMark ? '\ufeff' : ''), ...text];
  units.forEach((unit, index) => view.setUint16(index * 2, unit.charCodeAt(0), isLittle));
  return new Uint8Array(view.buffer);
}

describe('whatever a file is wrapped in', () => {
  test('is opened: bundles in bundles, Parameters, lists, arrays, one resource a line', async () => {
    const inner = collection([gout]);
    const wrapped = [
      collection([inner as Piece]),
      { resourceType: 'Parameters', parameter: [{ name: 'return', resource: inner }] },
      { resourceType: 'Parameters', parameter: [{ name: 'a', part: [{ name: 'b', resource: inner }] }] },
      { resourceType: 'List', status: 'current', mode: 'working', contained: [gout] },
      [inner],
      [gout],
      utf8(`${JSON.stringify(gout)}\n\n`),
    ];
    for (const file of wrapped) expect(namesIn(await plan(file)), JSON.stringify(file)).toEqual(['Goutte']);
    const lines = utf8(`${JSON.stringify(gout)}\r\n${JSON.stringify(eczema)}\n`);
    expect(await plan(lines)).toMatchObject({ kind: 'list', missed: { something: false } });
    expect(namesIn(await plan(lines))).toEqual(['Goutte', 'Eczéma']);
  });

  test('or it is named: XML, a line that was cut, a malformed bundle within another, a parameter without a resource', async () => {
    expect(await refusal(utf8('<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"/>'))).toBe('xml');
    expect(await refusal([])).toBe('not-fhir');
    expect(await refusal([{ a: 1 }, 'x'])).toBe('not-fhir');
    const cut = await plan(utf8(`${JSON.stringify(gout)}\n{"resourceType":"Cond`));
    expect([namesIn(cut), cut.notes]).toEqual([['Goutte'], [{ type: 'lines', lines: [2] }]]);
    const odd = [
      collection([gout, { resourceType: 'Bundle', entry: 'x' }]),
      {
        resourceType: 'Parameters',
        parameter: [
          { name: 'code', valueString: 'x' },
          { name: 'b', resource: gout },
        ],
      },
      [gout, 7],
    ];
    for (const file of odd) {
      const planned = await plan(file);
      expect(notes(planned), JSON.stringify(file)).toEqual(['unopened']);
      expect(planned.missed).toEqual({ everything: false, something: true });
    }
  });

  test('in two bundles the same short name is two things', async () => {
    const order = named('MedicationRequest', '', {
      ...{ status: 'active', intent: 'order', medicationReference: { reference: 'Medication/1' } },
    });
    const bundle = (text: string): object => ({
      ...{ resourceType: 'Bundle', type: 'collection' },
      entry: [{ resource: order }, { resource: { resourceType: 'Medication', id: '1', code: { text } } }],
    });
    expect(namesIn(await plan([bundle('Fer'), bundle('Zinc')]))).toEqual(['Fer', 'Zinc']);
  });

  test('its letters are read in the encoding they have; one that is guessed is told', async () => {
    const text = JSON.stringify(collection([eczema]));
    for (const bytes of [
      utf8(`\ufeff${text}`),
      utf16(text, true, true),
      utf16(text, false, true),
      utf16(text, true, false),
    ]) {
      const planned = await plan(bytes);
      expect([namesIn(planned), planned.notes]).toEqual([['Eczéma'], []]);
    }
    const latin = Uint8Array.from([...text], (sign) => sign.charCodeAt(0));
    const planned = await plan(latin);
    expect([namesIn(planned), notes(planned)]).toEqual([['Eczéma'], ['encoding']]);
    expect(planned.patient?.name).toBe('Solène Marchand');
  });

  test('one byte that is wrong does not turn the others into something else', async () => {
    const bytes = utf8(JSON.stringify(collection([eczema, named('Condition', 'Œd#me'), gout])));
    bytes[bytes.indexOf(0x23)] = 0xe8;
    const planned = await plan(bytes);
    expect([namesIn(planned), notes(planned)]).toEqual([['Eczéma', 'Œdème', 'Goutte'], ['encoding']]);
    expect(planned.patient?.name).toBe('Solène Marchand');
  });

  test('what was taken off a list, or stands on one that is withdrawn, is named and not taken over', async () => {
    const contained = [
      { resourceType: 'Condition', id: 'gone', code: { text: 'Tuberculose' } },
      { resourceType: 'Condition', id: 'here', code: { text: 'Zona' } },
    ];
    const entry = [{ deleted: true, item: { reference: '#gone' } }, { item: { reference: '#here' } }];
    const list = (status: string): object => ({
      resourceType: 'List',
      status,
      mode: 'changes',
      contained,
      entry,
    });
    const changes = await plan(list('current'));
    expect([namesIn(changes), changes.notes]).toEqual([
      ['Zona'],
      [{ type: 'unopened', what: 'Tuberculose' }],
    ]);
    expect(namesIn(await plan(list('entered-in-error')))).toEqual([]);
  });
});

describe('what a file says of itself', () => {
  test('that it is a part of a longer answer: another page, or more than it holds', async () => {
    const search = (over: object): object => ({ ...collection([gout]), type: 'searchset', ...over });
    const next = { link: [{ relation: 'next', url: 'https://a.example/?page=2' }] };
    expect((await plan(search(next))).notes).toEqual([{ type: 'part', here: 2, total: null }]);
    expect((await plan(search({ total: 31 }))).notes).toEqual([{ type: 'part', here: 2, total: 31 }]);
    expect((await plan(search({ total: 2, link: [{ relation: 'self', url: 'x' }] }))).notes).toEqual([]);
    expect((await plan(search(next))).missed.something).toBe(true);
  });

  test('what the system that made it could not do, and that all went well is nothing to tell', async () => {
    const answer = (severity: string) =>
      plan(
        collection([
          gout,
          { resourceType: 'OperationOutcome', issue: [{ severity, diagnostics: 'délai dépassé' }] },
        ]),
      );
    expect((await answer('error')).notes).toEqual([{ type: 'server', said: 'délai dépassé' }]);
    expect((await answer('warning')).notes).toEqual([{ type: 'server', said: 'délai dépassé' }]);
    expect((await answer('information')).notes).toEqual([]);
  });

  test('that resources were sent in part alone', async () => {
    const meta = {
      tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
    };
    const abridged = await plan(collection([{ ...gout, meta }, eczema]));
    expect(abridged.notes).toEqual([{ type: 'abridged', count: 1 }]);
    expect(abridged.missed.something).toBe(true);
  });

  test('a section that is only written out, one that was withheld, a summary that is not final, two people', async () => {
    const div = '<div xmlns="http://www.w3.org/1999/xhtml">Pacemaker depuis 2019</div>';
    const section = [
      { title: 'Dispositifs', text: { status: 'generated', div } },
      { title: 'Psychiatrie', emptyReason: { coding: [{ code: 'withheld' }] } },
      { title: 'Vide', text: { status: 'generated', div: '<div> </div>' } },
    ];
    const frame = { resourceType: 'Composition', status: 'preliminary', section };
    expect((await plan(collection([frame, gout]))).notes).toEqual([
      { type: 'status', said: 'preliminary' },
      { type: 'narrative', title: 'Dispositifs' },
      { type: 'withheld', title: 'Psychiatrie' },
    ]);
    const other = { resourceType: 'Patient', name: [{ text: 'Paul Marchand' }], birthDate: '1990-01-01' };
    expect((await plan(collection([other, gout]))).notes).toEqual([
      { type: 'people', names: ['Solène Marchand', 'Paul Marchand'] },
    ]);
    expect((await plan(collection([solene.resource, gout]))).notes).toEqual([]);
  });

  test('of a history only the latest version is offered', async () => {
    const url = 'https://a.example/Condition/5';
    const history = {
      ...{ resourceType: 'Bundle', type: 'history' },
      entry: [
        { fullUrl: url, resource: named('Condition', 'Eczéma atopique') },
        { fullUrl: url, resource: eczema },
      ],
    };
    const planned = await plan(history);
    expect(planned.resources.map((one) => outcomeIn(planned, one))).toEqual([
      { name: 'Eczéma atopique' },
      'older',
    ]);
  });

  test('a file of which nothing was understood is not a file with nothing new', async () => {
    const device = { resourceType: 'Device', id: 'd', type: { text: 'Pacemaker' } };
    expect((await plan(device)).missed).toEqual({ everything: true, something: true });
    expect((await plan(collection([device]))).missed).toEqual({ everything: false, something: true });
    expect((await plan(collection([eczema]))).missed).toEqual({ everything: false, something: false });
    expect((await plan({ resourceType: 'Bundle', type: 'collection' })).missed.everything).toBe(true);
  });
});

describe('two things are two', () => {
  const at = (fullUrl: string | undefined, resource: Piece, over: object = {}): object => ({
    ...{ resourceType: 'Bundle', type: 'collection', entry: [{ ...(fullUrl && { fullUrl }), resource }] },
    ...over,
  });
  const idOf = async (file: object): Promise<unknown> => (await plan(file)).entries[0]?.id;

  test('under one address, whichever kind of address it is', async () => {
    const files: ((resource: Piece) => object)[] = [
      (resource) => at('http://localhost:9090/fhir/Condition/7', { ...resource, id: '7' }),
      (resource) => at('Condition/7', { ...resource, id: '7' }, { id: 'export' }),
      (resource) => at('urn:uuid:7', resource),
      (resource) => at('urn:uuid:5f1d7c2e-0000-4000-8000-000000000007', resource),
      (resource) => at(undefined, { ...resource, id: '7' }, { id: 'export' }),
      (resource) => at(undefined, resource),
    ];
    for (const file of files) {
      expect(await idOf(file(gout)), JSON.stringify(file(gout))).toBe(await idOf(file(gout)));
      expect(await idOf(file(gout)), JSON.stringify(file(gout))).not.toBe(await idOf(file(eczema)));
    }
  });

  test('and a thing that changed is the same thing: by its address and its name', async () => {
    const url = 'https://a.example/Condition/7';
    const over = { clinicalStatus: { coding: [{ code: 'resolved' }] }, abatementDateTime: '2026-05-02' };
    expect(await idOf(at(url, gout))).toBe(await idOf(at(url, { ...gout, ...over })));
  });

  test('two of one address and one name in one file are both there; the same said twice is one', async () => {
    const twice = { ...gout, onsetDateTime: '2019' };
    const both = { resourceType: 'Bundle', type: 'collection', entry: [] as object[] };
    for (const resource of [gout, twice, gout]) both.entry.push({ fullUrl: 'urn:uuid:1', resource });
    const planned = await plan(both);
    expect(planned.resources.map((one) => outcomeIn(planned, one))).toEqual([
      { name: 'Goutte', ongoing: true },
      { name: 'Goutte', ongoing: true, start: '2019' },
      'twice',
    ]);
  });
});

describe('every value of a resource is accounted for', () => {
  test('kept, in doubt, or left out with the reason', async () => {
    const { resources } = await plan(
      collection([
        measure('29463-7', {
          valueQuantity: { value: 3, unit: 'lb' },
          device: { display: 'Balance' },
          interpretation: [{ text: 'normal' }],
          bodySite: { text: 'x' },
        }),
        named('Condition', 'Zona', { onsetDateTime: '2/2/22', recorder: { display: 'Dr Lemoine' } }),
      ]),
    );
    expect(resources.slice(1).map(({ values }) => values)).toEqual([
      {
        kept: 5,
        doubt: [],
        left: ['device', 'interpretation', 'bodySite'].map((path) => ({ path, why: 'no-field' })),
      },
      {
        kept: 2,
        doubt: [],
        left: [
          { path: 'start = 2/2/22', why: 'not-understood' },
          { path: 'recorder', why: 'no-field' },
        ],
      },
    ]);
  });
});

describe('a file made to keep the reader busy, or to stop it', () => {
  test('a resource that names itself takes nothing from the others, and costs no time', async () => {
    const planned = await plan(
      collection([
        { resourceType: 'Condition', id: 'a', code: { reference: 'Condition/a' } },
        named('Condition', 'Asthme'),
      ]),
    );
    expect(namesIn(planned)).toEqual(['Asthme']);
    expect(planned.missed.something).toBe(true);
  });

  test('an endless unit, thousands of people and thousands of values of one element are read within seconds', async () => {
    const begun = performance.now();
    const patients = Array.from({ length: 20_000 }, (_, at) => ({
      resource: { resourceType: 'Patient', name: [{ family: `Personne ${at}` }] },
    }));
    await plan({ resourceType: 'Bundle', type: 'collection', entry: patients });
    const category = Array.from({ length: 20_000 }, (_, at) => ({
      coding: [{ code: `c${at}`, display: 'x' }],
    }));
    const valueQuantity = { value: 64, unit: `${'1'.repeat(200_000)}\nx` };
    await plan(
      collection([named('Condition', 'Asthme', { category }), measure('29463-7', { valueQuantity })]),
    );
    // What costs the square of its length takes many minutes here; a busy machine may take long for the rest.
    expect(performance.now() - begun).toBeLessThan(60_000);
  });
});
