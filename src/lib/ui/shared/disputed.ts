/** What the record holds that waits to be settled: every row that shows some of it says so, wherever the row stands. */
import { getContext, setContext } from 'svelte';

const KEY = Symbol('disputed');

type Disputed = () => ReadonlySet<string>;

const NOTHING: Disputed = () => new Set();

/** @param disputed ids of entries, and of the places that hold them */
export function setDisputed(disputed: Disputed): void {
  setContext(KEY, disputed);
}

/** Nothing where no record is open. */
export function getDisputed(): Disputed {
  return getContext<Disputed | undefined>(KEY) ?? NOTHING;
}
