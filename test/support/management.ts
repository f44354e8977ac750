import type { GraphClient } from '../../src/graph/client.ts'
import type { WireTemplate } from '../../src/graph/wire.ts'

/** As Meta lists them. */
const PAGE = 100

export type FakeGraph = GraphClient & { templates: WireTemplate[] }

/** A Graph API that only knows templates: what the management asks for, without a network. Other calls fail the test. */
export function fakeGraph(overrides: Partial<GraphClient> = {}): FakeGraph {
  const unexpected = () => {
    throw new Error('expected no such call to Graph')
  }
  return {
    templates: [],
    sendMessage: unexpected,
    async *listTemplates() {
      for (let from = 0; from < this.templates.length; from += PAGE) yield this.templates.slice(from, from + PAGE)
    },
    getTemplate: unexpected,
    createTemplate: unexpected,
    editTemplate: unexpected,
    deleteTemplate: unexpected,
    unpauseTemplate: unexpected,
    archiveTemplate: unexpected,
    templateLibrary: unexpected,
    readApp: unexpected,
    samples: { upload: unexpected },
    getPhoneNumber: unexpected,
    listPhoneNumbers: unexpected,
    getAccount: async () => ({ kind: 'ok', value: {} }),
    subscribedApps: unexpected,
    subscribeApp: unexpected,
    debugToken: unexpected,
    passThrough: { call: unexpected, file: unexpected },
    close: async () => {},
    destroy: async () => {},
    ...overrides,
  }
}

export function wireTemplate(overrides: Partial<WireTemplate> = {}): WireTemplate {
  return {
    id: '7001',
    name: 'keep_helping',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Shall we go on?' }],
    ...overrides,
  }
}
