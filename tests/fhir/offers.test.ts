/** How what a file says stands to what the record says: new, there already, changed, or in doubt; and what is written of it. */
import { describe, expect, test } from 'vitest';
import { detailsOf, isDoubtful, keptOf } from '#lib/app/exchange/kept.ts';
import { offersOf, takeIn } from '#lib/app/exchange/import.ts';
import type { ImportPlan } from '#lib/exchange/fhir/plan.ts';
import type { Edit, Entry } from '#lib/record/entry.ts';
import type { Fields } from '#lib/record/section.ts';
import { linesOf as typeset, summaryWords as summary } from '#lib/ui/import/words.ts';
import type { RecordCalls, RecordView } from '#lib/vault/door/door.ts';
import { collection, measure, named, type Piece } from './pieces.ts';
import { plan } from './reading.ts';

const ORIGINAL = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** French puts narrow spaces before its signs; here they are spaces. */
const plainly = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const linesOf = (offer: Parameters<typeof typeset>[0]): string[] => typeset(offer).map(plainly);
const summaryWords = (preview: Parameters<typeof summary>[0]): string => plainly(summary(preview));

/** A record that holds these entries, and a door that notes what is written. */
function recordOf(entries: Readonly<Record<string, readonly { id: string; fields: Fields }[]>>) {
  const edits: Edit[] = [];
  const full = Object.fromEntries(
    Object.entries(entries).map(([section, all]) => [
      section,
      all.map(({ id, fields }): Entry => ({ id, section, fields, createdAt: 0, updatedAt: 0 })),
    ]),
  );
  const record = { entries: full, documents: [], measures: {} } as unknown as RecordView;
  const door = {
    deleted: () => Promise.resolve({ ok: true, value: [] }),
    addDocument: () => Promise.resolve({ ok: true, value: ORIGINAL }),
    edit: (batch: readonly Edit[]) => Promise.resolve({ ok: true, value: void edits.push(...batch) }),
  } as unknown as RecordCalls;
  return { record, door, edits };
}

const held = ({ entries }: ImportPlan, change: Fields = {}) => ({
  conditions: entries
    .filter(({ section }) => section === 'conditions')
    .map(({ id, fields }) => ({ id, fields: { ...fields, ...change } })),
});
const asthma = (more: object = {}): Piece =>
  named('Condition', 'Asthme', { id: 'c1', clinicalStatus: { coding: [{ code: 'active' }] }, ...more });
const at = (url: string, resource: Piece): object => ({
  ...{ resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: url, resource }] },
});
const LOCALHOST = 'http://localhost:8080/fhir/Condition/1';

async function offered(file: object, record: ReturnType<typeof recordOf>) {
  const planned = await plan(file);
  const offers = (await offersOf(record.door, record.record, planned.entries)) ?? [];
  return { planned, offers };
}

describe('the same name is not the same content', () => {
  test('MED-03: unchanged it is there already; another thing under its address is offered as another thing', async () => {
    const record = recordOf(held(await plan(at(LOCALHOST, asthma()))));
    const standings = async (resource: Piece): Promise<unknown[]> =>
      (await offered(at(LOCALHOST, resource), record)).offers.map(({ standing, name }) => [standing, name]);
    expect(await standings(asthma())).toEqual([['known', 'Asthme']]);
    expect(await standings(named('Condition', 'Maladie de Crohn', { id: 'c1' }))).toEqual([
      ['new', 'Maladie de Crohn'],
    ]);
  });

  test('MED-03: what changed since is offered as a change, with what was there; taken, it leaves what the person added', async () => {
    const record = recordOf(held(await plan(at(LOCALHOST, asthma())), { comment: 'Vu par le Dr Lemoine' }));
    const resolved = asthma({
      clinicalStatus: { coding: [{ code: 'resolved' }] },
      abatementDateTime: '2026-05',
    });
    const { offers } = await offered(at(LOCALHOST, resolved), record);
    expect(offers.map(({ standing }) => standing)).toEqual(['changed']);
    expect(offers.flatMap(linesOf)).toEqual([
      'Fin : mai 2026',
      'Le fichier dit autre chose que votre carnet :',
      'En cours : Oui → Non',
      'Date de fin : Rien → mai 2026',
    ]);
    const taken = { file: new Blob(['{}']), fileName: 'a.json', title: 'a', offers, declared: [] };
    await takeIn(record.door, record.record, taken, () => undefined);
    expect(record.edits).toEqual([
      expect.objectContaining({
        type: 'put',
        id: offers[0]?.entry.id,
        fields: expect.objectContaining({
          ...{ name: 'Asthme', comment: 'Vu par le Dr Lemoine', end: '2026-05', documents: [ORIGINAL] },
        }) as Fields,
      }),
    ]);
  });

  test('a comment that the person wrote on stays, and what the file says anew is added to it', async () => {
    const told = (text: string): object => at(LOCALHOST, asthma({ note: [{ text }] }));
    const record = recordOf(held(await plan(told('Effort')), { comment: 'Effort\nMieux en été' }));
    expect((await offered(told('Effort'), record)).offers.map(({ standing }) => standing)).toEqual(['known']);
    const { offers } = await offered(told('Pollens'), record);
    const taken = { file: new Blob(['{}']), fileName: 'a.json', title: 'a', offers, declared: [] };
    await takeIn(record.door, record.record, taken, () => undefined);
    expect(record.edits.map((edit) => 'fields' in edit && edit.fields['comment'])).toEqual([
      'Effort\nMieux en été\nPollens',
    ]);
  });

  test('what only the person noted is no change', async () => {
    const record = recordOf(
      held(await plan(at(LOCALHOST, asthma())), { comment: 'Mieux en été', start: '2001' }),
    );
    expect((await offered(at(LOCALHOST, asthma()), record)).offers.map(({ standing }) => standing)).toEqual([
      'known',
    ]);
  });
});

