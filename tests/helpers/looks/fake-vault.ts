/**
 * A vault without keys, for looking at the pages: it answers the door from memory, with the delays and the failures
 * that the real one has. Never shipped: only tests/helpers/looks/vite.looks.config.ts puts it in the place of the real one.
 *
 * A PDF and a photo to open are given by the server, under /looks/.
 *
 * `localStorage.looks` chooses the scene: empty (no account), fresh (nothing noted yet), locked, filled, full, offline, warned,
 * child; `localStorage.answers` that what a page asks for fails, or is never answered: fail, hang;
 * or that the relay knows less than a recovery kit: behind. `localStorage.names` are first names shown before anything is open.
 */
import type {
  Answer,
  DeviceView,
  UnsettledAddition,
  UnsettledWord,
  DocumentView,
  Door,
  LinkState,
  PasskeyView,
  RecordView,
  SecurityNotice,
  SyncView,
  VaultError,
  VaultEvent,
  VaultStatus,
} from '#lib/vault/door/door.ts';
import { ChangeLog } from '#lib/record/change-log.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { withHistory } from '#lib/record/changes.ts';
import type { Edit, Entry, HealthRecord } from '#lib/record/entry.ts';
import type { MeasureId } from '#lib/record/measure-kinds.ts';
import { measuredByKind, seriesOf, summarise } from '#lib/record/measures.ts';
import { fixedEntryId } from '#lib/record/profile-section.ts';
import { PROFILE } from '#lib/record/sections.ts';
import { DIRECTIVES_DRAFT } from '#lib/record/sections/directives.ts';
import { documentFileName } from '#lib/record/sections/documents.ts';
import { ORGAN_POSITION } from '#lib/record/sections/organ-donation.ts';
import { fold } from '#lib/text/typed.ts';
import { conflictViews, historyOf } from '#lib/vault/record/history.ts';
import { deletedEntries, livingEntries } from '#lib/record/living.ts';
import { factId } from '#lib/record/sections/prevention-facts.ts';

interface FakeVault extends Door {
  subscribe(listener: (event: VaultEvent) => void): () => void;
  terminate(): void;
}

const DAY = 86_400_000;
const wait = (ms: number) => new Promise((wake) => setTimeout(wake, ms));
const yes = <T>(value: T) => ({ ok: true as const, value });
const no = (error: VaultError) => ({ ok: false as const, error });
const id = (n: number) => `${String(n).padStart(21, 'A')}A`;

const WORDS = (
  'abaisser ébène cactus dauphin écureuil façade galerie hirondelle ivoire jasmin kiosque lavande ' +
  'magasin nénuphar ombrage papillon quiétude ruisseau soleil tambour univers velours wagon zébrure'
).split(' ');

/** A child of hers, and how this device calls that record. */
const CHILD = id(50);
const LEO = { firstName: 'Léo', lastName: 'Martin', birthDate: '2017-09-03' };

const DIRECTIVES = {
  kind: 'healthy',
  date: '2026-03-08',
  unconscious:
    'Je ne veux pas être maintenue en vie par des machines si les médecins sont sûrs que je ne reprendrai pas conscience.',
  resuscitation: 'Oui, si j’ai une chance de retrouver ma vie d’avant. Sinon, non.',
  feeding: 'Non, au-delà de quelques jours.',
  place: 'À la maison si c’est possible, avec Jeanne et Paul.',
  trusted: 'Jeanne Martin, 06 00 00 00 01',
};

const seenDevice = (id: string, name: string, addedAt: number, more: Partial<DeviceView>): DeviceView => ({
  ...{ id, name, addedAt, thisDevice: false, revokedAt: null, lastSignAt: null, leftAt: null },
  ...more,
});

type MakeEntry = (n: number, section: string, daysAgo: number, fields: Entry['fields']) => Entry;

