/**
 * The door as somebody hostile meets it: a script in a page of the origin, who speaks past the client to its worker and
 * on the channel that every tab hears, and who keeps all that is said there.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { healthSections } from '#lib/record/sections.ts';
import { SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import { statements } from '#lib/record/sections/statements.ts';
import type { HostedVault } from '#lib/vault/tabs/serving.ts';
import { admitCall, METHODS, type MethodName } from '#lib/vault/door/methods.ts';
import { leaksIn, type Secrets } from '../helpers/hostile/eavesdropper.ts';
import { localSecretOf, secretsOn } from '../helpers/people/vault-keys.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { browser, type Browser, type Tab } from '../helpers/worlds/tabs.ts';
import {
  activate,
  ALICE,
  allergy,
  eventually,
  good,
  IDENTIFIANT,
  PASSWORD,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const REFUSED = { ok: false, error: { type: 'call-refused' } };
const ELSEWHERE = { ok: false, error: { type: 'open-elsewhere' } };
const LOCKED = { ok: true, value: { type: 'locked' } };
const UNLOCKED = { ok: true, value: { type: 'unlocked' } };
const ID = toBase64url(new Uint8Array(16).fill(7));
const pdf = new Blob([`%PDF-1.7\n${'bilan '.repeat(2000)}\n%%EOF\n`]);
const answered = new Uint8Array(32).fill(9);
const passkey = {
  ...{ password: PASSWORD, name: 'Portable', output: answered },
  ...{ credential: new Uint8Array(16), salt: new Uint8Array(32), transports: ['internal', 'some-day'] },
};
const document = { file: pdf, fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };

let world: VaultWorld;
let laptop: TestDevice;
let alice: Browser;
let first: Tab;
let second: Tab;
let asked = 1000;
/** What reached a vault, by name. */
let reached: string[] = [];

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, world.credentials(0));
  await settled(laptop);
  await laptop.vault.lock();
}, 60_000);
afterAll(() => world?.close());

/** Two tabs of Alice's browser on her laptop; the first one leads, and nothing is open. */
beforeEach(async () => {
  await laptop.vault.lock();
  alice = browser(async () => watched(await laptop.reopen()));
  first = alice.open('first');
  second = alice.open('second');
  await eventually(
    () => second.vault.status(),
    (answer) => answer.ok,
  );
});

function watched(vault: HostedVault): HostedVault {
  return new Proxy(vault, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        reached.push(String(name));
        return Reflect.apply(member, target, args);
      };
    },
  });
}

/** Asked past the client, and past what TypeScript holds. */
function ask(tab: Tab, method: unknown, args: unknown): Promise<unknown> {
  const id = ++asked;
  tab.post({ type: 'call', id, method, args });
  return answerTo(tab, id);
}

/** Asked on the channel, as a script in any page of the origin can. */
async function askAloud(method: unknown, args: unknown): Promise<unknown> {
  const id = ++asked;
  alice.air({ type: 'call', from: 'a stranger', call: { type: 'call', id, method, args } });
  return eventually(
    () => alice.aired.flatMap((said) => repliesTo(said, id)).at(0),
    (answer) => answer !== undefined,
  );
}

function repliesTo(said: unknown, id: number): unknown[] {
  const { type, message } = said as { type: string; message?: { id: number; result?: unknown } };
  return type === 'reply' && message?.id === id ? [message.result ?? message] : [];
}

async function answerTo(tab: Tab, id: number): Promise<unknown> {
  const answer = await eventually(
    () => tab.told.find((message) => message.type !== 'event' && message.id === id),
    (message) => message !== undefined,
  );
  return answer!.type === 'answer' ? answer!.result : answer;
}

async function names(tab: Tab): Promise<string[]> {
  const { entries } = good(await tab.vault.record('moi'));
  return (entries['allergies'] ?? []).map(({ fields }) => String(fields['name']));
}

