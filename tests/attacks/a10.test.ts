/**
 * A10: an activation code is guessed, replayed, or redeemed by somebody else.
 *
 * A million guesses in all, half of them at enrolment and half at activation, against what answers a request: the look-up
 * and its count of tries. What a person types goes through Argon2id before that, on the guesser's side, and HTTP has
 * limits of its own: both make guessing slower, neither is counted on here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { encodeCode, codeIdOf, CODE_BYTES } from '#lib/protocol/enrolment.ts';
import { createAttestations } from '../../relay/authority/attestation.ts';
import { createCodes, TRIES } from '../../relay/authority/codes.ts';
import { DEMO_REGISTER } from '../../relay/authority/register/demo-register.ts';
import { sha256 } from '../../relay/authority/primitives.ts';
import { importRegister } from '../../relay/authority/register/register-import.ts';
import { createRegister } from '../../relay/authority/register/register.ts';
import { openSigningKey } from '../../relay/authority/signing-key.ts';
import { createStatementLog } from '../../relay/authority/statement-log.ts';
import { openStore } from '../../relay/authority/store.ts';
import {
  authorityWorld,
  CAMILLE,
  claim,
  GHJULIA,
  openEnrolmentFile,
  testAccount,
  typeIn,
} from '../helpers/worlds/authority.ts';
import { times } from '../helpers/tools/depth.ts';
import { fakeClock } from '../helpers/tools/clock.ts';
import { seededRandom } from '../helpers/tools/random.ts';

/** Of each of the two kinds; a million in all is A10's number, and the thorough run's. */
const GUESSES = times(25_000, 500_000);
const PATIENCE = { timeout: 300_000 };

async function world() {
  const made = await authorityWorld();
  onTestFinished(() => made.close());
  const issued = async (nir: string) => (await made.authority.issueCode(nir)) ?? 'nobody';
  return { ...made, issued };
}

/** The code path alone, without HTTP and its limits, on a register of twelve persons who each hold a code. */
async function codePath() {
  const store = openStore(':memory:');
  const random = seededRandom('A10');
  const onLocked = vi.fn();
  importRegister(store, random, DEMO_REGISTER);
  const register = createRegister(store);
  const clock = fakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'carnet-a10-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const key = openSigningKey(folder, random);
  const codes = createCodes({ store, register, authorityKey: key.publicKey, clock, random, onLocked });
  const attestations = createAttestations({
    store,
    register,
    codes,
    log: createStatementLog(store, key),
    key,
    clock,
  });
  const issued = await Promise.all(register.insured(12).map((person) => codes.issue(person)));
  const mallory = testAccount('Mallory');
  const { genesis, address } = mallory;
  // Over another lookup: it is looked at only when a guess was right, and then it is the guess that failed the test.
  const signature = mallory.sign(random(64));
  /** Answers how many guesses spent a try or opened something, every second one at activation. */
  const guess = (codeIdOfGuess: () => Bytes): { opened: number; spent: number } => {
    const spent = Number(store.db.prepare('SELECT sum(tries) AS spent FROM codes').get()?.['spent']);
    let opened = 0;
    for (let i = 0; i < GUESSES; i++) {
      const [codeId, lookup] = [codeIdOfGuess(), random(32)];
      const guessed =
        i % 2 === 0
          ? codes.redeem(codeId, lookup)
          : attestations.activate({ codeId, lookup, genesis, address, signature });
      if (guessed.ok) opened++;
    }
    const after = Number(store.db.prepare('SELECT sum(tries) AS spent FROM codes').get()?.['spent']);
    return { opened, spent: after - spent };
  };
  return { codes, random, issued, onLocked, guess };
}

test(
  `A10: ${GUESSES} guesses by Mallory, who has no code, open nothing and lock nobody out`,
  PATIENCE,
  async () => {
    const { codes, random, issued, onLocked, guess } = await codePath();
    const guessed = guess(() => codeIdOf(encodeCode(random(CODE_BYTES)), sha256));
    expect(guessed).toEqual({ opened: 0, spent: GUESSES });
    expect(onLocked).not.toHaveBeenCalled();
    expect(issued.every((code) => codes.isGood(codeIdOf(code, sha256)))).toBe(true);
  },
);

test(
  `A10: ${GUESSES} guesses of the numbers that go with twelve stolen letters open nothing, and each lock is recorded`,
  PATIENCE,
  async () => {
    const { codes, random, issued, onLocked, guess } = await codePath();
    const stolen = issued.map((code) => codeIdOf(code, sha256));
    expect(guess(() => random.pick(stolen))).toEqual({ opened: 0, spent: GUESSES });
    expect(onLocked).toHaveBeenCalledTimes(12);
    expect(stolen.some((codeId) => codes.isGood(codeId))).toBe(false);
  },
);

test(
  "A10: who found Camille's letter has five tries at her numbers, then the code is dead for everybody",
  PATIENCE,
  async () => {
    const carnet = await world();
    const code = await carnet.issued(CAMILLE.nir);
    for (let i = 0; i < TRIES; i++) {
      const guessed = await typeIn({ code, nir: CAMILLE.nir, serial: `4821093750${i}` });
      expect(await carnet.enrol(guessed)).toBe('enrolment-refused');
    }
    const right = await typeIn({ code, ...CAMILLE });
    expect(await carnet.enrol(right)).toBe('enrolment-refused');
    expect(await carnet.activate(right, testAccount('Mallory'))).toBe('enrolment-refused');
    expect(carnet.events.filter((event) => event === 'code-locked')).toHaveLength(1);
  },
);

