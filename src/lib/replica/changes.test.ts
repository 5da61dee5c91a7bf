import { describe, expect, test } from 'vitest';
import { entryId } from '../../../tests/helpers/worlds/replica-world.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { isKept, nextEdits } from '../../../tests/helpers/people/random-editor.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { immutableId } from '#lib/record/immutable.ts';
import { markOf } from '../../../tests/helpers/worlds/voices.ts';
import { RecordDocument } from './document/document.ts';
import { inspect } from './gate.ts';
import { Lane } from './lane.ts';
import { ChangeLog } from '#lib/record/change-log.ts';
import { withHistory } from '#lib/record/changes.ts';
import type { Conflict } from '#lib/record/conflicts.ts';
import type { Edit, EntryId, FieldValue, HealthRecord } from '#lib/record/entry.ts';
import { fixedEntryId } from '#lib/record/profile-section.ts';
import { hasMany, type Fields } from '#lib/record/section.ts';
import { healthSections, keepsHistory, sectionDefinition } from '#lib/record/sections.ts';
import { changes, MAX_CHANGE } from '#lib/record/sections/changes.ts';
import { DIRECTIVES_DRAFT } from '#lib/record/sections/directives.ts';

const random = seededRandom('changes');

/** A device with a record of its own, as the vault keeps one. */
class Device {
  readonly document = new RecordDocument();
  readonly log = new ChangeLog();
  readonly #client: number;
  time = 1;

  constructor(client: number) {
    this.#client = client;
  }

  get record(): HealthRecord {
    return this.document.read();
  }

  edit(...edits: readonly Edit[]): void {
    this.say(withHistory(edits, this.record, this.log.update(this.record), sha256));
  }

  /** These edits and no others, in a lane of this client: also what an honest vault never says. */
  say(edits: readonly Edit[], time = this.time, client = this.#client): void {
    const lane = `${client}`;
    if (!this.document.lanes.has(lane)) this.document.putLane(lane, new Lane(client));
    const update = this.document.edit(lane, edits, time);
    expect(inspect(update, this.document.lanes.get(lane)!)).toBe('good');
    const frame = `${client} ${this.document.lanes.get(lane)!.frames}`;
    expect(this.document.apply(lane, update, markOf(frame, time))).toBe(true);
  }

  take(other: Device): void {
    for (const [id, lane] of other.document.lanes)
      if (lane.frames > (this.document.lanes.get(id)?.frames ?? 0)) this.document.putLane(id, lane.clone());
    this.time = Math.max(this.time, other.time) + 1;
    this.log.update(this.record);
  }

  conflicts(): readonly Conflict[] {
    return [...this.log.update(this.record).conflicts()];
  }

  value(id: EntryId, field: string): FieldValue | undefined {
    return this.record.entries.get('treatments')?.get(id)?.fields[field];
  }

  history(id: EntryId) {
    return this.log.update(this.record).of('treatments', id);
  }
}

const ID = entryId(random);
const put = (fields: Fields, id = ID, more: { saw?: readonly EntryId[] } = {}): Edit => ({
  ...{ type: 'put', section: 'treatments', id, fields },
  ...more,
});
const alter = (type: 'delete' | 'restore'): Edit => ({ type, section: 'treatments', id: ID });
const full = { name: 'Lévothyrox', start: '2019', ongoing: true, end: null, dosage: '50 µg', comment: null };

function pair() {
  const [phone, laptop] = [new Device(1), new Device(2)];
  phone.edit(put(full));
  laptop.take(phone);
  const meet = () => {
    phone.take(laptop);
    laptop.take(phone);
  };
  return { phone, laptop, meet };
}

