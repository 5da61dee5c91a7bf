import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '#lib/crypto/hash.ts';
import { directivesState, writeAfter } from '#lib/record/directives.ts';
import type { Edit, FieldValue } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import { seededRandom } from '../../../../tests/helpers/tools/random.ts';
import { entryId } from '../../../../tests/helpers/worlds/replica-world.ts';
import { markOf, saidBy, take, Voice, wordsOf, type Said } from '../../../../tests/helpers/worlds/voices.ts';
import { RecordDocument } from './document.ts';
import { inspect } from '#lib/replica/gate.ts';
import { Lane } from '#lib/replica/lane.ts';
import { encodeUpdate, NO_UPDATE } from '#lib/replica/update.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const put = (fields: Record<string, FieldValue>, id = ID): Edit => ({
  type: 'put',
  section: 'allergies',
  id,
  fields,
});
const named = (name: string) => put({ name });
const only = ({ document }: Pick<Voice, 'document'>) => document.read().entries.get('allergies')?.get(ID);
const names = ({ document }: Pick<Voice, 'document'>) =>
  document.standing('allergies', `${ID}/name`).map(({ value }) => value);

function pair() {
  const [phone, laptop] = [new Voice('phone', 1), new Voice('laptop', 2)];
  const exchange = () => {
    for (const voice of [phone, laptop]) voice.hear(phone, laptop);
  };
  return { phone, laptop, exchange };
}

test('two devices that change different fields of an entry keep both changes', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([put({ name: 'Pollen', comment: null })], 10);
  exchange();
  phone.say([named('Pollen de bouleau')], 20);
  laptop.say([put({ comment: 'au printemps' })], 30);
  exchange();
  for (const voice of [phone, laptop])
    expect(only(voice)?.fields).toMatchObject({ name: 'Pollen de bouleau', comment: 'au printemps' });
});

test('two devices that create one entry apart keep the fields of both', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([named('Pollen')], 10);
  laptop.say([put({ comment: 'au printemps' })], 20);
  exchange();
  for (const voice of [phone, laptop])
    expect(only(voice)?.fields).toMatchObject({ name: 'Pollen', comment: 'au printemps' });
});

test('MED-14 R21: documents that two devices link to one disease apart are both linked, and what one unlinks is gone', () => {
  const { phone, laptop, exchange } = pair();
  const [first, second, third] = ['B', 'C', 'D'].map((letter) => letter.repeat(21) + 'A') as [
    string,
    string,
    string,
  ];
  const link = (documents: readonly string[]): Edit => ({
    ...{ type: 'put', section: 'conditions', id: ID },
    fields: { documents },
  });
  const linked = (document: RecordDocument) =>
    document.read().entries.get('conditions')?.get(ID)?.fields['documents'] ?? null;
  phone.say([link([first])], 10);
  exchange();
  phone.say([link([first, second])], 20);
  laptop.say([link([third])], 30);
  exchange();
  for (const { document } of [phone, laptop]) {
    expect(linked(document)).toEqual([second, third]);
    expect(document.lastSet('phone', 'conditions', ID)).toBeGreaterThan(0);
  }
  laptop.say([link([])], 40);
  exchange();
  expect(linked(phone.document)).toBeNull();
  expect(linked(phone.document.clone())).toBeNull();
  expect(phone.document.lastSet('phone', 'conditions', ID)).toBe(1); // its date of creation
});

test('a form that saves every field overwrites only those that it changed', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([put({ name: 'Pollen', comment: 'léger' })], 10);
  exchange();
  laptop.say([put({ name: 'Pollen', comment: 'grave' })], 20);
  phone.say([put({ name: 'Pollen de bouleau', comment: 'léger' })], 30);
  exchange();
  expect(only(phone)?.fields).toMatchObject({ name: 'Pollen de bouleau', comment: 'grave' });
});

