import type { Sabotage } from '../sabotage.ts';

export const SYNC: readonly Sabotage[] = [
  {
    id: 'acknowledged-only-if-sent',
    file: 'src/lib/sync/push.ts',
    find: `const done = frames.flatMap((frame, i) => (sent[i]?.ok ? [{ ...frame, after: sent[i].value }] : []));`,
    replace: `const done = frames.map((frame) => ({ ...frame, after: 0 }));`,
    why: 'What the relay refused or never got would leave the outbox, and no other device would ever have it.',
    tests: ['src/lib/sync/engine.test.ts', 'tests/attacks/r13.test.ts'],
  },
  {
    id: 'pages-go-forward',
    file: 'src/lib/sync/pull.ts',
    find: `if (last.cursor <= since) return fail({ type: 'nonsense' });`,
    replace: '',
    why: 'A relay that answers the same page for ever would keep a device asking for ever.',
    tests: ['src/lib/sync/pull.test.ts'],
  },
  {
    id: 'rollback-noticed',
    file: 'src/lib/sync/pull.ts',
    find: `if (newest < after) return ok(true);`,
    replace: `if (newest < after) return ok(false);`,
    why: 'A relay set back to a backup would never be given again what it lost.',
    tests: ['src/lib/sync/pull.test.ts'],
  },
  {
    id: 'authority-no-cookies',
    file: 'src/lib/sync/authority-client.ts',
    find: `credentials: 'omit',`,
    replace: `credentials: 'include',`,
    why: 'The authority could tell one browser from another by what it set there.',
    tests: ['src/lib/sync/authority-client.test.ts'],
  },
  {
    id: 'authority-answer-bounded',
    file: 'src/lib/sync/authority-client.ts',
    find: `if (text.length > MAX_ANSWER) throw new RangeError('too long');`,
    replace: '',
    why: 'An answer of any size would be parsed.',
    tests: ['src/lib/sync/authority-client.test.ts'],
  },
];
