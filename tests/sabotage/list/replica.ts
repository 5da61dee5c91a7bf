import type { Sabotage } from '../sabotage.ts';

export const REPLICA: readonly Sabotage[] = [
  {
    id: 'frame-signature',
    file: 'src/lib/replica/context.ts',
    find: `return (await verifyOpened(opened, key)) ? 'good' : 'bad';`,
    replace: `return (await verifyOpened(opened, key)) || true ? 'good' : 'bad';`,
    why: 'Whoever reads a record could write in it, in another’s name (A05).',
    tests: ['src/lib/replica/signature.test.ts'],
  },
];
