/** R02: everything of the record that is shown as one file for the person, among the downloads. */
import { proven } from '#lib/app/access/proof.svelte.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import type { Answer } from '#lib/vault/door/door.ts';
import { saveBlob } from './download.ts';

export async function saveCopy({ here }: Pick<Session, 'here'>, fileName: string): Answer<void> {
  const answer = await proven(() => here.exportRecord());
  if (!answer.ok) return answer;
  saveBlob(answer.value, `${fileName}.json`);
  return { ok: true, value: undefined };
}
