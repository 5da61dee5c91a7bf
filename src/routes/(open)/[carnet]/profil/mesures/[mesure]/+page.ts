import { error } from '@sveltejs/kit';
import { measureKindAt, type MeasureKind } from '#lib/record/measure-kinds.ts';

export function load({ params }: { params: { mesure: string } }): { kind: MeasureKind } {
  return { kind: measureKindAt(params.mesure) ?? error(404) };
}
