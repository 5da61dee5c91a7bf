import { error } from '@sveltejs/kit';
import { type DiscoveryQuestion, discoveryAt } from '#lib/app/entry/discovery.ts';

export function load({ params }: { params: { etape: string } }): { question: DiscoveryQuestion | 'end' } {
  return { question: discoveryAt(params.etape) ?? error(404) };
}
