/**
 * C10 at the relay: the phone that Alice revoked still holds the chain's keys, for those never change. It must not be able
 * to have the relay erase the frame that revokes it, nor to keep that frame from whoever reads the chain for the first time.
 */
import { expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok } from '#lib/bytes/result.ts';
import type { Signer } from '#lib/crypto/signature.ts';
import { acceptAddress, addDeviceBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import { deriveEpoch } from '#lib/keys/epoch.ts';
import { openChain } from '#lib/keys/open-chain.ts';
import { openStatement, type Role } from '#lib/protocol/relay.ts';
import { openTopic } from '#lib/sync/open-topic.ts';
import type { RelaySession } from '#lib/sync/relay-session.ts';
import type { AnswerTo } from '#lib/sync/requests.ts';
import { credentialOf } from '#lib/vault/spaces/follow.ts';
import { deviceNamed, pen, person } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { keyPair, ORIGIN, relayWorld, type KeyPair, type Person } from '../helpers/worlds/relay-world.ts';
import { chainSecrets } from '../helpers/people/chain-secrets.ts';

test('C10: a revoked device cannot doom the frame that revokes it, whichever keys of the chain it holds', async () => {
  const [alice, phone] = await Promise.all([person('Alice'), deviceNamed('phone')]);
  const secrets = chainSecrets(alice.root);
  const keys = await deriveEpoch(chainSpaceId(alice.address), chainEpoch(alice.address, secrets));
  const chain = pen(keys, seededRandom('C10 relay'));
  const genesis = await chain.write(alice.device, alice.genesisBody);
  const acceptance = await acceptAddress(alice.address, phone.bundle, phone.signer);
  const added = await chain.write(alice.device, addDeviceBody(phone.bundle, acceptance), [genesis]);
  const revoked = await chain.write(alice.device, revokeDeviceBody(hex(phone.id)), [added]);

  const world = relayWorld({ limits: { graceMs: 1_000 } });
  const laptop = world.connect();
  const opened = await openTopic(
    sessionOf(laptop),
    keys.topic,
    credentialOf(keys, { isChain: true, ttl: 0 })!,
  );
  expect(opened.ok).toBe(true);
  for (const { frame } of [genesis, added, revoked]) await laptop.answer(laptop.put(keys, frame));

  const thief = world.connect();
  for (const role of ['owner', 'writer', 'reader'] as const)
    await proves(thief, keys.topic, role, keys.writer!);
  const doomed = thief.ask({ type: 'propose-delete', topic: keys.topic, ids: [revoked.id] });
  expect(await thief.answer(doomed)).toMatchObject({ type: 'error', code: 'forbidden' });
  await world.clock.advance(2_000);
  await Promise.all([world.store.sweep(), world.clock.advance(1_000)]);

  const doctor = world.connect();
  expect(await proves(doctor, keys.topic, 'reader', keyPair(world.random))).toBe('opened');
  const list = {
    type: 'list',
    topic: keys.topic,
    since: 0,
    limit: 100,
    bodies: true,
    doomed: false,
  } as const;
  const page = await doctor.answer(doctor.ask(list));
  const frames = page.type === 'page' ? page.entries.map(({ frame }) => frame) : [];
  const { state } = await openChain(alice.address, frames);
  expect([...state.active]).toEqual([hex(alice.device.id)]);
  expect(state.devices.get(hex(phone.id))?.revoked).toBeDefined();
});

async function proves(who: Person, topic: Bytes, role: Role, key: Signer | KeyPair): Promise<string> {
  const signature = await key.sign(openStatement(ORIGIN, who.nonce, { topic, role }));
  return (await who.answer(who.ask({ type: 'open', topic, role, key: key.publicKey, signature }))).type;
}

/** Alice's connection, as the app speaks over it. */
function sessionOf(who: Person): RelaySession {
  const ask: RelaySession['ask'] = async <A extends Parameters<RelaySession['ask']>[0]>(request: A) => {
    const reply = await who.answer(who.ask(request));
    if (reply.type === 'error') return fail({ type: reply.code, retryAfter: reply.retryAfter });
    return ok(reply as AnswerTo<A['type']>);
  };
  return { nonce: who.nonce, origin: ORIGIN, ask, probe: () => undefined, close: () => undefined };
}
