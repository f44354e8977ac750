/** What a text of a document has to look like, as the end of the sentence that its field begins. */
export const FORMS = {
  name: 'to be 1 to 64 lower case letters, digits or underscores',
  step_id: 'to be the id of a step: a lower case letter, then up to 63 letters, digits or underscores',
  field_name: 'to be a name: a lower case letter, then up to 63 letters, digits or underscores',
  duration: 'to be a duration such as 90s, 15m, 24h or 3d',
  short_duration: 'to be at most 365d',
  time_of_day: 'to be a time of day from "00:00" to "23:59", in quotes',
  position: 'to be the position of a button, from 0, in quotes',
  setting: 'to be "contact." or "data." and a name',
  saved: 'to be "call." and a name',
  phone_number_id: 'to be a phone number id, in quotes',
  once_per: 'to be contact, conversation, window or ever, and then perhaps +data.<field>',
  template_name: 'to be lower case letters, digits and underscores',
} as const

export type Form = keyof typeof FORMS
