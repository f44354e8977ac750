/** For pages of packages that bring their own scripts and inline styles: everything comes from here, no fonts or code from elsewhere. */
export const OWN_FILES_ONLY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"

/** For a page that is markup, its own style, and one script that asks this server. */
export const OWN_SCRIPT =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * For the console: its own files, no script inside of the page, and of styles those with the nonce, which the component library writes.
 * Pictures and sounds of customers are shown from memory (`blob:`).
 */
export function consolePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