describe('the history of an entry', () => {
  test('R21: a change keeps what was there before, when, and on which device; an entry that is new keeps nothing', () => {
    const { phone, laptop } = pair();
    expect(phone.history(ID)).toEqual([]);
    laptop.time = 7;
    laptop.edit(put({ dosage: '75 µg', comment: null }));
    phone.take(laptop);
    expect(phone.history(ID)).toMatchObject([{ kind: 'put', at: 7, by: 2 }]);
    expect([...phone.history(ID)[0]!.fields]).toEqual([['dosage', { before: '50 µg', after: '75 µg' }]]);
  });

  test('R21: a deletion and a restoration are changes; saying again what is so is none', () => {
    const { phone } = pair();
    phone.edit(alter('restore'));
    phone.edit(put({ dosage: '50 µg' }));
    expect(phone.history(ID)).toEqual([]);
    phone.edit(alter('delete'));
    phone.edit(alter('delete'));
    phone.edit(put({ comment: 'le matin' }), alter('restore'));
    expect(phone.history(ID).map(({ kind }) => kind)).toEqual(['restore', 'put', 'delete']);
  });

  test('R21: a number and its unit are told together, so that neither is read with the other of another device', () => {
    const [phone, laptop] = [new Device(1), new Device(2)];
    const stay = (fields: Fields): Edit => ({ type: 'put', section: 'hospital-stays', id: ID, fields });
    phone.edit(stay({ name: 'Appendicite', start: '2003', duration: 4, durationUnit: 'days' }));
    laptop.take(phone);
    phone.edit(stay({ duration: 3 }));
    laptop.edit(stay({ durationUnit: 'weeks' }));
    phone.take(laptop);
    expect(phone.conflicts()[0]?.fields.map(({ field }) => field)).toEqual(['duration', 'durationUnit']);
  });

  test('R21: two texts of every section that are as long as they may be fit into a change, whatever is in them', () => {
    const awkward = ['\ud800', '"', '\\', '\n'];
    for (const section of healthSections.filter(({ id }) => keepsHistory(id))) {
      const device = new Device(1);
      const filled = (text: string): Fields =>
        Object.fromEntries(
          section.fields
            .filter((field) => field.kind === 'text' || field.kind === 'longtext')
            .map((field) => [field.name, text.repeat('max' in field ? field.max : 0)]),
        );
      const edit = (fields: Fields): Edit => ({ type: 'put', section: section.id, id: ID, fields });
      // The page of the directives writes a long draft in several edits.
      const write = (all: Fields): void => {
        const names = Object.keys(all);
        for (let from = 0; from < names.length; from += 5)
          device.edit(
            edit(Object.fromEntries(names.slice(from, from + 5).map((name) => [name, all[name]!]))),
          );
      };
      write(filled('a'));
      for (const text of awkward) write(filled(text));
      for (const { fields } of device.record.entries.get(changes.id)?.values() ?? [])
        expect(String(fields['fields']).length).toBeLessThanOrEqual(MAX_CHANGE);
      const told = device.log.update(device.record).of(section.id, ID);
      for (const name of Object.keys(filled('a')))
        expect(told.filter(({ fields }) => fields.has(name)).length, `${section.id} ${name}`).toBeGreaterThan(
          0,
        );
    }
  });
});

