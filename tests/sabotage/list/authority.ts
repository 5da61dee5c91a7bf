import type { Sabotage } from '../sabotage.ts';

export const AUTHORITY: readonly Sabotage[] = [
  {
    id: 'code-expires',
    file: 'relay/authority/codes.ts',
    find: `return this.#deps.clock.now() < row.expires;`,
    replace: `return row.expires > 0;`,
    why: 'A letter found years later would still activate.',
    tests: ['relay/authority/codes.test.ts'],
  },
  {
    id: 'code-tries-counted',
    file: 'relay/authority/codes.ts',
    find: `tries = tries + 1, locked`,
    replace: `tries = tries, locked`,
    why: 'The NIR of a letter that was found could be guessed without end.',
    tests: ['relay/authority/codes.test.ts', 'tests/attacks/a10.test.ts'],
  },
  {
    id: 'code-used-once',
    file: 'relay/authority/codes.ts',
    find: `row.withdrawn !== null || row.address !== null) return false;`,
    replace: `row.withdrawn !== null) return false;`,
    why: 'A code that was used would open the enrolment file again.',
    tests: ['tests/attacks/a10.test.ts'],
  },
];
