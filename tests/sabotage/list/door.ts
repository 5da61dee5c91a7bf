import type { Sabotage } from '../sabotage.ts';

/** What crosses between pages, tabs and the vault, and what stays on this device. */
const DOOR_TESTS = ['tests/vault/door.test.ts'];
const ELECTION_TESTS = ['src/lib/vault/tabs/election.test.ts'];

export const DOOR: readonly Sabotage[] = [
  {
    id: 'own-methods-only',
    file: 'src/lib/vault/door/methods.ts',
    find: `if (typeof name !== 'string' || !Object.hasOwn(METHODS, name)) return null;`,
    replace: `if (typeof name !== 'string' || !(name in METHODS)) return null;`,
    why: 'A page could call whatever a prototype brings along.',
    tests: DOOR_TESTS,
  },
  {
    id: 'proof-stays-in-its-worker',
    file: 'src/lib/vault/door/methods.ts',
    find: `prove: method([proof], 'stays'),`,
    replace: `prove: method([proof]),`,
    why: 'The password would be told to every page of the origin, over the channel between tabs.',
    tests: DOOR_TESTS,
  },
  {
    id: 'arguments-checked',
    file: 'src/lib/vault/door/methods.ts',
    find: `const read = v.safeParse(method.takes, args);`,
    replace: `const read = { success: Array.isArray(args), output: args as readonly unknown[] };`,
    why: 'The vault would work with whatever shape a hostile page sends.',
    tests: DOOR_TESTS,
  },
  {
    id: 'sections-of-the-vault-hidden',
    file: 'src/lib/vault/door/methods.ts',
    find: `typeof value === 'string' && shown.has(value)`,
    replace: `typeof value === 'string'`,
    why: 'A page could read the key of a deleted document, and write change records in the name of the vault.',
    tests: DOOR_TESTS,
  },
  {
    id: 'manifest-out-of-reach',
    file: 'src/lib/vault/door/methods.ts',
    find: `v.object({ type: v.literal('put'), ...target, fields`,
    replace: `v.object({ type: v.literal('put'), ...anyTarget, fields`,
    why: 'A page could put another key and place under a document, and so destroy it.',
    tests: DOOR_TESTS,
  },
  {
    id: 'channel-not-served-secrets',
    file: 'src/lib/vault/tabs/election.ts',
    find: `if (call && !call.method.stays) void`,
    replace: `if (call) void`,
    why: 'Any page could ask for the words of the kit, and hear them.',
    tests: DOOR_TESTS,
  },
  {
    id: 'password-not-aired',
    file: 'src/lib/vault/tabs/election.ts',
    find: `if (call.method.stays && !this.#lead) this.#say({ type: 'want', from: tab });
      else if`,
    replace: `if`,
    why: 'The password typed in one tab would be heard by every page of the origin (finding 18).',
    tests: [...DOOR_TESTS, ...ELECTION_TESTS],
  },
  {
    id: 'made-up-answer-ignored',
    file: 'src/lib/vault/tabs/election.ts',
    find: `if (entry?.sentTo && !entry.call.method.stays) this.#answer(message);`,
    replace: `if (entry?.sentTo) this.#answer(message);`,
    why: 'A script in another page could answer a password with whatever it likes.',
    tests: ELECTION_TESTS,
  },
  {
    id: 'busy-leader-keeps-the-lead',
    file: 'src/lib/vault/tabs/election.ts',
    find: `if (lead.serving.busy()) this.#say`,
    replace: `if (lead.serving.busy() && message.to === tab) this.#say`,
    why: 'Whoever asks to lead would close the record under the hands of its owner.',
    tests: [...DOOR_TESTS, ...ELECTION_TESTS],
  },
  {
    id: 'robbed-leader-closes',
    file: 'src/lib/vault/tabs/election.ts',
    find: `    void lead.vault.close();
`,
    replace: '',
    why: 'Two vaults would write over one disk and give every number twice.',
    tests: [...DOOR_TESTS, ...ELECTION_TESTS],
  },
  {
    id: 'vault-opened-while-robbed-closes',
    file: 'src/lib/vault/tabs/election.ts',
    find: `    if (robbed !== this.#robbed) return vault.close();
`,
    replace: '',
    why: 'A vault that was still opening when the lock was taken would lead beside the next one.',
    tests: ELECTION_TESTS,
  },
  {
    id: 'lead-told-gone',
    file: 'src/lib/vault/tabs/election.ts',
    find: `    if (left) this.#tellLeft();
    this.#dispatch();
  }

  #tell(`,
    replace: `    this.#dispatch();
  }

  #tell(`,
    why: 'The page of the tab that takes over would go on as if it were open, and lose what is written there.',
    tests: [...DOOR_TESTS, ...ELECTION_TESTS],
  },
  {
    id: 'link-code-not-aired',
    file: 'src/lib/vault/door/messages.ts',
    find: `link: ({ link }) => link.type !== 'waiting',`,
    replace: `link: () => true,`,
    why: 'Every page of the origin would hear the code under which a device is linked.',
    tests: DOOR_TESTS,
  },
  {
    id: 'broken-told-by-name',
    file: 'src/lib/vault/tabs/serving.ts',
    find: `reason: error instanceof Error ? error.name : 'unknown'`,
    replace: `reason: String(error)`,
    why: 'The message of an error may hold what was being written.',
    tests: ELECTION_TESTS,
  },
  {
    id: 'idle-means-nothing-open',
    file: 'src/lib/vault/stages.ts',
    find: `!stage.enrolled &&`,
    replace: ``,
    why: 'A second tab would take an activation away between the letter and the password.',
    tests: DOOR_TESTS,
  },
  {
    id: 'local-key-not-exportable',
    file: 'src/lib/crypto/local.ts',
    find: `importKey('raw', derived, 'AES-GCM', false,`,
    replace: `importKey('raw', derived, 'AES-GCM', true,`,
    why: 'Whatever gets hold of the handle could take the key of the disk away.',
    tests: ['src/lib/crypto/local.test.ts'],
  },
  {
    id: 'local-key-wiped-after-unlocking',
    file: 'src/lib/vault/entry/entrance.ts',
    find: `  localSecret.fill(0);
  const [identity, kit]`,
    replace: `  const [identity, kit]`,
    why: 'The bytes of the local key would stay in memory for as long as the record is open.',
    tests: ['tests/vault/secrets.test.ts'],
  },
  {
    id: 'local-key-wiped-after-linking',
    file: 'src/lib/vault/entry/entrance.ts',
    find: `  localSecret.fill(0);
  return written.ok`,
    replace: `  return written.ok`,
    why: 'The bytes of the local key would stay in memory after a device was linked.',
    tests: ['tests/vault/secrets.test.ts'],
  },
  {
    id: 'root-secret-gone-from-the-disk',
    file: 'src/lib/vault/stages.ts',
    find: `account.storage.write([{ type: 'delete', key: KEYS.root }], 'strict')`,
    replace: `account.storage.write([], 'strict')`,
    why: 'Who guesses the password of a stolen disk would have the kit with it, for ever.',
    tests: ['tests/vault/secrets.test.ts'],
  },
  {
    id: 'root-secret-gone-from-memory',
    file: 'src/lib/vault/stages.ts',
    find: `...kits.map((kit) => kit?.root)]) secret?.fill(0);`,
    replace: `...kits.map(() => undefined)]) secret?.fill(0);`,
    why: 'The root secret would stay in memory after the kit is confirmed.',
    tests: ['tests/vault/secrets.test.ts'],
  },
  {
    id: 'attestation-verified',
    file: 'src/lib/vault/entry/activation.ts',
    find: `return verify(key, attestationMessage(read), read.signature);`,
    replace: `return true;`,
    why: 'Whoever stands before the authority could attest in its name.',
    tests: ['tests/vault/secrets.test.ts'],
  },
  {
    id: 'chunks-flushed-before-their-entry',
    file: 'src/lib/vault/documents/documents.ts',
    find: `const stored = await storage.write(changes, 'strict');`,
    replace: `const stored = await storage.write(changes, 'relaxed');`,
    why: 'A document would be in the record whose bytes went with the power.',
    tests: ['tests/attacks/r05-vault.test.ts'],
  },
  {
    id: 'identity-flushed',
    file: 'src/lib/vault/entry/identity.ts',
    find: `const saved = await this.#storage.write(await identityChanges(this.#seal, next), 'strict');`,
    replace: `const saved = await this.#storage.write(await identityChanges(this.#seal, next), 'relaxed');`,
    why: 'Keys of a new epoch would be lost with the power, and all that is written under them.',
    tests: ['tests/attacks/r05-vault.test.ts'],
  },
  {
    id: 'idle-record-locks',
    file: 'src/lib/app/session/idle-lock.ts',
    find: `if (!hidden && now - lastActive < IDLE_MS) return;`,
    replace: `if (!hidden || now < lastActive) return;`,
    why: 'A record left open on a desk would stay open.',
    tests: ['src/lib/app/session/idle-lock.test.ts'],
  },
  {
    id: 'wanted-page-is-ours',
    file: 'src/lib/app/session/wanted.ts',
    find: `parameter !== null && isInside(parameter)`,
    replace: `parameter !== null`,
    why: 'A link could send a person who has just unlocked to wherever it likes.',
    tests: ['src/lib/app/session/where.test.ts'],
  },
  {
    id: 'worker-of-our-origin',
    file: 'src/lib/app/session/trusted-types.ts',
    find: `if (absolute.origin !== location.origin || absolute.protocol !== location.protocol)`,
    replace: `if (absolute.protocol !== location.protocol)`,
    why: 'A foreign script could be started as the vault of this page (F02).',
    tests: ['src/lib/app/session/trusted-types.test.ts'],
  },
  {
    id: 'events-are-looked-into',
    file: 'src/lib/vault/door/messages.ts',
    find: `return v.is(EVENTS[type.output.type as VaultEvent['type']], value);`,
    replace: `return true;`,
    why: 'Half an event from any script of the origin would break every tab that hears it.',
    tests: ['src/lib/vault/tabs/election.test.ts'],
  },
];
