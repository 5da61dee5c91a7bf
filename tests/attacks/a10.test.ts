/**
 * A10: an activation code is guessed, replayed, or redeemed by somebody else.
 *
 * A million guesses in all, against what answers a request: the look-up and its count of tries. What a person types goes
 * through Argon2id before that, on the guesser's side, and HTTP has limits of its own: both make guessing slower, neither
 * is counted on here.
 */
import { expect, onTestFinished, test, vi } from 'vitest';
import { encodeCode, codeIdOf, CODE_BYTES } from '#lib/protocol/enrolment.ts';
import { createCodes, TRIES } from '../../relay/authority/codes.ts';
import { DEMO_REGISTER } from '../../relay/authority/demo-register.ts';
import { sha256 } from '../../relay/authority/primitives.ts';
import { importRegister } from '../../relay/authority/register-import.ts';
import { createRegister } from '../../relay/authority/register.ts';
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
const PATIENCE = { timeout: 120_000 };

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
  const codes = createCodes({
    store,
    register,
    authorityKey: random(32),
    clock: fakeClock(),
    random,
    onLocked,
  });
  const issued = await Promise.all(register.insured(12).map((person) => codes.issue(person)));
  /** Answers how many guesses succeeded. One transaction for all of them: the disk is not what is tried here. */
  const guess = (succeeds: () => boolean): number => {
    let opened = 0;
    store.transaction(() => {
      for (let i = 0; i < GUESSES; i++) if (succeeds()) opened++;
    });
    return opened;
  };
  return { codes, random, issued, onLocked, guess };
}

test(
  `A10: ${GUESSES} guesses by Mallory, who has no code, open nothing and lock nobody out`,
  PATIENCE,
  async () => {
    const { codes, random, issued, onLocked, guess } = await codePath();
    const opened = guess(() => {
      const codeId = codeIdOf(encodeCode(random(CODE_BYTES)), sha256);
      return codes.redeem(codeId, random(32)).ok || codes.proven(random(32)) !== null;
    });
    expect(opened).toBe(0);
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
    expect(guess(() => codes.redeem(random.pick(stolen), random(32)).ok)).toBe(0);
    expect(onLocked).toHaveBeenCalledTimes(12);
  },
);

test("A10: who found Camille's letter has five tries at her numbers, then the code is dead for everybody", async () => {
  const carnet = await world();
  const code = await carnet.issued(CAMILLE.nir);
  for (let i = 0; i < TRIES; i++) {
    const guessed = await typeIn({ code, nir: CAMILLE.nir, serial: `4821093750${i}` });
    expect(await carnet.enrol(guessed)).toBe('enrolment-refused');
  }
  const right = await typeIn({ code, ...CAMILLE });
  expect(await carnet.enrol(right)).toBe('enrolment-refused');
  expect(await carnet.activate(right.lookup, testAccount('Mallory'))).toBe('enrolment-refused');
  expect(carnet.events.filter((event) => event === 'code-locked')).toHaveLength(1);
});

test('A10: a wrong code, a wrong NIR, a wrong serial and a code long used get one and the same answer', async () => {
  const carnet = await world();
  const code = await carnet.issued(CAMILLE.nir);
  const used = await typeIn({ code: await carnet.issued(GHJULIA.nir), ...GHJULIA });
  await carnet.activate(used.lookup, testAccount('Ghjulia'));
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
  const { lookup, codeId, key } = await typeIn({ code: await carnet.issued(CAMILLE.nir), ...CAMILLE });
  const camille = testAccount('Camille');
  const mallory = testAccount('Mallory');
  const seen = claim(lookup, camille);
  const hers = await carnet.activate(lookup, camille);
  expect(hers).toMatchObject({ index: 1 });

  const steal = async (body: Record<string, unknown>) =>
    (await carnet.post('/authority/activation', body)).status;
  expect(await carnet.activate(lookup, mallory)).toBe('enrolment-refused');
  expect(await steal({ ...seen, address: mallory.address })).toBe(403);
  expect(await steal({ ...seen, genesis: mallory.genesis })).toBe(403);
  expect(await steal({ ...seen, genesis: mallory.genesis, address: mallory.address })).toBe(403);
  expect(await steal({ ...claim(lookup, mallory), signature: seen['signature'] })).toBe(403);
  expect(await carnet.enrol({ codeId, lookup })).toBe('enrolment-refused');

  // The very same bytes again name Camille's key again, and nobody else's.
  const replayed = await carnet.post('/authority/activation', seen);
  expect(replayed.status).toBe(200);
  expect(await carnet.activate(lookup, camille)).toEqual(hers);
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
  const seen = claim(first.lookup, camille);
  await carnet.activate(first.lookup, camille);
  const second = await typeIn({ code: await carnet.issued(CAMILLE.nir), ...CAMILLE });
  const response = await carnet.post('/authority/activation', { ...seen, lookup: second.lookup });
  expect(response.status).toBe(403);
});
