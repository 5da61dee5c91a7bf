import { beforeAll, describe, expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { createSigner, type Signer } from '#lib/crypto/signature.ts';
import {
  deviceNamed,
  flipped,
  pen,
  person,
  type Person,
  type Written,
} from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { chainEpoch, chainSpaceId, type ChainEntry } from './chain.ts';
import { createChains, newsOf, type Chains } from './chains.ts';
import type { DeviceKeys } from './device.ts';
import { deriveEpoch, type EpochSecrets } from './epoch.ts';
import { encodeGrounds } from './grounds.ts';
import { openChain } from './open-chain.ts';
import { createSpace, evaluateRoster } from './roster.ts';
import { encodeRosterBody, type Join, type RosterBody } from './roster-body.ts';
import {
  acceptanceBytes,
  acceptJoin,
  checkSignature,
  consentBytes,
  consentToJoin,
  orderBytes,
  ownerStatementBytes,
} from './roster-words.ts';

/** A record of Anna's, under an authority that answers for its owners: every signature is a real one. */
let anna: Person;
let bruno: Person;
let camille: Person;
let authority: Signer;
let chains: Chains;
let space: Bytes;
let secrets: EpochSecrets;
let frameBody: Bytes;

beforeAll(async () => {
  [anna, bruno, camille] = await Promise.all([person('Anna'), person('Bruno'), person('Camille')]);
  authority = await createSigner(new Uint8Array(32).fill(5));
  const entries = new Map<string, readonly ChainEntry[]>();
  for (const one of [anna, bruno, camille]) {
    const keys = await deriveEpoch(chainSpaceId(one.address), chainEpoch(one.address));
    const { frame } = await pen(keys, one.random).write(one.device, one.genesisBody);
    entries.set(one.address, (await openChain(one.address, [frame])).entries);
  }
  chains = createChains(entries);
  const made = createSpace({
    kind: 'record',
    founder: anna.address,
    authority: authority.publicKey,
    random: seededRandom('space'),
  });
  ({ space, secrets, frameBody } = made);
});

async function pages() {
  const { write } = pen(await deriveEpoch(space, secrets), seededRandom('pages'));
  const grounded = (content: Bytes) =>
    encodeGrounds({ names: [], chains: newsOf(chains, new Map()) }, content);
  const say = (device: DeviceKeys, body: RosterBody, ...after: Written[]) =>
    write(device, grounded(encodeRosterBody(body)), after);
  return { say, founded: await write(anna.device, grounded(frameBody)) };
}

async function joinOf(joiner: Person, heads: Written[], agreeing: Person[] = []): Promise<Join> {
  const joining = { space, address: joiner.address, heads: heads.map((head) => head.hex).sort() };
  const consents = agreeing.map(async ({ address, device }) => ({
    address,
    device: hex(device.id),
    signature: await consentToJoin(joining, device.signer),
  }));
  return {
    type: 'join',
    address: joiner.address,
    device: hex(joiner.device.id),
    heads: joining.heads,
    acceptance: await acceptJoin(joining, joiner.device.signer),
    consents: await Promise.all(consents),
    statement: await authority.sign(ownerStatementBytes(space, joiner.address)),
  };
}

const evaluated = (...written: Written[]) =>
  evaluateRoster(
    space,
    written.map(({ control }) => control),
    chains,
  );

describe('the words inside a roster', () => {
  test('are checked by the keys of those who say them: Bruno joins, then Camille with his word, then he is ended', async () => {
    const { say, founded } = await pages();
    const second = await say(anna.device, await joinOf(bruno, [founded]), founded);
    const third = await say(anna.device, await joinOf(camille, [second], [bruno]), second);
    expect(evaluated(founded, second, third).owners).toEqual(
      new Set([anna.address, bruno.address, camille.address]),
    );
    const unsigned = { serial: 1, address: bruno.address, join: second.hex };
    const order = {
      type: 'order' as const,
      ...unsigned,
      signature: await authority.sign(orderBytes(space, unsigned)),
    };
    const ended = await say(camille.device, order, third);
    expect(evaluated(founded, second, third, ended).owners).toEqual(new Set([anna.address, camille.address]));
  });

  test('A06: with a bit of any of them changed, nobody joins and nobody is ended', async () => {
    const { say, founded } = await pages();
    const second = await say(anna.device, await joinOf(bruno, [founded]), founded);
    const good = await joinOf(camille, [second], [bruno]);
    const [consent] = good.consents;
    const unsigned = { serial: 1, address: bruno.address, join: second.hex };
    const signature = await authority.sign(orderBytes(space, unsigned));
    const altered: RosterBody[] = [
      { ...good, acceptance: flipped(good.acceptance, 9) },
      { ...good, consents: [{ ...consent!, signature: flipped(consent!.signature, 9) }] },
      { ...good, statement: flipped(good.statement!, 9) },
      { type: 'order', ...unsigned, signature: flipped(signature, 9) },
      { type: 'order', ...unsigned, signature: await bruno.device.signer.sign(orderBytes(space, unsigned)) },
    ];
    const written: Written[] = [];
    for (const body of altered) {
      written.push(await say(anna.device, body, second));
      const { owners, rejected } = evaluated(founded, second, ...written);
      expect([owners.size, rejected.get(written.at(-1)!.hex)]).toEqual([2, 'unsigned']);
    }
  });

  test('are good for one purpose, space, person and company only', () => {
    const random = seededRandom('words');
    const joining = { space, address: anna.address, heads: [hex(random(32)), hex(random(32))] };
    const order = { serial: 1, address: anna.address, join: hex(random(32)) };
    const texts = [
      acceptanceBytes(joining),
      consentBytes(joining),
      acceptanceBytes({ ...joining, space: random(32) }),
      acceptanceBytes({ ...joining, address: bruno.address }),
      acceptanceBytes({ ...joining, heads: joining.heads.slice(1) }),
      ownerStatementBytes(space, anna.address),
      ownerStatementBytes(random(32), anna.address),
      ownerStatementBytes(space, bruno.address),
      orderBytes(space, order),
      orderBytes(space, { ...order, serial: 2 }),
      orderBytes(space, { ...order, address: bruno.address }),
      orderBytes(space, { ...order, join: hex(random(32)) }),
      orderBytes(random(32), order),
      acceptanceBytes({ ...joining, heads: [joining.heads[0]!, hex(random(32))] }),
      consentBytes({ ...joining, heads: [joining.heads[0]!, hex(random(32))] }),
    ];
    expect(new Set(texts.map(hex)).size).toBe(texts.length);
    expect(acceptanceBytes({ ...joining, heads: [...joining.heads].reverse() })).toEqual(texts[0]);
  });

  test('have one verdict each, however often they are asked for', async () => {
    const device = await deviceNamed('phone');
    const message = acceptanceBytes({ space, address: anna.address, heads: [] });
    const signature = await device.signer.sign(message);
    for (let i = 0; i < 3; i++) {
      expect(checkSignature(device.bundle.signing, message, signature)).toBe(true);
      expect(checkSignature(device.bundle.signing, message, flipped(signature, 3))).toBe(false);
      expect(checkSignature(device.bundle.signing, flipped(message, 3), signature)).toBe(false);
    }
  });
});
