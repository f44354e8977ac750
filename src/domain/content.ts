/*
 * What is sent: the message object, the reference to a template, and the policy for a closed window. One name per export, so that the
 * rest of the code imports from here and the files beside it may move.
 */
export { type FormatOptions, formatZodIssue, type ZodIssueSentence } from './content/issue.ts'
export {
  isTemplate,
  MESSAGE_TYPES,
  type Message,
  type MessageType,
  messageInputSchema,
  messageSchema,
  normaliseMessage,
  OPAQUE_DATA_MAX,
  sentAs,
  type TemplateMessage,
} from './content/message.ts'
export { dropNulls } from './content/nulls.ts'
export { oversizedJson, type UnstorableJson, unstorableJson } from './content/storable.ts'
export {
  languageCodeSchema,
  normaliseComponents,
  normaliseLanguage,
  type TemplateComponent,
  templateComponentsSchema,
  templateNameSchema,
} from './content/template-message.ts'
export { characters } from './content/text.ts'
export {
  alternatesOf,
  releaseOf,
  type TemplateReference,
  templateOfMessage,
  templateReferenceSchema,
  templatesOf,
  templateValuesSchema,
  type WhenClosed,
  whenClosedSchema,
} from './content/when-closed.ts'