test('deletion can be undone, and keeps the fields', () => {
  const { phone } = pair();
  phone.say([named('Pollen')], 10);
  phone.say([{ type: 'delete', section: 'allergies', id: ID }], 20);
  expect(only(phone)).toMatchObject({
    createdAt: 10,
    updatedAt: 20,
    deletedAt: 20,
    fields: { name: 'Pollen' },
  });
  phone.say([{ type: 'restore', section: 'allergies', id: ID }], 30);
  expect(only(phone)).toMatchObject({ createdAt: 10, updatedAt: 30, fields: { name: 'Pollen' } });
  expect(only(phone)).not.toHaveProperty('deletedAt');
});

test('an edit changes nothing until it is taken in, and one that says nothing new sets nothing', () => {
  const { phone } = pair();
  phone.say([named('Pollen')], 10);
  const before = wordsOf(phone.document);
  const update = phone.document.edit('phone', [named('Latex')], 20);
  expect(phone.document.edit('phone', [named('Latex')], 20)).toEqual(update);
  expect(wordsOf(phone.document)).toEqual(before);
  expect(names(phone)).toEqual(['Pollen']);
  expect(phone.document.apply('phone', update, markOf('x', 20))).toBe(true);
  expect(phone.document.apply('phone', update, markOf('y', 20))).toBe(false);
  expect(names(phone)).toEqual(['Latex']);
  expect(phone.document.edit('phone', [], 30)).toEqual(NO_UPDATE);
});

// ── what stands ──────────────────────────────────────────────────────────────────────────────────────────────────────

test('rule 16: of two names given apart both stand and the one said last is shown; one that knew both settles it', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([named('Pollen')], 10);
  exchange();
  phone.say([named('Bouleau')], 30);
  laptop.say([named('Latex')], 20);
  exchange();
  for (const voice of [phone, laptop]) {
    expect(names(voice)).toEqual(['Bouleau', 'Latex']);
    expect(only(voice)).toMatchObject({ fields: { name: 'Bouleau' }, updatedBy: 1, createdBy: 1 });
  }
  laptop.say([named('Bouleau')], 5); // the person confirms what is shown, by a clock that is behind
  exchange();
  for (const voice of [phone, laptop]) {
    expect(names(voice)).toEqual(['Bouleau']);
    expect(only(voice)?.updatedBy).toBe(2);
  }
});

test('rule 15: one stale name by a larger client does not beat five later ones', () => {
  for (const client of [1, 900]) {
    const [phone, tablet] = [new Voice('phone', 50), new Voice('tablet', client)];
    for (let i = 0; i < 5; i++) phone.say([named(`n${i}`)], 100 + i);
    tablet.say([named('stale')], 50);
    phone.hear(tablet);
    expect(only(phone)?.fields['name']).toBe('n4');
  }
});

test('an edit made without knowing of a name does not hide it, however late it comes', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([named('Pollen')], 10);
  exchange();
  const stale = laptop.document.edit('laptop', [named('Latex')], 20);
  phone.say([named('Bouleau')], 30);
  laptop.hear(phone);
  take(laptop.document, saidBy('laptop', 2, 0, stale, 99));
  expect(names(laptop)).toEqual(['Latex', 'Bouleau']);
});

test('what a lane goes on to say stays over what it was over, and no longer over what was replaced there since', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([named('Pollen')], 10);
  exchange();
  laptop.say([named('Latex')], 20);
  const over = () => laptop.document.standing('allergies', `${ID}/name`)[0]!.over;
  const first = over();
  expect(first).toHaveLength(1);
  laptop.say([named('Caoutchouc')], 30);
  expect(over()).toEqual(first);
  phone.say([named('Bouleau')], 25);
  exchange();
  expect(names(laptop)).toEqual(['Caoutchouc', 'Bouleau']);
  laptop.say([named('Latex')], 40);
  expect(names(laptop)).toEqual(['Latex']);
  expect(over()).toHaveLength(1);
  expect(over()).not.toEqual(first);
});