/** A life, as somebody would have written it down. */
const filledEntries = (entry: MakeEntry): Entry[] => [
  entry(1, 'allergies', 40, {
    name: 'Arachide',
    comment: 'Gonflement des lèvres et urticaire, même en petite quantité. Stylo d’adrénaline dans le sac.',
  }),
  entry(2, 'allergies', 400, { name: 'Pénicilline', comment: 'Éruption sur tout le corps à 6 ans.' }),
  entry(3, 'allergies', 3, { name: 'Pollen de bouleau', comment: null }),
  entry(4, 'allergies', 2, { name: 'Œuf cru', comment: null }),
  entry(20, 'conditions', 40, {
    name: 'Asthme',
    start: '1996',
    ongoing: true,
    end: null,
    comment: 'Plutôt au printemps. Va mieux depuis le traitement de fond.',
    documents: [id(11), id(14)],
  }),
  entry(21, 'conditions', 12, { name: 'Hypothyroïdie', start: '2019-04', ongoing: true, end: null }),
  entry(22, 'conditions', 300, {
    name: 'Fracture du poignet gauche',
    start: '2014-07-13',
    ongoing: false,
    end: '2014-09',
  }),
  entry(23, 'treatments', 40, {
    name: 'Symbicort 200/6',
    start: '2019-05',
    ongoing: true,
    dosage: '1 bouffée matin et soir, rincer la bouche après.',
  }),
  entry(24, 'treatments', 12, {
    name: 'Lévothyrox 75 µg',
    start: '2019-04-22',
    ongoing: true,
    dosage: '1 comprimé à jeun.',
  }),
  entry(25, 'treatments', 800, { name: 'Amoxicilline', start: '2021', ongoing: false, end: '2021' }),
  entry(26, 'hospital-stays', 90, {
    name: 'Appendicite',
    kind: 'surgery',
    start: '2003-02',
    place: 'CHU de Rennes',
    duration: 4,
    durationUnit: 'days',
  }),
  entry(27, 'family-history', 90, { relation: 'mother', name: 'Diabète de type 2', onsetAge: 52 }),
  entry(28, 'family-history', 90, { relation: 'paternal-grandfather', name: 'Infarctus', onsetAge: 61 }),
  entry(29, 'vaccinations', 20, {
    name: 'Grippe',
    start: '2025-10-21',
    kind: 'booster',
    lot: 'X3Q21',
    vaccinator: 'Pharmacie du Marché',
  }),
  entry(30, 'vaccinations', 20, { name: 'Tétanos, polio, coqueluche', start: '2010', kind: 'booster' }),
  entry(36, 'vaccinations', 20, { name: 'Vaccin du collège', start: '1998' }),
  { ...entry(37, 'prevention-facts', 20, { fact: 'cervix', answer: 'yes' }), id: factId('cervix') },
  entry(38, 'preventive-acts', 20, {
    name: 'Dépistage du cancer du col de l’utérus : test HPV de 30 à 65 ans',
    rule: 'fr-screen-cervix-30-65',
    start: '2024-03',
  }),
  entry(31, 'habits', 20, {
    topic: 'tobacco',
    answer: 'Arrêt',
    start: '2019',
    comment: '10 cigarettes par jour avant.',
  }),
  entry(32, 'habits', 20, {
    topic: 'activity',
    answer: 'Vélo pour aller au travail, 30 minutes par jour',
    start: '2022-09',
  }),
  entry(33, 'professionals', 20, {
    name: 'Dr Lefèvre',
    profession: 'Médecin généraliste',
    role: 'treating',
    phone: '02 99 00 00 00',
    place: 'Rennes',
  }),
  entry(34, 'relatives', 20, {
    kind: 'trusted',
    firstName: 'Jeanne',
    lastName: 'Martin',
    relation: 'Sœur',
    phone: '06 00 00 00 01',
  }),
  entry(35, 'relatives', 20, {
    kind: 'emergency',
    firstName: 'Paul',
    lastName: 'Durand',
    relation: 'Compagnon',
    phone: '06 00 00 00 02',
  }),
  entry(36, 'relatives', 20, {
    kind: 'emergency',
    firstName: 'Nadia',
    lastName: 'Benali',
    relation: 'Voisine du dessous',
    phone: '06 00 00 00 03',
  }),
  entry(37, 'relatives', 20, {
    kind: 'cared-for',
    firstName: 'Odette',
    lastName: 'Martin',
    relation: 'Mère',
  }),
  entry(38, 'directives', 260, DIRECTIVES),
  entry(39, 'directives', 30, {
    ...DIRECTIVES,
    date: '2026-10-24',
    beliefs: 'Pas de cérémonie religieuse. Une musique de Fauré.',
  }),
  {
    ...entry(40, 'directives-draft', 1, {
      ...{ form: 'healthy', other: 'Prévenir aussi mon frère.' },
      ...{ unconscious: DIRECTIVES.unconscious, place: DIRECTIVES.place },
    }),
    id: DIRECTIVES_DRAFT,
  },
  {
    ...entry(41, 'organ-donation', 30, { position: 'for', told: 'Jeanne, Paul et ma mère' }),
    id: ORGAN_POSITION,
  },
  entry(42, 'administrative', 90, {
    kind: 'passport',
    number: '12AB34567',
    expires: '2027-01-14',
    documents: [id(15)],
  }),
  entry(43, 'administrative', 90, { kind: 'insurance', detail: 'Mutuelle des Tilleuls', expires: '2025' }),
  entry(44, 'administrative', 90, { kind: 'identity-card', expires: '2033-06-02' }),
  entry(45, 'administrative', 90, { kind: 'health-card', number: '2 85 05 35 238 001' }),
];

