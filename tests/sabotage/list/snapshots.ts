import type { Sabotage } from '../sabotage.ts';

/** What may take the place of history. */
export const SNAPSHOTS: readonly Sabotage[] = [
  {
    id: 'who-may-snapshot',
    file: 'src/lib/replica/adopt.ts',
    find: `    if (!(await mayFold(context, turn, candidate.parts))) continue;
`,
    replace: ``,
    why: 'A revoked device’s snapshot would be where newcomers begin.',
    tests: ['tests/replica/snapshots.test.ts', 'tests/attacks/c09.test.ts'],
  },
  {
    id: 'snapshot-compared',
    file: 'src/lib/replica/adopt.ts',
    find: `  if (verdicts.has('different')) return 'refused';
`,
    replace: '',
    why: 'An owner’s device could drop entries by a snapshot (C09).',
    tests: ['tests/attacks/c09.test.ts'],
  },
  {
    id: 'snapshot-goes-on-from-its-lane',
    file: 'src/lib/replica/adopt.ts',
    find: `if (!snapshot || !follows(parts[0]!, snapshot)) return 'refused';`,
    replace: `if (!snapshot) return 'refused';`,
    why: 'A snapshot could leave out what its own author had said.',
    tests: ['tests/attacks/c09.test.ts'],
  },
  {
    id: 'snapshot-names-what-its-words-name',
    file: 'src/lib/replica/adopt.ts',
    find: `return (await namesAsItsWords(context, turn, snapshot)) ? 'verified' : 'refused';`,
    replace: `return 'verified';`,
    why: 'Words that counted by being named would be late after the snapshot, or late ones count.',
    tests: ['tests/replica/snapshots.test.ts', 'tests/attacks/c09.test.ts'],
  },
  {
    id: 'let-go-after-the-ack',
    file: 'src/lib/replica/adopt.ts',
    find: `base.namedBy === null || !acknowledged(base.namedBy)) return;`,
    replace: `base.namedBy === null) return;`,
    why: 'What is covered would be gone before the relay has the word that keeps it counted.',
    tests: ['tests/replica/snapshots.test.ts'],
  },
  {
    id: 'lie-of-a-base-is-noticed',
    file: 'src/lib/replica/adopt.ts',
    find: `const isLie = !covered.every((frame) => isTold(context, turn, frame));`,
    replace: `const isLie = covered.length < 0;`,
    why: 'A newcomer who began with a lie would never hear of it.',
    tests: ['tests/attacks/c09.test.ts'],
  },
  {
    id: 'refused-snapshot-publishes-again',
    file: 'src/lib/replica/adopt.ts',
    find: `for (const frame of covered.sort((a, b) => a.seq - b.seq)) turn.send(frame, 'again');`,
    replace: `covered.sort((a, b) => a.seq - b.seq);`,
    why: 'What a liar had erased would come back to nobody.',
    tests: ['tests/attacks/c09.test.ts'],
  },
  {
    id: 'snapshot-length-before-inflating',
    file: 'src/lib/replica/snapshot.ts',
    find: `if (!announced || announced.length > MAX_STATE) return null;`,
    replace: `if (!announced) return null;`,
    why: 'A few bytes could inflate to all the memory there is.',
    tests: ['src/lib/replica/codecs.test.ts', 'tests/attacks/c09.test.ts'],
  },
  {
    id: 'snapshot-lane-is-complete',
    file: 'src/lib/replica/snapshot.ts',
    find: `if (lane?.frames !== seq || lane.frameAt(shortOf(saying)) !== seq - 1) throw`,
    replace: `if (!lane) throw`,
    why: 'A lane would be taken for longer than it is, and what follows would be missed.',
    tests: ['src/lib/replica/codecs.test.ts', 'tests/attacks/c09.test.ts'],
  },
  {
    id: 'named-by-this-device-first',
    file: 'src/lib/replica/settling.ts',
    find: `if (!base?.verified || base.namedBy !== null || !keys) return;`,
    replace: `if (!base || base.namedBy !== null || !keys) return;`,
    why: 'This device would vouch for a snapshot that it has only been told.',
    tests: ['tests/replica/snapshots.test.ts', 'tests/attacks/c09.test.ts'],
  },
];
