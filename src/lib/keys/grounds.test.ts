import { describe, expect, test } from 'vitest';
import { concat, hex } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { addressHash, addressOfHash } from './address.ts';
import { decodeGrounds, encodeGrounds, NO_GROUNDS, type Grounds } from './grounds.ts';

const random = seededRandom('grounds');
const id = () => hex(random(32));
const name = (author = id(), saying = id()) => ({ author, seq: 1 + random.int(300), saying, frame: id() });
const news = () => ({
  address: addressOfHash(random(32)),
  heads: [id(), id()],
  carried: [random(90), random(30)],
});
const content = random(25);

function some(): Grounds {
  const author = id();
  return { names: [name(author), name(), name(author)], chains: [news(), news()] };
}

describe('the grounds of a frame', () => {
  test('are read back in their one order, and what follows is the content', () => {
    const made = some();
    const read = decodeGrounds(encodeGrounds(made, content))!;
    const byKey = <T>(list: readonly T[], key: (one: T) => string) =>
      [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(read.names).toEqual(byKey(made.names, ({ author, saying }) => author + saying));
    const chains = byKey(made.chains, ({ address }) => hex(addressHash(address)));
    expect(read.chains).toEqual(chains.map((one) => ({ ...one, heads: [...one.heads].sort() })));
    expect(read.content).toEqual(content);
    expect(decodeGrounds(encodeGrounds(NO_GROUNDS, content))).toEqual({ ...NO_GROUNDS, content });
  });

  test('hostile bytes give null, and nothing has two spellings', () => {
    // Without content: whatever stands behind grounds is content.
    const fixed = (bytes: Uint8Array<ArrayBuffer>) => {
      const read = decodeGrounds(bytes);
      return read?.content.length === 0 ? read : null;
    };
    expectStrictDecoder(encodeGrounds(some(), new Uint8Array(0)), fixed, (read) =>
      encodeGrounds(read, read.content),
    );
  });

  test('name nothing twice, and no number before the first', () => {
    const one = name();
    for (const names of [[one, one], [{ ...one, seq: 0 }]])
      expect(decodeGrounds(encodeGrounds({ names, chains: [] }, content))).toBeNull();
    const chain = news();
    const twice = { ...chain, heads: [chain.heads[0]!, chain.heads[0]!] };
    for (const chains of [[chain, chain], [twice], [{ ...chain, heads: [] }]])
      expect(decodeGrounds(encodeGrounds({ names: [], chains }, content))).toBeNull();
  });

  test('finding 3: announce no more than there is, and no more than there may be', () => {
    const announcing = (...counts: number[]) => {
      const writer = new Writer();
      writer.u8(2);
      for (const count of counts) writer.varint(count);
      return writer.finish();
    };
    for (const count of [1, 4096, 4097, 2 ** 32, Number.MAX_SAFE_INTEGER])
      expect(decodeGrounds(concat(announcing(count), random(60)))).toBeNull();
    const names = Array.from({ length: 4097 }, () => name());
    expect(decodeGrounds(encodeGrounds({ names: names.slice(1), chains: [] }, content))?.names).toHaveLength(
      4096,
    );
    expect(decodeGrounds(encodeGrounds({ names, chains: [] }, content))).toBeNull();
    const chains = Array.from({ length: 65 }, news);
    expect(
      decodeGrounds(encodeGrounds({ names: [], chains: chains.slice(1) }, content))?.chains,
    ).toHaveLength(64);
    expect(decodeGrounds(encodeGrounds({ names: [], chains }, content))).toBeNull();
    const carried = Array.from({ length: 1025 }, () => new Uint8Array(1));
    expect(decodeGrounds(encodeGrounds({ names: [], chains: [{ ...news(), carried }] }, content))).toBeNull();
    const long = [new Uint8Array(32 * 1024 + 1)];
    expect(
      decodeGrounds(encodeGrounds({ names: [], chains: [{ ...news(), carried: long }] }, content)),
    ).toBeNull();
  });
});
