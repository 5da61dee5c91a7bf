/**
 * Whose words count: the least set (docs/protocol.md, rule 8), as one pure function of the words held and of who stands.
 *
 *   (a) words of standing devices are in;
 *   (b) what a word in the set names is in, and so is what a counting control names;
 *   (c) with a word, its author's words before it are in.
 *
 * Everything else by a known device is late: kept, shown, not counted. The order of arrival leaves no trace, and the set
 * shrinks only when somebody stops standing.
 */
import type { Hex } from '#lib/keys/ids.ts';

export interface Word {
  readonly saying: Hex;
  readonly author: Hex;
  /** The author's own words just before. */
  readonly before: readonly Hex[];
  /** Words that its author held as counting. */
  readonly names: readonly { readonly saying: Hex }[];
}

/**
 * The sayings that count.
 * @param words complete: what each has before it is among them, or stands in what is folded already
 * @param anchors what controls that count name
 */
export function countedWords(
  words: Iterable<Word>,
  stands: (device: Hex) => boolean,
  anchors: readonly { readonly saying: Hex }[],
): ReadonlySet<Hex> {
  const bySaying = new Map<Hex, Word>();
  for (const word of words) bySaying.set(word.saying, word);
  const counted = new Set<Hex>();
  const open: Hex[] = anchors.map(({ saying }) => saying);
  for (const { saying, author } of bySaying.values()) if (stands(author)) open.push(saying);
  for (let saying = open.pop(); saying !== undefined; saying = open.pop()) {
    const word = bySaying.get(saying);
    if (!word || counted.has(saying)) continue;
    counted.add(saying);
    open.push(...word.before, ...word.names.map((name) => name.saying));
  }
  return counted;
}