test(
  'A10: at activation a wrong guess spends a try like any other, and the lock it leads to is logged',
  PATIENCE,
  async () => {
    const carnet = await world();
    const code = await carnet.issued(CAMILLE.nir);
    const mallory = testAccount('Mallory');
    const right = await typeIn({ code, ...CAMILLE });
    const answers: unknown[] = [];
    for (let i = 0; i < TRIES; i++) {
      const guessed = await typeIn({ code, nir: CAMILLE.nir, serial: `4821093750${i}` });
      // Enrolment and activation in turn: they share the five.
      answers.push(
        i % 2 ? await carnet.enrol(guessed) : await carnet.activate(guessed, mallory, `192.0.2.${i}`),
      );
    }
    answers.push(await carnet.enrol(right), await carnet.activate(right, mallory));
    expect(answers).toEqual(Array(TRIES + 2).fill('enrolment-refused'));
    expect(carnet.events.filter((event) => event === 'code-locked')).toHaveLength(1);
  },
);

test('A10: a refused activation gets one and the same answer, whatever was wrong with it', async () => {
  const carnet = await world();
  const [camille, mallory] = [testAccount('Camille'), testAccount('Mallory')];
  const right = await typeIn({ code: await carnet.issued(CAMILLE.nir), ...CAMILLE });
  const used = await typeIn({ code: await carnet.issued(GHJULIA.nir), ...GHJULIA });
  await carnet.activate(used, testAccount('Ghjulia'));
  const unknown = { codeId: seededRandom('unknown')(16), lookup: right.lookup };
  const answers = await Promise.all(
    [
      claim({ ...right, lookup: used.lookup }, camille),
      claim(unknown, camille),
      { ...claim(right, camille), signature: claim(right, mallory)['signature'] },
      { ...claim(right, camille), genesis: mallory.genesis },
      claim(used, mallory),
    ].map(async (body) => {
      const response = await carnet.post('/authority/activation', body);
      return [response.status, [...response.headers], await response.text()];
    }),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toEqual([403, expect.anything(), '{"error":"enrolment-refused"}']);
  expect(await carnet.activate(right, camille)).toMatchObject({ index: 2 });
});

test('A10: a wrong code, a wrong NIR, a wrong serial and a code long used get one and the same answer', async () => {
  const carnet = await world();
  const code = await carnet.issued(CAMILLE.nir);
  const used = await typeIn({ code: await carnet.issued(GHJULIA.nir), ...GHJULIA });
  await carnet.activate(used, testAccount('Ghjulia'));
  const other = encodeCode(seededRandom('other')(CODE_BYTES));
  const wrong = [
    await typeIn({ code: other, ...CAMILLE }),
    await typeIn({ code, nir: GHJULIA.nir, serial: CAMILLE.serial }),
    await typeIn({ code, nir: CAMILLE.nir, serial: GHJULIA.serial }),
    used,
  ];
  const answers = await Promise.all(
    wrong.map(async ({ codeId, lookup }) => {
      const response = await carnet.post('/authority/enrolment', { codeId, lookup });
      return [response.status, [...response.headers], await response.text()];
    }),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toEqual([403, expect.anything(), '{"error":"enrolment-refused"}']);
});

test("A10: Mallory, who saw Camille's activation go by, can neither replay it for herself nor redeem the code again", async () => {
  const carnet = await world();
  const hersAlone = await typeIn({ code: await carnet.issued(CAMILLE.nir), ...CAMILLE });
  const { codeId, lookup, key } = hersAlone;
  const camille = testAccount('Camille');
  const mallory = testAccount('Mallory');
  const seen = claim(hersAlone, camille);
  const hers = await carnet.activate(hersAlone, camille);
  expect(hers).toMatchObject({ index: 1 });

  const steal = async (body: Record<string, unknown>) =>
    (await carnet.post('/authority/activation', body)).status;
  expect(await carnet.activate(hersAlone, mallory)).toBe('enrolment-refused');
  expect(await steal({ ...seen, address: mallory.address })).toBe(403);
  expect(await steal({ ...seen, genesis: mallory.genesis })).toBe(403);
  expect(await steal({ ...seen, genesis: mallory.genesis, address: mallory.address })).toBe(403);
  expect(await steal({ ...claim(hersAlone, mallory), signature: seen['signature'] })).toBe(403);
  expect(await carnet.enrol({ codeId, lookup })).toBe('enrolment-refused');

  // The very same bytes again name Camille's key again, and nobody else's.
  const replayed = await carnet.post('/authority/activation', seen);
  expect(replayed.status).toBe(200);
  expect(await carnet.activate(hersAlone, camille)).toEqual(hers);
  const log = await carnet.authority.routes.request('/authority/log');
  expect(await log.json()).toMatchObject({ head: { size: 1 } });
  expect(
    await openEnrolmentFile({ codeId, key: new Uint8Array(key.length) }, new Uint8Array(1024)),
  ).toBeNull();
});

test("A10: the signature for one code does not claim another: Camille's second code needs her account key again", async () => {
  const carnet = await world();
  const camille = testAccount('Camille');
  const first = await typeIn({ code: await carnet.issued(CAMILLE.nir), ...CAMILLE });
  const seen = claim(first, camille);
  await carnet.activate(first, camille);
  const second = await typeIn({ code: await carnet.issued(CAMILLE.nir), ...CAMILLE });
  const response = await carnet.post('/authority/activation', {
    ...seen,
    codeId: second.codeId,
    lookup: second.lookup,
  });
  expect(response.status).toBe(403);
});
