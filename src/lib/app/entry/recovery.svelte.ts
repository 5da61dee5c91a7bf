/**
 * The way back to a record by its recovery kit: what the kit opens, which devices stay, and the account that is this
 * device's in the end. Nothing is written before `recover`, and what was answered stays until then.
 */
import { SvelteSet } from 'svelte/reactivity';
import { keepDurably } from '#lib/app/session/durability.ts';
import type { DeviceView, Door, KitFound, VaultError } from '#lib/vault/door/door.ts';
import { GivenKit } from './given-kit.svelte.ts';

export const RECOVERY_STEPS = [
  'way',
  'words',
  'camera',
  'file',
  'found',
  'devices',
  'since',
  'credentials',
  'done',
] as const;

export type RecoveryStep = (typeof RECOVERY_STEPS)[number];

/** What is told at the end. */
export interface Recovered {
  readonly removed: readonly string[];
  readonly lostSince: number | null;
}

export class RecoveryFlow {
  readonly given: GivenKit<KitFound>;
  /** Devices that the person still has. */
  readonly kept = new SvelteSet<string>();
  /** Since when somebody else may have had the others; null says nobody. */
  lostSince = $state.raw<number | null>();
  progress = $state.raw<{ readonly done: number; readonly total: number }>();
  recovering = $state(false);
  error = $state.raw<VaultError>();
  recovered = $state.raw<Recovered>();
  readonly #door: Door;
  #stop = new AbortController();

  constructor(door: Door) {
    this.#door = door;
    this.given = new GivenKit((kit) => {
      this.kept.clear();
      this.lostSince = undefined;
      return door.lookUpKit({ kit });
    });
  }

  get found(): KitFound | undefined {
    return this.given.answered;
  }

  /** Those that are another device than this one. */
  get others(): readonly DeviceView[] {
    return this.found?.devices.filter(({ thisDevice }) => !thisDevice) ?? [];
  }

  /** What this device was called in the account that is locked here. */
  get formerName(): string | undefined {
    return this.found?.devices.find(({ thisDevice }) => thisDevice)?.name;
  }

  get removed(): readonly DeviceView[] {
    return this.others.filter(({ id }) => !this.kept.has(id));
  }

  /** The step that may be shown when `wanted` is asked for: no answer before its question, none once all is done. */
  allowed(wanted: RecoveryStep): RecoveryStep {
    if (this.recovered) return 'done';
    if (this.recovering) return 'credentials';
    const number = RECOVERY_STEPS.indexOf(wanted);
    if (number < RECOVERY_STEPS.indexOf('found')) return wanted;
    if (!this.found || wanted === 'done') return 'way';
    return wanted === 'credentials' && this.#isOpen ? 'since' : wanted;
  }

  /** The question that comes after this one; those without anything to ask about are passed over. */
  after(step: 'found' | 'devices'): RecoveryStep {
    if (step === 'found' && this.others.length > 0) return 'devices';
    return this.removed.length > 0 ? 'since' : 'credentials';
  }

  async recover(chosen: { identifiant: string; password: string; deviceName: string }): Promise<boolean> {
    const lostSince = this.removed.length > 0 ? (this.lostSince ?? null) : null;
    const removed = this.removed.map(({ name }) => name);
    this.#stop = new AbortController();
    this.error = undefined;
    this.progress = undefined;
    this.recovering = true;
    const keep = this.others.filter(({ id }) => this.kept.has(id)).map(({ id }) => id);
    const answer = await this.#door.recover(
      { ...chosen, keep, lostSince },
      (done, total) => (this.progress = { done, total }),
      this.#stop.signal,
    );
    this.recovering = false;
    if (answer.ok) {
      this.recovered = { removed, lostSince };
      this.given.forget();
      void keepDurably();
    } else if (answer.error.type !== 'cancelled') this.error = answer.error;
    return answer.ok;
  }

  /** What has not become this device's yet does not. */
  stop(): void {
    this.#stop.abort();
  }

  /** Devices are taken out, and whether somebody else had them was not answered. */
  get #isOpen(): boolean {
    return this.removed.length > 0 && this.lostSince === undefined;
  }
}
