import { describe, expect, test } from 'vitest';
import { fullFolders, functionsOf, longFunctions, longPages, MAX_FOLDER, MAX_FUNCTION } from './size.ts';
import { readTree } from './tree.ts';

const SOURCES = readTree(['src', 'relay', 'scripts']);
const ROOMS = ['src/lib/vault', 'src/lib/app', 'relay'];

const plant = (files: Record<string, string>): Map<string, string> => new Map(Object.entries(files));

/** The lines of a function's body. */
const steps = (count: number): string => Array.from({ length: count }, () => '  step();\n').join('');

describe('the tree keeps its measure', () => {
  test('no function is over 60 lines', () => {
    expect(longFunctions(SOURCES)).toEqual([]);
  });

  test('no folder holds more than 15 files, tests not counted', () => {
    expect(fullFolders(SOURCES, ROOMS)).toEqual([]);
  });

  test('the page in the middle has at most 40 lines', () => {
    expect(longPages(SOURCES)).toEqual([]);
  });
});

describe('what is too large is told', () => {
  test('a function of one line too many, by file, name, length and what to do', () => {
    const inner = `const inner = () => {\n${steps(MAX_FUNCTION - 4)}};\n`;
    const text = `/** Its words do not count. */\nfunction outer() {\n${inner}}\n`;
    expect(longFunctions(plant({ 'src/lib/bytes/a.ts': text }))).toEqual([]);
    const longer = text.replace('step();', 'step();\n  step();');
    expect(longFunctions(plant({ 'src/lib/bytes/a.ts': longer }))).toEqual([
      'src/lib/bytes/a.ts:2 outer has 61 lines, 60 are allowed: give its steps names of their own, in functions over what they need, or in a class with short methods where they share state.',
    ]);
  });

  test.each([
    ['a method', 'relay/a.ts', `class A {\n#go() {\n${steps(60)}}\n}`, 'relay/a.ts:2 #go has 62 lines'],
    ['a constructor', 'relay/a.ts', `class A {\nconstructor() {\n${steps(60)}}\n}`, 'constructor has 62'],
    ['an arrow', 'scripts/a.mjs', `const go = () => {\n${steps(60)}};`, 'scripts/a.mjs:1 go has 62'],
    ['one without a name', 'src/a.ts', `run(() => {\n${steps(60)}});`, 'src/a.ts:1 a function has 62'],
    ['in an object', 'src/a.ts', `export const a = { go() {\n${steps(60)}} };`, 'src/a.ts:1 go has 62'],
    [
      'in a component',
      'src/A.svelte',
      `<p>…</p>\n<script lang="ts">\nfunction go() {\n${steps(60)}}\n</script>`,
      'src/A.svelte:3 go has 62 lines',
    ],
  ])('%s', (_name, file, text, told) => {
    const [found, ...others] = longFunctions(plant({ [file]: text }));
    expect(found).toContain(told);
    expect(others).toEqual([]);
  });

  test('a test may be long', () => {
    expect(longFunctions(plant({ 'src/a.test.ts': `test('…', () => {\n${steps(60)}});` }))).toEqual([]);
  });

  test('a full folder, wherever it stands', () => {
    const names = Array.from({ length: MAX_FOLDER }, (_, n) => `relay/store/${n}.ts`);
    const full = Object.fromEntries(
      [...names, 'relay/store/0.test.ts', 'relay/a.ts'].map((one) => [one, '']),
    );
    expect(fullFolders(plant(full), ROOMS)).toEqual([]);
    expect(fullFolders(plant({ ...full, 'relay/store/more.json': '' }), ROOMS)).toEqual([
      'relay/store holds 16 files, 15 are allowed: give those that belong together a folder with a name.',
    ]);
    expect(fullFolders(plant({ ...full, 'relay/store/more.json': '' }), ['src/lib/app'])).toEqual([]);
  });

  test('pages of which half are long', () => {
    const page = (lines: number): string => '<p></p>\n'.repeat(lines);
    const three = {
      'src/a/+page.svelte': page(300),
      'src/b/+page.svelte': page(1),
      'src/A.svelte': page(300),
    };
    expect(longPages(plant({ ...three, 'src/c/+page.svelte': page(40) }))).toEqual([]);
    expect(longPages(plant({ ...three, 'src/c/+page.svelte': page(41) }))).toEqual([
      'Half of the 3 pages have 41 lines or more, 40 are allowed: what a page computes belongs in src/lib/app, what it shows in a component. The long ones: src/a/+page.svelte (300), src/c/+page.svelte (41).',
    ]);
    expect(
      longPages(plant({ ...three, 'src/c/+page.svelte': page(40), 'src/d/+page.svelte': page(42) })),
    ).toHaveLength(1);
  });
});

test('what has no body is no function', () => {
  const text = `interface A { go(): void }\ndeclare function b(): void;\nfunction c(): void;\nfunction c() {}`;
  expect(functionsOf('a.ts', text).map(({ name }) => name)).toEqual(['c']);
});