describe('a conflict', () => {
  test('R21: two doses written apart are both offered, with device and time, until somebody chooses', () => {
    const { phone, laptop, meet } = pair();
    phone.edit(put({ dosage: '75 µg' }));
    laptop.edit(put({ dosage: '100 µg' }));
    meet();
    for (const device of [phone, laptop]) {
      const [conflict, ...others] = device.conflicts();
      expect(others).toEqual([]);
      expect(conflict).toMatchObject({ section: 'treatments', entry: ID });
      expect(conflict?.fields).toHaveLength(1);
      const alternatives = [...(conflict?.fields[0]?.alternatives ?? [])].sort((a, b) => a.by! - b.by!);
      expect(alternatives).toMatchObject([
        { value: '75 µg', by: 1 },
        { value: '100 µg', by: 2 },
      ]);
    }
    // The choice falls on what happens to stand: it settles all the same.
    phone.edit(put({ dosage: phone.value(ID, 'dosage')! }));
    meet();
    for (const device of [phone, laptop]) expect(device.conflicts()).toEqual([]);
    expect(phone.history(ID)).toHaveLength(3);
  });

  test('R21: two devices that change different fields, or one field alike, leave nothing to choose', () => {
    const { phone, laptop, meet } = pair();
    phone.edit(put({ dosage: '75 µg', comment: 'le matin' }));
    laptop.edit(put({ dosage: '75 µg', name: 'Lévothyroxine' }));
    meet();
    expect(phone.conflicts()).toEqual([]);
    expect(phone.record.entries.get('treatments')?.get(ID)?.fields).toMatchObject({
      ...{ dosage: '75 µg', comment: 'le matin', name: 'Lévothyroxine' },
    });
  });

  test('R21: two that settle it apart in different ways leave a conflict, in the same way none', () => {
    const { phone, laptop, meet } = pair();
    phone.edit(put({ dosage: '75 µg' }));
    laptop.edit(put({ dosage: '100 µg' }));
    meet();
    phone.edit(put({ dosage: '75 µg' }));
    laptop.edit(put({ dosage: '100 µg' }));
    meet();
    expect(phone.conflicts()).toHaveLength(1);
    phone.edit(put({ dosage: '88 µg' }));
    laptop.edit(put({ dosage: '88 µg' }));
    meet();
    expect(phone.conflicts()).toEqual([]);
  });

  test('R21: a change of another field by somebody who knew both values settles nothing', () => {
    const { phone, laptop, meet } = pair();
    phone.edit(put({ dosage: '75 µg' }));
    laptop.edit(put({ dosage: '100 µg' }));
    meet();
    phone.edit(put({ comment: 'le matin' }));
    meet();
    expect(laptop.conflicts()[0]?.fields.map(({ field }) => field)).toEqual(['dosage']);
  });

  test('R21: a form that was open while another device wrote says nothing of what it did not show', () => {
    const { phone, laptop, meet } = pair();
    laptop.edit(put({ dosage: '100 µg' }));
    meet();
    phone.edit(put({ dosage: '75 µg' }, ID, { saw: [] }));
    expect(
      phone
        .conflicts()[0]
        ?.fields[0]?.alternatives.map(({ value }) => value)
        .sort(),
    ).toEqual(['100 µg', '75 µg']);
  });

  test('R21: deleted on one device and changed on the other is asked, and settled by keeping or deleting', () => {
    for (const choice of ['restore', 'delete'] as const) {
      const { phone, laptop, meet } = pair();
      phone.edit(alter('delete'));
      laptop.edit(put({ dosage: '100 µg' }));
      meet();
      expect(phone.conflicts()).toMatchObject([{ existence: { deleted: { by: 1 }, changed: { by: 2 } } }]);
      laptop.edit(alter(choice));
      meet();
      for (const device of [phone, laptop]) {
        expect(device.conflicts()).toEqual([]);
        const deletedAt = device.record.entries.get('treatments')?.get(ID)?.deletedAt;
        expect(deletedAt === undefined).toBe(choice === 'restore');
      }
    }
  });

  test('R21: a deletion by somebody who knew the change, or a change after it, is no conflict', () => {
    const { phone, laptop, meet } = pair();
    phone.edit(put({ dosage: '75 µg' }));
    meet();
    laptop.edit(alter('delete'));
    meet();
    expect(phone.conflicts()).toEqual([]);
    phone.edit(alter('restore'), put({ dosage: '88 µg' }));
    meet();
    expect(phone.conflicts()).toEqual([]);
  });

  test('R21: what two devices create apart under one name is offered twice', () => {
    const [phone, laptop] = [new Device(1), new Device(2)];
    const target = fixedEntryId('weight');
    phone.edit(put({ ...full, dosage: '70' }, target));
    laptop.edit(put({ ...full, dosage: '80' }, target));
    phone.take(laptop);
    expect(phone.conflicts()[0]?.fields.map(({ field }) => field)).toEqual(['dosage']);
  });
});

