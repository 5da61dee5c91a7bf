import { describe, expect, test } from 'vitest';
import { catalogue, fill, type Message } from './catalogue.ts';
import { speak } from './language.svelte.ts';

const french = import.meta.glob<{ fr: Record<string, Message> }>('./fr/*.ts', { eager: true });
const english = import.meta.glob<{ en: Record<string, Message> }>('./en/*.ts', { eager: true });

const forms = (message: Message): readonly string[] =>
  typeof message === 'string'
    ? [message]
    : [message.one, ...(message.many === undefined ? [] : [message.many]), message.other];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('both languages', () => {
  test('every domain exists in both', () => {
    const domains = (paths: object) => Object.keys(paths).map((path) => path.replace(/^.*\//, ''));
    expect(domains(english)).toEqual(domains(french));
  });

  test.each(Object.keys(french))('%s: the same keys, forms and placeholders', (path) => {
    const { fr } = french[path]!;
    const { en } = english[path.replace('/fr/', '/en/')]!;
    expect(Object.keys(en)).toEqual(Object.keys(fr));
    for (const [key, message] of Object.entries(fr)) {
      const translated = en[key]!;
      expect(typeof translated, key).toBe(typeof message);
      const expected = placeholders(forms(message).at(-1)!);
      for (const form of [...forms(message), ...forms(translated)])
        expect(placeholders(form), key).toEqual(expected);
      for (const form of [...forms(message), ...forms(translated)]) expect(form.trim(), key).not.toBe('');
    }
  });

  test('no message carries markup: words are text, always', () => {
    for (const { fr } of Object.values(french)) {
      for (const form of Object.values(fr).flatMap(forms)) expect(form).not.toMatch(/<[a-z/]/i);
    }
  });
});

describe('a message', () => {
  test('in French has a space that does not break before high punctuation, and a curved apostrophe', () => {
    expect(fill("Supprimer l'allergie « {name} » ?", { name: "L'œuf" }, 'fr')).toBe(
      "Supprimer l’allergie «\u00a0L'œuf\u00a0»\u00a0?",
    );
  });

  test('keeps what a person wrote as it is, braces included', () => {
    expect(fill('« {name} »', { name: '{name} <b>' }, 'en')).toBe('« {name} <b> »');
  });

  test('takes the plural form of its language: French has "de" from one million on', () => {
    const message = { one: '{count} document', many: '{count} de documents', other: '{count} documents' };
    expect(fill(message, { count: 0 }, 'fr')).toBe('0 document');
    expect(fill(message, { count: 2 }, 'fr')).toBe('2 documents');
    expect(fill(message, { count: 1_000_000 }, 'fr')).toMatch(/^1\s000\s000 de documents$/);
    expect(fill(message, { count: 0 }, 'en')).toBe('0 documents');
  });

  test('is French until English was fetched, and English from then on', async () => {
    const t = catalogue({ hello: 'Bonjour {name}' } as const, async () => ({ hello: 'Hello {name}' }));
    expect(t('hello', { name: 'Alice' })).toBe('Bonjour Alice');
    await speak('en');
    expect(t('hello', { name: 'Alice' })).toBe('Hello Alice');
    await speak('fr');
    expect(t('hello', { name: 'Alice' })).toBe('Bonjour Alice');
  });

  test('whose English cannot be fetched stays French', async () => {
    const t = catalogue({ hello: 'Bonjour' } as const, () => Promise.reject(new Error('offline')));
    await speak('en');
    expect(t('hello')).toBe('Bonjour');
    await speak('fr');
  });
});
