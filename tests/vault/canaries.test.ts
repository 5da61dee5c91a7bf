/**
 * A canary in every text field of every health section, the fields taken from the definitions so that a new section is
 * covered by itself: written, changed, deleted and restored with a whole vault, they are found in clear neither on the disk
 * of the device nor at the relay.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { immutableEntryId } from '#lib/app/profile/entry-id.ts';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { utf8 } from '#lib/bytes/bytes.ts';
import type { Edit, EntryId } from '#lib/record/entry.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import type { FieldDefinition, Fields } from '#lib/record/section.ts';
import { healthSections, keepsHistory } from '#lib/record/sections.ts';
import { needlesOf, searchBytes, searchFolder, type Finding } from '../helpers/hostile/canaries.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { fieldsOf } from '../helpers/people/random-editor.ts';
import {
  activate,
  good,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

const random = seededRandom('canaries');
const MARK = Buffer.from(random(5)).toString('hex');
const LENGTH = 13;
const canaries: Record<string, string> = {};

let world: VaultWorld;
let device: TestDevice;

/** Short enough for every field, and no other one begins with it. */
function canary(name: string): string {
  const text = `${MARK}${(1000 + Object.keys(canaries).length).toString(36)}`;
  canaries[name] = text;
  return text;
}

/** What is shorter than a canary (the code of a currency) holds nothing that could be found. */
const isText = (field: FieldDefinition): boolean =>
  (field.kind === 'text' || field.kind === 'longtext') && field.max >= LENGTH;

function marked({ id, fields }: ProfileSection, when: string): Fields {
  return Object.fromEntries(fields.filter(isText).map(({ name }) => [name, canary(`${id} ${name} ${when}`)]));
}

/** The whole entry; what does not go together with the rest of it is left out, but never a text. */
async function write(section: ProfileSection): Promise<EntryId> {
  let fields: Fields = { ...fieldsOf(section, random), ...marked(section, 'first') };
  for (let attempt = 0; attempt < 3; attempt++) {
    const id = section.immutable ? await immutableEntryId(section, fields) : toBase64url(random(16));
    const edit: Edit = { type: 'put', section: section.id, id, fields };
    const done = await device.vault.edit('moi', [edit]);
    if (done.ok) return id;
    const wrong = done.error.type === 'entry-invalid' ? done.error.problems.map(({ field }) => field) : [];
    expect(wrong, `${section.id}: ${JSON.stringify(done.error)}`).not.toEqual([]);
    fields = Object.fromEntries(Object.entries(fields).filter(([name]) => !wrong.includes(name)));
  }
  throw new Error(`${section.id} takes no entry`);
}

async function found(names = canaries): Promise<Finding[]> {
  const needles = needlesOf(names);
  const stored = (await device.disk.content()).flatMap(({ key, value }) => [
    ...searchBytes(`key ${key.join(' ')}`, utf8(key.join(' ')), needles),
    ...searchBytes(key.join(' '), value, needles),
  ]);
  return [...stored, ...searchFolder(world.dataDir, needles)];
}

beforeAll(async () => {
  world = await vaultWorld();
  device = world.device();
  await activate(device, world.credentials(0));
}, 60_000);

afterAll(() => world.close());

test('F04: canaries in every text field of every health section, changed, deleted and restored, are in clear nowhere', async () => {
  for (const section of healthSections) {
    const id = await write(section);
    const target = { section: section.id, id };
    if (keepsHistory(section.id)) {
      const fields = marked(section, 'second');
      if (Object.keys(fields).length > 0)
        good(await device.vault.edit('moi', [{ type: 'put', ...target, fields }]));
    }
    for (const type of ['delete', 'restore', 'delete'] as const)
      good(await device.vault.edit('moi', [{ type, ...target }]));
    const gone = good(await device.vault.deleted('moi', section.id));
    // They are there to be read: what is looked for has been written.
    const told = JSON.stringify([gone, good(await device.vault.history('moi', section.id, id))]);
    for (const [name, text] of Object.entries(canaries))
      if (name.startsWith(`${section.id} `)) expect(told, name).toContain(text);
  }
  expect(Object.keys(canaries).length).toBeGreaterThan(2 * healthSections.length);
  await settled(device);
  // What is shown first at the next start is kept as well.
  good(await device.vault.lock());
  expect(await found()).toEqual([]);
}, 120_000);

test('F04: the search would have found them: one planted on the disk is caught', async () => {
  const [name, text] = Object.entries(canaries)[0]!;
  const key = ['planted'];
  await device.disk.open().write([{ type: 'put', key, value: utf8(`x${text}x`) }], 'strict');
  expect(new Set((await found({ [name]: text })).map(({ where }) => where))).toEqual(new Set(['planted']));
});
