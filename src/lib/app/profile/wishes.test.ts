/** What the pages of a person's wishes and papers say of the record, and what they make of it. */
import { describe, expect, test } from 'vitest';
import type { Block, Paper } from '#lib/exchange/paper.ts';
import type { Entry } from '#lib/record/entry.ts';
import { fixedEntryId } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import { DIRECTIVES_DRAFT } from '#lib/record/sections/directives.ts';
import type { DocumentView, RecordView } from '#lib/vault/door/door.ts';
import { directivesPaper } from './directives-paper.ts';
import { papersView, withDocument } from './papers.ts';
import { placeStates } from './profile.ts';
import { summaryPaper, summaryParts } from '#lib/app/exchange/summary.ts';
import {
  confirmation,
  directivesOf,
  directivesWords,
  firstWords,
  revocation,
  trustedPerson,
} from './wishes.ts';

const NOW = new Date(2026, 10, 23, 12).getTime();
const entry = (section: string, name: string, fields: Fields, at = 1): Entry => ({
  id: name === 'draft' ? DIRECTIVES_DRAFT : fixedEntryId(name),
  section,
  ...{ fields, createdAt: at, updatedAt: at },
});
const record = (entries: readonly Entry[], documents: readonly DocumentView[] = []): RecordView => ({
  owner: { firstName: 'Claire', lastName: 'Martin', birthDate: '1985-05-12', sex: null },
  opening: null,
  guardians: [],
  entries: Object.fromEntries(Map.groupBy(entries, ({ section }) => section)),
  measures: {},
  conflicts: [],
  documents,
  editable: true,
});
const jeanne = entry('relatives', 'jeanne', {
  kind: 'trusted',
  firstName: 'Jeanne',
  lastName: 'Martin',
  phone: '06 00 00 00 01',
});
const paul = entry('relatives', 'paul', { kind: 'emergency', firstName: 'Paul', lastName: 'Durand' });
const version = entry(
  'directives',
  'version',
  { kind: 'healthy', date: '2026-03-03', resuscitation: 'Oui, une fois.', trusted: 'Jeanne Martin' },
  2,
);
const revoked = entry('directives', 'revoked', { kind: 'revoked', date: '2026-06-05' }, 3);

describe('what is confirmed', () => {
  test('DIR-05 DIR-12: a version bears the day and the one trusted person, nobody else', () => {
    const view = record([paul, jeanne]);
    expect(trustedPerson(view)).toBe('Jeanne Martin, 06 00 00 00 01');
    expect(trustedPerson(record([paul]))).toBe('');
    expect(confirmation(view, { form: 'ill', place: 'Ici' }, NOW)).toEqual({
      ok: true,
      fields: {
        ...{ kind: 'ill', date: '2026-11-23', place: 'Ici', trusted: 'Jeanne Martin, 06 00 00 00 01' },
        after: null,
      },
    });
  });

  test('R21 DIR-05: no version is made of a draft in which two devices wrote apart, until Alice has chosen', () => {
    const draft = entry('directives-draft', 'draft', { form: 'ill', place: 'Ici' });
    const told = { at: 1, by: null };
    const alternatives = ['Ici', 'Là'].map((value) => ({ value, ...told }));
    const view = {
      ...record([draft]),
      conflicts: [{ entry: draft, fields: [{ field: 'place', alternatives }] }],
    };
    expect(directivesOf(view).disputed).toEqual(['place']);
    expect(confirmation(view, draft.fields, NOW)).toEqual({ ok: false, problem: 'disputed' });
    expect(confirmation(record([draft]), draft.fields, NOW).ok).toBe(true);
  });

  test('DIR-09: a draft that says nothing, and one that says the same again, make no version', () => {
    const same = { form: 'healthy', resuscitation: 'Oui, une fois.' };
    expect(confirmation(record([]), { form: 'ill' }, NOW)).toEqual({ ok: false, problem: 'empty' });
    expect(confirmation(record([version]), same, NOW)).toEqual({ ok: false, problem: 'same' });
    expect(confirmation(record([version, revoked]), same, NOW).ok).toBe(true);
    expect(revocation(record([version]), NOW)).toEqual({
      ...{ kind: 'revoked', date: '2026-11-23' },
      after: version.id,
    });
    expect(revocation(undefined, NOW)).toEqual({ kind: 'revoked', date: '2026-11-23', after: null });
  });

  test('DIR-04: the page says whether there are none, a draft, some in force, or some revoked', () => {
    const draft = entry('directives-draft', 'draft', { form: 'ill', place: 'Ici' });
    expect(directivesWords(record([]))).toMatch(/Rien d’écrit/);
    expect(directivesWords(record([draft]))).toMatch(/brouillon/);
    expect(directivesWords(record([version, draft]))).toBe('En vigueur, écrites le 3 mars 2026');
    expect(directivesWords(record([revoked, version]))).toBe('Annulées le 5 juin 2026');
    expect(directivesOf(record([version, draft])).pending).toBe(true);
  });

  test('DIR-05: where a record came with a version and no draft, one writes on from the version', () => {
    const draft = entry('directives-draft', 'draft', { form: 'ill' });
    expect(firstWords(directivesOf(record([version])))).toMatchObject({
      form: 'healthy',
      resuscitation: 'Oui, une fois.',
    });
    expect(firstWords(directivesOf(record([version, draft])))).toBeUndefined();
    expect(firstWords(directivesOf(record([revoked])))).toBeUndefined();
  });
});

