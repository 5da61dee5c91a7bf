import type { Translation } from '../catalogue.ts';
import type { fr } from '../fr/share.ts';

export const en = {
  title: 'Sharing',
  lead: 'Who can read your record: today, your devices, whoever has your recovery key, and nobody else.',
  leadChild:
    'Who can read this record: the legal representatives who hold it, on their devices, and nobody else.',
  professionals: 'Health professionals',
  professionalsText: 'You will choose who may read, and until when.',
  emergency: 'Access in an emergency',
  emergencyText: 'Closed, as long as you do not open it.',
  nowTitle: 'Open today',
  laterTitle: 'To come',
} as const satisfies Translation<typeof fr>;
