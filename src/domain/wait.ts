import { normaliseLanguage, type TemplateReference } from './content.ts'

/**
 * What a held intent waits for. Every kind is a level and not an event: somebody can ask at any time whether it still has to wait, so an
 * event that was lost, doubled or early costs time and nothing else.
 *
 * | kind        | waits until                                                                   |
 * |-------------|-------------------------------------------------------------------------------|
 * | `window`    | the customer writes, so that the window of its conversation opens             |
 * | `answer`    | the same, behind an invitation that is out (its `follow_up_id`)               |
 * | `template`  | Meta has decided about a template of its account                              |
 * | `responder` | another responder gives the customer back (131070)                            |
 * | `budget`    | its category is held by no spent budget any more                              |
 * | `flow`      | neither the flow nor the run that asked for it is paused any more             |
 *
 * A number that is paused or restricted is no kind of wait: nothing is written for it, and what is due is passed by.
 */
export type Wait =
  | { kind: 'window' | 'answer' | 'responder' | 'budget' | 'flow' }
  | { kind: 'template'; template: Pick<TemplateReference, 'name' | 'language'> }

export type WaitKind = Wait['kind']

export const FOR_WINDOW: Wait = { kind: 'window' }

/** Languages are compared as Meta's listing spells them. */
export function waitForTemplate({ name, language }: Pick<TemplateReference, 'name' | 'language'>): Wait {
  return { kind: 'template', template: { name, language: normaliseLanguage(language) } }
}
