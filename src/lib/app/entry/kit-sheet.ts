/** The kit's page in the person's language, handed over as a file. pdf-lib is loaded only here, only then. */
import { activation as t } from '#lib/i18n/activation.ts';
import { language } from '#lib/i18n/language.svelte.ts';
import type { Kit } from '#lib/vault/door/door.ts';
import { saveBlob } from '#lib/app/exchange/download.ts';
import { madeOf, useOf } from './kit-made.ts';

export async function saveKitPdf(
  kit: Kit,
  about: {
    readonly identifiant: string | undefined;
    readonly person: { readonly firstName: string; readonly lastName: string } | undefined;
  },
): Promise<void> {
  const { kitPdf } = await import('./kit-pdf.ts');
  const { person } = about;
  const blob = await kitPdf({
    words: kit.words,
    qr: kit.qr,
    address: kit.address,
    identifiant: about.identifiant,
    language: language(),
    text: {
      title: t('kitPdfTitle'),
      of: person ? t('kitPdfOf', { name: `${person.firstName} ${person.lastName}` }) : '',
      made: madeOf(kit),
      wordsTitle: t('kitWords'),
      identifiant: t('kitIdentifiant'),
      address: t('kitAddress'),
      warnings: [useOf(kit), t('kitPdfText1'), t('kitPdfText2'), t('kitPdfText3')],
    },
  });
  saveBlob(blob, `${t('kitFileName')}.pdf`);
}