interface Said {
  readonly entry: string;
  readonly known: ReadonlySet<number>;
  readonly fields: ReadonlyMap<string, FieldValue>;
  readonly kind: Edit['type'];
}

/** Who knew what is kept apart from the history here, edit by edit, and compared with what the history makes of it. */
describe('with three devices that edit and meet at random', () => {
  const sections = healthSections.filter(({ id }) =>
    ['treatments', 'hospital-stays', 'relatives'].includes(id),
  );
  const scalars = new Map(
    sections.map(({ id, fields }) => [id, fields.filter((one) => !hasMany(one)).map(({ name }) => name)]),
  );

  function standing<T>(
    said: readonly Said[],
    known: ReadonlySet<number>,
    pick: (one: Said) => T | undefined,
  ) {
    const those = [...known].filter((index) => pick(said[index]!) !== undefined);
    return those.filter((index) => !those.some((other) => other !== index && said[other]!.known.has(index)));
  }

  function expected(said: readonly Said[], known: ReadonlySet<number>): string[] {
    const found: string[] = [];
    for (const entry of new Set([...known].map((index) => said[index]!.entry))) {
      const of = (pick: (one: Said) => unknown) => (one: Said) =>
        one.entry === entry ? pick(one) : undefined;
      for (const name of scalars.get(entry.split('/')[0]!)!) {
        const last = standing(
          said,
          known,
          of(({ fields }) => fields.get(name)),
        );
        const values = new Set(last.map((index) => said[index]!.fields.get(name)));
        if (values.size > 1) found.push(`${entry} ${name} ${[...values].map(String).sort().join('|')}`);
      }
      const last = standing(
        said,
        known,
        of(({ kind }) => (kind === 'put' ? undefined : kind)),
      );
      const deletions = last.filter((index) => said[index]!.kind === 'delete');
      const others = [...known].filter(
        (index) =>
          said[index]!.entry === entry &&
          said[index]!.kind === 'put' &&
          deletions.every((one) => !said[one]!.known.has(index) && !said[index]!.known.has(one)),
      );
      if (deletions.length > 0 && (last.length > deletions.length || others.length > 0))
        found.push(`${entry} deleted or not`);
    }
    return found.sort();
  }

  function shown(device: Device): string[] {
    return device
      .conflicts()
      .flatMap(({ section, entry, fields, existence }) => [
        ...fields.map(
          ({ field, alternatives }) =>
            `${section}/${entry} ${field} ${alternatives
              .map(({ value }) => String(value))
              .sort()
              .join('|')}`,
        ),
        ...(existence ? [`${section}/${entry} deleted or not`] : []),
      ])
      .sort();
  }

  test(
    'R21: the conflicts shown are those there are, and every value that was written is current, or in the history',
    { timeout: 60_000 },
    () => {
      let disputes = 0;
      for (let seed = 0; seed < 60; seed++) {
        const source = seededRandom(`history ${seed}`);
        const devices = [1, 2, 3].map((client) => new Device(client));
        const known = new Map(devices.map((device) => [device, new Set<number>()]));
        const said: Said[] = [];
        const written: { section: string; id: string; name: string; value: FieldValue }[] = [];
        for (let step = 0; step < 40; step++) {
          const device = source.pick(devices);
          const knows = known.get(device)!;
          if (source.chance(0.3)) {
            const other = source.pick(devices);
            device.take(other);
            for (const index of known.get(other)!) knows.add(index);
            continue;
          }
          // The forms of this test show what there is: what an old form knows is tested above.
          const edits = nextEdits(source, device.record, device.log, sections);
          const told = edits.filter(({ section }) => section === changes.id);
          if (edits.some((edit) => isOfOldForm(edit, device))) continue;
          device.say(edits, device.time++);
          device.log.update(device.record);
          for (const edit of edits)
            if (edit.type === 'put' && edit.section !== changes.id)
              for (const [name, value] of Object.entries(edit.fields))
                if (value !== null) written.push({ section: edit.section, id: edit.id, name, value });
          for (const one of told) {
            const { entry, kind, fields } = (one as Extract<Edit, { type: 'put' }>).fields;
            const parsed = JSON.parse(String(fields ?? '{}')) as Record<string, [FieldValue, FieldValue]>;
            said.push({
              ...{ entry: String(entry), known: new Set(knows), kind: kind as Edit['type'] },
              fields: new Map(Object.entries(parsed).map(([name, [, after]]) => [name, after])),
            });
            knows.add(said.length - 1);
          }
          expect(shown(device), `seed ${seed} step ${step}`).toEqual(expected(said, knows));
        }
        const [first, ...others] = devices as [Device, Device, Device];
        for (const other of others) first.take(other);
        for (const other of others) other.take(first);
        disputes += shown(first).length;
        for (const device of devices) {
          expect(shown(device), `seed ${seed}`).toEqual(shown(first));
          for (const { section, id, name, value } of written)
            expect(
              isKept(device.record, device.log, { section, id, name, value }),
              `seed ${seed}: ${section} ${name} ${String(value)}`,
            ).toBe(true);
        }
      }
      expect(disputes).toBeGreaterThan(50);
    },
  );

  function isOfOldForm(edit: Edit, device: Device): boolean {
    if (edit.section !== changes.id || edit.type !== 'put') return false;
    const [section = '', entry = ''] = String(edit.fields['entry']).split('/');
    const heads = device.log.headsOf(section, entry);
    const saw = String(edit.fields['saw'] ?? '').split(' ');
    return heads.some((head) => !saw.includes(head));
  }
});

