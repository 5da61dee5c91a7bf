import { expect, test } from 'vitest';
import { PROFILE, profileSections } from '#lib/record/sections.ts';
import { conditions } from '#lib/record/sections/conditions.ts';
import { familyHistory } from '#lib/record/sections/family-history.ts';
import { boxesOf, isShown, readBoxes } from './form.ts';

const now = { y: 2026, m: 11, d: 23 };
const [, , , end] = conditions.fields;

test('MED-10: the three boxes of a date say just what they hold', () => {
  const boxes = boxesOf(conditions, { name: 'Asthme', start: '1996-03' });
  expect(boxes.date['start']).toEqual({ day: '', month: '3', year: '1996' });
  expect(readBoxes(conditions, boxes, now)).toMatchObject({ ok: true, fields: { start: '1996-03' } });
  boxes.date['start'] = { day: '5', month: '', year: '1996' };
  expect(readBoxes(conditions, boxes, now)).toEqual({
    ok: false,
    problems: [{ field: 'start', problem: 'day-without-month' }],
  });
  boxes.date['start'] = { day: '', month: '', year: '' };
  expect(readBoxes(conditions, boxes, now)).toEqual({
    ok: false,
    problems: [{ field: 'start', problem: 'required' }],
  });
});

test('MED-13: an end is asked only of what does not go on, and what was typed there is then not kept', () => {
  const boxes = boxesOf(conditions, { name: 'Fracture', start: '2014', ongoing: false, end: '2015' });
  expect(isShown(conditions, end, boxes)).toBe(true);
  boxes.flag['ongoing'] = true;
  expect(isShown(conditions, end, boxes)).toBe(false);
  expect(readBoxes(conditions, boxes, now)).toMatchObject({ ok: true, fields: { ongoing: true, end: null } });
});

test('problems come in the order of the form, so that the focus goes to the first', () => {
  const boxes = boxesOf(conditions);
  boxes.date['start'] = { day: '31', month: '2', year: '2020' };
  expect(readBoxes(conditions, boxes, now)).toEqual({
    ok: false,
    problems: [
      { field: 'name', problem: 'required' },
      { field: 'start', problem: 'not-a-date' },
    ],
  });
});

test('MED-55b: a number is read as it is written in French, and nonsense is told', () => {
  const boxes = boxesOf(familyHistory, { relation: 'mother', name: 'Diabète' });
  for (const [typed, read] of [
    ['52', 52],
    [' 52 ', 52],
    ['', null],
  ] as const) {
    boxes.text['onsetAge'] = typed;
    expect(readBoxes(familyHistory, boxes, now)).toMatchObject({ ok: true, fields: { onsetAge: read } });
  }
  for (const typed of ['cinquante', '1e9']) {
    boxes.text['onsetAge'] = typed;
    expect(readBoxes(familyHistory, boxes, now)).toEqual({
      ok: false,
      problems: [{ field: 'onsetAge', problem: 'out-of-range' }],
    });
  }
});

test('MED-04: every section that is open can be written in: its form shows what it requires', () => {
  expect(profileSections.length).toBeLessThanOrEqual(PROFILE.length);
  for (const section of profileSections) {
    const boxes = boxesOf(section);
    for (const field of section.fields)
      if ('required' in field)
        expect(isShown(section, field, boxes), `${section.id} ${field.name}`).toBe(true);
  }
});

test('R21: what two devices left wrong does not stop the form of the rest, and is told where it is touched', () => {
  const before = { name: 'Fracture', start: '2022', ongoing: false, end: '2020' };
  const boxes = boxesOf(conditions, before);
  boxes.text['comment'] = 'Au poignet';
  const fields = { ...before, comment: 'Au poignet' };
  expect(readBoxes(conditions, boxes, now, before)).toMatchObject({ ok: true, fields });
  boxes.date['end'] = { day: '', month: '', year: '2021' };
  const problems = [{ field: 'end', problem: 'ends-before-start' }];
  expect(readBoxes(conditions, boxes, now, before)).toEqual({ ok: false, problems });
  boxes.date['end'] = { day: '', month: '', year: '2023' };
  expect(readBoxes(conditions, boxes, now, before)).toMatchObject({ ok: true, fields: { end: '2023' } });
});

test('R21 MED-13: where two devices said that it goes on and that it ended, the form shows both and loses neither', () => {
  const before = { name: 'Asthme', start: '2018', ongoing: true, end: '2020' };
  const boxes = boxesOf(conditions, before);
  expect(isShown(conditions, end, boxes, before)).toBe(true);
  boxes.text['comment'] = 'x';
  expect(readBoxes(conditions, boxes, now, before)).toMatchObject({
    ...{ ok: true, fields: { ongoing: true, end: '2020', comment: 'x' } },
  });
  boxes.date['end'] = { day: '', month: '', year: '2021' };
  expect(readBoxes(conditions, boxes, now, before)).toMatchObject({
    ...{ ok: false, problems: [{ field: 'end', problem: 'goes-on' }] },
  });
  boxes.flag['ongoing'] = false;
  expect(readBoxes(conditions, boxes, now, before)).toMatchObject({ ok: true, fields: { end: '2021' } });
});
