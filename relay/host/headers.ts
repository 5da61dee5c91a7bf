/**
 * The security headers of every answer. The policy is a header because half of it means nothing in a meta tag; the page
 * carries its own copy too, and a browser obeys both.
 */
import { createHash } from 'node:crypto';

/** Features a browser may grant. Carnet scans QR codes and uses passkeys; all else is off, for it and for frames. */
const DENIED_FEATURES = [
  'accelerometer',
  'autoplay',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'sync-xhr',
  'usb',
  'xr-spatial-tracking',
];
const GRANTED_FEATURES = ['camera', 'publickey-credentials-create', 'publickey-credentials-get'];

const PERMISSIONS = [
  ...GRANTED_FEATURES.map((feature) => `${feature}=(self)`),
  ...DENIED_FEATURES.map((feature) => `${feature}=()`),
].join(', ');

/** For what is no part of the app: answers of the machine, which no page shows. */
export const CLOSED_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const YEAR_SECONDS = 31_536_000;

export function securityHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': PERMISSIONS,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(isHttps
      ? { 'strict-transport-security': `max-age=${2 * YEAR_SECONDS}; includeSubDomains; preload` }
      : {}),
  };
}

/**
 * The policy of the app's files, workers included.
 * @param scriptHashes of the page's inline scripts: SvelteKit has one, which starts the app
 * @param origins beside the app's own, with which the app may speak
 */
export function appPolicy(scriptHashes: readonly string[], origins: readonly string[]): string {
  return [
    "default-src 'none'",
    // WebAssembly is Argon2id.
    ["script-src 'self' 'wasm-unsafe-eval'", ...scriptHashes.map((hash) => `'${hash}'`)].join(' '),
    "style-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...origins].join(' '),
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html carnet',
  ].join('; ');
}

/** The inline scripts of a page, as a policy names them. */
export function inlineScriptHashes(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script]) =>
      `sha256-${createHash('sha256')
        .update(script ?? '')
        .digest('base64')}`,
  );
}
