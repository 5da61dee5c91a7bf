import { error } from '@sveltejs/kit';
import { measureKindAt, type MeasureKind } from '#lib/record/measure-kinds.ts';

// One page for every measure: it is drawn from the fallback.
export const prerender = false;

export function load({ params }: { params: { mesure: string } }): { kind: MeasureKind } {
  return { kind: measureKindAt(params.mesure) ?? error(404) };
}
