import type { Sabotage } from '../sabotage.ts';

export const VAULT: readonly Sabotage[] = [
  {
    id: 'second-slot-tried',
    file: 'src/lib/vault/disk/shelf.ts',
    find: `return copies.filter((slot) => slot !== undefined);`,
    replace: `return copies.filter((slot) => slot !== undefined).slice(0, 1);`,
    why: 'One rotten sector would lock a person out of everything (R04).',
    tests: ['tests/vault/refusals.test.ts'],
  },
  {
    id: 'rotten-slot-mended',
    file: 'src/lib/vault/entry/entrance.ts',
    find: `if (!isWhole) await storage.write(slotCopies(slot), 'strict');`,
    replace: '',
    why: 'The second copy of the slot would be the last one.',
    tests: ['tests/vault/refusals.test.ts'],
  },
  {
    id: 'relinked-disk-emptied',
    file: 'src/lib/vault/entry/entrance.ts',
    find: `    { type: 'deletePrefix', prefix: [] } as const,
`,
    replace: '',
    why: 'What a locked account left on the disk would stand beside the new one.',
    tests: ['tests/vault/relink.test.ts'],
  },
  {
    id: 'new-account-beside-the-others',
    file: 'src/lib/vault/disk/shelf.ts',
    find: `if ((await slotsOn(disk.value)).length > 0) continue;`,
    replace: '',
    why: 'Who activates on a computer that is shared would destroy the carnet of whoever was there before.',
    tests: ['tests/vault/two-people.test.ts'],
  },
  {
    id: 'link-replaces-the-same-account-only',
    file: 'src/lib/vault/disk/shelf.ts',
    find: `if ((await storage.keys(chain)).length === 0) continue;`,
    replace: '',
    why: 'Who links a computer that is shared would destroy the carnet of whoever was there before.',
    tests: ['tests/vault/two-people.test.ts'],
  },
  {
    id: 'forgotten-keys-go-first',
    file: 'src/lib/vault/stages.ts',
    find: `const keysGone = await account.storage.write([{ type: 'deletePrefix', prefix: ['account'] }], 'strict');`,
    replace: `const keysGone = { ok: true } as { ok: true } | { ok: false; error: never };`,
    why: 'A disk that refuses would be told to have forgotten, while the password still opens everything.',
    tests: ['tests/vault/forget.test.ts'],
  },
  {
    id: 'forgotten-disk-erased',
    file: 'src/lib/vault/stages.ts',
    find: `const erased = await this.shelf.erase();`,
    replace: `const erased = { ok: true };`,
    why: 'What the person was told is destroyed would still lie on the disk.',
    tests: ['tests/vault/forget.test.ts'],
  },
  {
    id: 'refused-account-erased',
    file: 'src/lib/vault/entry/entrance.ts',
    find: `    if (isFinal(redeemed.error) && (await readIdentity(storage, seal)))
      await storage.write([{ type: 'deletePrefix', prefix: ['account'] }], 'strict');
`,
    replace: '',
    why: 'An account that the authority refused for good would stay, and nobody could activate on this device again.',
    tests: ['tests/vault/refusals.test.ts'],
  },
  {
    id: 'revocation-rotates',
    file: 'src/lib/vault/account/devices.ts',
    find: `await account.rotateWhatIsDue();`,
    replace: `account.wake();`,
    why: 'A revoked device would read on until somebody writes (D07).',
    tests: ['tests/attacks/d07.test.ts', 'tests/vault/late-words.test.ts'],
  },
  {
    id: 'rotation-under-what-all-read',
    file: 'src/lib/vault/spaces/rotation.ts',
    find: `rotating.under ?? keysOf(epochs, roster.shared?.id)`,
    replace: `rotating.under ?? keysOf(epochs, roster.current?.id)`,
    why: 'An owner whom an earlier rotation left out would never hear of the later ones, and rosters would differ for ever.',
    tests: ['src/lib/vault/spaces/rotation.test.ts'],
  },
  {
    id: 'carries-what-a-sibling-epoch-hides',
    file: 'src/lib/vault/spaces/rotation.ts',
    find: `epochs.every((epoch) => epoch.number !== number || isRead(epoch.id, number));`,
    replace: `number <= (under?.epoch ?? 0) && epochs.some((epoch) => isRead(epoch.id, number) || epoch.number >= 0);`,
    why: 'What was said under another epoch of the same number would never reach an owner who has no key of that.',
    tests: ['src/lib/vault/spaces/rotation.test.ts'],
  },
  {
    id: 'rotation-leaves-nobody-out',
    file: 'src/lib/vault/spaces/rotation.ts',
    find: `if (unknown.length > 0) return fail(`,
    replace: `if (unknown.length < 0) return fail(`,
    why: 'A rotation without boxes for one owner would be said over and over, and be void each time.',
    tests: ['src/lib/vault/spaces/rotation.test.ts'],
  },
  {
    id: 'one-stage-at-a-time',
    file: 'src/lib/vault/stages.ts',
    find: `    return this.#line.run(async () => {
      await this.#closeAccount();
      await this.shelf.close();
      await this.#tellStatus();
      return ok();
    });`,
    replace: `    return (async () => {
      await this.#closeAccount();
      await this.shelf.close();
      await this.#tellStatus();
      return ok();
    })();`,
    why: 'Unlocked while it still closes, an account would be open twice over one disk, and lose what it acknowledged.',
    tests: ['tests/vault/stages.test.ts'],
  },
  {
    id: 'account-space-is-no-record',
    file: 'src/lib/vault/account/directory.ts',
    find: `...this.#options.reserved, `,
    replace: ``,
    why: 'A device would have its account space opened as a record, twice over one place of the disk.',
    tests: ['tests/vault/stages.test.ts'],
  },
  {
    id: 'revocation-told-when-it-counts',
    file: 'src/lib/vault/account/devices.ts',
    find: `?.revoked) return fail({ type: 'device-revoked' });`,
    replace: `) return fail({ type: 'device-revoked' });`,
    why: 'The person would be told that the stolen phone is out, and it would read on.',
    tests: ['src/lib/vault/account/devices.test.ts'],
  },
  {
    id: 'seen-words-written-once',
    file: 'src/lib/keys/chain-body.ts',
    find: `const distinct = [...new Set(ids)].sort();`,
    replace: `const distinct = [...ids].sort();`,
    why: 'A revocation that says one word twice is none, and nobody could be revoked.',
    tests: ['src/lib/keys/chain.test.ts'],
  },
  {
    id: 'link-replaces-nothing-open',
    file: 'src/lib/vault/stages.ts',
    find: `        if (this.isOpen()) return fail({ type: 'link-refused' });
        const disk`,
    replace: `        const disk`,
    why: 'A link that was begun while the account was locked would wipe the disk under the account that is open by then.',
    tests: ['tests/vault/relink.test.ts'],
  },
  {
    id: 'record-ids-follow-from-the-device',
    file: 'src/lib/vault/account/directory.ts',
    find: `hkdfSha256(secret, space, labelBytes(LABELS.localRecord), ID_BYTES)`,
    replace: `crypto.getRandomValues(new Uint8Array(ID_BYTES))`,
    why: 'With the list of records a child’s documents that had not left would be lost (R03).',
    tests: ['tests/vault/records.test.ts'],
  },
  {
    id: 'records-apart-on-the-disk',
    file: 'src/lib/vault/disk/layout.ts',
    find: `['record', record, ...rest]`,
    replace: `['record', 'moi', ...rest]`,
    why: 'A child’s first screen, search and documents would be those of its parent.',
    tests: ['tests/vault/records.test.ts'],
  },
  {
    id: 'revocation-rotates-every-record',
    file: 'src/lib/vault/account/upkeep.ts',
    find: `return [spaces.account, ...spaces.records()];`,
    replace: `return [spaces.account, ...spaces.records().slice(0, 1)];`,
    why: 'A revoked device would read on in every record but one (D07).',
    tests: ['tests/vault/records.test.ts'],
  },
  {
    id: 'revoker-says-what-it-saw',
    file: 'src/lib/vault/account/devices.ts',
    find: `revokeDeviceBody(id, seen)`,
    replace: `revokeDeviceBody(id)`,
    why: 'All that the lost phone ever wrote would be asked about again, and nobody reads such a list.',
    tests: ['tests/vault/late-words.test.ts'],
  },
  {
    id: 'carried-chain-reaches-the-chain',
    file: 'src/lib/vault/spaces/spaces.ts',
    find: `    if (fresh.length > 0)
      await this.chain.replica.takeStatements(`,
    replace: `    if (fresh.length < 0)
      await this.chain.replica.takeStatements(`,
    why: 'The list of devices would show a stolen phone as active, which the record knows is revoked (finding 2).',
    tests: ['tests/vault/hidden-revocation.test.ts'],
  },
  {
    id: 'judged-anew-with-the-chain',
    file: 'src/lib/vault/spaces/spaces.ts',
    find: `        await this.account.replica.refresh();
        for`,
    replace: `        for`,
    why: 'The account space would go by the chain of yesterday.',
    tests: ['tests/attacks/d07.test.ts', 'tests/attacks/a03-vault.test.ts'],
  },
  {
    id: 'refused-call-is-answered-so',
    file: 'src/lib/vault/door/methods.ts',
    find: `return read.success ? { id, name: name as MethodName, args: read.output, method } : null;`,
    replace: `return { id, name: name as MethodName, args: read.success ? read.output : (args as unknown[]), method };`,
    why: 'What a hostile page sends would reach the vault as it is.',
    tests: ['tests/vault/door.test.ts'],
  },
  {
    id: 'decisions-of-devices-that-stand',
    file: 'src/lib/vault/account/undecided.ts',
    find: `if (members.stands(device) && !members.isRevoked(device)) believed.add(client);`,
    replace: `believed.add(client);`,
    why: 'A thief would set its own words aside before anybody is asked.',
    tests: ['tests/vault/decisions.test.ts'],
  },
  {
    id: 'rotation-carries-within-bounds',
    file: 'src/lib/vault/spaces/carried.ts',
    find: `if (chosen.length >= MAX_CARRIED || length > left) continue;`,
    replace: '',
    why: 'Whoever says much before it is revoked would keep everybody from rotating.',
    tests: ['src/lib/vault/spaces/carried.test.ts'],
  },
];
