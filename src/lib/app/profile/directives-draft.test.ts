/** The draft while it is typed: when it is written, what travels, and what arrives from elsewhere meanwhile. */
import { describe, expect, test } from 'vitest';
import type { Edit, Entry, FieldValue } from '#lib/record/entry.ts';
import type { RecordCalls } from '#lib/vault/door/door.ts';
import { DirectivesDraft, type DraftClock, type StoredDraft } from './directives-draft.svelte.ts';

interface Desk {
  readonly draft: DirectivesDraft;
  readonly written: Record<string, FieldValue>[];
  pass(ms: number): Promise<void>;
  fail(yes: boolean): void;
}

/** A draft over a clock that is moved by hand and a record that answers, or does not. */
function desk(): Desk {
  let now = 0;
  let failing = false;
  let timers: { at: number; run: () => void }[] = [];
  const written: Record<string, FieldValue>[] = [];
  const clock: DraftClock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
  };
  const door: Pick<RecordCalls, 'edit'> = {
    async edit(edits: readonly Edit[]) {
      if (failing) return { ok: false, error: { type: 'storage-full' } };
      for (const edit of edits) if (edit.type === 'put') written.push({ ...edit.fields });
      return { ok: true, value: undefined };
    },
  };
  return {
    draft: new DirectivesDraft(door, () => undefined, clock),
    written,
    fail: (yes) => (failing = yes),
    async pass(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { run } of due) run();
      await Promise.resolve().then(() => new Promise(setImmediate));
    },
  };
}

test('DIR-05: Alice types, and a second after the last key her words are in the record', async () => {
  const { draft, written, pass } = desk();
  draft.write('form', 'healthy');
  draft.write('place', 'À la mai');
  await pass(900);
  draft.write('place', 'À la maison');
  expect(draft.saved).toBe(false);
  await pass(900);
  expect(written).toEqual([]);
  await pass(100);
  expect(written).toEqual([{ form: 'healthy', place: 'À la maison' }]);
  expect(draft.saved).toBe(true);
});

test('DIR-05: Alice types without a pause, and is written every ten seconds all the same', async () => {
  const { draft, written, pass } = desk();
  draft.write('form', 'ill');
  for (let typed = 1; typed <= 22; typed += 1) {
    draft.write('other', 'a'.repeat(typed));
    await pass(500);
  }
  expect(written.length).toBe(1);
  expect(written[0]).toMatchObject({ form: 'ill' });
});

test('DIR-05: only what was typed travels, and the same again does not', async () => {
  const { draft, written } = desk();
  draft.take({ entry: { fields: { form: 'ill', place: 'Ici', other: null } }, disputed: [] });
  draft.write('other', 'Mon chat ');
  expect(await draft.save()).toBe(true);
  expect(await draft.save()).toBe(true);
  expect(written).toEqual([{ other: 'Mon chat' }]);
  draft.take({ entry: { fields: { form: 'ill', place: 'Ici', other: 'Mon chat' } }, disputed: [] });
  expect(draft.texts['other']).toBe('Mon chat ');
});

test('DIR-05: another device writes in another field: both are there, and neither is sent back', async () => {
  const { draft, written } = desk();
  draft.take({ entry: { fields: { form: 'ill', place: 'Ici' } }, disputed: [] });
  draft.write('place', 'Là');
  draft.take({ entry: { fields: { form: 'ill', place: 'Ici', beliefs: 'Un prêtre' } }, disputed: [] });
  expect(draft.texts).toMatchObject({ place: 'Là', beliefs: 'Un prêtre' });
  await draft.save();
  expect(written).toEqual([{ place: 'Là' }]);
});

test('DIR-05: what was not written says so, stays where it was typed, and is written with the next word', async () => {
  const { draft, written, pass, fail } = desk();
  fail(true);
  draft.write('form', 'ill');
  draft.write('place', 'Ici');
  expect(await draft.save()).toBe(false);
  expect(draft.error).toEqual({ type: 'storage-full' });
  expect(draft.saved).toBe(false);
  expect(draft.texts['place']).toBe('Ici');
  fail(false);
  draft.write('place', 'Ici même');
  await pass(1000);
  expect(written).toEqual([{ form: 'ill', place: 'Ici même' }]);
  expect(draft.error).toBeUndefined();
});

test('DIR-05: what is typed while the record is being written is written after it', async () => {
  const { draft, written } = desk();
  draft.write('form', 'ill');
  const first = draft.save();
  draft.write('place', 'Ici');
  await first;
  expect(await draft.save()).toBe(true);
  expect(written).toEqual([{ form: 'ill' }, { place: 'Ici' }]);
});

describe('two devices write in one answer', () => {
  /** The page over a record that tells each edit as a change, and in which the phone may write too. */
  function shared(): {
    readonly draft: DirectivesDraft;
    readonly edits: Edit[];
    phone(fields: Record<string, string>, disputed?: readonly string[]): void;
  } {
    let stored: StoredDraft = { entry: undefined, disputed: [] };
    const edits: Edit[] = [];
    const change = (fields: Entry['fields'], head: string, disputed: readonly string[] = []): void => {
      stored = { entry: { fields: { ...stored.entry?.fields, ...fields }, heads: [head] }, disputed };
    };
    const door: Pick<RecordCalls, 'edit'> = {
      async edit([edit]: readonly Edit[]) {
        if (edit?.type !== 'put') throw new Error('a draft is only written');
        edits.push(edit);
        change(edit.fields, `laptop ${edits.length}`);
        return { ok: true, value: undefined };
      },
    };
    const draft = new DirectivesDraft(door, () => stored);
    return {
      draft,
      edits,
      phone(fields, disputed) {
        change(fields, 'phone', disputed);
        draft.take(stored);
      },
    };
  }

  test('R21 DIR-05: Alice goes on typing here, and each of her words knows the one before', async () => {
    const { draft, edits } = shared();
    for (const text of ['À la', 'À la maison', 'À la maison, près des miens']) {
      draft.write('place', text);
      await draft.save();
    }
    expect(edits.map(({ saw }) => saw)).toEqual(
      [undefined, ['laptop 1'], ['laptop 2']].map((saw) => saw ?? []),
    );
  });

  test('R21 DIR-05: what comes from the phone into the very answer she is typing is not taken as seen: both stand', async () => {
    const { draft, edits, phone } = shared();
    draft.write('place', 'À la maison');
    await draft.save();
    draft.write('place', 'À la maison, avec mon chat');
    draft.write('beliefs', 'Aucun rite');
    phone({ place: 'À l’hôpital' });
    await draft.save();
    const written = edits.slice(1).map((edit) => edit.type === 'put' && [edit.saw, edit.fields]);
    expect(written).toEqual([
      [['laptop 1'], { place: 'À la maison, avec mon chat' }],
      [['phone'], { beliefs: 'Aucun rite' }],
    ]);
  });

  test('R21 DIR-05: while an answer is in dispute nothing written here claims to know the other text', async () => {
    const { draft, edits, phone } = shared();
    draft.write('place', 'À la maison');
    await draft.save();
    phone({}, ['place']);
    draft.write('place', 'À la maison, avec mon chat');
    await draft.save();
    expect(edits[1]?.saw).not.toContain('phone');
    phone({ place: 'À l’hôpital' });
    expect(draft.texts['place']).toBe('À l’hôpital');
  });
});