describe('what is printed', () => {
  const words = ({ blocks }: Paper): string[] =>
    blocks.flatMap((block: Block) => {
      if (block.type === 'facts') return block.facts.map(({ label, text }) => `${label} ${text}`);
      return block.type === 'text' || block.type === 'heading' ? [block.text] : [];
    });

  test('DIR-04: the paper says who, what, when and whom, with lines for a hand and for two witnesses', () => {
    const paper = directivesPaper(record([]).owner, version, NOW);
    const said = words(paper);
    for (const line of ['Oui, une fois.', 'Jeanne Martin', 'Réanimation', 'Ma signature'])
      expect(said).toContain(line);
    expect(said.some((line) => line.includes('Claire Martin'))).toBe(true);
    expect(said.some((line) => line.includes('12 mai 1985'))).toBe(true);
    expect(said.filter((line) => /^Signature.*\.{20}/.test(line))).toHaveLength(3);
    expect(said.filter((line) => line.startsWith('Témoin'))).toHaveLength(2);
    expect(said).not.toContain('Alimentation et hydratation artificielles');
    expect(paper.foot.page).toContain('{page}');
  });

  test('DIR-11: the summary says of the directives what was said last, and nothing of a draft', () => {
    const draft = entry('directives-draft', 'draft', { form: 'ill', place: 'Secret' });
    const newer = entry('directives', 'newer', { kind: 'ill', date: '2026-05-05', resuscitation: 'Non.' }, 4);
    const view = record([version, newer, draft, jeanne]);
    const parts = summaryParts(view);
    expect(parts.map(({ id }) => id)).not.toContain('directives-draft');
    const text = JSON.stringify(
      summaryPaper(
        view,
        parts.map(({ id }) => id),
        NOW,
      ),
    );
    expect(text).toContain('Non.');
    expect(text).toContain('Jeanne Martin');
    expect(text).not.toContain('Oui, une fois.');
    expect(text).not.toContain('Secret');
  });
});

describe('papers and places', () => {
  const file = (name: string, category: string): DocumentView => ({
    id: fixedEntryId(name),
    ...{ name, category, date: '2026', mime: 'application/pdf', size: 1, addedAt: 1, onDevice: true },
    delivery: { sent: true, receivedBy: 0 },
  });
  const [scan, proof, blood] = [
    file('scan', 'administrative'),
    file('proof', 'administrative'),
    file('blood', 'biology'),
  ];

  test('MED-55f: what expires is told apart from what is good, and a document without a paper from one with', () => {
    const passport = entry('administrative', 'passport', {
      kind: 'passport',
      expires: '2026-12',
      documents: [scan.id],
    });
    const card = entry('administrative', 'card', { kind: 'health-card' });
    const view = papersView(record([card, passport], [scan, proof, blood]), NOW);
    expect(view.due.map(({ entry: one }) => one.id)).toEqual([passport.id]);
    expect(view.valid.map(({ entry: one }) => one.id)).toEqual([card.id]);
    expect(view.loose.map(({ id }) => id)).toEqual([proof.id]);
    expect(view.documents.map(({ id }) => id)).toEqual([scan.id, proof.id]);
    expect(withDocument(passport, proof.id)['documents']).toEqual([scan.id, proof.id]);
    expect(withDocument(card, proof.id)['documents']).toEqual([proof.id]);
  });

  test('MED-02: every one of the thirteen places says what it holds, wishes among the people', () => {
    const states = placeStates(
      record([jeanne, version, entry('organ-donation', 'organs', { position: 'for' })]),
    );
    expect(states.size).toBe(13);
    expect(states.get('relatives')?.count).toBe(3);
    expect(states.get('administrative')?.count).toBe(0);
  });
});