/** Pressure twice a week for two years, weight each week, and a few of the others; `measures` in localStorage adds so many more. */
function measuredLife(entry: MakeEntry, now: number): Entry[] {
  const made: Entry[] = [];
  const add = (daysAgo: number, fields: Entry['fields']): void => {
    const date = new Date(now - daysAgo * DAY).toISOString().slice(0, 10);
    made.push(entry(1000 + made.length, 'measures', daysAgo, { date, ...fields }));
  };
  const wave = (n: number, size: number): number =>
    Math.round(Math.sin(n * 1.7) * size + Math.sin(n / 9) * size);
  add(4000, { kind: 'height', value: 1.68, date: '2015' });
  for (let day = 730; day >= 0; day -= 7)
    add(day, {
      kind: 'weight',
      value: Math.round((78 - (730 - day) / 110 + wave(day, 0.6)) * 10) / 10,
      time: '07:30',
    });
  for (let day = 728; day >= 0; day -= 3)
    add(day, {
      kind: 'pressure',
      time: '08:15',
      value: 138 + wave(day, 7) - Math.round((728 - day) / 80),
      second: 84 + wave(day + 2, 4),
      ...(day % 60 === 0 && { comment: 'Après une mauvaise nuit.' }),
    });
  for (let day = 40; day >= 0; day -= 1) add(day, { kind: 'steps', value: 6400 + wave(day, 1900) });
  for (const [day, value] of [
    [3, 38.4],
    [2, 39.1],
    [1, 37.6],
  ] as const)
    add(day, { kind: 'temperature', value, time: '19:00' });
  add(20, { kind: 'glucose', value: 94, comment: 'À jeun, prise de sang.' });
  const more = Number(localStorage.getItem('measures') ?? 0);
  for (let n = 0; n < more; n += 1)
    add((more - n) / 6, {
      kind: 'heart-rate',
      value: 68 + wave(n, 9),
      time: `${String(Math.floor((n % 6) * 4)).padStart(2, '0')}:00`,
    });
  made.push({
    ...entry(900, 'targets', 60, { kind: 'pressure', high: 135, secondHigh: 85, low: null, secondLow: null }),
    id: fixedEntryId('pressure'),
  });
  return made;
}

/** Five years of a child, measured as often as a child is. */
function grownChild(entry: MakeEntry): Entry[] {
  const visits = [
    ['2021-03-08', 3.3, 0.5, 34.5],
    ['2021-06-10', 6.1, 0.61, 40.5],
    ['2021-09-12', 7.6, 0.67, 43],
    ['2022-03-15', 9.8, 0.76, 46],
    ['2022-09-20', 11.2, 0.82, 47.5],
    ['2023-04-02', 12.9, 0.89, 48.8],
    ['2024-03-11', 15.1, 0.97, 49.9],
    ['2025-03-20', 17.4, 1.05, null],
    ['2026-04-06', 20.2, 1.12, null],
  ] as const;
  return visits.flatMap(([date, weight, height, head], n) =>
    (
      [
        ['weight', weight],
        ['height', height],
        ['head', head],
      ] as const
    ).flatMap(([kind, value], part) =>
      value === null ? [] : [entry(1000 + 3 * n + part, 'measures', 1, { kind, value, date })],
    ),
  );
}

/** What was changed since, hours ago and by which device: twice with neither knowing of the other. */
const filledChanges: readonly (readonly [edit: Edit, hoursAgo: number, by: number])[] = [
  [treatment(24, { dosage: '1 comprimé à jeun, une demi-heure avant le petit déjeuner.' }), 200, 2],
  [treatment(24, { name: 'Lévothyrox 88 µg' }), 30, 1],
  [{ ...treatment(24, { name: 'Lévothyrox 100 µg' }), saw: [id(50_000)] }, 29, 2],
  [treatment(25, { comment: 'Pour une angine.' }), 28, 2],
  [{ type: 'delete', section: 'treatments', id: id(25), saw: [] }, 27, 1],
  [{ type: 'delete', section: 'allergies', id: id(3) }, 3, 2],
];

function treatment(n: number, fields: Entry['fields']): Edit {
  return { type: 'put', section: 'treatments', id: id(n), fields };
}

/** What was noted of a child born in March 2021. */
const preventedChild = (entry: MakeEntry): Entry[] => [
  entry(960, 'vaccinations', 300, { name: 'Infanrix Hexa', start: '2021-05-14' }),
  entry(961, 'vaccinations', 240, { name: 'Infanrix Hexa', start: '2021-07-15' }),
  entry(962, 'vaccinations', 240, { name: 'Infanrix Hexa', start: '2022-02' }),
  entry(963, 'vaccinations', 20, { name: 'ROR', start: '2022-03-20' }),
  entry(964, 'preventive-acts', 300, {
    name: 'Examen obligatoire de l’enfant n° 15 sur 20 : à 4 ans',
    rule: 'fr-exam-child-15',
    start: '2025-04',
  }),
];