describe('what is shown before anything is added', () => {
  const empty = recordOf({});
  const lines = async (resource: Piece): Promise<readonly string[]> =>
    (await offered(collection([resource]), empty)).offers.flatMap(linesOf);

  test('MED-40: a value with its unit, its moment, and what the file wrote', async () => {
    const pounds = { valueQuantity: { value: 141.5, unit: 'lbs' } };
    expect(await lines(measure('29463-7', pounds))).toEqual(['64,183 kg · 8 mars 2026 à 09:20 · 141.5 lbs']);
    const pressure = measure('55284-4', { valueString: '124/78 mmHg' });
    expect(await lines(pressure)).toEqual(['124/78 mmHg · 8 mars 2026 à 09:20']);
  });

  test('a date that was not understood, and a doubt, which nobody chooses unseen', async () => {
    const loose = named('Condition', 'Zona', { onsetDateTime: '04/03/2021' });
    expect(await lines(loose)).toEqual(['Date de début, non repris : « 04/03/2021 »']);
    const doubtful = named('Condition', 'Lupus', { verificationStatus: 'provisional' });
    const { offers } = await offered(collection([doubtful]), empty);
    expect(offers.flatMap(linesOf)).toEqual([
      'À vérifier avant d’ajouter : Vérification : diagnostic provisoire',
    ]);
    expect(offers.map(({ entry }) => isDoubtful(entry))).toEqual([true]);
  });

  test('what becomes no entry, with what stands there, and what has no field', async () => {
    const planned = await plan(
      collection([
        measure('29463-7', { valueQuantity: { value: 64 } }),
        named('Condition', 'Zona', { recorder: { display: 'Dr Lemoine' } }),
        named('AllergyIntolerance', 'Aucune allergie connue'),
        named('AllergyIntolerance', 'Kiwi'),
      ]),
    );
    expect(keptOf(planned).slice(1)).toEqual([
      {
        ...{ name: '29463-7 (64, sans unité)', type: 'Observation' },
        reason: 'il y manque une information nécessaire',
      },
      {
        ...{ name: 'Aucune allergie connue', type: 'AllergyIntolerance' },
        reason: 'dit qu’il n’y a rien, mais le fichier contient autre chose',
      },
    ]);
    expect(detailsOf(planned.resources).map(({ name }) => name)).toEqual(['Condition.recorder']);
  });

  test('"nothing new" is said only of what was understood whole', () => {
    const nothing = { count: 0, changes: 0, canAdd: false };
    const words = (everything: boolean, something: boolean): string =>
      summaryWords({ ...nothing, missed: { everything, something } });
    expect(words(false, false)).toMatch(/est déjà dans votre profil/);
    expect(words(false, true)).toMatch(/Une partie de ce fichier n’a pas été comprise/);
    expect(words(true, true)).toMatch(/n’a rien compris/);
    const some = { count: 3, changes: 1, canAdd: true, missed: { everything: false, something: true } };
    expect(summaryWords(some)).toBe('2 éléments seront ajoutés. 1 élément sera mis à jour.');
  });
});