describe('what another replica holds', () => {
  const entryOf = (fields: Fields): Edit => ({
    ...{ type: 'put', section: changes.id, fields },
    id: immutableId(changes.id, fields, sha256),
  });

  test('R21: changes of foreign sections, of nothing, malformed or too long neither throw nor hide the others', () => {
    const { phone, laptop, meet } = pair();
    phone.edit(put({ dosage: '75 µg' }));
    const of = `treatments/${ID}`;
    const hostile: Fields[] = [
      { entry: 'nowhere/x', kind: 'put' },
      { entry: `identity/${ID}`, kind: 'put', fields: '{"nir":["1","2"]}' },
      { entry: `${changes.id}/${ID}`, kind: 'delete' },
      { entry: `__proto__/${ID}`, kind: 'put', fields: '{"__proto__":[1,2]}' },
      { entry: of, kind: 'burn' },
      { entry: of, kind: 'put', fields: '{' },
      { entry: of, kind: 'put', fields: '['.repeat(MAX_CHANGE) },
      { entry: of, kind: 'put', fields: `{"comment":["${'x'.repeat(2 * MAX_CHANGE)}",null]}` },
      { entry: of, kind: 'put', fields: '{"dosage":"75","name":[1,2],"end":["2020"],"other":[1,2]}' },
      { entry: of, kind: 'put', fields: 'null', saw: `${ID} x ${entryId(random)}` },
      { entry: of, kind: 7, saw: 7, fields: 7 },
    ];
    laptop.say(hostile.map(entryOf), 9, 3);
    laptop.say([entryOf({ entry: `treatments/${entryId(random)}`, kind: 'delete' })], 9, 3);
    meet();
    const told = phone.history(ID).flatMap(({ fields }) => [...fields]);
    expect(told).toEqual([['dosage', { before: '50 µg', after: '75 µg' }]]);
    expect(phone.conflicts()).toEqual([]);
  });

  test('R21: changes that claim to know each other in a circle hide neither the value of the one nor of the other', () => {
    const { phone } = pair();
    const circle = seededRandom('circle');
    const ids = Array.from({ length: 40 }, () => entryId(circle));
    const edits = ids.map((id, index) =>
      entryOf({
        ...{ entry: `treatments/${ID}`, kind: index % 7 === 3 ? 'delete' : 'put' },
        fields: JSON.stringify({ dosage: ['50 µg', `${index}`] }),
        saw: [circle.pick(ids), circle.pick(ids), id, ids[(index + 1) % ids.length]].join(' '),
      }),
    );
    phone.say(edits, 9, 3);
    expect(phone.history(ID)).toHaveLength(40);
    const values = phone.history(ID).flatMap(({ fields }) => [...fields.values()].map(({ after }) => after));
    expect(new Set(values).size).toBe(ids.filter((_, index) => index % 7 !== 3).length);
    phone.edit(put({ dosage: '75 µg' }));
    expect(phone.value(ID, 'dosage')).toBe('75 µg');
  });

  test('R21: what another device sets in a change afterwards is void, and the change reads as its author said it', () => {
    const { phone, laptop, meet } = pair();
    phone.edit(put({ dosage: '75 µg' }));
    meet();
    const [change] = laptop.history(ID);
    const fields = '{"dosage":["50 µg","500 µg"]}';
    const values = new Map([[changes.id, new Map([[`${change!.id}/fields`, fields]])]]);
    laptop.document.putLane('3', new Lane(3));
    expect(inspect(laptop.document.set('3', values), laptop.document.lanes.get('3')!)).toBe('void');
    laptop.say([entryOf({ entry: `treatments/${ID}`, kind: 'put', fields })], 9, 3);
    meet();
    expect(phone.history(ID).map(({ by }) => by)).toContain(1);
    const own = phone.history(ID).find(({ by }) => by === 1);
    expect([...own!.fields]).toEqual([['dosage', { before: '50 µg', after: '75 µg' }]]);
  });

  test('R21: a chain of thousands of changes of one entry is walked to its end', { timeout: 60_000 }, () => {
    const { phone } = pair();
    const chain: Edit[] = [];
    for (let index = 0; index < 3000; index++)
      chain.push(
        entryOf({
          ...{ entry: `treatments/${ID}`, kind: 'put', saw: chain.at(-1)?.id ?? null },
          fields: JSON.stringify({ dosage: [`${index - 1} µg`, `${index} µg`] }),
        }),
      );
    const ids = chain.map(({ id }) => id);
    for (let from = 0; from < chain.length; from += 500) phone.say(chain.slice(from, from + 500), 9 + from);
    expect(phone.conflicts()).toEqual([]);
    expect(phone.history(ID).map(({ id }) => id)).toEqual(ids.toReversed());
  });
});

