import type { Sabotage } from '../sabotage.ts';

export const VAULT: readonly Sabotage[] = [
  {
    id: 'second-slot-tried',
    file: 'src/lib/vault/entrance.ts',
    find: `return copies.filter((slot) => slot !== undefined);`,
    replace: `return copies.filter((slot) => slot !== undefined).slice(0, 1);`,
    why: 'One rotten sector would lock a person out of everything (R04).',
    tests: ['tests/attacks/r04-account.test.ts', 'tests/attacks/r04-vault.test.ts'],
  },
  {
    id: 'rotten-slot-mended',
    file: 'src/lib/vault/entrance.ts',
    find: `if (!isWhole) await storage.write(slotCopies(slot), 'strict');`,
    replace: '',
    why: 'The second copy of the slot would be the last one.',
    tests: ['tests/attacks/r04-account.test.ts', 'tests/attacks/r04-vault.test.ts'],
  },
  {
    id: 'relinked-disk-emptied',
    file: 'src/lib/vault/entrance.ts',
    find: `    { type: 'deletePrefix', prefix: [] } as const,
`,
    replace: '',
    why: 'What a locked account left on the disk would stand beside the new one.',
    tests: ['tests/vault/relink.test.ts'],
  },
  {
    id: 'refused-account-erased',
    file: 'src/lib/vault/entrance.ts',
    find: `    if (isFinal(redeemed.error))
      await storage.write([{ type: 'deletePrefix', prefix: ['account'] }], 'strict');
`,
    replace: '',
    why: 'An account that the authority refused for good would stay, and nobody could activate on this device again.',
    tests: ['tests/vault/refusals.test.ts', 'tests/enrolment.test.ts'],
  },
];
