import { expect, test } from 'vitest';
import type { Account } from './account.ts';
import { revokeDevice } from './devices.ts';

test('a device is revoked in the chain though what this one has seen of it cannot be told, by failure or by breaking', async () => {
  const ids = { self: new Uint8Array(32).fill(1), other: '02'.repeat(32) };
  for (const publishHeads of [
    () => Promise.resolve({ ok: false, error: { type: 'aborted' } }),
    () => Promise.reject(new RangeError('more than a statement may name')),
  ]) {
    let said = 0;
    const roster = () => ({ rotationDue: false });
    const control = () => Promise.resolve({ ok: true, value: { frame: new Uint8Array(32).fill(++said) } });
    const account = {
      wake: () => {},
      spaces: {
        device: { id: ids.self },
        chainState: () => ({ devices: new Map([[ids.other, {}]]) }),
        chain: { replica: { control } },
        account: { replica: { publishHeads }, roster },
        record: { replica: { publishHeads }, roster },
        settled: () => Promise.resolve(),
      },
    } as unknown as Account;
    expect(await revokeDevice(account, ids.other)).toMatchObject({ ok: true });
    expect(said).toBe(1);
  }
});
