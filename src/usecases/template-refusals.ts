/*
 * Why Meta says no to the writing of a template, by the subcode of its error 100, with what to do about it. Meta's own sentence comes first:
 * it is about this template, and in the language of the account.
 * Source: captured answers of Meta to template calls (2023-2026), and Meta, support/error-codes (read 2026-11).
 */

const ADVICE: Readonly<Record<number, string>> = {
  2388019: 'The account has as many templates as it may have; archive or delete some.',
  2388023: 'A template of this name and language is still being deleted, which takes up to 30 days; take another name.',
  2388024: 'There is a template of this name in this language; edit it, or take another name.',
  2388039: 'A template in this state cannot be edited; wait until Meta has decided about it.',
  2388040: 'A text is too long; the linter says which.',
  2388043:
    'A component lacks its example, or the name is taken; give an example of every variable, or take another name.',
  2388046: 'The name is to be lower-case letters, digits and underscores.',
  2388047: 'The header is not as Meta wants it; the linter says where.',
  2388072: 'The body is not as Meta wants it; the linter says where.',
  2388073: 'The footer is not as Meta wants it; the linter says where.',
  2388155: 'The name is one of the samples of Meta; take another.',
  2388185: 'The account may not create such templates yet; verify the business first.',
  2388273: 'The header lacks a sample; give the handle of an uploaded one.',
  2388293: 'There are too many variables for so few words; write more words, or use fewer variables.',
  2388299: 'A variable stands at the very start or end; put words around it.',
  2388318: 'Meta made this template by itself, and nobody edits it.',
  2388330: 'Meta made this template by itself, and nobody deletes it.',
}

/** Null where Meta's own sentence is all there is. */
export function adviceOnTemplate(subcode: number | null): string | null {
  return (subcode !== null && ADVICE[subcode]) || null
}
