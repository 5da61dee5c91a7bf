import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/organs.ts';

export const en = {
  mine: 'My position',
  mineNote:
    'Noting it here registers nothing anywhere: neither the national register of refusals nor a hospital reads your record. What counts is what your relatives know, and the register if you refuse.',
  law1Title: 'In France everybody is presumed to be a donor',
  law1: 'Every adult counts as a donor of organs and tissues after death, unless they said while living that they refuse. Giving is free of charge and anonymous, and there is no age limit: what matters is the state of the organs.',
  law2Title: 'To refuse',
  law2: 'The main way is the national register of refusals, kept by the Agence de la biomédecine; one may enter it from the age of 13. One may also give a relative a dated and signed paper, or tell relatives, who will attest it in writing. A refusal may concern some organs only, and one may change one’s mind.',
  law3Title: 'To give',
  law3: 'There is no register of yes. The surest way is to tell your relatives and your trusted person: the medical team consults the register, then asks them whether you had expressed a refusal.',
  law4Title: 'For a child',
  law4: 'Nothing is taken from a minor without the written consent of each parent, or of one if the other cannot be reached.',
  sources: 'To check',
  sourcesText:
    'French public health code, articles L. 1232-1 and following and R. 1232-4-4, on legifrance.gouv.fr; Agence de la biomédecine: dondorganes.fr and registrenationaldesrefus.fr.',
} as const satisfies Translation<typeof fr>;
