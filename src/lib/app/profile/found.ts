/** From what the vault has found, by its ids, to what a page shows of it. */
import type { Found, FoundGroup } from '#lib/record/found.ts';
import { measureKind } from '#lib/record/measure-kinds.ts';
import { measuredAt, type Measured } from '#lib/record/measures.ts';
import { healthSections, PROFILE } from '#lib/record/sections.ts';
import { documents } from '#lib/record/sections/documents.ts';
import type { RecordCalls, RecordView, SearchHit } from '#lib/vault/door/door.ts';

const places = new Map([...healthSections, ...PROFILE].map((place) => [place.id, place]));

/** The values among what was found: they are not in the record that a page has. */
export async function measuredOf(
  hits: readonly SearchHit[],
  door: Pick<RecordCalls, 'measures'>,
): Promise<ReadonlyMap<string, Measured>> {
  const wanted = new Set(hits.flatMap(({ entry, kind }) => (kind && entry !== null ? [entry] : [])));
  const kinds = [...new Set(hits.flatMap(({ kind }) => kind ?? []))];
  const found = new Map<string, Measured>();
  for (const answer of await Promise.all(kinds.map((kind) => door.measures(kind))))
    if (answer.ok)
      answer.value.ids.forEach((id, index) => {
        if (wanted.has(id)) found.set(id, measuredAt(answer.value, index));
      });
  return found;
}

/** The groups in the order of their best; what is no longer there since it was found is left out. */
export function groupsOf(
  hits: readonly SearchHit[],
  record: RecordView,
  measured: ReadonlyMap<string, Measured>,
): readonly FoundGroup[] {
  const groups = new Map<string, Found[]>();
  for (const hit of hits) {
    const found = foundOf(hit, record, measured);
    if (!found) continue;
    const id = found.type === 'place' ? 'places' : hit.section;
    const group = groups.get(id);
    if (group) group.push(found);
    else groups.set(id, [found]);
  }
  return [...groups].map(([id, found]) => ({ id, found }));
}

function foundOf(
  { section: id, entry, kind }: SearchHit,
  record: RecordView,
  measured: ReadonlyMap<string, Measured>,
): Found | undefined {
  if (entry === null) {
    const place = places.get(id);
    return place && { type: 'place', place };
  }
  if (id === documents.id) {
    const document = record.documents.find((one) => one.id === entry);
    return document && { type: 'document', document };
  }
  if (kind) {
    const value = measured.get(entry);
    return value && { type: 'measure', kind: measureKind(kind), measured: value };
  }
  const section = healthSections.find((one) => one.id === id);
  const living = record.entries[id]?.find((one) => one.id === entry);
  return section && living && { type: 'entry', section, entry: living };
}