test('a lane that is dropped leaves what it was over as it stood, and nothing of itself', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([named('Pollen')], 10);
  exchange();
  laptop.say([named('Latex'), put({ name: 'Chat' }, 'BBBBBBBBBBBBBBBBBBBBBA')], 20);
  exchange();
  expect(only(phone)?.fields['name']).toBe('Latex');
  const { document } = phone;
  document.drop('laptop');
  expect(only(phone)?.fields['name']).toBe('Pollen');
  expect(document.read().entries.get('allergies')?.size).toBe(1);
  document.drop('phone');
  expect(document.read().entries.size).toBe(0);
});

test('what a lane said is gone when it is cut, and what it was over is back', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([named('Pollen')], 10);
  exchange();
  laptop.say([put({ comment: 'grave' })], 20);
  laptop.say([named('Latex')], 30);
  exchange();
  const { document } = phone;
  document.read();
  document.putLane('laptop', document.lanes.get('laptop')!.cut(1));
  expect(only(phone)?.fields).toMatchObject({ name: 'Pollen', comment: 'grave' });
});

// ── branches of one device ───────────────────────────────────────────────────────────────────────────────────────────

/** A phone whose disk was copied after it said two things; both copies went on. */
function forked() {
  const phone = new Voice('phone', 1);
  phone.say([put({ name: 'Pollen', comment: 'léger' })], 10);
  phone.say([put({ comment: 'grave' })], 20);
  const copy = new Voice('copy', 1);
  copy.hear(phone);
  for (const { update, mark } of phone.said) copy.document.apply('copy', update, mark);
  copy.document.drop('phone');
  return { phone, copy };
}

test('rule 14: two branches of one device say what they share once, and what either replaced is replaced', () => {
  const { phone, copy } = forked();
  phone.say([named('Bouleau')], 30);
  const update = copy.document.edit('copy', [put({ comment: 'très grave' })], 40);
  copy.document.apply('copy', update, markOf('copy 2', 40));
  const document = new RecordDocument();
  for (const voice of [phone, copy])
    document.putLane(voice.name, voice.document.lanes.get(voice.name)!.clone());
  expect(document.read().entries.get('allergies')?.get(ID)?.fields).toMatchObject({
    name: 'Bouleau',
    comment: 'très grave',
  });
  for (const [name, count] of [
    ['name', 1],
    ['comment', 1],
    ['@created', 1],
    ['@updated', 2],
  ] as const)
    expect(document.standing('allergies', `${ID}/${name}`)).toHaveLength(count);
});

test('rule 14: a branch that was cut out of a folded lane reads as one that was made of its frames', () => {
  const { phone, copy } = forked();
  phone.say([named('Bouleau')], 30);
  const update = copy.document.edit('copy', [put({ comment: 'très grave' })], 40);
  const mark = markOf('copy 2', 40);
  const lane = phone.document.lanes.get('phone')!;
  const [made, cut] = [new RecordDocument(), new RecordDocument()];
  for (const document of [made, cut]) document.putLane('phone', lane.clone());
  made.putLane('copy', copy.document.lanes.get('copy')!.clone());
  cut.putLane('copy', Lane.open(lane.encode(), 1)!.cut(2));
  for (const document of [made, cut]) expect(document.apply('copy', update, mark)).toBe(true);
  expect(cut.read()).toEqual(made.read());
  expect(wordsOf(cut)).toEqual(wordsOf(made));
  // What is said of both from then on is the same too.
  const edits = [put({ name: 'Latex', comment: null })];
  expect(cut.edit('phone', edits, 50)).toEqual(made.edit('phone', edits, 50));
});

