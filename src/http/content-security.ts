/** For pages of packages that bring their own scripts and inline styles: everything comes from here, no fonts or code from elsewhere. */
export const OWN_FILES_ONLY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"

/** For a page that is nothing but markup and its own style. */
export const NO_FILES =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
