import { expect, test } from 'vitest';
import { endProof, isProving, proven } from './proof.svelte.ts';

type Answer = { ok: true; value: string } | { ok: false; error: { type: string } };

const NEEDED = { ok: false, error: { type: 'proof-needed' } } as const;
const DONE = { ok: true, value: 'exported' } as const;

/** Answers these, one after the other. */
function door(...answers: Answer[]): { act: () => Promise<Answer>; asked: () => number } {
  let asked = 0;
  return { act: () => Promise.resolve(answers[asked++]!), asked: () => asked };
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 0));

test('what needs no proof is done, and nobody is asked', async () => {
  for (const answer of [DONE, { ok: false, error: { type: 'storage-full' } } as const]) {
    const { act } = door(answer);
    expect(await proven(act)).toEqual(answer);
    expect(isProving()).toBe(false);
  }
});

test('what needs one waits for the person, and is done then', async () => {
  const { act, asked } = door(NEEDED, DONE);
  const answer = proven(act);
  await turns();
  expect([isProving(), asked()]).toEqual([true, 1]);
  endProof(true);
  expect(await answer).toEqual(DONE);
  expect(isProving()).toBe(false);
});

test('who does not want to has cancelled: it is not asked for again', async () => {
  const { act, asked } = door(NEEDED, DONE);
  const answer = proven(act);
  await turns();
  endProof(false);
  expect(await answer).toEqual({ ok: false, error: { type: 'cancelled' } });
  expect(asked()).toBe(1);
});

test('two at once are one question', async () => {
  const [one, other] = [door(NEEDED, DONE), door(NEEDED, DONE)];
  const answers = Promise.all([proven(one.act), proven(other.act)]);
  await turns();
  endProof(true);
  expect(await answers).toEqual([DONE, DONE]);
});

test('a proof that is not enough is told as it is, not asked for without end', async () => {
  const answer = proven(door(NEEDED, NEEDED).act);
  await turns();
  endProof(true);
  expect(await answer).toEqual(NEEDED);
});
