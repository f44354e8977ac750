/*
 * The Cloud API's own paths: `/v25.0/{id}/messages`, or without the version, as newer SDKs write it. Our own paths start with a word or
 * with `/v1`, theirs with a version of two parts or with digits, so they never meet. Inside, all of them stand under one prefix.
 */

export const GRAPH_PREFIX = '/graph'

const GRAPH_PATH = /^(?:\/v\d+\.\d+(?=[/?]|$)|(?=\/\d+(?:[/?]|$))|(?=\/message_template_library(?:\?|$)))/

/** Whether a client of the Cloud API asked, who should be answered in its shape. Takes a path as it came or as it was rewritten. */
export function isGraphPath(url: string): boolean {
  return GRAPH_PATH.test(url) || url.startsWith(`${GRAPH_PREFIX}/`)
}

/** Paths of Graph move under the prefix and lose their version; which one Meta is asked with is configuration. */
export function rewriteGraphPath(url: string): string {
  return GRAPH_PATH.test(url) ? url.replace(GRAPH_PATH, GRAPH_PREFIX) : url
}

/** For the OpenAPI document: what a client writes. */
export function publicPath(path: string): string {
  return path.startsWith(`${GRAPH_PREFIX}/`) ? `/:version${path.slice(GRAPH_PREFIX.length)}` : path
}