export function startVault(): FakeVault {
  const scene = localStorage.getItem('looks') ?? 'empty';
  const now = Date.now();
  const listeners = new Set<(event: VaultEvent) => void>();
  const tell = (event: VaultEvent) => {
    for (const listener of listeners) listener(event);
  };
  let status: VaultStatus =
    scene === 'empty' ? { type: 'empty' } : { type: scene === 'locked' ? 'locked' : 'unlocked' };
  const filled =
    scene === 'child' ||
    scene === 'filled' ||
    scene === 'warned' ||
    scene === 'offline' ||
    scene === 'locked';

  const entry = (n: number, section: string, daysAgo: number, fields: Entry['fields']): Entry => ({
    id: id(n),
    section,
    fields,
    createdAt: now - daysAgo * DAY,
    updatedAt: now - daysAgo * DAY,
    createdBy: 1,
    updatedBy: 1,
  });
  const entries = new Map<string, Entry>();
  const keyOf = ({ section, id }: { readonly section: string; readonly id: string }) => `${section} ${id}`;
  const log = new ChangeLog();
  const held = (): HealthRecord => ({
    entries: new Map(
      [...Map.groupBy(entries.values(), ({ section }) => section)].map(([section, all]) => [
        section,
        new Map(all.map((one) => [one.id, one])),
      ]),
    ),
  });
  const device = (client: number | undefined) => (client === undefined ? null : `d${client}`);
  /** What the device of this number writes at this time, told with its history. */
  const write = (edits: readonly Edit[], at: number, by: number) => {
    const record = held();
    for (const edit of withHistory(edits, record, log.update(record), sha256)) {
      const { deletedAt, ...before } = entries.get(keyOf(edit)) ?? entry(0, edit.section, 0, {});
      const isDeleted = edit.type === 'delete' ? at : edit.type === 'restore' ? undefined : deletedAt;
      const isNew = !entries.has(keyOf(edit));
      entries.set(keyOf(edit), {
        ...before,
        id: edit.id,
        ...(edit.type === 'put' && { fields: { ...before.fields, ...edit.fields } }),
        ...(isNew && { createdAt: at, createdBy: by }),
        updatedAt: at,
        updatedBy: by,
        ...(isDeleted !== undefined && { deletedAt: isDeleted }),
      });
    }
  };
  if (filled && scene !== 'child')
    for (const one of [...filledEntries(entry), ...measuredLife(entry, now)]) entries.set(keyOf(one), one);
  if (scene === 'child') for (const one of grownChild(entry)) entries.set(keyOf(one), one);
  if (filled && scene !== 'child')
    for (const [edit, hoursAgo, by] of filledChanges) write([edit], now - hoursAgo * 3_600_000, by);
  if (scene === 'child')
    for (const one of [...grownChild(entry), ...preventedChild(entry)]) entries.set(keyOf(one), one);

  const files = new Map<string, Blob>();
  const document = (
    n: number,
    name: string,
    category: string,
    date: string,
    mime: DocumentView['mime'],
    size: number,
    onDevice = true,
  ): DocumentView => ({
    id: id(n),
    name,
    category,
    date,
    mime,
    size,
    addedAt: now - n * DAY,
    onDevice,
    delivery: { sent: true, receivedBy: n % 2 },
  });
  let documents: DocumentView[] = filled
    ? [
        document(11, 'Bilan sanguin complet', 'biology', '2026-11-18', 'application/pdf', 284_512),
        document(12, 'Ordonnance Dr Lefèvre', 'prescriptions', '2026-10-02', 'image/jpeg', 1_843_200),
        document(13, 'Radio du poignet gauche', 'imaging', '2026-03', 'image/jpeg', 3_120_000, false),
        document(14, 'Compte rendu d’hospitalisation', 'reports', '2019', 'application/pdf', 912_000),
        document(15, 'Passeport, première page', 'administrative', '2017-01-14', 'image/jpeg', 640_000),
        document(16, 'Attestation de droits', 'administrative', '2026-09', 'application/pdf', 98_000),
      ]
    : [];
  const gone = new Map<string, DocumentView>();

  let devices: DeviceView[] = [
    seenDevice('d1', 'Ordinateur · Firefox', now - 90 * DAY, { thisDevice: true, lastSignAt: now }),
    ...(filled
      ? [
          seenDevice('d2', 'iPhone', now - 60 * DAY, { lastSignAt: now - DAY }),
          seenDevice('d4', 'Ordinateur de la médiathèque', now - 30 * DAY, {
            ...{ lastSignAt: now - 29 * DAY, leftAt: now - 29 * DAY },
          }),
          seenDevice('d5', 'Tablette de la cuisine', now - 70 * DAY, {}),
          seenDevice('d3', 'Ancienne tablette', now - 900 * DAY, { revokedAt: now - 200 * DAY }),
        ]
      : []),
  ];

  const late = (n: number, name: string, state: UnsettledWord['state']): UnsettledWord => ({
    saying: String(n).repeat(64),
    device: 'Ancienne tablette',
    revokedAt: now - 200 * DAY,
    at: now - (200 + n) * DAY,
    state,
    decision: n === 4 ? 'aside' : null,
    entries: [
      {
        section: 'allergies',
        id: 'AAAAAAAAAAAAAAAAAAAAAA',
        kind: n === 2 ? 'changed' : 'created',
        named: { name },
        fields: { name, comment: n === 1 ? 'Éruption sur tout le corps, à six ans.' : null },
      },
    ],
  });
  let unsettled: readonly UnsettledWord[] = filled
    ? [
        late(1, 'Pénicilline', 'late'),
        late(2, 'Latex', 'late'),
        late(3, 'Pollens de bouleau', 'kept'),
        late(4, 'Inconnue', 'late'),
      ]
    : [];
  let additions: readonly UnsettledAddition[] = filled
    ? [
        {
          saying: 'a'.repeat(64),
          what: 'device',
          name: 'Téléphone de Paul',
          device: 'Ancienne tablette',
          at: now - 201 * DAY,
          decision: null,
        },
      ]
    : [];

  let isProven = false;
  let isNameShown = false;
  let passkeys: readonly PasskeyView[] =
    filled || scene === 'locked'
      ? [
          { id: id(71), name: 'Ordinateur · Firefox', addedAt: now - 12 * DAY, usable: true },
          { id: id(72), name: 'Téléphone de Claire', addedAt: now - 80 * DAY, usable: false },
        ]
      : [];

  let sync: SyncView = {
    connection: scene === 'offline' ? 'offline' : 'online',
    unsent: scene === 'offline' ? 2 : 0,
    delivery: { sent: scene !== 'empty', receivedBy: filled ? 1 : 0 },
    otherDevices: filled ? 1 : 0,
    durable: !filled,
    ...(scene === 'full' ? { problem: 'storage-full' as const } : {}),
  };

  let notices: SecurityNotice[] =
    scene === 'warned'
      ? [
          { id: 'n1', type: 'new-device', at: now - 60_000, device: 'd2', seen: false },
          { id: 'n3', type: 'late-words', at: now - 90_000, device: 'd3', seen: false },
          { id: 'n2', type: 'rollback', at: now - 120_000, seen: false },
        ]
      : filled
        ? [{ id: 'n3', type: 'late-words', at: now - DAY, device: 'd3', seen: true }]
        : [];

  const owner = {
    firstName: 'Claire',
    lastName: 'Martin',
    birthDate: scene === 'child' ? '2021-03-08' : '1985-05-12',
  };
  let sex: RecordView['owner']['sex'] = null;
  const measured = () =>
    measuredByKind(
      [...entries.values()].filter(
        ({ section, deletedAt }) => section === 'measures' && deletedAt === undefined,
      ),
      owner.birthDate,
    );
  const record = (of = 'moi'): RecordView => ({
    owner: of === CHILD ? { ...LEO, sex: null } : { ...owner, sex },
    opening: of === CHILD ? { certifiedAt: Date.UTC(2026, 2, 1), attested: true, own: true } : null,
    guardians: [],
    entries: Object.fromEntries(
      [...held().entries.keys()]
        .filter((section) => section !== 'measures')
        .map((section) => [
          section,
          livingEntries(held(), section).map((one) => ({
            ...one,
            heads: log.update(held()).headsOf(section, one.id),
          })),
        ]),
    ),
    measures: summarise(measured()),
    documents,
    conflicts: conflictViews(held(), log.update(held()), device),
    editable: true,
  });
  const changed = () => {
    tell({ type: 'record', id: 'moi', record: record() });
    if (sync.connection !== 'online') {
      sync = { ...sync, unsent: sync.unsent + 1, delivery: { sent: false, receivedBy: 0 } };
      tell({ type: 'sync', id: 'moi', sync });
      return;
    }
    sync = { ...sync, unsent: 1, delivery: { sent: false, receivedBy: 0 } };
    tell({ type: 'sync', id: 'moi', sync });
    setTimeout(() => {
      sync = { ...sync, unsent: 0, delivery: { sent: true, receivedBy: 0 } };
      tell({ type: 'sync', id: 'moi', sync });
    }, 900);
    setTimeout(() => {
      sync = { ...sync, delivery: { sent: true, receivedBy: sync.otherDevices } };
      tell({ type: 'sync', id: 'moi', sync });
    }, 2500);
  };
  const open = () => {
    status = { type: 'unlocked' };
    localStorage.setItem('looks', localStorage.getItem('looks') === 'locked' ? 'filled' : 'fresh');
    tell({ type: 'status', status });
  };
  const link = (state: LinkState) => tell({ type: 'link', link: state });

  const door: FakeVault = {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    terminate() {
      listeners.clear();
    },
    async status() {
      await wait(30);
      return yes(status);
    },
    async enrol({ code }) {
      await wait(900);
      if (code.startsWith('0000')) return no({ type: 'enrolment-refused' });
      if (code.startsWith('1111')) return no({ type: 'authority-unreachable' });
      return yes({
        ...owner,
        email: 'claire.martin@exemple.fr',
        phone: null,
        children: [{ firstName: 'Léo', lastName: 'Martin', birthDate: '2017-09-03' }],
      });
    },
    async activate() {
      await wait(1200);
      status = { type: 'activating', step: 'kit' };
      tell({ type: 'status', status });
      return door.kit();
    },
    async kit() {
      return yes({
        words: WORDS,
        qr: 'CARNET KIT 2 ' + 'QZXW4F7H2K9M3N5P'.repeat(11).slice(0, 167),
        address: 'carnet1qy352euf40x77qfrg4ncn27daugfrg4ncn27dauqy352euf40x7zsh5md3',
        asked: [3, 12, 20] as const,
        madeAt: Date.UTC(2026, 1, 3),
        relay: 'carnet.example',
      });
    },
    async lookUpKit() {
      await wait(900);
      return yes({
        owner: { firstName: owner.firstName, lastName: owner.lastName },
        madeAt: Date.UTC(2026, 1, 3),
        newestAt: Date.UTC(2026, 2, 1),
        isBehind: localStorage.getItem('answers') === 'behind',
        devices: (await door.devices()).ok ? devices.map((one) => ({ ...one, thisDevice: false })) : [],
      });
    },
    async recover(_input, progress, signal) {
      for (const done of [1, 2, 3]) {
        await wait(400);
        if (signal?.aborted) return no({ type: 'cancelled' });
        progress?.(done, 3);
      }
      open();
      return yes(undefined);
    },
    newKit: async () => door.kit(),
    confirmNewKit: async (words) => door.confirmKit(words),
    async confirmKit(words) {
      await wait(300);
      const wrong = [3, 12, 20].filter((position, index) => {
        const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
        return plain(words[index] ?? '') !== plain(WORDS[position - 1] ?? '');
      });
      if (wrong.length > 0) return no({ type: 'kit-words-wrong', positions: wrong });
      open();
      return yes(undefined);
    },
    identifiant: async () => yes('claire.martin'),
    passkeys: async () =>
      yes(
        passkeys
          .filter(({ usable }) => usable)
          .map(({ id }) => ({
            ...{ id, credential: new Uint8Array(16), salt: new Uint8Array(32), transports: ['internal'] },
          })),
      ),
    async unlockByPasskey() {
      await wait(700);
      open();
      return yes(undefined);
    },
    async addPasskey({ name, password }) {
      await wait(700);
      if (password === 'faux') return no({ type: 'wrong-password' });
      passkeys = [{ id: id(80 + passkeys.length), name, addedAt: Date.now(), usable: true }, ...passkeys];
      return yes(undefined);
    },
    async namedPasskeys() {
      await wait(40);
      return yes(passkeys);
    },
    async renamePasskey(renamed, name) {
      await wait(300);
      passkeys = passkeys.map((one) => (one.id === renamed ? { ...one, name } : one));
      return yes(undefined);
    },
    shownNames: async () => yes(localStorage.getItem('names')?.split(',') ?? []),
    showsName: async () => yes(isNameShown),
    async showName(wished) {
      isNameShown = wished;
      return yes(undefined);
    },
    async removePasskey(removed) {
      await wait(200);
      passkeys = passkeys.filter((one) => one.id !== removed);
      return yes(undefined);
    },
    async changeCredentials({ password }) {
      await wait(900);
      return password === 'faux' ? no({ type: 'wrong-password' }) : yes(undefined);
    },
    async prove(given) {
      await wait(700);
      if ('password' in given && given.password === 'faux') return no({ type: 'wrong-password' });
      isProven = true;
      return yes(undefined);
    },
    checkProof: async () => (isProven ? yes(undefined) : no({ type: 'proof-needed' })),
    async unlock({ password }) {
      await wait(700);
      if (password === 'faux') return no({ type: 'wrong-password' });
      open();
      return yes(undefined);
    },
    async lock() {
      localStorage.setItem('looks', 'locked');
      return yes(undefined);
    },
    async record(of) {
      await wait(40);
      return yes(record(of));
    },
    records: async () =>
      yes([
        { id: 'moi', firstName: owner.firstName, lastName: owner.lastName },
        ...(filled ? [{ id: CHILD, firstName: LEO.firstName, lastName: LEO.lastName }] : []),
      ]),
    async children() {
      await wait(300);
      if (localStorage.getItem('answers') === 'fail') return no({ type: 'authority-unreachable' });
      if (localStorage.getItem('answers') === 'hang') return new Promise(() => {});
      if (!filled) return yes([]);
      return yes([
        { child: id(60), ...LEO, opened: 'here', record: CHILD },
        { child: id(61), ...LEO, firstName: 'Mila', birthDate: '2024-11-02', opened: 'no', record: null },
        {
          child: id(62),
          ...LEO,
          firstName: 'Jeanne',
          birthDate: '2012-01-30',
          opened: 'other',
          record: null,
        },
      ]);
    },
    async openChildren({ children }) {
      await wait(700);
      return yes(children.map((child) => ({ child, record: CHILD })));
    },
    async openUnattested() {
      await wait(700);
      return yes(CHILD);
    },
    async search(_record, query) {
      await wait(60);
      const said = (fields: Entry['fields']) => fold(Object.values(fields).join(' '));
      const words = fold(query).split(/\s+/).filter(Boolean);
      const hits = [
        ...[...entries.values()].map(({ section, id: entry, fields }) => ({
          section,
          entry,
          text: said(fields),
        })),
        ...documents.map(({ id: entry, name }) => ({ section: 'documents', entry, text: fold(name) })),
        ...PROFILE.map(({ id: section, title }) => ({ section, entry: null, text: fold(title.fr) })),
      ].filter(({ text }) => words.every((word) => text.includes(word)));
      return yes({
        hits: hits.slice(0, 200).map(({ section, entry }) => ({
          ...{ section, entry, score: 1 },
          ...(section === 'measures' &&
            entry !== null && {
              kind: entries.get(keyOf({ section, id: entry }))?.fields['kind'] as MeasureId,
            }),
        })),
        count: hits.length,
      });
    },
    async measures(_record, kind) {
      await wait(40);
      return yes(seriesOf(kind, measured().get(kind)));
    },
    async edit(_record, edits): Answer<void> {
      await wait(20);
      if (scene === 'full') return no({ type: 'storage-full' });
      for (const edit of edits) {
        const at = Date.now();
        if (edit.section === 'documents') {
          const found = documents.find((view) => view.id === edit.id) ?? gone.get(edit.id);
          if (!found) return no({ type: 'entry-missing' });
          documents = documents.filter((view) => view.id !== edit.id);
          if (edit.type === 'delete') gone.set(edit.id, found);
          else documents = [found, ...documents];
        } else if (edit.type === 'put' && edit.section === 'identity') {
          sex = edit.fields['sex'] as typeof sex;
        } else write([edit], at, 1);
      }
      changed();
      return yes(undefined);
    },
    async history(_record, section, entry) {
      await wait(40);
      const found = historyOf(held(), log.update(held()), device, section, entry);
      return found ? yes(found) : no({ type: 'entry-missing' });
    },
    deleted: async (_record, section) => yes(deletedEntries(held(), section)),
    async addDocument(_record, { file, name, category, date }, progress, signal) {
      for (let done = 0; done <= 10; done += 1) {
        if (signal?.aborted) return no({ type: 'cancelled' });
        progress?.(done, 10);
        await wait(120);
      }
      if (scene === 'full') return no({ type: 'storage-full' });
      const view = document(100 + documents.length, name, category, date, 'application/pdf', file.size);
      const mime = file.type === 'application/pdf' ? 'application/pdf' : 'image/jpeg';
      files.set(view.id, file);
      documents = [{ ...view, mime, addedAt: Date.now() }, ...documents];
      changed();
      return yes(view.id);
    },
    async openDocument(_record, entry, progress) {
      for (let done = 0; done <= 4; done += 1) {
        progress?.(done, 4);
        await wait(60);
      }
      const view = documents.find((one) => one.id === entry);
      if (!view) return no({ type: 'entry-missing' });
      if (!view.onDevice) return no({ type: 'document-unavailable' });
      const stored = files.get(entry);
      const path = view.mime === 'application/pdf' ? '/looks/document.pdf' : '/looks/photo.jpg';
      const blob = stored ?? new Blob([await (await fetch(path)).arrayBuffer()], { type: view.mime });
      return yes({ blob, fileName: documentFileName(view.name, view.mime) });
    },
    sync: async () => yes(sync),
    async retry() {
      return yes(undefined);
    },
    async footprint() {
      await wait(500);
      const sample = 'a3f19c04e7b2d85f6a1c3e90b47d28f5c6e1a09d37b84f52e0c9a6d1';
      return yes({
        topics: [
          {
            topic: 'pQ7xkW3sV9mJ2bTzL4cRfE8hYnA6dUoG',
            frames: 48,
            bytes: 61_440,
            blobs: 4,
            blobBytes: 6_291_456,
            sample,
            firstAt: now - 90 * DAY,
            lastAt: now - 60_000,
          },
          {
            topic: 'Zt5uB1oXq8NwKe0yHj7PaD3iSg2rMvFl',
            frames: 6,
            bytes: 9_216,
            blobs: 0,
            blobBytes: 0,
            sample,
            firstAt: now - 90 * DAY,
            lastAt: now - 3 * DAY,
          },
        ],
      });
    },
    devices: async () => yes(devices),
    unsentWords: async () => yes(sync.unsent),
    offerUnsent: async () => yes(0),
    async renameDevice(device, name) {
      await wait(300);
      devices = devices.map((view) => (view.id === device ? { ...view, name } : view));
      tell({ type: 'devices', devices });
      return yes(undefined);
    },
    async forgetting() {
      await wait(200);
      return yes({ unsent: sync.unsent, documents: documents.length, otherDevices: filled ? 2 : 0 });
    },
    async forgetDevice() {
      await wait(800);
      status = { type: 'empty' };
      tell({ type: 'status', status });
      return yes({ unsent: sync.unsent, documents: documents.length, noted: true, erased: true });
    },
    async revokeDevice(device) {
      await wait(500);
      devices = devices.map((view) => (view.id === device ? { ...view, revokedAt: Date.now() } : view));
      tell({ type: 'devices', devices });
      return yes(undefined);
    },
    async unsettledWords() {
      await wait(200);
      return yes(unsettled);
    },
    async settleWords(_record, { take, aside, keep, reopen }) {
      await wait(200);
      unsettled = unsettled
        .filter(({ saying }) => !take.includes(saying))
        .map((word) => {
          if (aside.includes(word.saying)) return { ...word, decision: 'aside' as const };
          if (keep.includes(word.saying)) return { ...word, decision: 'kept' as const };
          return reopen.includes(word.saying) ? { ...word, decision: null } : word;
        });
      additions = additions.map((one) => {
        if (aside.includes(one.saying)) return { ...one, decision: 'aside' as const };
        return reopen.includes(one.saying) ? { ...one, decision: null } : one;
      });
      return yes(undefined);
    },
    async unsettledAdditions() {
      await wait(200);
      return yes(additions);
    },
    async confirmAddition(_record, saying) {
      await wait(600);
      additions = additions.filter((one) => one.saying !== saying);
      return yes(undefined);
    },
    async linkThisDevice() {
      await wait(600);
      link({ type: 'waiting', code: '7KQ2M9XW4T0BHZ5C', expiresAt: Date.now() + 10 * 60_000 });
      setTimeout(
        () => link({ type: 'compare', phrase: ['cactus', 'hirondelle', 'velours'], peerName: 'iPhone' }),
        6000,
      );
      return yes(undefined);
    },
    async linkOtherDevice({ code }) {
      await wait(900);
      if (!isProven) return no({ type: 'proof-needed' });
      if (code.startsWith('0000')) return no({ type: 'link-code-wrong' });
      link({
        type: 'compare',
        phrase: ['cactus', 'hirondelle', 'velours'],
        peerName: 'Ordinateur · Firefox',
      });
      return yes(undefined);
    },
    joinRecord: () => Promise.resolve(no({ type: 'relay-unreachable' })),
    answerInvitation: () => Promise.resolve(yes(undefined)),
    shareRecord: () => Promise.resolve(no({ type: 'relay-unreachable' })),
    async confirmLink(same) {
      if (!same) {
        link({ type: 'failed', error: { type: 'link-refused' } });
        return yes(undefined);
      }
      for (let done = 0; done <= 10; done += 1) {
        link({ type: 'syncing', done, total: 10 });
        await wait(150);
      }
      link({ type: 'done' });
      open();
      return yes(undefined);
    },
    cancelLink: async () => yes(undefined),
    notices: async () => yes(notices),
    async markNoticesSeen() {
      notices = notices.map((notice) => ({ ...notice, seen: true }));
      tell({ type: 'notice', notices });
      return yes(undefined);
    },
    exportRecord: async () => (isProven ? yes(new Blob(['{}'])) : no({ type: 'proof-needed' })),
  };
  return answering(door, localStorage.getItem('answers'));
}

