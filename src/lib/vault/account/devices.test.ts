import { expect, test } from 'vitest';
import { decodeChainBody } from '#lib/keys/chain-body.ts';
import type { Account } from './account.ts';
import { revokeDevice } from './devices.ts';

/** An account of which one other device is told; whether what is said in the chain counts. */
function accountOf(counts: boolean) {
  const ids = { self: new Uint8Array(32).fill(1), other: '02'.repeat(32) };
  const said: Uint8Array<ArrayBuffer>[] = [];
  const having = (...sayings: string[]) => ({
    replica: { lanesOf: (id: string) => (id === ids.other ? sayings.map((saying) => ({ saying })) : []) },
  });
  const account = {
    allRecords: () => Promise.resolve([]),
    rotateWhatIsDue: () => Promise.resolve(),
    spaces: {
      device: { id: ids.self },
      chainState: () => ({
        devices: new Map([[ids.other, counts && said.length > 0 ? { revoked: {} } : {}]]),
      }),
      chain: {
        replica: {
          control(body: Uint8Array<ArrayBuffer>) {
            said.push(body);
            return Promise.resolve({ ok: true, value: { frame: ids.self } });
          },
        },
      },
      account: having('0b'.repeat(32)),
      records: () => [having('0c'.repeat(32)), having('0a'.repeat(32))],
      settled: () => Promise.resolve(),
    },
  } as unknown as Account;
  return { account, ids, said };
}

test('10: the revocation says what this device has of the other, in every space', async () => {
  const { account, ids, said } = accountOf(true);
  expect(await revokeDevice(account, ids.other)).toMatchObject({ ok: true });
  expect(said.map(decodeChainBody)).toEqual([
    { type: 'revokeDevice', revoked: ids.other, seen: ['0a', '0b', '0c'].map((byte) => byte.repeat(32)) },
  ]);
});

test('D07: a revocation that counts for nobody is not told as done', async () => {
  const { account, ids } = accountOf(false);
  expect(await revokeDevice(account, ids.other)).toEqual({ ok: false, error: { type: 'device-revoked' } });
});
