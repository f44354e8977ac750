import type { TemplateCategory, TemplateComponent, TemplateStatus } from './records.ts'

/** What the sandbox starts with. Everything is optional except the ids that others will link. */
export type SandboxSeed = {
  wabas: { id: string; name?: string; portfolioId?: string }[]
  numbers: { id: string; wabaId: string; displayPhoneNumber: string; verifiedName?: string; throughputMps?: number }[]
  /** `wabaIds` absent: the token may touch every WABA. */
  tokens: { token: string; wabaIds?: string[]; scopes?: string[] }[]
  templates: TemplateSeed[]
  customers: CustomerSeed[]
}

export type TemplateSeed = {
  id?: string
  wabaId: string
  name: string
  language: string
  category: TemplateCategory
  status?: TemplateStatus
  parameterFormat?: 'NAMED' | 'POSITIONAL'
  components: TemplateComponent[]
}

export type CustomerSeed = {
  /** Digits; null for a user without a visible number, who then needs a `userId`. */
  waId: string | null
  userId?: string
  name?: string
  username?: string
  hasWhatsApp?: boolean
  phoneHidden?: boolean
  aliases?: string[]
}

const WABA_ID = '102290129340398'

/** The one sender of the default seed, in the words of a client that links it. */
export const DEFAULT_LINK = {
  portfolioId: '506914307656634',
  wabaId: WABA_ID,
  phoneNumberId: '106540352242922',
  displayPhoneNumber: '15550783881',
  verifiedName: 'Lucky Shrub',
  accessToken: 'sandbox-access-token',
} as const

/**
 * The seed of `casement start` and the demo: one WABA, one number, one token, a few templates and customers.
 * `keep_helping` is the invitation the documentation of the 24-hour window suggests.
 */
export const DEFAULT_SEED: SandboxSeed = {
  wabas: [{ id: WABA_ID, name: DEFAULT_LINK.verifiedName, portfolioId: DEFAULT_LINK.portfolioId }],
  numbers: [
    {
      id: DEFAULT_LINK.phoneNumberId,
      wabaId: WABA_ID,
      displayPhoneNumber: DEFAULT_LINK.displayPhoneNumber,
      verifiedName: DEFAULT_LINK.verifiedName,
    },
  ],
  tokens: [{ token: DEFAULT_LINK.accessToken }],
  templates: [
    {
      id: '1689556908129831',
      wabaId: WABA_ID,
      name: 'keep_helping',
      language: 'en',
      category: 'UTILITY',
      parameterFormat: 'NAMED',
      components: [
        {
          type: 'BODY',
          text: 'Hello, {{user}}! I am {{your_name}} from {{company}}. I would like to keep helping you. Can I assist you with something else?',
          example: {
            body_text_named_params: [
              { param_name: 'user', example: 'Ana' },
              { param_name: 'your_name', example: 'Sam' },
              { param_name: 'company', example: 'Lucky Shrub' },
            ],
          },
        },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'QUICK_REPLY', text: 'Yes, please!' },
            { type: 'QUICK_REPLY', text: 'No, thanks!' },
          ],
        },
      ],
    },
    {
      id: '1689556908129832',
      wabaId: WABA_ID,
      name: 'spring_offer',
      language: 'en',
      category: 'MARKETING',
      parameterFormat: 'POSITIONAL',
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'Our spring sale is on' },
        {
          type: 'BODY',
          text: 'Hi {{1}}, all succulents are {{2}} off until the end of the week.',
          example: { body_text: [['Ana', '25%']] },
        },
        { type: 'FOOTER', text: 'You can stop these messages at any time' },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'URL', text: 'Shop now', url: 'https://luckyshrub.example/spring' },
            { type: 'QUICK_REPLY', text: 'Stop promotions' },
          ],
        },
      ],
    },
    {
      id: '1689556908129833',
      wabaId: WABA_ID,
      name: 'hello_world',
      language: 'en_US',
      category: 'UTILITY',
      parameterFormat: 'POSITIONAL',
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'Hello World' },
        {
          type: 'BODY',
          text: 'Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message notification from the Cloud API.',
        },
        { type: 'FOOTER', text: 'WhatsApp Business Platform sample message' },
      ],
    },
    {
      id: '1689556908129834',
      wabaId: WABA_ID,
      name: 'order_update',
      language: 'en',
      category: 'UTILITY',
      parameterFormat: 'POSITIONAL',
      components: [
        {
          type: 'BODY',
          text: 'Hi {{1}}, your order {{2}} has left our greenhouse and is on its way.',
          example: { body_text: [['Ana', '#17']] },
        },
      ],
    },
  ],
  customers: [
    { waId: '5511987654321', name: 'Ana Souza' },
    { waId: '447911123456', name: 'Sheena Nelson', username: 'sheena' },
    { waId: '34612345678', name: 'Pablo Morales' },
  ],
}
