import { Button, Select, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { Dialog } from '../parts/dialog.tsx'
import { senderName } from '../senders/name.ts'

/** Of a number with its country code (E.164); what is shorter or longer is nobody's. */
const FEWEST_DIGITS = 7
const MOST_DIGITS = 15

/** Opens the conversation with a number, whether anything was said there or not. */
export function NewMessage({ onClose }: { onClose: () => void }) {
  const t = useTranslations('list')
  const navigate = useNavigate()
  const { data: senders = [] } = useSenders()
  const [number, setNumber] = useState('')
  const [from, setFrom] = useState<string | null>(null)
  const sender = from ?? senders[0]?.phone_number_id
  const [isLeft, setLeft] = useState(false)
  const digits = number.replace(/\D/g, '')
  const isWhole = FEWEST_DIGITS <= digits.length && digits.length <= MOST_DIGITS
  return (
    <Dialog onClose={onClose} title={t('write')}>
      <form
        className="told"
        onSubmit={(event) => {
          event.preventDefault()
          void navigate({ to: '/whatsapp', search: { chat: `${sender}/${digits}` } })
          onClose()
        }}
      >
        {senders.length > 1 && (
          <Select
            label={t('number')}
            allowDeselect={false}
            data={senders.map((one) => ({ value: one.phone_number_id, label: senderName(one) }))}
            value={sender ?? null}
            onChange={setFrom}
          />
        )}
        <TextInput
          label={t('newNumber')}
          placeholder="+55 11 98765-4321"
          inputMode="tel"
          required
          data-autofocus
          value={number}
          error={isLeft && digits !== '' && !isWhole ? t('badNumber') : undefined}
          onChange={(event) => {
            setLeft(false)
            setNumber(event.target.value)
          }}
          onBlur={() => setLeft(true)}
        />
        <div>
          <Button type="submit" disabled={!isWhole || sender === undefined}>
            {t('openChat')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
