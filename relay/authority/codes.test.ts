import { StatementSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { deriveEnrolment } from '#lib/protocol/enrolment.ts';
import { fakeClock } from '../../tests/helpers/tools/clock.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';
import { CODE_LIFETIME_MS, createCodes, TRIES } from './codes.ts';
import { DEMO_REGISTER } from './register/demo-register.ts';
import { primitives } from './primitives.ts';
import { importRegister } from './register/register-import.ts';
import { createRegister } from './register/register.ts';
import { openStore } from './store.ts';

const WRONG = new Uint8Array(32).fill(1);
const REFUSED = { ok: false, error: { type: 'enrolment-refused' } };

function world() {
  const store = openStore(':memory:');
  const random = seededRandom('codes');
  const clock = fakeClock(Date.UTC(2026, 10, 23));
  const locked = vi.fn();
  importRegister(store, random, DEMO_REGISTER);
  const register = createRegister(store);
  const deps = { store, register, authorityKey: random(32), clock, random, onLocked: locked };
  const codes = createCodes(deps);
  const [camille, antoine] = register.insured(2);
  if (!camille || !antoine) throw new Error('the fictional register is empty');
  const issue = async (person = camille) => {
    const code = await codes.issue(person);
    return { code, ...(await deriveEnrolment({ code, nir: person.nir, serial: person.serial }, primitives)) };
  };
  return { codes, clock, locked, camille, antoine, issue };
}

test('a code opens its file as often as Camille likes, until it is used', async () => {
  const { codes, issue } = world();
  const { codeId, lookup } = await issue();
  const first = codes.redeem(codeId, lookup);
  expect(first.ok).toBe(true);
  expect(codes.redeem(codeId, lookup)).toEqual(first);
});

test('a code lives six weeks, to the millisecond', async () => {
  const { codes, clock, issue } = world();
  const { codeId, lookup } = await issue();
  await clock.advance(CODE_LIFETIME_MS - 1);
  expect(codes.redeem(codeId, lookup).ok).toBe(true);
  await clock.advance(1);
  expect(codes.redeem(codeId, lookup)).toEqual(REFUSED);
  expect(codes.attempt(codeId, lookup, (row) => codes.isGood(row.codeId) || null)).toEqual(REFUSED);
});

test('four wrong tries leave a code good, the fifth locks it for the right numbers too, and is told once', async () => {
  const { codes, locked, issue } = world();
  const { codeId, lookup } = await issue();
  for (let i = 1; i < TRIES; i++) expect(codes.redeem(codeId, WRONG)).toEqual(REFUSED);
  expect(codes.redeem(codeId, lookup).ok).toBe(true);
  expect(locked).not.toHaveBeenCalled();
  for (let i = 0; i < 3; i++) codes.redeem(codeId, WRONG);
  expect(codes.redeem(codeId, lookup)).toEqual(REFUSED);
  expect(codes.attempt(codeId, lookup, (row) => codes.isGood(row.codeId) || null)).toEqual(REFUSED);
  expect(locked).toHaveBeenCalledTimes(1);
});

test("wrong tries against Camille's code cost Antoine nothing, nor her next code", async () => {
  const { codes, antoine, issue } = world();
  const hers = await issue();
  const his = await issue(antoine);
  for (let i = 0; i < 2 * TRIES; i++) codes.redeem(hers.codeId, WRONG);
  expect(codes.redeem(his.codeId, his.lookup).ok).toBe(true);
  const next = await issue();
  expect(codes.redeem(next.codeId, next.lookup).ok).toBe(true);
});

test('tries against a code that does not exist lock nothing', () => {
  const { codes, locked } = world();
  for (let i = 0; i < 20; i++) codes.redeem(new Uint8Array(16).fill(i), WRONG);
  expect(locked).not.toHaveBeenCalled();
});

describe('a refusal', () => {
  test('is the same answer by the same statements, whatever its reason', async () => {
    const { codes, clock, antoine, camille, issue } = world();
    const withdrawn = await issue();
    const good = await issue();
    const expired = await issue(antoine);
    const traces: string[][] = [];
    const trace = (codeId: Bytes, lookup: Bytes) => {
      const statements: string[] = [];
      const spy = vi.spyOn(StatementSync.prototype, 'get').mockImplementation(function (
        this: StatementSync,
        ...args
      ) {
        statements.push(this.sourceSQL);
        return original.apply(this, args);
      });
      onTestFinished(() => spy.mockRestore());
      const answer = codes.redeem(codeId, lookup);
      spy.mockRestore();
      expect(answer).toEqual(REFUSED);
      traces.push(statements);
    };
    const original = StatementSync.prototype.get;

    trace(new Uint8Array(16).fill(9), WRONG); // no such code
    trace(new Uint8Array(16), WRONG); // the stand-in itself
    trace(good.codeId, WRONG); // a wrong NIR or serial
    trace(withdrawn.codeId, withdrawn.lookup); // replaced by a newer one
    await clock.advance(CODE_LIFETIME_MS);
    trace(expired.codeId, expired.lookup); // too old
    const fresh = await issue(camille);
    for (let i = 0; i < TRIES; i++) codes.redeem(fresh.codeId, WRONG);
    trace(fresh.codeId, fresh.lookup); // locked
    expect(traces[0]).toHaveLength(3);
    for (const each of traces) expect(each).toEqual(traces[0]);
  });
});
