import type { Sabotage } from '../sabotage.ts';

export const VAULT: readonly Sabotage[] = [
  {
    id: 'second-slot-tried',
    file: 'src/lib/vault/entrance.ts',
    find: `return copies.filter((slot) => slot !== undefined);`,
    replace: `return copies.filter((slot) => slot !== undefined).slice(0, 1);`,
    why: 'One rotten sector would lock a person out of everything (R04).',
    tests: ['tests/vault/refusals.test.ts'],
  },
  {
    id: 'rotten-slot-mended',
    file: 'src/lib/vault/entrance.ts',
    find: `if (!isWhole) await storage.write(slotCopies(slot), 'strict');`,
    replace: '',
    why: 'The second copy of the slot would be the last one.',
    tests: ['tests/vault/refusals.test.ts'],
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
    tests: ['tests/vault/refusals.test.ts'],
  },
  {
    id: 'revocation-rotates',
    file: 'src/lib/vault/devices.ts',
    find: `if (space.roster().rotationDue) await spaces.rotate(space);`,
    replace: `if (space.roster().rotationDue) await spaces.settled();`,
    why: 'A revoked device would read on until somebody writes (D07).',
    tests: ['tests/attacks/d07.test.ts', 'tests/vault/late-words.test.ts'],
  },
  {
    id: 'revoker-says-what-it-saw',
    file: 'src/lib/vault/devices.ts',
    find: `await Promise.allSettled([accountSpace, record].map(({ replica }) => replica.publishHeads()));`,
    replace: ``,
    why: 'All that the lost phone ever wrote would be asked about again, and nobody reads such a list.',
    tests: ['tests/vault/late-words.test.ts'],
  },
  {
    id: 'carried-chain-reaches-the-chain',
    file: 'src/lib/vault/spaces.ts',
    find: `if (fresh.length > 0) await chain.takeStatements(`,
    replace: `if (fresh.length < 0) await chain.takeStatements(`,
    why: 'The list of devices would show a stolen phone as active, which the record knows is revoked (finding 2).',
    tests: ['tests/vault/hidden-revocation.test.ts'],
  },
  {
    id: 'judged-anew-with-the-chain',
    file: 'src/lib/vault/spaces.ts',
    find: `      await account.replica.refresh();
`,
    replace: '',
    why: 'The account space would go by the chain of yesterday.',
    tests: ['tests/attacks/d07.test.ts', 'tests/attacks/a03-vault.test.ts'],
  },
  {
    id: 'refused-call-is-answered-so',
    file: 'src/lib/vault/methods.ts',
    find: `return read.success ? { id, name: name as MethodName, args: read.output, method } : null;`,
    replace: `return { id, name: name as MethodName, args: read.success ? read.output : (args as unknown[]), method };`,
    why: 'What a hostile page sends would reach the vault as it is.',
    tests: ['tests/vault/door.test.ts'],
  },
  {
    id: 'decisions-of-devices-that-stand',
    file: 'src/lib/vault/undecided.ts',
    find: `if (members.stands(device) && !members.isRevoked(device)) believed.add(client);`,
    replace: `believed.add(client);`,
    why: 'A thief would set its own words aside before anybody is asked.',
    tests: ['tests/vault/decisions.test.ts'],
  },
];
