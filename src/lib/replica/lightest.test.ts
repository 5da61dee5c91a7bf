import { expect, test } from 'vitest';
import type { Frame } from './frames.ts';
import { lightestFirst } from './lightest.ts';

type Part = Partial<Frame> & Pick<Frame, 'saying'>;

function frame({ saying, before = [], ...part }: Part, length: number): Frame {
  const made: Part = { id: saying, kind: 'update', ...part, saying, before, bytes: new Uint8Array(length) };
  return made as Frame;
}

const order = (frames: readonly Frame[]) => lightestFirst(frames).map(({ saying }) => saying);

test('9: of what says something the lightest line of words comes first, each word after what it stands on', () => {
  const [small, large] = [frame({ saying: 'small', before: ['gone'] }, 5), frame({ saying: 'large' }, 100)];
  const onSmall = frame({ saying: 'on small', before: ['small'] }, 7);
  const onLarge = frame({ saying: 'on large', before: ['large'] }, 1);
  const joining = frame({ saying: 'joining', before: ['on small', 'large'] }, 2);
  expect(order([joining, onLarge, large, onSmall, small])).toEqual([
    'small',
    'on small',
    'large',
    'on large',
    'joining',
  ]);
});

test('9: heads come last, however small, but for those on which something stands that says more', () => {
  const bare = frame({ saying: 'bare', kind: 'heads' }, 1);
  const below = frame({ saying: 'below', kind: 'heads' }, 50);
  const word = frame({ saying: 'word', before: ['below'] }, 10);
  expect(order([bare, word, below])).toEqual(['below', 'word', 'bare']);
});
