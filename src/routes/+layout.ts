// The server holds no plaintext, so there is nothing it could render: pages are drawn on the device.
export const ssr = false;
export const prerender = true;
export const trailingSlash = 'never';
