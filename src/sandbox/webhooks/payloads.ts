import { statusError } from '../graph-error.ts'
import type {
  ConversationRecord,
  CustomerRecord,
  Json,
  MessageRecord,
  NumberRecord,
  TemplateRecord,
} from '../records.ts'

/** Whole seconds, as text: how webhooks stamp messages and statuses. */
export function unixSeconds(at: number): string {
  return String(Math.floor(at / 1000))
}

/** The head of every value under the field `messages`. */
function metadata(number: NumberRecord): Json {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.displayPhoneNumber.replace(/\D/g, ''), phone_number_id: number.id },
  }
}

function contact(customer: CustomerRecord, showNumber: boolean): Json {
  return {
    profile: { name: customer.name, ...(customer.username ? { username: customer.username } : {}) },
    ...(showNumber && customer.waId ? { wa_id: customer.waId } : {}),
    user_id: customer.userId,
  }
}

function sender(customer: CustomerRecord): Json {
  return {
    ...(customer.waId && !customer.phoneHidden ? { from: customer.waId } : {}),
    from_user_id: customer.userId,
  }
}

/** A customer's message; `content` holds its type and the part named by the type. */
export function inboundMessage(
  number: NumberRecord,
  customer: CustomerRecord,
  message: { wamid: string; at: number; content: Json },
): Json {
  return {
    ...metadata(number),
    contacts: [contact(customer, !customer.phoneHidden)],
    messages: [{ ...sender(customer), id: message.wamid, timestamp: unixSeconds(message.at), ...message.content }],
  }
}

/** The same for who does not have the conversation: what the others say to each other is only shown to them. */
export function onStandby({ messaging_product, metadata, ...rest }: Json): Json {
  return { messaging_product, metadata, standby: rest }
}

/** Field `smb_message_echoes`: what a colleague wrote from the phone app. */
export function echoedMessage(
  number: NumberRecord,
  customer: CustomerRecord,
  message: { wamid: string; at: number; text: string },
): Json {
  const { wamid, at, text } = message
  return {
    ...metadata(number),
    contacts: [contact(customer, !customer.phoneHidden)],
    message_echoes: [
      {
        from: number.displayPhoneNumber.replace(/\D/g, ''),
        ...(customer.waId && !customer.phoneHidden ? { to: customer.waId } : {}),
        to_user_id: customer.userId,
        id: wamid,
        timestamp: unixSeconds(at),
        type: 'text',
        text: { body: text },
      },
    ],
  }
}

/**
 * Field `messaging_handovers`. It has no `metadata`: the number is the recipient, the customer the sender. `control_passed` goes to who has
 * the conversation now, `control_taken` to who had it.
 */
export function handover(
  number: NumberRecord,
  customer: CustomerRecord,
  type: 'control_passed' | 'control_taken',
  at: number,
): Json {
  const [previous, next] = type === 'control_passed' ? ['ai_agent', 'escalation'] : ['escalation', 'ai_agent']
  return {
    messaging_product: 'whatsapp',
    recipient: metadata(number).metadata,
    sender: {
      ...(customer.waId && !customer.phoneHidden ? { phone_number: customer.waId } : {}),
      user_id: customer.userId,
    },
    timestamp: unixSeconds(at),
    type,
    [type]: { previous_owner_role: previous, new_owner_role: next },
  }
}

/** A `system` message comes without contacts. */
export function systemMessage(
  number: NumberRecord,
  from: Json,
  message: { wamid: string; at: number; system: Json },
): Json {
  return {
    ...metadata(number),
    messages: [
      {
        ...from,
        id: message.wamid,
        timestamp: unixSeconds(message.at),
        type: 'system',
        system: message.system,
      },
    ],
  }
}

export function systemSender(customer: CustomerRecord): Json {
  return sender(customer)
}

/** One status of a message we sent. `conversation` and `pricing` are left out where null. */
export function statusUpdate(
  number: NumberRecord,
  customer: CustomerRecord,
  message: MessageRecord,
  update: { status: string; at: number; conversation: Json | null; failedWith: number | null },
): Json {
  const byPhone = message.addressedBy === 'phone' && customer.waId !== null
  const failed = update.failedWith !== null
  return {
    ...metadata(number),
    // Meta leaves the contacts out when a message failed.
    ...(failed ? {} : { contacts: [contact(customer, byPhone)] }),
    statuses: [
      {
        id: message.wamid,
        status: update.status,
        timestamp: unixSeconds(update.at),
        ...(byPhone ? { recipient_id: customer.waId } : {}),
        recipient_user_id: customer.userId,
        ...(message.opaque === null ? {} : { biz_opaque_callback_data: message.opaque }),
        ...(update.conversation ? { conversation: update.conversation } : {}),
        ...(message.pricing && !failed && update.status !== 'read' ? { pricing: message.pricing } : {}),
        ...(update.failedWith === null ? {} : { errors: [statusError(update.failedWith)] }),
      },
    ],
  }
}

