/** Runs in Chromium: a life of small edits, each an action of its own. */
import { offer } from '../harness/page.ts';
import { contenders } from './contenders.ts';
import { editsOf } from './edits.ts';

offer(
  contenders(function* (count) {
    for (const edit of editsOf(count)) yield [edit];
  }),
);