test('rule 14: whatever was said where a device was copied, a branch reads alike cut out or made of its frames', () => {
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 16 }),
      fc.nat(8),
      fc.array(fc.tuple(edit, fc.nat(20)), { maxLength: 4 }),
      (acts, at, later) => {
        const voices = play(acts);
        for (const voice of voices) voice.hear(...voices);
        const [phone] = voices as [Voice];
        const lane = phone.document.lanes.get('phone')!;
        const count = Math.min(at, lane.frames);
        const copy = new Voice('copy', phone.client);
        for (const { update, mark } of phone.said.slice(0, count)) copy.document.apply('copy', update, mark);
        const [made, cut] = [phone.document.clone(), phone.document.clone()];
        made.putLane('copy', copy.document.lanes.get('copy')!.clone());
        cut.putLane('copy', Lane.open(lane.encode(), lane.client)!.cut(count));
        for (const [i, [one, time]] of later.entries()) {
          const update = copy.document.edit('copy', [one], time);
          for (const document of [copy.document, made, cut])
            expect(document.apply('copy', update, markOf(`copy ${count + i}`, time))).toBe(true);
        }
        // Whatever the lanes are called, and whichever of them came first.
        const renamed = new RecordDocument();
        for (const [name, one] of [...made.lanes].reverse())
          renamed.putLane(name === 'copy' ? 'a' : `b ${name}`, one.clone());
        for (const document of [cut, renamed]) {
          expect(document.read()).toEqual(made.read());
          expect(wordsOf(document)).toEqual(wordsOf(made));
        }
      },
    ),
  );
});

// ── what is written once ─────────────────────────────────────────────────────────────────────────────────────────────

const WEIGHT = { kind: 'weight', date: '2026-01-05', time: null, value: 72.4, second: null, comment: null };
const MEASURE = immutableId('measures', WEIGHT, sha256);
const weigh: Edit = { type: 'put', section: 'measures', id: MEASURE, fields: WEIGHT };
const weighed = ({ document }: Voice) => document.read().entries.get('measures')?.get(MEASURE);

test('rule 17: one value noted on two devices apart is one, of both, and no clock makes it one device’s', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([weigh], 20);
  laptop.say([weigh], 10);
  exchange();
  for (const voice of [phone, laptop]) {
    expect(weighed(voice)).toMatchObject({ fields: WEIGHT, createdAt: 10, updatedBy: 1 });
    expect(weighed(voice)).not.toHaveProperty('createdBy');
  }
  phone.say([{ type: 'delete', section: 'measures', id: MEASURE }], 30);
  laptop.say([weigh], 40); // the same again is no change, whoever asks
  exchange();
  for (const voice of [phone, laptop]) expect(weighed(voice)).toMatchObject({ createdAt: 10, deletedAt: 30 });
});

test('rule 17: a thief who says again what Alice wrote, with an earlier clock, is not its author, and puts nothing in force', () => {
  const document = new RecordDocument();
  document.putLane('alice', new Lane(11));
  document.putLane('thief', new Lane(22));
  const read = () => [...(document.read().entries.get('directives')?.values() ?? [])];
  const say = (unconscious: string, time: number) => {
    const said = directivesState(read()).said;
    const fields = { kind: 'healthy', date: '2026-03-03', unconscious, after: writeAfter(said) };
    const id = immutableId('directives', fields, sha256);
    const update = document.edit('alice', [{ type: 'put', section: 'directives', id, fields }], time);
    expect(document.apply('alice', update, markOf(`alice ${time}`, time))).toBe(true);
    return { id, fields };
  };
  const versions = ['Oui, qu’on me maintienne', 'Non', 'Peut-être', 'Non'].map((wish, i) =>
    say(wish, 1_000 * i),
  );
  expect(directivesState(read()).said.map(({ id }) => id)).toEqual(versions.map(({ id }) => id).reverse());
  // Each again, as the first ever, and as the last.
  for (const [i, { id, fields }] of versions.entries())
    for (const time of [1, 1_000_000]) {
      const values = Object.entries({ '@created': time, '@updated': time, ...fields }).map(
        ([name, value]) => ({
          section: 'directives',
          key: `${id}/${name}`,
          content: [value, []] as const,
        }),
      );
      const lane = new Lane(22);
      document.putLane('thief', lane);
      const update = encodeUpdate(lane.place(values));
      expect(inspect(update, lane)).toBe('good');
      expect(document.apply('thief', update, markOf(`thief ${i} ${time}`, time))).toBe(true);
      expect(directivesState(read()).inForce?.id).toBe(versions.at(-1)!.id);
      expect(read().find((entry) => entry.id === id)).not.toHaveProperty('createdBy');
    }
});

