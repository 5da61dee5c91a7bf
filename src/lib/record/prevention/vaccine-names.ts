/**
 * What a vaccination protects against, read from the name a person wrote: brands and diseases in common use in France.
 * A name that is not here is not guessed. One injection often protects against several diseases at once.
 */
import { fold } from '#lib/text/typed.ts';

const DTP = ['diphtheria', 'tetanus', 'poliomyelitis'];
const DTCAP = [...DTP, 'pertussis'];
const PENTA = [...DTCAP, 'hib'];
const HEXA = [...PENTA, 'hepatitis-b'];
const MMR = ['measles', 'mumps', 'rubella'];
const PNEUMO_BROAD = ['pneumococcus', 'pneumococcus-broad'];

/** Names of the same thing, folded and separated by `|`, → what they protect against. */
const NAMES: readonly (readonly [names: string, against: readonly string[]])[] = [
  ['infanrix hexa|infanrixhexa|hexyon|vaxelis|hexavalent|hexavac', HEXA],
  ['infanrix quinta|infanrixquinta|pentavac|pentavalent', PENTA],
  ['infanrixtetra|infanrix tetra|tetravac|repevax|boostrixtetra|boostrix tetra', DTCAP],
  ['dtcap|dtcapolio|dtpc|dtpca|dtcp|dtcoqpolio', DTCAP],
  ['revaxis|dtp|dt polio|dtpolio|dt p', DTP],
  ['dt|td', ['diphtheria', 'tetanus']],
  ['boostrix|tdap|dtap', ['diphtheria', 'tetanus', 'pertussis']],
  ['diphterie|diphteria|diphtheria', ['diphtheria']],
  ['tetanos|tetanus', ['tetanus']],
  ['polio|poliomyelite|poliomyelitis|imovax polio|vpi|vpo', ['poliomyelitis']],
  ['coqueluche|whooping cough|pertussis', ['pertussis']],
  ['hib|act hib|haemophilus|haemophilus influenzae', ['hib']],
  ['hepatite b|hepatitis b|hep b|hepb|vhb|engerix|hbvaxpro|genhevac|fendrix|heplisav', ['hepatitis-b']],
  ['hepatite a|hepatitis a|hep a|havrix|vaqta|avaxim', ['hepatitis-a']],
  ['twinrix|hepatites a et b|hepatite a et b|hepatitis a and b|hepatite a b', ['hepatitis-a', 'hepatitis-b']],
  ['tyavax', ['hepatitis-a', 'typhoid']],
  ['prevenar 20|prevenar20|capvaxive|apexxnar|20 valent|21 valent|vpc20|vpc21|pcv20|pcv21', PNEUMO_BROAD],
  ['pneumocoque|pneumocoques|pneumococcus|pneumococcal', ['pneumococcus']],
  ['prevenar|prevenar 13|prevenar13|vaxneuvance|pneumovax|pneumo 23', ['pneumococcus']],
  ['acwy|a c w y|a c y w|a c y w135|menacwy|nimenrix|menquadfi|menveo|mencevax', ['meningococcus-acwy']],
  ['meningocoque b|meningococcus b|meningococcal b|menb|bexsero|trumenba', ['meningococcus-b']],
  [
    'meningocoque c|meningococcus c|meningococcal c|menc|neisvac|menjugate|menjugatekit|meningitec',
    ['meningococcus-c'],
  ],
  ['rotavirus|rotarix|rotateq|rota teq', ['rotavirus']],
  ['ror|mmr|priorix|m m rvaxpro|mmrvaxpro', MMR],
  ['rougeole|measles|rouvax', ['measles']],
  ['oreillons|mumps', ['mumps']],
  ['rubeole|rubella|rudivax', ['rubella']],
  ['hpv|papillomavirus|gardasil|gardasil 9|gardasil9|cervarix', ['hpv']],
  ['zona|shingles|shingrix', ['zoster']],
  ['zostavax', ['zoster-live']],
  ['grippe|flu|influenza|vaxigrip|vaxigriptetra|influvac|influvactetra|fluarix|fluarixtetra', ['influenza']],
  ['efluelda|fluad|flucelvax|fluenz|agrippal|immugrip', ['influenza']],
  ['covid|covid19|comirnaty|spikevax|nuvaxovid|vaxzevria|jcovden|bimervax|vidprevtyn', ['covid-19']],
  ['vrs|rsv|bronchiolite|bronchiolitis|abrysvo|arexvy|mresvia|beyfortus', ['rsv']],
  ['bcg|tuberculose|tuberculosis', ['tuberculosis']],
  ['varicelle|chickenpox|varivax|varilrix', ['varicella']],
  ['fievre jaune|yellow fever|stamaril', ['yellow-fever']],
  ['rage|rabies|rabipur|verorab', ['rabies']],
  ['typhoide|typhoid|fievre typhoide|typhim', ['typhoid']],
  ['encephalite a tiques|tick borne encephalitis|ticovac|encepur', ['tick-borne-encephalitis']],
  ['encephalite japonaise|japanese encephalitis|ixiaro', ['japanese-encephalitis']],
  ['leptospirose|leptospirosis|spirolept', ['leptospirosis']],
  ['cholera|dukoral', ['cholera']],
  ['dengue|qdenga', ['dengue']],
  ['chikungunya|ixchiq|vimkunya', ['chikungunya']],
  ['mpox|variole|variole du singe|smallpox|imvanex', ['mpox']],
];

const AGAINST: readonly (readonly [name: string, against: readonly string[]])[] = NAMES.flatMap(
  ([names, against]) => names.split('|').map((name) => [` ${name} `, against] as const),
);

/** What the vaccination of this name protects against; empty for a name that is not known. */
export function protectsAgainst(name: string): ReadonlySet<string> {
  const words = wordsOf(name);
  const found = new Set(AGAINST.filter(([known]) => words.includes(known)).flatMap(([, against]) => against));
  // Zostavax is often noted with the name of the disease: it stays the former vaccine.
  if (found.has('zoster-live')) found.delete('zoster');
  return found;
}

/** Whether a brand stands in the name a person wrote. */
export function names(name: string, brand: string): boolean {
  return wordsOf(name).includes(` ${brand} `);
}

function wordsOf(name: string): string {
  return ` ${fold(name).replace(/[^a-z0-9]+/g, ' ')} `;
}
