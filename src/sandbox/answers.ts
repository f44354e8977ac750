import type { CustomerRecord, Json, OfferedButton } from './records.ts'

/** The message a tap sends; null for buttons that open a browser or a dialler. */
export function answerTo(button: OfferedButton, person: CustomerRecord): (Json & { type: string }) | null {
  switch (button.kind) {
    case 'quick_reply':
      return { type: 'button', button: { payload: button.payload, text: button.label } }
    case 'reply':
      return interactive({ type: 'button_reply', button_reply: { id: button.id, title: button.label } })
    case 'row': {
      const description = button.description === null ? {} : { description: button.description }
      return interactive({ type: 'list_reply', list_reply: { id: button.id, title: button.label, ...description } })
    }
    case 'flow':
      return interactive({
        type: 'nfm_reply',
        nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"unused"}' },
      })
    case 'call_permission':
      return interactive({
        type: 'call_permission_reply',
        call_permission_reply: { response: 'accept', is_permanent: false, response_source: 'user_action' },
      })
    case 'location_request':
      return { type: 'location', location: { latitude: 37.4847, longitude: -122.1477 } }
    case 'contact_request':
      return {
        type: 'contacts',
        contacts: [
          {
            origin: 'contact_request',
            name: { formatted_name: person.name },
            phones: person.waId === null ? [] : [{ phone: `+${person.waId}`, wa_id: person.waId, type: 'CELL' }],
          },
        ],
      }
    case 'url':
    case 'call':
    case 'copy_code':
      return null
    default:
      return button satisfies never
  }
}

function interactive(content: Json): Json & { type: string } {
  return { type: 'interactive', interactive: content }
}

/** What an ad adds to the first message. Source: Meta, webhooks reference, messages, `referral` (read 2026-11). */
export const AD_REFERRAL: Json = {
  source_url: 'https://fb.me/3cr4Wqqkv',
  source_id: '120226305854810726',
  source_type: 'ad',
  headline: 'Chat with us',
  body: 'Summer succulents are here!',
  media_type: 'image',
  image_url: 'https://images.luckyshrub.example/succulents.jpg',
  ctwa_clid: 'Aff-sandbox0click0id0of0an0ad',
  welcome_message: { text: 'Hi there! Let us know how we can help!' },
}
