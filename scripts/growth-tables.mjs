/**
 * `node scripts/growth-tables.mjs FOLDER`: writes src/lib/record/growth-tables.ts from the WHO's LMS tables as CSV files
 * (weight, length or height, BMI and head circumference; weekly for 13 weeks, monthly up to 60 months, and from 61 months
 * on), as far as the WHO publishes them. Ages become months of 30.4375 days; the first three monthly rows give way to the
 * weekly ones. At 24 months two rows stand one after the other: measured lying, then standing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DAYS_IN_MONTH = 30.4375;
const WEEKS = 13;
/** The name of its files up to five years, and of the one after that, where there is one. */
/** @type {Record<string, { early: string, late?: string }>} */
const FILES = {
  weight: { early: 'weight-for-age', late: 'weight-for-age-61-120-months' },
  height: { early: 'length-height-for-age', late: 'height-for-age-61-228-months' },
  bmi: { early: 'bmi-for-age', late: 'bmi-for-age-61-228-months' },
  head: { early: 'head-circumference-for-age' },
};

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('node scripts/growth-tables.mjs FOLDER');

/** @typedef {Record<string, string | undefined>} Row */

/**
 * @param {string} file
 * @param {string} sex
 * @returns {Row[]}
 */
function rowsOf(file, sex) {
  const [head = '', ...lines] = readFileSync(join(String(folder), `${file}.csv`), 'utf8')
    .trim()
    .split('\n');
  const names = head.trim().split(',');
  /** @type {(line: string) => Row} */
  const rowOf = (line) =>
    Object.fromEntries(
      line
        .trim()
        .split(',')
        .map((cell, i) => [names[i], cell]),
    );
  return lines.map(rowOf).filter((row) => row['sex'] === sex);
}

/**
 * @param {{ early: string, late?: string }} files
 * @param {string} sex
 */
function tableOf({ early, late }, sex) {
  const weeks = rowsOf(`${early}-0-13-weeks`, sex).map((row) => ({
    ...row,
    age_months: ((Number(row['age_weeks']) * 7) / DAYS_IN_MONTH).toFixed(4),
  }));
  const months = rowsOf(`${early}-0-60-months`, sex).filter(
    (row) => Number(row['age_months']) * DAYS_IN_MONTH > WEEKS * 7,
  );
  const rest = late ? rowsOf(late, sex) : [];
  return [...weeks, ...months, ...rest].map((/** @type {Row} */ row) =>
    ['age_months', 'L', 'M', 'S'].map((name) => Number(row[name])).join(', '),
  );
}

const tables = Object.entries(FILES).map(([measure, files]) => {
  const bySex = ['female', 'male'].map(
    (sex) =>
      `    ${sex}: [\n${tableOf(files, sex)
        .map((row) => `      ${row},`)
        .join('\n')}\n    ],`,
  );
  return `  ${measure}: {\n${bySex.join('\n')}\n  },`;
});

writeFileSync(
  join(import.meta.dirname, '../src/lib/record/growth-tables.ts'),
  `/**
 * Growth of children: the LMS tables of the WHO, four numbers a row: age in months, L, M, S. Made by scripts/growth-tables.mjs.
 *
 * Source: WHO Child Growth Standards (2006) up to 60 months, WHO Reference 2007 (de Onis and others) from 61 months on.
 * Numbers up to 60 months and of weekly ages from pygrowup (github.com/ewheeler/pygrowup, ae6c639; BSD-3-Clause, UNICEF and
 * contributors); from 61 months on from github.com/rcpch/growth-references (1ed2496; MIT, RCPCH), whose authors call the data
 * of the WHO freely available. Checked against the tables of WHO anthro and anthroplus. kg, cm, kg/m².
 */
import type { GrowthMeasure, GrowthTable, Sex } from './growth.ts';

// prettier-ignore
export const GROWTH_TABLES: Readonly<Record<GrowthMeasure, Readonly<Record<Sex, GrowthTable>>>> = {
${tables.join('\n')}
};
`,
);
