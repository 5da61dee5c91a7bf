/** KID: Camille opens her children's records, as the authority knows them; Antoine is their other guardian. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { AUTHORITY_PATHS } from '#lib/protocol/authority.ts';
import type { ChildFound, ChildOpened, RecordId } from '#lib/vault/door/door.ts';
import {
  activate,
  ALICE,
  allergy,
  eventually,
  good,
  link,
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

const [CAMILLE, ANTOINE] = [0, 1];

let world: VaultWorld;
let camille: TestDevice;
let antoine: TestDevice;
/** What stands between Camille and the authority, where a test puts something there. */
let inBetween: ((request: Request) => Promise<Response>) | null = null;

/** Each request from a network of its own: how often one may ask is tested where it is said (relay/authority). */
function fromAnywhere(...args: Parameters<typeof fetch>): Request {
  const request = new Request(...args);
  asked += 1;
  request.headers.set('x-forwarded-for', `10.0.${asked >> 8}.${asked & 255}`);
  return request;
}
let asked = 0;

beforeAll(async () => {
  world = await vaultWorld({ trustedProxies: 1 });
  camille = world.device({
    fetch: (...args) => {
      const request = fromAnywhere(...args);
      return inBetween ? inBetween(request) : fetch(request);
    },
  });
  antoine = world.device({ fetch: (...args) => fetch(fromAnywhere(...args)) });
  // Of those whose code is still good, so both before either is used.
  const letters = [CAMILLE, ANTOINE].map((n) => world.credentials(n));
  await activate(camille, letters[0]!);
  await activate(antoine, letters[1]!);
}, 60_000);
afterAll(() => world?.close());

const childrenOf = async ({ vault }: TestDevice) => good(await vault.children());

async function child(device: TestDevice, firstName: string): Promise<ChildFound> {
  const found = (await childrenOf(device)).find((one) => one.firstName === firstName);
  if (!found) throw new Error(`no child is called ${firstName}`);
  return found;
}

const open = ({ vault }: TestDevice, ...those: readonly ChildFound[]) =>
  vault.openChildren({ children: those.map((one) => one.child), certified: true });

const names = async ({ vault }: TestDevice) => good(await vault.records()).map(({ firstName }) => firstName);

function recordOf(opened: ChildOpened | undefined): RecordId {
  if (!opened || !('record' in opened)) throw new Error(`not opened: ${JSON.stringify(opened)}`);
  return opened.record;
}

test('KID-01 KID-05: both parents are shown their minor children, whom nobody has opened a record for yet', async () => {
  for (const device of [camille, antoine]) {
    const all = await childrenOf(device);
    expect(all.map(({ firstName }) => firstName).sort()).toEqual(['Inès', 'Jules', 'Malo', 'Noé', 'Zoé']);
    expect(new Set(all.map(({ opened }) => opened))).toEqual(new Set(['no']));
  }
});

test('A08: a statement that is not the authority’s word for this very space is not believed, and nothing is listed', async () => {
  const zoe = await child(camille, 'Zoé');
  const forgeries: readonly ((statement: Uint8Array<ArrayBuffer>) => void)[] = [
    (statement) => void (statement[1]! ^= 1), // another space
    (statement) => void (statement[40]! ^= 1), // another guardian
    (statement) => void (statement[70]! ^= 1), // another child
    (statement) => void (statement[169]! ^= 1), // another signature
  ];
  for (const forge of forgeries) {
    inBetween = async (request) => {
      const response = await fetch(request);
      if (!request.url.endsWith(AUTHORITY_PATHS.childRecord)) return response;
      const body = (await response.json()) as { statement: string };
      const statement = fromBase64url(body.statement)!;
      forge(statement);
      return Response.json({ ...body, statement: toBase64url(statement) });
    };
    expect(good(await open(camille, zoe))).toEqual([
      { child: zoe.child, error: { type: 'authority-untrusted' } },
    ]);
    expect(await names(camille)).toEqual(['Camille']);
  }
  inBetween = null;
});

test('KID-05 KID-06 KID-07: Camille opens two of them, attested; each is a record of its own beside hers', async () => {
  const opened = good(await open(camille, await child(camille, 'Malo'), await child(camille, 'Zoé')));
  const [malo, zoe] = opened.map(recordOf) as [RecordId, RecordId];
  expect(await names(camille)).toEqual(['Camille', 'Malo', 'Zoé']);
  expect(good(await camille.vault.record(malo))).toMatchObject({
    owner: { firstName: 'Malo', lastName: 'Lefèvre', birthDate: '2024-08-11' },
    opening: { attested: true },
  });
  expect(good(await camille.vault.record('moi')).opening).toBeNull();
  good(await camille.vault.edit(malo, [allergy('Œuf')]));
  for (const other of ['moi', zoe])
    expect(good(await camille.vault.record(other)).entries['allergies']).toEqual([]);
  expect(await child(camille, 'Malo')).toMatchObject({ opened: 'here', record: malo });
});