/** How each thing that a page can ask for fails in the scene of failures. */
const FAILURES: Readonly<Partial<Record<keyof Door, VaultError>>> = {
  enrol: { type: 'authority-unreachable' },
  lookUpKit: { type: 'kit-words-wrong', positions: [] },
  newKit: { type: 'kit-replaced', at: Date.UTC(2026, 1, 3) },
  unlock: { type: 'wrong-password' },
  unlockByPasskey: { type: 'passkey-refused' },
  namedPasskeys: { type: 'storage-unavailable' },
  renamePasskey: { type: 'storage-full' },
  removePasskey: { type: 'storage-unavailable' },
  showName: { type: 'storage-full' },
  changeCredentials: { type: 'storage-full' },
  prove: { type: 'wrong-password' },
  search: { type: 'storage-unavailable' },
  measures: { type: 'record-damaged' },
  edit: { type: 'storage-full' },
  history: { type: 'entry-missing' },
  deleted: { type: 'record-damaged' },
  addDocument: { type: 'storage-full' },
  openDocument: { type: 'document-unavailable' },
  footprint: { type: 'relay-unreachable' },
  renameDevice: { type: 'storage-full' },
  forgetting: { type: 'storage-unavailable' },
  forgetDevice: { type: 'storage-unavailable' },
  revokeDevice: { type: 'relay-unreachable' },
  unsettledWords: { type: 'storage-unavailable' },
  settleWords: { type: 'storage-full' },
  unsettledAdditions: { type: 'storage-unavailable' },
  confirmAddition: { type: 'storage-full' },
  linkThisDevice: { type: 'relay-unreachable' },
  linkOtherDevice: { type: 'link-expired' },
  exportRecord: { type: 'storage-unavailable' },
};

function answering(door: FakeVault, answers: string | null): FakeVault {
  if (answers !== 'fail' && answers !== 'hang') return door;
  return new Proxy(door, {
    get(target, name: keyof FakeVault) {
      const failure = FAILURES[name as keyof Door];
      if (!failure) return target[name];
      return () => (answers === 'fail' ? Promise.resolve(no(failure)) : new Promise(() => undefined));
    },
  });
}
