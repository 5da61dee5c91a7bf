/**
 * A version of the directives, described as the paper that the law asks for: who says it, what is said, the day, and lines
 * for the hand of the person, or of two witnesses where it cannot sign.
 */
import { signs } from '#lib/i18n/signs.ts';
import type { Block, Paper } from '#lib/exchange/paper.ts';
import { say } from '#lib/i18n/catalogue.ts';
import { directives as t } from '#lib/i18n/directives.ts';
import { formatPartial } from '#lib/i18n/format.ts';
import { language } from '#lib/i18n/language.svelte.ts';
import { formOf, wishesOf } from '#lib/record/directives.ts';
import type { Entry } from '#lib/record/entry.ts';
import { nameOf } from '#lib/record/profile-section.ts';
import { directives, themesOf } from '#lib/record/sections/directives.ts';
import type { RecordView } from '#lib/vault/door/door.ts';

const LINE = '.'.repeat(60);

export function directivesPaper(owner: RecordView['owner'], version: Entry, at: number): Paper {
  const { fields } = version;
  const name = `${owner.firstName} ${owner.lastName}`;
  const birthDate = formatPartial(owner.birthDate);
  const date = formatPartial(String(fields['date']));
  const heading = (text: string): Block => ({ type: 'heading', level: 2, text });
  return {
    title: nameOf(directives, version, say),
    author: name,
    language: language(),
    at,
    blocks: [
      {
        type: 'facts',
        facts: [
          { label: t('paperName'), text: name },
          { label: t('paperBirthDate'), text: birthDate },
          { label: t('paperBirthPlace'), text: LINE },
          { label: t('paperDate'), text: date },
        ],
      },
      { type: 'text', text: t('paperSays'), soft: true },
      ...themeBlocks(version),
      ...(typeof fields['trusted'] === 'string'
        ? [heading(t('trusted')), { type: 'text', text: fields['trusted'] } as const]
        : []),
      heading(t('paperSignature')),
      {
        type: 'facts',
        facts: [
          { label: t('paperPlaceAndDay'), text: LINE },
          { label: t('paperSigned'), text: LINE },
        ],
      },
      heading(t('paperWitnesses')),
      { type: 'text', text: t('paperWitnessesText'), soft: true },
      ...[1, 2].map((number): Block => ({
        type: 'facts',
        facts: [
          { label: t('paperWitness', { number }), text: LINE },
          { label: t('paperQuality'), text: LINE },
          { label: t('paperPlaceAndDay'), text: LINE },
          { label: t('paperSigned'), text: LINE },
        ],
      })),
    ],
    missing: signs('paper'),
    foot: { whose: t('paperFoot', { name, birthDate, date }), page: t('paperPage', PAGES) },
  };
}

const PAGES = { page: '{page}', pages: '{pages}' };

function themeBlocks({ fields }: Entry): readonly Block[] {
  const form = formOf(fields);
  if (!form) return [];
  const answers = wishesOf(fields, form);
  return themesOf(form).flatMap(({ title, wishes }): readonly Block[] => {
    const given = wishes.filter(({ name }) => answers[name] !== undefined);
    if (given.length === 0) return [];
    return [
      { type: 'heading', level: 2, text: say(title) },
      ...given.flatMap(({ name, label }): readonly Block[] => [
        { type: 'heading', level: 3, text: say(label) },
        { type: 'text', text: answers[name] ?? '' },
      ]),
    ];
  });
}