test('KID-05: the same again opens nothing twice, asked twice at once either', async () => {
  const malo = await child(camille, 'Malo');
  const noe = await child(camille, 'Noé');
  const [first, second] = await Promise.all([open(camille, malo, noe), open(camille, malo, noe)]);
  expect(good(second).map(recordOf)).toEqual(good(first).map(recordOf));
  expect(await names(camille)).toEqual(['Camille', 'Malo', 'Noé', 'Zoé']);
});

test('what Antoine finds open already he is told, and no second record comes of it; of several the others are opened', async () => {
  const malo = await child(antoine, 'Malo');
  expect(malo).toMatchObject({ opened: 'other', record: null });
  const [refused, opened] = good(await open(antoine, malo, await child(antoine, 'Jules')));
  expect(refused).toEqual({ child: malo.child, error: { type: 'child-taken' } });
  recordOf(opened);
  expect(await names(antoine)).toEqual(['Antoine', 'Jules']);
  expect(await child(camille, 'Jules')).toMatchObject({ opened: 'other' });
});

test('a child whom the authority does not name to Camille is refused, and nothing is listed', async () => {
  const before = await names(camille);
  const strangers = good(await camille.vault.openChildren({ children: ['A'.repeat(22)], certified: true }));
  expect(strangers).toEqual([{ child: 'A'.repeat(22), error: { type: 'child-refused' } }]);
  expect(await names(camille)).toEqual(before);
});

test('KID-02: with no network the children cannot be asked for, and nothing changes', async () => {
  camille.setOnline(false);
  expect(await camille.vault.children()).toEqual({ ok: false, error: { type: 'authority-unreachable' } });
  camille.setOnline(true);
});

test('an opening that the network cut off is taken up where it was: one record, and the one that was attested', async () => {
  const ines = await child(camille, 'Inès');
  const answered: string[] = [];
  inBetween = async (request) => {
    const response = await fetch(request);
    if (!request.url.endsWith(AUTHORITY_PATHS.childRecord)) return response;
    answered.push(await response.text());
    throw new TypeError('the answer was lost');
  };
  const [lost] = good(await open(camille, ines));
  expect(lost).toEqual({ child: ines.child, error: { type: 'authority-unreachable' } });
  expect(await names(camille)).not.toContain('Inès');
  inBetween = null;
  await camille.reopen(ALICE);
  const [opened] = good(await open(camille, ines));
  expect(good(await camille.vault.record(recordOf(opened))).opening).toMatchObject({ attested: true });
  expect((await names(camille)).filter((name) => name === 'Inès')).toEqual(['Inès']);
  expect(answered).toHaveLength(1);
});

test('KID-08: a device that is linked holds every record, and is told that they are here', async () => {
  const phone = world.device({ fetch: (...args) => fetch(fromAnywhere(...args)) });
  await settled(camille);
  await link(camille, phone);
  await eventually(
    () => names(phone),
    (all) => ['Inès', 'Malo', 'Noé', 'Zoé'].every((name) => all.includes(name)),
  );
  expect(await child(phone, 'Malo')).toMatchObject({ opened: 'here' });
  const { record } = await child(phone, 'Malo');
  await eventually(
    async () => good(await phone.vault.record(record!)).entries['allergies'] ?? [],
    (entries) => entries.some(({ fields }) => fields['name'] === 'Œuf'),
  );
});

test('a child that is in no file has a record that says that it is not attested; nobody is asked for it', async () => {
  camille.setOnline(false);
  const id = good(
    await camille.vault.openUnattested({
      ...{ firstName: 'Lou', lastName: 'Moreau', birthDate: '2024-11-20' },
      certified: true,
    }),
  );
  camille.setOnline(true);
  expect(good(await camille.vault.record(id))).toMatchObject({
    owner: { firstName: 'Lou' },
    opening: { attested: false },
  });
  for (const birthDate of ['2026-02-31', '2099-01-01'])
    expect(
      await camille.vault.openUnattested({
        firstName: 'Lou',
        lastName: 'Moreau',
        birthDate,
        certified: true,
      }),
    ).toMatchObject({ ok: false });
});
