/**
 * A text for a terminal, in which nothing but colours is an order to it: a customer's profile name may hold sequences that clear the
 * screen, write elsewhere or answer in the reader's name. Control characters become their escapes (`\u001b`), which in a JSON document
 * are the same text; line ends and tabs stay. So do those that turn the direction of writing: behind one a name reads as another.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (match) =>
    match.length > 1 ? match : `\\u${match.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A colour, which stays, or one control character of C0 or C1, or one that begins or ends text in another direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSEEN = /\u001b\[[\d;]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
