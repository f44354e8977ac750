import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { HERES, KEYS, OTHERS, startDropIn, TOKENS } from './drop-in-world.ts'
import { CONTACT, QUERY_KEY } from './fake-services.ts'

/** Requests that a security review sent, and their kin: what reaches Meta, and with whose token. */

const receipt = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.HBgN' }
const { number, account, template, medium } = HERES

describe('a path', () => {
  it.each([
    `/v25.0/${number}%2Fregister%3Fpin%3D123456%26x%3D/messages`,
    `/v25.0/${number}%2Fderegister%3Fx%3D/messages`,
    `/v25.0/v19.0%2F${number}%2Fregister%3Fx%3D/messages`,
    `/v25.0/%3Fbatch%3D[]/messages`,
    `/v25.0/${number}%00/messages`,
    `/v25.0/${number}%0d%0aX-Y:%20z/messages`,
    `/v25.0/${number}%23/messages`,
    `/v25.0/..%2f${number}/messages`,
    `/v25.0/${number};x=1/messages`,
    `/v25.0/${number}./messages`,
    `/v25.0/me/messages`,
    `/v25.0/${'1'.repeat(33)}/messages`,
    `/v25.0/٣٤٥/messages`,
  ])('is ids and nothing else: POST %s', async (path) => {
    const { reached, url } = await startDropIn()
    const answer = await post(url, path, receipt)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: 100, type: 'OAuthException' })
    expect(answer.body.error).not.toHaveProperty('is_transient')
    expect(reached).toEqual([])
  })

  it.each([
    `/v25.0/${number}/../me`,
    `/v25.0/${number}/./me`,
    `/v25.0/${number}/%2e%2e/debug_token`,
    `/v25.0/${number}/..%2fme`,
    `/v25.0/${number}//me`,
    `/v25.0/../${number}`,
    `/v25.0/${number}/message_qrdls/..`,
    `/v25.0/${number}/message_qrdls/A%2fB`,
    `/v25.0/${number}/message_qrdls/A%3fmethod=delete`,
    `/graph/${number}/../me`,
  ])('has no way out: GET %s', async (path) => {
    const { reached, url } = await startDropIn()
    const answer = await raw(url, `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEYS.admin}\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /)
    expect(reached).toEqual([])
  })
})

describe('a receipt', () => {
  it('goes with the own token of its number, and nothing but itself', async () => {
    const { reached, url } = await startDropIn()
    const more = { pin: '123456', method: 'delete', batch: '[]', override_callback_uri: 'https://evil.example' }
    expect(await post(url, `/v25.0/${number}/messages`, { ...receipt, ...more })).toMatchObject({ status: 200 })
    expect(reached).toHaveLength(1)
    expect(reached[0]).toMatchObject({ method: 'POST', url: `/v25.0/${number}/messages` })
    expect(reached[0]?.headers.authorization).toBe(`Bearer ${TOKENS.here}`)
    expect(JSON.parse(reached[0]?.body ?? '')).toEqual(receipt)
  })

  it.each([OTHERS.number, '123', account, template, medium])(
    'is refused for %s, which is no linked number of ours',
    async (id) => {
      const { reached, url } = await startDropIn()
      const answer = await post(url, `/v25.0/${id}/messages`, receipt)
      expect(answer.status).toBe(400)
      expect(reached).toEqual([])
    },
  )

  it.each([{ message_id: 'x', typing_indicator: { type: 'voice' } }, { message_id: ['x'] }, { message_id: '' }, {}])(
    'is refused when it says %j',
    async (part) => {
      const { reached, url } = await startDropIn()
      const answer = await post(url, `/v25.0/${number}/messages`, {
        messaging_product: 'whatsapp',
        status: 'read',
        ...part,
      })
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 100 } } })
      expect(reached).toEqual([])
    },
  )

  it('nested without end is the client’s mistake, not ours', async () => {
    const { url } = await startDropIn()
    const body = `{"messaging_product":"whatsapp","status":"read","message_id":"x","a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    expect(await post(url, `/v25.0/${number}/messages`, body)).toMatchObject({ status: 400 })
  })
})

