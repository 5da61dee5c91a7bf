// Adds up what the test runners wrote into .reports/ and prints one closing line. Counts nothing it has not read.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { added, countsOf, sentence } from './reports.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), '.reports');
const names = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.json')).sort();
const reports = names.map((name) => ({ name, counts: countsOf(readFileSync(join(folder, name), 'utf8')) }));

for (const { name, counts } of reports) {
  const again = counts.flaky > 0 ? `, ${counts.flaky} of the passed only when tried again` : '';
  console.log(`${name.slice(0, -'.json'.length)}: ${sentence(counts)}${again}`);
}
const all = added(reports.map(({ counts }) => counts));
console.log(sentence(all));
if (all.failed > 0) process.exitCode = 1;
