import { expect, test } from 'vitest';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { countedWords as countedByModel } from '../../../tests/model/words.ts';
import { countedWords, type Word } from './count.ts';

const DEVICES = ['laptop', 'phone', 'tablet', 'bob', 'carol'];

/** A history: each goes on from its own words, now and then from an older one, and names what it has seen. */
function history(random: SeededRandom, length = 40): Word[] {
  const words: Word[] = [];
  for (let i = 0; i < length; i++) {
    const author = random.pick(DEVICES);
    const own = words.filter((word) => word.author === author);
    const heads = own.filter(({ saying }) => !own.some(({ before }) => before.includes(saying)));
    const last =
      random.chance(0.15) && own.length > 0
        ? [random.pick(own)]
        : random.chance(0.5)
          ? heads
          : heads.slice(0, 1);
    const seen = words.filter((word) => word.author !== author && random.chance(0.05));
    words.push({
      ...{ saying: `${i}`, author },
      before: last.map(({ saying }) => saying),
      names: seen.map(({ saying }) => ({ saying })),
    });
  }
  return words;
}

function someOf<T>(random: SeededRandom, items: readonly T[], chance = 0.5): T[] {
  return items.filter(() => random.chance(chance));
}

interface Scene {
  readonly random: SeededRandom;
  readonly words: readonly Word[];
  readonly standing: readonly string[];
  readonly anchors: readonly { readonly saying: string }[];
}

function forScenes(name: string, check: (scene: Scene, seed: number) => void): void {
  for (let seed = 0; seed < 300; seed++) {
    const random = seededRandom(`${name} ${seed}`);
    const words = history(random);
    check({ random, words, standing: someOf(random, DEVICES), anchors: someOf(random, words, 0.03) }, seed);
  }
}

const count = ({ words, standing, anchors }: Omit<Scene, 'random'>) =>
  countedWords(words, (device) => standing.includes(device), anchors);

test('8: in whatever order the words come, the same ones count', () => {
  forScenes('order', (scene, seed) => {
    const expected = [...count(scene)].sort();
    for (let i = 0; i < 3; i++) {
      const counted = count({ ...scene, words: scene.random.shuffle(scene.words) });
      expect([...counted].sort(), `seed ${seed}`).toEqual(expected);
    }
  });
});

test('8: what counts is closed: with a word what its author had said before it, and what it names', () => {
  forScenes('closed', (scene, seed) => {
    const counted = count(scene);
    for (const { saying, author, before, names } of scene.words) {
      if (scene.standing.includes(author)) expect(counted.has(saying), `seed ${seed}`).toBe(true);
      if (!counted.has(saying)) continue;
      for (const one of [...before, ...names.map((name) => name.saying)])
        expect(counted.has(one), `seed ${seed}`).toBe(true);
    }
    for (const { saying } of scene.anchors) expect(counted.has(saying)).toBe(true);
  });
});

test('8: the model counts the same', () => {
  forScenes('model', (scene, seed) => {
    const words = scene.words.map(({ saying, names, ...word }) => ({
      ...word,
      id: saying,
      names: names.map((name) => name.saying),
    }));
    const stands = (device: string) => scene.standing.includes(device);
    const counted = countedByModel(words, { stands, isKnown: () => true, anchors: scene.anchors });
    expect([...count(scene)].sort(), `seed ${seed}`).toEqual([...counted].sort());
  });
});

test('8: and it is the least such set: each word in it is there for a reason', () => {
  forScenes('least', (scene, seed) => {
    const counted = count(scene);
    for (const { saying, author } of scene.words) {
      if (!counted.has(saying) || scene.standing.includes(author)) continue;
      const reasons = scene.words.filter(
        (word) =>
          counted.has(word.saying) &&
          (word.before.includes(saying) || word.names.some((name) => name.saying === saying)),
      );
      const isAnchored = scene.anchors.some((anchor) => anchor.saying === saying);
      expect(isAnchored || reasons.length > 0, `seed ${seed}`).toBe(true);
    }
    // Reasons do not turn in a circle: without those who stand and without controls nothing counts.
    expect(count({ ...scene, standing: [], anchors: [] }).size).toBe(0);
  });
});

test('8: it grows with every word, anchor and device that stands, and shrinks only when somebody stops standing', () => {
  forScenes('grows', (scene, seed) => {
    const whole = count(scene);
    // A device holds whole lanes only: of each author what comes before anything it has.
    const held = scene.words.slice(0, scene.random.int(scene.words.length));
    const fewer = [
      count({ ...scene, words: held }),
      count({ ...scene, anchors: someOf(scene.random, scene.anchors) }),
      count({ ...scene, standing: someOf(scene.random, scene.standing) }),
    ];
    for (const less of fewer) for (const saying of less) expect(whole.has(saying), `seed ${seed}`).toBe(true);
  });
});

test('11: a word that a standing device names stays counted when its author stops standing, and what is named by nobody does not', () => {
  forScenes('vouched', (scene, seed) => {
    const { random, words } = scene;
    const all = count({ ...scene, standing: DEVICES });
    const gone = random.pick(DEVICES);
    const standing = DEVICES.filter((device) => device !== gone);
    const heads = words.filter(
      ({ saying, author }) => author === gone && !words.some((word) => word.before.includes(saying)),
    );
    const vouching: Word = { saying: 'vouching', author: standing[0]!, before: [], names: heads };
    expect([...count({ words: [...words, vouching], standing, anchors: [] })].sort(), `seed ${seed}`).toEqual(
      [...all, 'vouching'].sort(),
    );
  });
});
