/** The entry of the exchange worker. It has no key, no storage and no socket. */
import type { Call } from './messages.ts';
import { serve } from './serve.ts';

addEventListener('message', ({ data }: MessageEvent<Call>) => {
  void serve(
    {
      pdf: async () => (await import('./pdf/job.ts')).pdf,
      'fhir-export': async () => (await import('./fhir/jobs.ts')).fhirExport,
      'care-table': async () => (await import('./care/job.ts')).careTable,
      'fhir-plan': async () => (await import('./fhir/jobs.ts')).fhirPlan,
      csv: async () => (await import('./csv-job.ts')).csv,
    },
    data,
    (message) => postMessage(message),
  );
});
