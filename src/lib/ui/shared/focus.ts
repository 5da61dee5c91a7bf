/** Where the focus goes when a page, a step or an answer changes. */
import { tick } from 'svelte';

/** To the heading of the page or step that has just appeared, so that a screen reader reads it first. */
export async function focusHeading(root: ParentNode = document, heading = 'h1'): Promise<void> {
  await tick();
  root.querySelector<HTMLElement>(heading)?.focus();
}

/** To the first field that needs correcting, else to the message that says what went wrong. */
export async function focusProblem(root: ParentNode = document): Promise<void> {
  await tick();
  const field = root.querySelector<HTMLElement>('[aria-invalid="true"]');
  const notice = root.querySelector<HTMLElement>('[data-error]');
  (field ?? notice)?.scrollIntoView({ block: 'nearest' });
  // A group is no control: its first one is.
  (field?.matches('fieldset') ? field.querySelector<HTMLElement>('input') : field)?.focus();
}
