import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { Voice } from '../../../tests/helpers/worlds/voices.ts';
import { RecordDocument } from './document/document.ts';
import { EMPTY_HEAD } from './state.ts';
import { stateHashOf } from './views.ts';

const MEMORY = {
  ...{
    head: EMPTY_HEAD,
    controls: new Map(),
    carried: new Map(),
    reported: new Set<string>(),
    others: new Map(),
  },
  members: undefined as never,
};

test('two replicas that hold the same lanes under other names have the same hash', () => {
  const phone = new Voice('phone', 1);
  phone.say([{ type: 'put', section: 'allergies', id: 'A'.repeat(22), fields: { name: 'Pollen' } }], 10);
  const hashes = ['phone', 'phone 1234'].map((id) => {
    const document = new RecordDocument();
    for (const lane of phone.document.lanes.values()) document.putLane(id, lane);
    expect([...document.values()].length).toBeGreaterThan(0);
    return hex(stateHashOf(MEMORY, document));
  });
  expect(hashes[0]).toBe(hashes[1]);
});