test('rule 17: it cannot be written under another id', () => {
  const { phone } = pair();
  expect(() => phone.document.edit('phone', [{ ...weigh, id: ID }], 10)).toThrow('another id');
});

test('rule 17: halves of characters do not change what is written once', () => {
  const { phone } = pair();
  const fields = { ...WEIGHT, comment: 'a\ud800b\\ud800' };
  const id = immutableId('measures', fields, sha256);
  phone.say([{ type: 'put', section: 'measures', id, fields }], 10);
  expect(phone.document.read().entries.get('measures')?.get(id)?.fields['comment']).toBe('a\ufffdb\\ud800');
});

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test('reading after each change gives what reading everything gives, and keeps what did not change', () => {
  const random = seededRandom('read');
  const voices = [new Voice('phone', 1), new Voice('laptop', 2), new Voice('tablet', 3)];
  const ids = Array.from({ length: 5 }, () => entryId(random));
  for (let i = 0; i < 150; i++) {
    const voice = random.pick(voices);
    const { document } = voice;
    const before = document.read().entries.get('allergies');
    const id = random.pick(ids);
    voice.say([put({ name: `n${random.int(9)}` }, id)], i);
    const after = document.read().entries.get('allergies');
    for (const other of ids) if (other !== id) expect(after?.get(other)).toBe(before?.get(other));
    if (random.chance(0.2)) voice.hear(...voices);
    if (random.chance(0.1)) document.drop(random.pick(voices.filter((one) => one !== voice)).name);
    expect(document.read()).toEqual(document.clone().read());
  }
});

test('the document knows which of its values a lane set last and still stand', () => {
  const { phone, laptop, exchange } = pair();
  phone.say([named('Pollen')], 10);
  exchange();
  expect(phone.document.lastSet('phone', 'allergies', ID)).toBe(3);
  expect(laptop.document.lastSet('laptop', 'allergies', ID)).toBe(0);
  laptop.say([named('Latex')], 20);
  exchange();
  expect(phone.document.lastSet('phone', 'allergies', ID)).toBe(1); // its date of creation
  expect(phone.document.lastSet('laptop', 'allergies', ID)).toBe(2);
});

// ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Act =
  | { readonly type: 'say'; readonly by: number; readonly edits: readonly Edit[]; readonly time: number }
  | { readonly type: 'hear'; readonly by: number; readonly of: number };

const device = fc.nat(2);
const id = fc.constantFrom(ID, 'BBBBBBBBBBBBBBBBBBBBBA');
const link = fc.subarray(['C', 'D'].map((letter) => letter.repeat(21) + 'A'));
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    ...{ type: fc.constant('put' as const), section: fc.constant('conditions'), id },
    fields: fc.record(
      { name: fc.constantFrom('a', 'b', 'c'), comment: fc.constantFrom(null, 'd'), documents: link },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ type: fc.constantFrom('delete' as const, 'restore'), section: fc.constant('conditions'), id }),
  fc.constant(weigh),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    type: fc.constant('say' as const),
    by: device,
    edits: fc.array(edit, { minLength: 1, maxLength: 2 }),
    time: fc.nat(20), // clocks that are wrong, and equal
  }),
  fc.record({ type: fc.constant('hear' as const), by: device, of: device }),
);

