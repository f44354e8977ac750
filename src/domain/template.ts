/*
 * Approved templates: what Meta holds, which values fit, and what the customer will read.
 */
export { normaliseLanguage } from './content/template-message.ts'
export { type BuiltTemplate, buildTemplateMessage } from './template/build.ts'
export { checkTemplateParameters, listTemplateProblems } from './template/check.ts'
export {
  type ContactProfile,
  fillContactValues,
  isBlank,
  misspeltContactValues,
  sampleContactValues,
  usesContact,
  withoutContactValues,
} from './template/contact-values.ts'
export {
  type ButtonNeed,
  compileTemplate,
  compileText,
  type RawTemplate,
  type TemplateButton,
  type TemplateDefinition,
  type TemplateHeader,
  type TemplateParts,
  type TemplateText,
} from './template/definition.ts'
export { type Freshness, freshnessOf, type KnownSince } from './template/freshness.ts'
export type { TemplateProblem } from './template/problem.ts'
export { type RenderedButton, type RenderedParts, type RenderedTemplate, renderTemplate } from './template/render.ts'
export { isDeletedStatus, statusOfEvent, templateStatusClass, templateStatusesOf } from './template/status.ts'