describe('a query', () => {
  it.each([
    'method=post&messaging_product=whatsapp&to=5511987654321&type=text',
    'method=delete',
    'batch=[]',
    'callback=alert',
    'include_headers=false',
    'suppress_http_code=1',
    '_method=delete',
    'Method=delete',
    'method%5B%5D=delete',
    'limit=1&limit=2',
    'fields=access_token',
    'fields=owner_business%7Bclient_whatsapp_business_accounts%7Bid%7D%7D',
    'fields=id,phone_numbers%7Bverified_name%7D',
    'fields=id%00',
    'after=%0d%0aX-Y:z',
  ])('is of the edge’s own parameters: %s', async (query) => {
    const { reached, url } = await startDropIn()
    for (const path of [`${number}/block_users`, `${account}/message_templates`, number]) {
      const answer = await get(url, `/v25.0/${path}?${query}`, KEYS.read)
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 100 } } })
    }
    expect(reached).toEqual([])
  })

  it('loses the key, and what was computed with it', async () => {
    const { reached, url } = await startDropIn()
    const query = `access_token=${QUERY_KEY}&appsecret_proof=abc&limit=5&fields=name,status`
    expect(await get(url, `/v25.0/${account}/message_templates?${query}`, null)).toMatchObject({ status: 200 })
    expect(reached[0]?.url).toBe(`/v25.0/${account}/message_templates?limit=5&fields=name%2Cstatus`)
    expect(JSON.stringify(reached)).not.toContain(QUERY_KEY)
  })

  it('holds a key only where the key was made for it', async () => {
    const { reached, url } = await startDropIn()
    const answer = await get(url, `/v25.0/${medium}?access_token=${KEYS.admin}`, null)
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 190 } } })
    expect(reached).toEqual([])
  })
})

describe('a body', () => {
  const document = {
    name: 'notice',
    language: 'en',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Hi', example: null }],
  }
  const { components: _, ...head } = document

  it('reaches Meta without what is null, and without a key', async () => {
    const { reached, url } = await startDropIn()
    const body = { ...document, access_token: KEYS.admin, message_send_ttl_seconds: null }
    expect(await post(url, `/v25.0/${account}/message_templates`, body)).toMatchObject({ status: 200 })
    expect(JSON.parse(reached[0]?.body ?? '')).toEqual({ ...head, components: [{ type: 'BODY', text: 'Hi' }] })
  })

  it.each(['method', 'batch', 'callback', 'override_callback_uri', 'pin'])('has no member %s', async (name) => {
    const { reached, url } = await startDropIn()
    for (const path of [`${account}/message_templates`, template, `${number}/whatsapp_business_profile`]) {
      expect(await post(url, `/v25.0/${path}`, { [name]: 'delete' })).toMatchObject({ status: 400 })
    }
    expect(reached).toEqual([])
  })

  it('may be a form, which is read as what it says', async () => {
    const { reached, url } = await startDropIn()
    const form = (text: string) =>
      send(url, 'POST', `/v25.0/${account}/message_templates`, KEYS.admin, text, 'application/x-www-form-urlencoded')
    expect(await form('name=notice&components=[{"type":"BODY"}]')).toMatchObject({ status: 200 })
    expect(JSON.parse(reached[0]?.body ?? '')).toEqual({ name: 'notice', components: [{ type: 'BODY' }] })
    expect(await form('name=notice&method=delete')).toMatchObject({ status: 400 })
    expect(await form('name=a&name=b')).toMatchObject({ status: 400 })
    expect(reached).toHaveLength(1)
  })
})