function play(acts: readonly Act[]): Voice[] {
  const voices = [new Voice('phone', 3), new Voice('laptop', 1), new Voice('tablet', 2)];
  for (const one of acts) {
    const voice = voices[one.by]!;
    if (one.type === 'say') voice.say(one.edits, one.time);
    else voice.hear(voices[one.of]!);
  }
  return voices;
}

/** The frames in some order in which each comes after those before it in its lane. */
function interleaved(frames: readonly Said[], seed: number): Said[] {
  const random = seededRandom(seed);
  const queues = [...Map.groupBy(frames, ({ lane }) => lane).values()].map((queue) => [...queue]);
  const order: Said[] = [];
  while (order.length < frames.length) {
    const next = random.pick(queues.filter(({ length }) => length > 0)).shift();
    if (next) order.push(next);
  }
  return order;
}

test('frames taken in in any order give one record and one list of words', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), fc.nat(), fc.nat(), (acts, one, other) => {
      const frames = play(acts).flatMap(({ said }) => said);
      const [a, b] = [one, other].map((seed) => {
        const document = new RecordDocument();
        for (const frame of interleaved(frames, seed)) {
          take(document, frame);
          document.read();
        }
        return document;
      }) as [RecordDocument, RecordDocument];
      expect(a.read()).toEqual(b.read());
      expect(wordsOf(a)).toEqual(wordsOf(b));
      const opened = new RecordDocument();
      for (const [name, lane] of a.lanes) opened.putLane(name, Lane.open(lane.encode(), lane.client)!);
      expect(opened.read()).toEqual(b.read());
      expect(wordsOf(opened)).toEqual(wordsOf(b));
    }),
  );
});

test('what is said of a key is lost to nobody: it stands until somebody who knew it says something else', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
      const voices = play(acts);
      for (const voice of voices) voice.hear(...voices);
      const { document } = voices[0]!;
      for (const section of ['conditions', 'measures'])
        for (const lane of document.lanes.values())
          for (const key of lane.keys(section)) {
            const standing = document.standing(section, key);
            expect(standing.length).toBeGreaterThan(0);
            const { clock, content } = lane.last(section, key)!;
            const { short } = lane.markOf(clock);
            const isStanding = standing.some((claim) => claim.client === lane.client);
            const replacers = [...document.lanes.values()].filter((other) =>
              other.last(section, key)?.content?.[1].includes(short),
            );
            expect(isStanding, JSON.stringify(content)).toBe(replacers.length === 0);
            // Whoever replaced it had heard it before.
            for (const other of replacers) {
              const replacer = voices.find(({ client }) => client === other.client)!;
              const index = other.frameAt(other.markOf(other.last(section, key)!.clock).short)!;
              expect(heardBefore(acts, voices, replacer, index, short)).toBe(true);
            }
          }
    }),
  );
});

test('an edit over what was said apart hides all of it, everywhere', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), device, (acts, by) => {
      const voices = play(acts);
      for (const voice of voices) voice.hear(...voices);
      voices[by]!.say([{ type: 'put', section: 'conditions', id: ID, fields: { name: 'settled' } }], 0);
      for (const voice of voices) {
        voice.hear(...voices);
        const standing = voice.document.standing('conditions', `${ID}/name`);
        expect(standing.map(({ value }) => value)).toEqual(['settled']);
      }
    }),
  );
});

/** Whether a voice had heard the frame with this short id when it said its frame of this index. */
function heardBefore(
  acts: readonly Act[],
  all: readonly Voice[],
  voice: Voice,
  index: number,
  short: string,
): boolean {
  const by = all.indexOf(voice);
  let said = 0;
  for (const [i, one] of acts.entries()) {
    if (one.type !== 'say' || one.by !== by || said++ !== index) continue;
    const before = play(acts.slice(0, i))[by]!;
    return [...before.document.lanes.values()].some((lane) => lane.frameAt(short) !== undefined);
  }
  return false;
}