test('R21: every section whose entries can be changed keeps what they were', () => {
  const others = healthSections.filter(({ id }) => !keepsHistory(id) && !sectionDefinition(id)?.immutable);
  expect(others.map(({ id }) => id)).toEqual([]);
});

test('R21 DIR-05: a draft of directives that two devices write keeps both texts, and tells each text once', () => {
  const { phone, laptop, meet } = pair();
  const write = (fields: Fields): Edit => ({
    ...{ type: 'put', section: 'directives-draft', id: DIRECTIVES_DRAFT, fields },
  });
  phone.edit(write({ form: 'healthy', place: 'À la maison' }));
  laptop.take(phone);
  phone.edit(write({ place: 'À la maison, avec mon chat' }));
  laptop.edit(write({ place: 'À l’hôpital', beliefs: 'Aucun rite' }));
  meet();
  for (const device of [phone, laptop]) {
    const [conflict] = device.conflicts();
    expect(conflict?.fields.map(({ field }) => field)).toEqual(['place']);
    expect(conflict?.fields[0]?.alternatives.map(({ value }) => value).sort()).toEqual([
      'À la maison, avec mon chat',
      'À l’hôpital',
    ]);
  }
  const told = JSON.stringify([...(phone.record.entries.get(changes.id)?.values() ?? [])]);
  expect(told.match(/À la maison\\"/g)).toHaveLength(1);
});
