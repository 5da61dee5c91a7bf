/** Why a file is refused, in words a person can act on. Nothing was changed, and each sentence may say so after it. */
import type { Refusal } from '#lib/exchange/fhir/bundle.ts';
import type { Words } from '#lib/record/section.ts';

export function refusalWords(refusal: Refusal): Words {
  switch (refusal.type) {
    case 'too-large':
      return {
        fr: 'Ce fichier dépasse 50 Mo. Demandez un résumé plus court, ou sans pièces jointes.',
        en: 'This file is larger than 50 MB. Ask for a shorter summary, or one without attachments.',
      };
    case 'too-deep':
    case 'too-many':
      return {
        fr: 'Ce fichier est trop compliqué pour être lu sans risque. Demandez un résumé plus court.',
        en: 'This file is too complicated to be read safely. Ask for a shorter summary.',
      };
    case 'not-text':
    case 'not-json':
      return {
        fr: 'Ce fichier n’est pas du JSON complet : il a peut-être été coupé en route. Téléchargez-le de nouveau, ou demandez-le au format « FHIR JSON ».',
        en: 'This file is not complete JSON: perhaps it was cut short. Download it again, or ask for it as “FHIR JSON”.',
      };
    case 'not-fhir':
      return {
        fr: 'Ce fichier est du JSON, mais pas du FHIR. Demandez un résumé « FHIR R4 » ou « IPS ».',
        en: 'This file is JSON, but not FHIR. Ask for a “FHIR R4” or “IPS” summary.',
      };
    case 'xml':
      return {
        fr: 'Ce fichier est du XML, que Carnet n’ouvre pas. Demandez le même au format « FHIR JSON ».',
        en: 'This file is XML, which Carnet does not open. Ask for the same as “FHIR JSON”.',
      };
    case 'malformed':
      return {
        fr: `Ce fichier ne suit pas la forme de FHIR (à « ${refusal.where || 'Bundle'} »). Signalez-le à qui vous l’a donné.`,
        en: `This file does not follow the form of FHIR (at “${refusal.where || 'Bundle'}”). Tell whoever gave it to you.`,
      };
  }
}
