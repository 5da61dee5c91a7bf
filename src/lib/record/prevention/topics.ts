/** What a rule protects against, in the words with which a person would note it. */
import type { Words } from '../section.ts';

const TOPICS: Readonly<Record<string, Words>> = {
  diphtheria: { fr: 'diphtérie', en: 'diphtheria' },
  tetanus: { fr: 'tétanos', en: 'tetanus' },
  poliomyelitis: { fr: 'polio', en: 'polio' },
  pertussis: { fr: 'coqueluche', en: 'whooping cough' },
  hib: { fr: 'haemophilus influenzae b', en: 'haemophilus influenzae b' },
  'hepatitis-b': { fr: 'hépatite B', en: 'hepatitis B' },
  pneumococcus: { fr: 'pneumocoque', en: 'pneumococcus' },
  'pneumococcus-broad': { fr: 'pneumocoque 20-valent', en: 'pneumococcus 20-valent' },
  'meningococcus-acwy': { fr: 'méningocoques ACWY', en: 'meningococcus ACWY' },
  'meningococcus-b': { fr: 'méningocoque B', en: 'meningococcus B' },
  rotavirus: { fr: 'rotavirus', en: 'rotavirus' },
  measles: { fr: 'rougeole', en: 'measles' },
  mumps: { fr: 'oreillons', en: 'mumps' },
  rubella: { fr: 'rubéole', en: 'rubella' },
  hpv: { fr: 'HPV', en: 'HPV' },
  zoster: { fr: 'zona', en: 'shingles' },
  influenza: { fr: 'grippe', en: 'flu' },
  'covid-19': { fr: 'Covid-19', en: 'Covid-19' },
  rsv: { fr: 'VRS (bronchiolite)', en: 'RSV (bronchiolitis)' },
  tuberculosis: { fr: 'BCG', en: 'BCG' },
  varicella: { fr: 'varicelle', en: 'chickenpox' },
  'yellow-fever': { fr: 'fièvre jaune', en: 'yellow fever' },
};

/** "Diphtérie, tétanos, polio": what is noted when the rule was followed. */
export function topicName(topics: readonly string[], say: (words: Words) => string): string {
  const name = topics.flatMap((topic) => (TOPICS[topic] ? [say(TOPICS[topic])] : [])).join(', ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