describe('whose token', () => {
  it.each([
    ['GET', `/${OTHERS.number}`],
    ['GET', `/${OTHERS.account}/message_templates`],
    ['GET', `/${OTHERS.account}/subscribed_apps`],
    ['GET', `/${OTHERS.template}`],
    ['GET', `/${OTHERS.medium}`],
    ['GET', `/${OTHERS.medium}/content`],
    ['GET', `/${OTHERS.medium}?phone_number_id=${number}`],
    ['GET', `/999999999999`],
    ['GET', `/999999999999?phone_number_id=${OTHERS.number}`],
    ['DELETE', `/999999999999`],
    ['DELETE', `/${OTHERS.medium}?phone_number_id=${number}`],
    ['DELETE', `/${number}`],
    ['DELETE', `/${template}`],
    ['POST', `/${number}`],
    ['POST', `/${account}`],
    ['POST', `/${OTHERS.template}`],
    ['POST', `/${number}/message_templates`],
    ['POST', `/${account}/whatsapp_business_profile`],
  ])('is nobody’s for %s %s', async (method, path) => {
    const { reached, url } = await startDropIn()
    const answer = await send(url, method, `/v25.0${path}`, KEYS.admin, method === 'GET' ? undefined : '{}')
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'OAuthException' } } })
    expect(reached).toEqual([])
  })

  it('is that of the number that uploaded a medium, once Meta told its id', async () => {
    const { reached, url } = await startDropIn(() => ({ id: '31337' }))
    const form = new FormData()
    form.set('messaging_product', 'whatsapp')
    form.set('file', new Blob(['x'], { type: 'image/png' }))
    expect(await get(url, '/v25.0/31337', KEYS.read)).toMatchObject({ status: 400 })
    const upload = await fetch(`${url}/v25.0/${number}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.send}` },
      body: form,
    })
    expect(upload.status).toBe(200)
    expect(await get(url, '/v25.0/31337', KEYS.read)).toMatchObject({ status: 200 })
    expect(await get(url, '/v25.0/31337', KEYS.another)).not.toMatchObject({ status: 200 })
    expect(reached.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${TOKENS.here}`,
      `Bearer ${TOKENS.here}`,
    ])
  })
})

describe('an upload', () => {
  it.each([OTHERS.number, account, medium, '123'])('is not for %s, which is no number of ours', async (id) => {
    const { reached, url } = await startDropIn()
    const form = new FormData()
    form.set('file', new Blob(['x']))
    const headers = { authorization: `Bearer ${KEYS.send}` }
    const answer = await fetch(`${url}/v25.0/${id}/media`, { method: 'POST', headers, body: form })
    expect(answer.status).toBe(400)
    expect(reached).toEqual([])
  })
})

describe('an answer', () => {
  it('has links to its next page that lead through Casement, without a token', async () => {
    const next = (host: string, more: string) =>
      `${host}/v25.0/${account}/message_templates?${more}&access_token=${TOKENS.here}`
    const { url } = await startDropIn(({ url: asked }) =>
      asked.includes('after=')
        ? { data: [2], paging: { cursors: {}, previous: next('https://graph.facebook.com', 'before=A&pretty=0') } }
        : {
            data: [1],
            paging: { cursors: { after: 'B' }, next: next('https://graph.facebook.com', 'limit=1&after=B&x=1') },
          },
    )
    const first = await get(url, `/v25.0/${account}/message_templates?limit=1`, KEYS.read)
    expect(first.body.paging).toEqual({
      cursors: { after: 'B' },
      next: `${url}/v25.0/${account}/message_templates?limit=1&after=B`,
    })
    const second = await get(url, (first.body.paging as { next: string }).next.slice(url.length), KEYS.read)
    expect(second.body).toMatchObject({
      data: [2],
      paging: { previous: `${url}/v25.0/${account}/message_templates?before=A` },
    })
  })

  it('has no link that leads elsewhere', async () => {
    const { url } = await startDropIn(() => ({
      data: [],
      paging: { next: 'https://graph.facebook.com/v25.0/me/accounts?after=A' },
    }))
    const answer = await get(url, `/v25.0/${account}/message_templates`, KEYS.read)
    expect(answer.body.paging).toEqual({})
  })

  it('is kept by nobody on the way, and sets no cookie here', async () => {
    const { url } = await startDropIn()
    for (const key of [KEYS.read, 'wrong']) {
      const { headers } = await fetch(`${url}/v25.0/${number}`, { headers: { authorization: `Bearer ${key}` } })
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('set-cookie')).toBeNull()
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  it('about a medium leads to the file, which comes with the client’s own key', async () => {
    const world = await startDropIn(({ url: asked, headers }) =>
      asked.startsWith('/file')
        ? { file: headers.authorization }
        : {
            id: medium,
            mime_type: 'text/plain',
            url: `http://${headers.host}/file?mid=1`,
            secret: 'of another object',
          },
    )
    const about = await get(world.url, `/v25.0/${medium}`, KEYS.read)
    expect(about.body).toEqual({ id: medium, mime_type: 'text/plain', url: `${world.url}/v25.0/${medium}/content` })
    const file = await fetch(String(about.body.url), { headers: { authorization: `Bearer ${KEYS.read}` } })
    expect(file.status).toBe(200)
    expect(await file.json()).toEqual({ file: `Bearer ${TOKENS.here}` })
  })
})

describe('nulls', () => {
  it('count as absent at every depth, and reach nobody', async () => {
    const { asked, url } = await startDropIn()
    const message = { type: 'text', text: { body: 'Hello', preview_url: null }, context: null, status: null }
    const answer = await post(url, `/v25.0/${number}/messages`, {
      messaging_product: 'whatsapp',
      recipient_type: null,
      recipient: null,
      to: CONTACT,
      template: null,
      ...message,
    })
    expect(answer).toMatchObject({ status: 200 })
    expect(asked('enqueue')[0]?.[1]).toEqual([
      { sender: number, to: { wa_id: CONTACT }, message: { type: 'text', text: { body: 'Hello' } } },
    ])
  })
})

interface Answered {
  status: number
  body: Record<string, unknown> & { error?: Record<string, unknown> }
}

async function send(
  url: string,
  method: string,
  path: string,
  key: string | null,
  body?: string,
  type = 'application/json',
): Promise<Answered> {
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
  if (body !== undefined) headers['content-type'] = type
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  return { status: answer.status, body: (await answer.json()) as Answered['body'] }
}

function get(url: string, path: string, key: string | null): Promise<Answered> {
  return send(url, 'GET', path, key)
}

function post(url: string, path: string, body: unknown): Promise<Answered> {
  return send(url, 'POST', path, KEYS.admin, typeof body === 'string' ? body : JSON.stringify(body))
}

/** Bytes as they are: `fetch` resolves dots before it asks. */
async function raw(url: string, head: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.end(`${head}connection: close\r\n\r\n`)
  await once(socket, 'close')
  return answer
}
