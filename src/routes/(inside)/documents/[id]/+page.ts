// An id is known only to the device: the page is drawn from the fallback.
export const prerender = false;
