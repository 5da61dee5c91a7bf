/**
 * A life of small edits: half of them write a new entry, half replace the comment of one written before.
 *
 * They come from a seed, so that our replica and the plaintext peer get the same.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import type { Edit } from '#lib/record/entry.ts';
import { allergies } from '#lib/record/sections/allergies.ts';
import { seededRandom } from '../../helpers/tools/random.ts';

const NAMES = [
  'Pollen de bouleau',
  'Pénicilline',
  'Arachide',
  'Latex',
  'Piqûre de guêpe',
  'Œufs',
  'Acariens',
];
const COMMENTS = [
  '',
  'Depuis l’enfance',
  'Traitement d’urgence dans le sac',
  'Vu avec le médecin traitant',
  'À revoir',
];

export function* editsOf(count: number): Generator<Edit> {
  const random = seededRandom(count);
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const comment = `${random.pick(COMMENTS)} (${n})`;
    if (n % 2 === 0) {
      const id = toBase64url(random(16));
      ids.push(id);
      yield { type: 'put', section: allergies.id, id, fields: { name: random.pick(NAMES), comment } };
    } else {
      yield { type: 'put', section: allergies.id, id: random.pick(ids), fields: { comment } };
    }
  }
}
