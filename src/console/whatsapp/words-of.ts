/** What a message of the Cloud API says to whoever reads a list: its words, and the template's name. */
export function wordsOf(message: Record<string, unknown>): { template: string | null; text: string } {
  const type = String(message.type ?? '')
  const content = recordOf(message[type])
  if (type === 'template') {
    return { template: `${textOf(content.name)} (${textOf(recordOf(content.language).code)})`, text: valuesOf(content) }
  }
  const text = textOf(content.body) || textOf(content.caption) || textOf(recordOf(content.body).text)
  return { template: null, text: text || `[${type}]` }
}

/** The words of a template are Meta's to put together; what was filled in is ours. */
function valuesOf({ components }: Record<string, unknown>): string {
  const list = Array.isArray(components) ? components.map(recordOf) : []
  return list
    .flatMap(({ parameters }) => (Array.isArray(parameters) ? parameters.map(recordOf) : []))
    .map(({ text }) => textOf(text))
    .filter((text) => text !== '')
    .join(' · ')
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
