import { expect, test } from 'vitest';
import { describeError } from './log.ts';

test('what is said of an error is its kind and place in our code, never its message', () => {
  const error = Object.assign(new RangeError('topic 7f3a of 192.0.2.7 is Camille’s'), {
    code: 'ERR_X',
    errcode: 13,
  });
  const details = describeError(error);
  expect(details).toMatchObject({ error: 'RangeError', code: 'ERR_X', errcode: 13 });
  expect(details['at']).toMatch(/^relay\/host\/log\.test\.ts:\d+$/);
  expect(JSON.stringify(details)).not.toMatch(/7f3a|192\.0\.2\.7|Camille/);
  expect(describeError('text')).toEqual({ error: 'string' });
});