/** All that opens what Alice has, as bytes, and what she types. */
async function secretsOfAlice(): Promise<Secrets> {
  const storage = laptop.disk.open();
  const secrets = await secretsOn(storage, await localSecretOf(storage, IDENTIFIANT, PASSWORD));
  return new Map<string, Uint8Array<ArrayBuffer> | string>([...secrets, ['password', PASSWORD]]);
}

describe('a method that is not in the table does not exist', () => {
  const NO_METHODS = [
    ...['session', 'subscribe', 'idle', 'close', 'then', 'toString', 'constructor', '__proto__'],
    ...['__defineGetter__', 'hasOwnProperty', 'valueOf', 'STATUS', 'status ', '', 0, 1, null, true],
    ...[undefined, ['status'], { toString: 'status' }, new Uint8Array(4)],
  ];

  test('whatever name a page of the leading tab, of another tab, or a stranger on the channel makes up, it is refused by type, and nothing is applied', async () => {
    good(await first.vault.unlock(ALICE));
    reached = [];
    for (const name of NO_METHODS)
      for (const args of [[], [{}], [() => {}].slice(1), undefined]) {
        expect(await ask(first, name, args)).toEqual(REFUSED);
        expect(await ask(second, name, args)).toEqual(REFUSED);
        expect(await askAloud(name, args)).toEqual(REFUSED);
      }
    expect(reached).toEqual([]);
    expect(await first.vault.status()).toEqual(UNLOCKED);
  });

  test('what is no call at all is not answered, and stops nobody', async () => {
    good(await first.vault.unlock(ALICE));
    await new Promise((resolve) => setTimeout(resolve, 0));
    const aired = alice.aired.length;
    const told = second.told.length;
    for (const message of [
      null,
      7,
      'call',
      [],
      {},
      { type: 'call' },
      { type: 'call', id: -1, method: 'lock' },
    ]) {
      for (const tab of [first, second]) tab.post(message);
      alice.air(message);
      alice.air({ type: 'call', from: 'x', call: message });
      alice.air({ type: 'call', from: '', call: { type: 'call', id: 1, method: 'lock', args: [] } });
      alice.air({ type: 'reply', from: 'x', to: 'second', message });
      alice.air({ type: 'event', from: 'x', event: message });
    }
    for (const type of ['constructor', 'left', 'progress'])
      alice.air({ type: 'event', from: 'x', event: { type } });
    alice.air({ type: 'session', from: 'first', session: { localKey: new Uint8Array(32) } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const said = alice.aired.slice(aired) as ({ type?: string; from?: string; event?: unknown } | null)[];
    expect(said.filter((one) => one?.type === 'reply' && one.from !== 'x')).toEqual([]);
    // The vault syncs meanwhile and tells both tabs: the second hears that, and nothing beside it.
    const ofVault = said.filter((one) => one?.type === 'event' && one.from !== 'x').map((one) => one?.event);
    expect(second.told.slice(told)).toEqual(ofVault.map((event) => ({ type: 'event', event })));
    expect(await second.vault.status()).toEqual(UNLOCKED);
  });
});

describe('a method takes what its row says and nothing else', () => {
  const text = 'x'.repeat(10_001);
  const manifest = { section: 'documents', id: ID, type: 'put', fields: { key: 'A'.repeat(43) } };
  const sex = { type: 'put', section: 'identity', id: SINGLE_ENTRY, fields: { sex: 'female' } } as const;
  /** The same of a record, and of none. */
  const ofRecord = (rows: readonly (readonly unknown[])[]): readonly unknown[] => [
    ...rows.map((row) => ['moi', ...row]),
    ...rows,
  ];
  /** For each method what it does not take, beside what none of them takes. */
  const WRONG: { readonly [M in MethodName]: readonly unknown[] } = {
    ...{ shownNames: [], showsName: [] },
    ...{ status: [], kit: [], identifiant: [], lock: [], records: [], retry: [], footprint: [], devices: [] },
    ...{ unsentWords: [], offerUnsent: [], children: [] },
    openChildren: [
      [{ children: [ID] }],
      [{ children: [ID], certified: false }],
      [{ children: ['../moi'], certified: true }],
      [{ children: Array(65).fill(ID), certified: true }],
    ],
    openUnattested: [
      [{ firstName: 'Léa', lastName: 'Martin', birthDate: '2021-03-14' }],
      [{ firstName: 'Léa', lastName: 'Martin', birthDate: '14/03/2021', certified: true }],
      [{ firstName: text, lastName: 'Martin', birthDate: '2021-03-14', certified: true }],
    ],
    ...{ cancelLink: [], notices: [], markNoticesSeen: [], forgetting: [], forgetDevice: [] },
    record: [['../moi'], ['moi\n'], ['']],
    ...{ sync: [[7]], exportRecord: [['']] },
    enrol: [
      [{ code: 1, nir: '', serial: '' }],
      [{ code: text, nir: '', serial: '' }],
      [{ code: '', nir: '' }],
    ],
    activate: [[ALICE], [{ ...ALICE, deviceName: null }], [{ ...ALICE, password: text, deviceName: '' }]],
    confirmKit: [[['a', 'b']], [['a', 'b', 'c', 'd']], [['a', 'b', 3]], ['a', 'b', 'c']],
    lookUpKit: [['a b c'], [{ kit: 'a b c' }], [{ kit: { words: 7 } }], [{ kit: { words: 'a', qr: 'b' } }]],
    recover: [
      [{ ...ALICE, deviceName: 'a', keep: ['a'], lostSince: null }],
      [{ ...ALICE, deviceName: 'a', keep: [], lostSince: NaN }],
      [{ ...ALICE, deviceName: 'a', keep: [] }],
    ],
    newKit: [[{ kit: {} }], [{ words: 'a' }]],
    confirmNewKit: [[['a', 'b']], ['a', 'b', 'c']],
    unlock: [
      [{ ...ALICE, record: '' }],
      [{ identifiant: IDENTIFIANT }],
      [{ ...ALICE, password: [PASSWORD] }],
      [IDENTIFIANT, PASSWORD],
    ],
    ...{ passkeys: [], namedPasskeys: [], checkProof: [] },
    unlockByPasskey: [
      [ALICE],
      [{ id: ID, output: new Uint8Array(31) }],
      [{ id: ID, output: [...answered] }],
      [{ id: `${ID}A`, output: answered }],
      [{ id: '../../../account/slot', output: answered }],
      [{ id: ID, output: new Uint16Array(32) }],
      [{ id: ID, output: answered, record: '' }],
    ],
    addPasskey: [
      [{ ...passkey, name: '' }],
      [{ ...passkey, name: 'x'.repeat(61) }],
      [{ ...passkey, password: 7 }],
      [{ ...passkey, credential: new Uint8Array(0) }],
      [{ ...passkey, credential: new Uint8Array(1024) }],
      [{ ...passkey, salt: new Uint8Array(33) }],
      [{ ...passkey, output: 'x'.repeat(32) }],
      [{ ...passkey, transports: 'internal' }],
      [{ ...passkey, transports: Array(33).fill('usb') }],
    ],
    renamePasskey: [[ID], ['', 'b'], [`${ID}A`, 'b'], [ID, 7], [ID, text]],
    showName: [['true'], [1], [null], [true, 'Alice']],
    removePasskey: [[''], [`${ID}\n`], ['__proto__'], [ID, ID]],
    changeCredentials: [[ALICE], [{ password: PASSWORD, next: PASSWORD }], [{ next: ALICE }]],
    prove: [
      [PASSWORD],
      [{ password: text }],
      [{ password: PASSWORD, passkey: { id: ID, output: answered } }],
      [{ passkey: { id: ID } }],
      [{ passkey: { id: ID, output: new Uint8Array(33) } }],
    ],
    renameDevice: [['a'.repeat(64)], ['a'.repeat(63), 'b'], ['a'.repeat(64), 7], ['a'.repeat(64), text]],
    revokeDevice: [['a'.repeat(63)], ['A'.repeat(64)], ['__proto__'], [`${'a'.repeat(64)}\n`]],
    unsettledWords: [[['moi']]],
    settleWords: ofRecord([
      [{ take: ['a'], aside: [], keep: [], reopen: [] }],
      [{ take: [], aside: [], keep: [] }],
      [{ take: 'a', aside: [], keep: [], reopen: [] }],
    ]),
    unsettledAdditions: [['moi', 'moi']],
    confirmAddition: ofRecord([['a'], ['A'.repeat(64)], [['a'.repeat(64)]]]),
    linkThisDevice: [[ALICE], [{ ...ALICE, deviceName: {} }]],
    linkOtherDevice: [['code'], [{ code: 7 }], [{ code: text }]],
    joinRecord: [['moi']],
    answerInvitation: [['true'], [1], [{ accept: true }]],
    shareRecord: ofRecord([
      ['code'],
      [{ code: 'a' }],
      [{ code: 'a', declared: false }],
      [{ code: text, declared: true }],
    ]),
    confirmLink: [['true'], [1], [{ same: true }]],
    search: ofRecord([[7], [text], [['a']]]),
    measures: ofRecord([['__proto__'], ['constructor'], ['weight '], [['weight']]]),
    edit: ofRecord([
      [allergy('not in a list')],
      [[{ ...allergy('a'), type: 'drop' }]],
      [[{ ...allergy('a'), id: '__proto__' }]],
      [[{ ...allergy('a'), id: `${ID}A` }]],
      [[{ ...allergy('a'), section: '__proto__' }]],
      [[{ ...allergy('a'), fields: { name: { toString: 'a' } } }]],
      [[{ ...allergy('a'), fields: { name: NaN } }]],
      [[{ ...allergy('a'), fields: null }]],
      [[{ ...allergy('a'), saw: [7] }]],
      [[allergy('a'), manifest]],
      ...['epoch-keys', 'spaces', 'devices', 'settings', 'changes', 'identity', 'guardians'].flatMap(
        (section) => ['put', 'delete', 'restore'].map((type) => [[{ type, section, id: ID, fields: {} }]]),
      ),
      ...['delete', 'restore'].map((type) => [[{ ...sex, type }]]),
      [[{ ...sex, id: ID }]],
      [[{ ...sex, fields: { sex: 'other' } }]],
      [[{ ...sex, fields: { sex: 'female', nir: '2' } }]],
      [[{ ...sex, fields: { birthDate: '2001-01-01' } }]],
    ]),
    history: ofRecord([
      ['allergies'],
      ['allergies', '__proto__'],
      ['documents', ID],
      ['epoch-keys', ID],
      [ID, 'allergies'],
    ]),
    deleted: ofRecord([['documents'], ['epoch-keys'], ['changes'], ['__proto__'], [7]]),
    addDocument: ofRecord([
      [{ ...document, file: '%PDF-1.7' }],
      [{ ...document, name: 7 }],
      [{ ...document, original: 1 }],
    ]),
    openDocument: [['moi', '__proto__'], ['moi', 'documents', ID], ['moi', new Uint8Array(16)], [ID]],
  };
  const NOBODY_TAKES: readonly unknown[] = [
    ...[undefined, null, 'text', 7, {}, { length: 0 }, new Uint8Array(8)],
    ...[[undefined, undefined, undefined, 4], [{}, {}, {}, {}], [[[[[]]]]], [Array(3)], [new Map()]],
  ];

  test.each(Object.keys(METHODS) as MethodName[])(
    '%s refuses everything else by type, and nothing is applied',
    async (name) => {
      good(await first.vault.unlock(ALICE));
      reached = [];
      for (const args of [...NOBODY_TAKES, ...WRONG[name]]) {
        expect([args, await ask(first, name, args)]).toEqual([args, REFUSED]);
        expect([args, await ask(second, name, args)]).toEqual([args, REFUSED]);
        expect([args, await askAloud(name, args)]).toEqual([args, REFUSED]);
      }
      expect(reached).toEqual([]);
      expect(await second.vault.status()).toEqual(UNLOCKED);
    },
  );

  test('what pages do send is taken: ids as the vault tells them, a file, edits of every kind, every measure', async () => {
    good(await first.vault.unlock(ALICE));
    const [device] = await eventually(
      async () => good(await first.vault.devices()),
      ({ length }) => length > 0,
    );
    const saw = { saw: [ID] };
    const target = { section: 'allergies', id: ID };
    const fields = { text: 'a', number: 1.5, yes: true, none: null, list: ['a', 'b'] };
    const taken: readonly [MethodName, ...unknown[]][] = [
      ['revokeDevice', device!.id],
      ['renameDevice', device!.id, 'Tablette'],
      ['history', 'moi', 'allergies', ID],
      ['deleted', 'moi', 'statements'],
      ['measures', 'moi', 'bmi'],
      ['measures', ID, 'weight'],
      ['search', 'moi', 'é'],
      ['addDocument', 'moi', { ...document, file: new File([pdf], 'a.pdf') }],
      ['addDocument', 'moi', { ...document, original: true }],
      ['openDocument', 'moi', ID],
      ['edit', 'moi', [{ type: 'put', ...target, ...saw, fields }]],
      ['edit', 'moi', ['delete', 'restore'].map((type) => ({ type, ...target, section: 'documents' }))],
      [
        'edit',
        'moi',
        [...healthSections, statements].map(({ id }) => ({ type: 'delete', section: id, id: ID })),
      ],
      ['edit', 'moi', [{ type: 'put', section: 'identity', id: SINGLE_ENTRY, fields: { sex: 'male' } }]],
      ['confirmAddition', 'moi', device!.id],
      ['unlockByPasskey', { id: ID, output: answered, record: 'moi' }],
      ['addPasskey', passkey],
      ['addPasskey', { ...passkey, identifiant: IDENTIFIANT, transports: [] }],
      ['renamePasskey', ID, 'Mon pouce'],
      ['removePasskey', ID],
      ['showName', true],
      ['changeCredentials', { password: PASSWORD, next: ALICE }],
      ['prove', { password: PASSWORD }],
      ['prove', { passkey: { id: ID, output: answered } }],
      ['edit', 'moi', []],
    ];
    for (const [name, ...args] of taken) {
      const admitted = admitCall({ type: 'call', id: 1, method: name, args });
      expect([name, admitted?.args]).toEqual([name, args]);
    }
  });

  test('what stays in a worker is refused to whoever asks for it on the channel', async () => {
    const STAYS: Partial<Record<MethodName, unknown[]>> = {
      enrol: [world.credentials(1)],
      activate: [{ ...ALICE, deviceName: 'x' }],
      kit: [],
      confirmKit: [['a', 'b', 'c']],
      unlock: [ALICE],
      unlockByPasskey: [{ id: ID, output: answered }],
      addPasskey: [passkey],
      changeCredentials: [{ password: PASSWORD, next: ALICE }],
      prove: [{ password: PASSWORD }],
      linkThisDevice: [{ ...ALICE, deviceName: 'x' }],
      joinRecord: [],
      lookUpKit: [{ kit: { words: 'a b c' } }],
      recover: [{ ...ALICE, deviceName: 'x', keep: [], lostSince: null }],
      newKit: [{ kit: { qr: 'x' } }],
      confirmNewKit: [['a', 'b', 'c']],
    };
    for (const [name, args] of Object.entries(STAYS)) expect(await askAloud(name, args)).toEqual(REFUSED);
    expect(await first.vault.status()).toEqual(LOCKED);
    const staying = Object.entries(METHODS).filter(([, { stays }]) => stays);
    expect(staying.map(([name]) => name).sort()).toEqual(Object.keys(STAYS).sort());
  });
});

describe('no key crosses', () => {
  test('the search of this file finds what is there, however it is written', async () => {
    const secret = seededRandom('secret')(32);
    const secrets = new Map([['it', secret]]);
    const handle = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt']);
    const bytes = new Uint8Array([1, ...secret, 2]);
    for (const heard of [
      bytes,
      [{ a: bytes.buffer }],
      { t: hex(secret) },
      [new Blob([`x${toBase64url(secret)}`])],
    ])
      expect(await leaksIn(heard, secrets)).toEqual(['it']);
    expect(await leaksIn([{ deep: { handle } }], secrets)).toEqual(['a CryptoKey']);
    expect(await leaksIn([hex(secret).slice(1), new Blob(['x'])], secrets)).toEqual([]);
  });

  test('finding 18: over unlocking, writing, a document, all that can be read and a take-over, neither page nor channel is told a key, and the channel is not told the password', async () => {
    good(await second.vault.unlock(ALICE));
    const entry = allergy('Arachide');
    good(await first.vault.edit('moi', [entry]));
    good(await first.vault.edit('moi', [{ type: 'delete', section: entry.section, id: entry.id }]));
    const added = good(await first.vault.addDocument('moi', document));
    good(await second.vault.openDocument('moi', added));
    good(await first.vault.edit('moi', [{ type: 'delete', section: 'documents', id: added }]));
    await first.vault.deleted('moi', 'documents');
    await second.vault.history('moi', 'documents', added);
    good(await first.vault.edit('moi', [{ type: 'restore', section: 'documents', id: added }]));
    const secrets = await secretsOfAlice();
    expect(secrets.size).toBeGreaterThan(12);
    expect([...secrets.keys()]).toContain(`document ${added}`);
    expect(await first.vault.prove({ password: PASSWORD })).toEqual(ELSEWHERE);
    good(await second.vault.prove({ password: PASSWORD }));
    for (const tab of [first, second]) {
      for (const section of ['allergies', 'documents', 'epoch-keys', 'changes']) {
        await tab.vault.deleted('moi', section);
        await tab.vault.history('moi', section, entry.id);
      }
      good(await tab.vault.search('moi', 'arachide'));
      good(await tab.vault.exportRecord('moi'));
      good(await tab.vault.devices());
      good(await tab.vault.notices());
      good(await tab.vault.footprint());
      await ask(tab, 'session', []);
    }
    await askAloud('session', []);
    alice.air({ type: 'hello', from: 'a stranger' });
    alice.kill(alice.leader() === 'first' ? first : second);
    const [left] = [first, second].filter((tab) => tab.isAlive()) as [Tab];
    good(await left.vault.unlock(ALICE));
    good(await left.vault.edit('moi', [allergy('Pollen')]));
    expect(await leaksIn([alice.aired, first.told, second.told], secrets)).toEqual([]);
  });

  test('an activation begun in a tab that does not lead is carried out there: code, numbers, password and the 24 words stay in it', async () => {
    const tablet = world.device();
    const bob = browser(() => tablet.reopen());
    const [one, other] = [bob.open('one'), bob.open('other')];
    await other.vault.status();
    const letter = world.credentials(1);
    good(await other.vault.enrol(letter));
    const kit = good(await other.vault.activate({ ...ALICE, deviceName: 'Tablette' }));
    expect(bob.leader()).toBe('other');
    expect(await one.vault.kit()).toEqual({ ok: false, error: { type: 'open-elsewhere' } });
    const words = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
    good(await other.vault.confirmKit(words));
    expect(await one.vault.status()).toEqual(UNLOCKED);
    const typed = new Map([...Object.entries({ ...letter, qr: kit.qr }), ['password', PASSWORD]]);
    const shown = new Map(kit.words.map((word) => [word, `"${word}"`]));
    expect(await leaksIn(bob.aired, typed)).toEqual([]);
    expect(await leaksIn([JSON.stringify(bob.aired)], shown)).toEqual([]);
    expect(await leaksIn([JSON.stringify(other.told)], shown)).toHaveLength(new Set(kit.words).size);
  });

  test('the code that links a new device is told to the page that asked for it, and to no other', async () => {
    good(await second.vault.linkThisDevice({ ...ALICE, deviceName: 'Portable' }));
    const waiting = (tab: Tab) =>
      tab.told.flatMap((message) =>
        message.type === 'event' && message.event.type === 'link' && message.event.link.type === 'waiting'
          ? [message.event.link.code]
          : [],
      );
    const [code] = waiting(second);
    expect(code).toBeDefined();
    expect(waiting(first)).toEqual([]);
    expect(
      await leaksIn(
        alice.aired,
        new Map([
          ['code', code!],
          ['password', PASSWORD],
        ]),
      ),
    ).toEqual([]);
    good(await second.vault.cancelLink());
  });
});

describe('who leads', () => {
  test('the tab in which the password is typed: the one that led gives way and follows', async () => {
    expect(alice.leader()).toBe('first');
    good(await second.vault.unlock(ALICE));
    expect(alice.leader()).toBe('second');
    good(await first.vault.edit('moi', [allergy('Latex')]));
    expect(await names(second)).toContain('Latex');
  });

  test('a tab that is unlocking keeps the lead; the other is told that it is done elsewhere, and is open with it', async () => {
    const answers = await Promise.all([first.vault.unlock(ALICE), second.vault.unlock(ALICE)]);
    expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(answers).toContainEqual({ ok: false, error: { type: 'open-elsewhere' } });
    for (const tab of [first, second]) expect(await tab.vault.status()).toEqual(UNLOCKED);
  });

  test('a tab in the middle of an activation keeps the lead: another one that begins takes nothing away', async () => {
    const tablet = world.device();
    const bob = browser(() => tablet.reopen());
    const [one, other] = [bob.open('one'), bob.open('other')];
    good(await one.vault.enrol(await world.newCredentials(2)));
    const elsewhere = { ok: false, error: { type: 'open-elsewhere' } };
    expect(await other.vault.enrol(world.credentials(1))).toEqual(elsewhere);
    expect(await other.vault.unlock(ALICE)).toEqual(elsewhere);
    good(await one.vault.activate({ ...ALICE, deviceName: 'Tablette' }));
  });

  test('a wrong password in one tab does not keep the next from trying', async () => {
    const wrong = { ...ALICE, password: 'Un-autre2passe!' };
    for (const tab of [first, second, first])
      expect(await tab.vault.unlock(wrong)).toEqual({ ok: false, error: { type: 'wrong-password' } });
    good(await second.vault.unlock(ALICE));
  });

  test('R09: when the open tab dies the next leads locked: its page is told that the keys are gone, and the password opens it with nothing lost', async () => {
    good(await first.vault.unlock(ALICE));
    laptop.setOnline(false);
    good(await second.vault.edit('moi', [allergy('Sésame')]));
    const before = second.told.length;
    alice.kill(first);
    laptop.setOnline(true);
    await eventually(
      () => second.told.slice(before),
      (told) => told.some((message) => message.type === 'event' && message.event.type === 'left'),
    );
    expect(alice.leader()).toBe('second');
    expect(await second.vault.status()).toEqual(LOCKED);
    expect(await second.vault.edit('moi', [allergy('Trop tôt')])).toEqual({
      ok: false,
      error: { type: 'locked' },
    });
    good(await second.vault.unlock(ALICE));
    const shown = await eventually(
      () => names(second),
      (all) => all.includes('Sésame'),
    );
    expect(shown).not.toContain('Trop tôt');
    await eventually(
      async () => good(await second.vault.sync('moi')),
      ({ unsent, connection }) => unsent === 0 && connection === 'online',
    );
  });

  test('a leader that is robbed of the lock lets go of keys and disk at once, and opens again with the password', async () => {
    good(await first.vault.unlock(ALICE));
    good(await first.vault.edit('moi', [allergy('Soja')]));
    reached = [];
    alice.stealLock();
    expect(reached).toEqual(['close']);
    await eventually(
      () => first.vault.status(),
      (answer) => answer.ok && answer.value.type === 'locked',
    );
    expect(first.told.some((message) => message.type === 'event' && message.event.type === 'left')).toBe(
      true,
    );
    good(await first.vault.unlock(ALICE));
    await eventually(
      () => names(first),
      (all) => all.includes('Soja'),
    );
  });
});