/** The `conversation` object of a status; `expiration_timestamp` is only on `sent`. */
export function conversationOf(
  message: MessageRecord,
  conversation: ConversationRecord,
  status: string,
  apiVersion: 'v23' | 'v24',
): Json | null {
  if (message.freeEntryPointId !== null) {
    const expiresAt = conversation.freeEntryPoint?.expiresAt
    return {
      id: message.freeEntryPointId,
      ...(status === 'sent' && expiresAt !== undefined ? { expiration_timestamp: unixSeconds(expiresAt) } : {}),
      origin: { type: 'referral_conversion' },
    }
  }
  if (apiVersion !== 'v23' || status === 'read' || !message.pricing) return null
  const category = message.pricing.category
  return {
    id: Buffer.from(message.wamid).toString('hex').slice(-32),
    ...(status === 'sent' ? { expiration_timestamp: unixSeconds(message.at + 24 * 60 * 60 * 1000) } : {}),
    origin: { type: category },
  }
}

/** Field `calls`. */
export function callEvent(number: NumberRecord, customer: CustomerRecord, call: Json & { at: number }): Json {
  const { at, ...rest } = call
  return {
    ...metadata(number),
    contacts: [contact(customer, !customer.phoneHidden)],
    calls: [
      {
        ...sender(customer),
        to: number.displayPhoneNumber.replace(/\D/g, ''),
        timestamp: unixSeconds(at),
        direction: 'USER_INITIATED',
        ...rest,
      },
    ],
  }
}

/** Field `user_preferences`: the customer stopped or resumed marketing messages. */
export function userPreference(
  number: NumberRecord,
  customer: CustomerRecord,
  value: 'stop' | 'resume',
  at: number,
): Json {
  return {
    ...metadata(number),
    contacts: [contact(customer, !customer.phoneHidden)],
    user_preferences: [
      {
        ...(customer.waId && !customer.phoneHidden ? { wa_id: customer.waId } : {}),
        user_id: customer.userId,
        detail: `User requested to ${value} marketing messages`,
        category: 'marketing_messages',
        value,
        timestamp: Math.floor(at / 1000),
      },
    ],
  }
}

function templateHead(template: TemplateRecord): Json {
  return {
    // Numbers on the wire, beyond 32 bits but within what a double holds.
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language.replace('_', '-'),
  }
}

/** Field `message_template_status_update`. `title` is the rung of the pausing ladder, where it applies. */
export function templateStatus(
  template: TemplateRecord,
  details: { reason: string | null; title?: string; event?: string },
): Json {
  return {
    event: details.event ?? template.status,
    ...templateHead(template),
    reason: details.reason ?? 'NONE',
    message_template_category: template.category,
    ...(template.status === 'DISABLED'
      ? { disable_info: { disable_date: Math.floor(template.updatedAt / 1000) } }
      : {}),
    ...(details.title ? { other_info: { title: details.title, description: details.title } } : {}),
  }
}

/** Field `message_template_quality_update`. */
export function templateQuality(template: TemplateRecord, previous: string): Json {
  return { previous_quality_score: previous, new_quality_score: template.quality, ...templateHead(template) }
}

/** Field `template_category_update`, before (`correct_category`) or after (`previous_category`) the change. */
export function templateCategory(template: TemplateRecord): Json {
  return {
    ...templateHead(template),
    ...(template.correctCategory
      ? {
          new_category: template.category,
          correct_category: template.correctCategory,
          ...(template.categoryChangesAt
            ? { category_update_timestamp: Math.floor(template.categoryChangesAt / 1000) }
            : {}),
        }
      : { previous_category: template.previousCategory, new_category: template.category }),
  }
}

/** Field `message_template_components_update`. */
export function templateComponents(template: TemplateRecord): Json {
  const textOf = (type: string) => template.components.find((component) => component.type === type)?.text
  return {
    ...templateHead(template),
    ...(textOf('HEADER') ? { message_template_title: textOf('HEADER') } : {}),
    message_template_element: textOf('BODY') ?? '',
    ...(textOf('FOOTER') ? { message_template_footer: textOf('FOOTER') } : {}),
  }
}
