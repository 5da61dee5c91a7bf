import { error } from '@sveltejs/kit';
import { type DiscoveryQuestion, discoveryAt } from '#lib/app/entry/discovery.ts';

// One page for every question: it is drawn from the fallback.
export const prerender = false;

export function load({ params }: { params: { etape: string } }): { question: DiscoveryQuestion | 'end' } {
  return { question: discoveryAt(params.etape) ?? error(404) };
}
