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

/** A word with its place among its author's own. */
export interface Numbered extends Word {
  readonly seq: number;
}

/** What is known of how devices came to stand no longer. */
export interface Revocations<W extends Numbered> {
  /** Revoked in its chain, also where its owner has no other device and it stands for counting. */
  isRevoked(device: Hex): boolean;
  /** The device that revoked this one; null where none did. */
  revoker(device: Hex): Hex | null;
  /** Whether the word brings the news that the device is revoked. */
  tells(word: W, device: Hex): boolean;
}

/**
 * Of the words that count those of devices that do not stand, or are revoked, and that the revoking device had not named
 * before it knew of the revocation: kept because somebody else had taken them in (rule 10). They are shown, so that a thief
 * gets no silent word. A revoker that is the device itself, or is revoked too, is nobody's word for what had been seen.
 */
export function keptUnseen<W extends Numbered>(
  words: Iterable<W>,
  counted: ReadonlySet<Hex>,
  stands: (device: Hex) => boolean,
  revocations: Revocations<W>,
): ReadonlySet<Hex> {
  const bySaying = new Map<Hex, W>();
  for (const word of words) if (counted.has(word.saying)) bySaying.set(word.saying, word);
  const kept = new Set<Hex>();
  const authors = new Set([...bySaying.values()].map(({ author }) => author));
  for (const device of authors) {
    if (stands(device) && !revocations.isRevoked(device)) continue;
    const by = revocations.revoker(device);
    const isWitness = by !== null && by !== device && !revocations.isRevoked(by);
    const tells = (word: W) => revocations.tells(word, device);
    const seen = pastOf(bySaying, isWitness ? unaware(bySaying, by, tells) : []);
    for (const { saying, author } of bySaying.values())
      if (author === device && !seen.has(saying)) kept.add(saying);
  }
  return kept;
}

/**
 * The words that a device said before it told the news. By their numbers: of what came between, some may be let go by now. What
 * it said in another branch meanwhile it may not have known either; then a word too many is shown.
 */
function unaware<W extends Numbered>(
  bySaying: ReadonlyMap<Hex, W>,
  author: Hex,
  tells: (word: W) => boolean,
): Hex[] {
  const own = [...bySaying.values()].filter((word) => word.author === author);
  const first = Math.min(...own.filter(tells).map(({ seq }) => seq));
  return own.flatMap(({ saying, seq }) => (seq < first ? [saying] : []));
}

/** These words, what they name and what stands before them, and so on. */
function pastOf(bySaying: ReadonlyMap<Hex, Word>, sayings: Iterable<Hex>): ReadonlySet<Hex> {
  const past = new Set(sayings);
  for (const saying of past) {
    const { before = [], names = [] } = bySaying.get(saying) ?? {};
    for (const one of before) past.add(one);
    for (const name of names) past.add(name.saying);
  }
  return past;
}
