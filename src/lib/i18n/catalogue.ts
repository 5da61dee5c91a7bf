/**
 * Words by domain. A catalogue is a function from a key to a sentence: `t('greeting', { name })`.
 *
 * Guarantees: a key that does not exist, a placeholder that is not given, or an English catalogue with a key missing does
 * not compile. French travels with the page that uses it; English is fetched when it is the language of the person.
 * A message is a string with `{placeholders}`, or one string per plural form of its `{count}`.
 */
import { english, follow, type Language, language } from './language.svelte.ts';
import { formatNumber } from './format.ts';

export interface Plural {
  readonly one: string;
  /** French: from one million on ("1 000 000 de documents"). */
  readonly many?: string;
  readonly other: string;
}

export type Message = string | Plural;
export type Messages = Readonly<Record<string, Message>>;

/** The same keys, each a string where French has a string and plural forms where French has them. */
export type Translation<M extends Messages> = {
  readonly [K in keyof M]: M[K] extends string ? string : Plural;
};

type Placeholder<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;
type Names<M> = M extends Plural ? 'count' | Placeholder<M[keyof M & ('one' | 'other')]> : Placeholder<M>;
type Values<M> = { readonly [Name in Names<M>]: Name extends 'count' ? number : string | number };
type Arguments<M> = [Names<M>] extends [never] ? [] : [values: Values<M>];

export type Translate<M extends Messages> = <K extends keyof M & string>(
  key: K,
  ...values: Arguments<M[K]>
) => string;

export function catalogue<const M extends Messages>(
  french: M,
  load: () => Promise<Translation<M>>,
): Translate<M> {
  const id = follow(load);
  return (key, ...[values]) => {
    const translated = language() === 'en' ? (english(id) as Translation<M> | undefined) : undefined;
    const message: Message = (translated ?? french)[key] ?? key;
    return fill(message, values ?? {}, translated ? 'en' : 'fr');
  };
}

/** Words that travel in both languages at once, with what they describe. */
export function say(words: { readonly fr: string; readonly en: string }): string {
  return typeset(words[language()], language());
}

/** Puts values into a message; numbers are written as the language writes them. */
export function fill(
  message: Message,
  values: Readonly<Record<string, string | number>>,
  written: Language,
): string {
  return typeset(chooseForm(message, values['count'], written), written).replace(
    /\{(\w+)\}/g,
    (whole, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? formatNumber(value, written) : (value ?? whole);
    },
  );
}

/**
 * Catalogues are written with plain apostrophes and spaces; a printer's signs are put in here. French has a space that
 * does not break before : ; ? ! and inside « ».
 */
function typeset(text: string, written: Language): string {
  const apostrophes = text.replaceAll("'", '’');
  return written === 'en' ? apostrophes : apostrophes.replace(/ (?=[:;?!»%])|(?<=«) /g, '\u00a0');
}

const pluralRules = new Map<Language, Intl.PluralRules>();

function chooseForm(message: Message, count: string | number | undefined, written: Language): string {
  if (typeof message === 'string') return message;
  const rules = pluralRules.get(written) ?? new Intl.PluralRules(written);
  pluralRules.set(written, rules);
  const form = rules.select(Number(count ?? 0));
  if (form === 'one') return message.one;
  return form === 'many' ? (message.many ?? message.other) : message.other;
}
