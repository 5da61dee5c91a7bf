import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { ok } from '#lib/bytes/result.ts';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';
import { hasLost, pullAbsent, pullPages, reconcile, type Source } from './pull.ts';

const frame = Uint8Array.of(7);
const id = sha256(frame);

/** A relay that gives one and the same page for ever, and a device that stands at a cursor. */
function stubborn(cursor: number, after: number) {
  let asked = 0;
  const entries = [{ cursor, doomed: false, id, size: 1, frame }];
  const ask = (request: { readonly bodies?: boolean }) => {
    if (++asked > 20) throw new Error('asked for ever');
    return Promise.resolve(ok({ type: request.bodies === false ? 'index' : 'page', more: true, entries }));
  };
  const space = {
    cursor: () => ({ after, frame: null }),
    receive: () => Promise.resolve(ok({})),
    reconcile: () => Promise.resolve(ok({ wanted: [] })),
  };
  const source = { session: { ask }, space, topic: new Uint8Array(32), doomed: false, frameId: sha256 };
  return source as unknown as Source;
}

const NONSENSE = { ok: false, error: { type: 'nonsense' } };

test('a relay that says there is more and does not go on is found out, whichever way it is asked', async () => {
  expect(await pullPages(stubborn(5, 0), false)).toEqual(NONSENSE);
  expect(await pullPages(stubborn(5, 9), false)).toEqual(NONSENSE);
  expect(await pullAbsent(stubborn(5, 9), new Map([[5, hex(id)]]))).toEqual(NONSENSE);
  expect(await reconcile(stubborn(5, 0))).toEqual(NONSENSE);
});

test('a relay whose newest frame is older than what it had shown has lost some; one that has the very frame has not', async () => {
  const source = stubborn(5, 5);
  expect(await hasLost(source, { after: 0, frame: null }, 0)).toEqual(ok(false));
  expect(await hasLost(source, { after: 5, frame: id }, 4)).toEqual(ok(true));
  expect(await hasLost(source, { after: 5, frame: id }, 5)).toEqual(ok(false));
  expect(await hasLost(source, { after: 5, frame: new Uint8Array(32) }, 5)).toEqual(ok(true));
  expect(await hasLost(source, { after: 6, frame: id }, 7)).toEqual(ok(true));
});
