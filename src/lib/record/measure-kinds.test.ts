/** What can be measured: the guide's eleven kinds, each with its unit. */
import { expect, test } from 'vitest';
import { MEASURE_KINDS, STORED_MEASURES } from './measure-kinds.ts';

test.each([
  ['MED-40', 'Poids', 'kg'],
  ['MED-41', 'Taille', 'm'],
  ['MED-42', 'IMC', 'kg/m²'],
  ['MED-43', 'Tour de taille', 'cm'],
  ['MED-44', 'Température', '°C'],
  ['MED-45', 'Glycémie', 'mg/dL'],
  ['MED-46', 'Tension artérielle', 'mmHg'],
  ['MED-47', 'Niveau de douleur', '/10'],
  ['MED-48', 'Fréquence cardiaque', 'bpm'],
  ['MED-49', 'Nombre de pas', ''],
  ['MED-50', 'Périmètre crânien', 'cm'],
])('%s: %s is measured, in « %s »', (_id, title, unit) => {
  expect(MEASURE_KINDS.find((kind) => kind.title.fr === title)?.unit).toBe(unit);
});

test('MED-40 MED-41 MED-42 MED-43 MED-44 MED-45 MED-46 MED-47 MED-48 MED-49 MED-50: there are eleven measures, and all but one are typed', () => {
  expect(MEASURE_KINDS).toHaveLength(11);
  expect(
    MEASURE_KINDS.map(({ id }) => id).filter((id) => !STORED_MEASURES.some((one) => one === id)),
  ).toEqual(['bmi']);
});
