/** Runs in Chromium: opens a long life, shows twenty thousand values of one measure, and prints all of it. */
import boldUrl from 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf?url';
import plainUrl from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf?url';
import { mount, flushSync } from 'svelte';
import { writePaper } from '#lib/exchange/pdf/write.ts';
import { holdsSomething, summaryPaper, summaryParts } from '#lib/app/exchange/summary.ts';
import type { Entry } from '#lib/record/entry.ts';
import { measureKind } from '#lib/record/measure-kinds.ts';
import { measuredByKind, seriesOf, summarise } from '#lib/record/measures.ts';
import History from '#lib/ui/measures/History.svelte';
import tokens from '#lib/ui/tokens.css?inline';
import type { RecordView } from '#lib/vault/door/door.ts';
import { offer } from '../harness/page.ts';
import { contenders } from '../open/contenders.ts';
import { lifeOf } from './life.ts';

const BORN = '1958-05-12';

export interface Frames {
  readonly count: number;
  /** Of a screen that shows sixty a second, those that came later than the next. */
  readonly late: number;
  readonly worst: number;
}

offer({
  ...contenders(lifeOf),

  /** The page of one measure with so many values, until it stands on the screen: ms. */
  async show(count: number): Promise<number> {
    const style = document.createElement('style');
    style.textContent = tokens;
    document.head.append(style);
    const kind = measureKind('glucose');
    const values = [...entriesOf(count)].filter(({ section }) => section === 'measures');
    const all = values.map((entry): Entry => ({ ...entry, fields: { ...entry.fields, kind: 'glucose' } }));
    const series = seriesOf('glucose', measuredByKind(all, BORN).get('glucose'));
    if (series.ids.length !== count) throw new Error(`${series.ids.length} values of ${count}`);
    const target = document.createElement('main');
    target.style.cssText = 'max-width: 720px; margin: auto; display: grid; gap: 24px';
    document.body.append(target);
    const start = performance.now();
    mount(History, {
      target,
      props: {
        kind,
        series,
        target: { value: { low: 80, high: 140 }, second: { low: null, high: null } },
        onopen() {},
      },
    });
    flushSync();
    await frame();
    await frame();
    const took = performance.now() - start;
    choose('Tout');
    await frame();
    return took;
  },

  async idle(frames: number): Promise<Frames> {
    return watch(frames, () => {});
  },

  /** Down the table, faster than anybody reads. */
  async scroll(frames: number): Promise<Frames> {
    return watch(frames, () => scrollBy(0, 240));
  },

  /** All, year, month, week and back, with steps into the past between. */
  async zoom(frames: number): Promise<Frames> {
    scrollTo(0, 0);
    const periods = ['Tout', 'An', 'Mois', 'Semaine', 'Mois', 'An'];
    return watch(frames, (n) => {
      if (n % 12 === 0) choose(periods[(n / 12) % periods.length]!);
      else if (n % 3 === 0) document.querySelector<HTMLButtonElement>('.steps button')?.click();
    });
  },

  /** The chart of all years dragged sideways, as a finger does. */
  async drag(frames: number): Promise<Frames> {
    choose('An');
    const chart = document.querySelector('.chart svg')!;
    const at = (type: string, clientX: number) =>
      chart.dispatchEvent(new PointerEvent(type, { clientX, clientY: 200, pointerId: 1, bubbles: true }));
    chart.setPointerCapture = () => {};
    at('pointerdown', 100);
    const seen = await watch(frames, (n) => at('pointermove', 100 + n * 5));
    at('pointerup', 100);
    return seen;
  },

  /** Everything of the record as a paper: ms. */
  async pdf(count: number): Promise<number> {
    const [plain, bold] = await Promise.all([plainUrl, boldUrl].map(bytesOf));
    const record = recordOf(count);
    const start = performance.now();
    const chosen = summaryParts(record).filter(holdsSomething);
    const { bytes } = await writePaper(
      summaryPaper(
        record,
        chosen.map(({ id }) => id),
        Date.UTC(2026, 10, 23),
      ),
      { plain: plain!, bold: bold!, others: () => Promise.resolve([]) },
      () => {},
    );
    const took = performance.now() - start;
    if (bytes.length < 100_000) throw new Error('an empty paper');
    return took;
  },
});

const frame = (): Promise<number> => new Promise(requestAnimationFrame);

async function watch(frames: number, act: (n: number) => void): Promise<Frames> {
  const SIXTIETH = 1000 / 60;
  let [late, worst, before] = [0, 0, await frame()];
  for (let n = 0; n < frames; n += 1) {
    act(n);
    const now = await frame();
    // What the screen told of is a whole number of its own frames.
    if (now - before > SIXTIETH * 1.5) late += 1;
    worst = Math.max(worst, now - before);
    before = now;
  }
  return { count: frames, late, worst };
}

function choose(period: string): void {
  const label = [...document.querySelectorAll('label')].find(
    ({ textContent }) => textContent?.trim() === period,
  );
  label?.querySelector('input')?.click();
}

function* entriesOf(count: number): Generator<Entry> {
  for (const edits of lifeOf(count))
    for (const edit of edits)
      if (edit.type === 'put') {
        const { section, id, fields } = edit;
        yield { section, id, fields, createdAt: 1, updatedAt: 1 };
      }
}

function recordOf(count: number): RecordView {
  const all = [...entriesOf(count)];
  const measured = all.filter(({ section }) => section === 'measures');
  const others = all.filter(({ section }) => section !== 'measures');
  return {
    owner: { firstName: 'Alice', lastName: 'Martin', birthDate: BORN, sex: null },
    opening: null,
    guardians: [],
    entries: Object.fromEntries(Map.groupBy(others, ({ section }) => section)),
    measures: summarise(measuredByKind(measured, BORN)),
    documents: [],
    conflicts: [],
    editable: true,
  };
}

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
