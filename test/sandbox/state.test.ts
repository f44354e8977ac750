import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ANA, call, codeOf, DAY_MS, sendTemplate, sendText, startHook, startSandbox, WABA, wamidOf } from './support.ts'

async function stateFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, 'state', 'sandbox.json')
}

describe('a sandbox with a state file', () => {
  it('keeps windows and threads over a restart, and its clock', async () => {
    const path = await stateFile()
    const first = await startSandbox({ stateFile: path })
    first.advance(DAY_MS)
    first.customers.say(ANA, { text: 'hi' })
    await sendText(first)
    await first.settled()
    await first.close()

    const second = await startSandbox({ stateFile: path })
    expect(second.now()).toBe(first.now())
    expect((await sendText(second)).status).toBe(200)
    expect(second.phone(ANA)).toMatchObject({
      threads: [{ messages: [{ text: 'hi' }, { text: 'hello' }, { text: 'hello' }] }],
    })
    expect(second.ledger().map((record) => record.seq)).toEqual([1, 2])
    second.advance(DAY_MS)
    expect(codeOf(await sendText(second))).toBe(131047)
  })

  it('never gives a wamid twice', async () => {
    const path = await stateFile()
    const first = await startSandbox({ stateFile: path })
    const wamid = wamidOf(await sendTemplate(first))
    await first.close()
    const second = await startSandbox({ stateFile: path })
    expect(wamidOf(await sendTemplate(second))).not.toBe(wamid)
  })

  it('reports the statuses it still owed', async () => {
    const path = await stateFile()
    const first = await startSandbox({ stateFile: path, knobs: { statusDelayMs: 60_000 } })
    const wamid = wamidOf(await sendTemplate(first))
    await first.close()
    const hook = await startHook()
    const second = await startSandbox({ stateFile: path, webhookUrl: hook.url })
    await second.settled()
    expect(hook.statuses()).toMatchObject([
      { id: wamid, status: 'sent' },
      { id: wamid, status: 'delivered' },
    ])
  })

  it('ends pauses of templates, and changes the category that it announced', async () => {
    const path = await stateFile()
    const first = await startSandbox({ stateFile: path })
    const add = (name: string) =>
      first.addTemplate({ name, language: 'en', category: 'UTILITY', components: [{ type: 'BODY', text: 'Hello.' }] })
        .id
    const [paused, moved] = [add('paused'), add('moved')]
    first.changeTemplate(paused, { strike: true })
    first.changeTemplate(moved, { recategorise: 'MARKETING' })
    await first.advance(DAY_MS / 24)
    await first.close()
    const second = await startSandbox({ stateFile: path })
    const shown = async (id: string) => (await call(second, 'GET', `/${id}?fields=status,category`)).body
    expect(await shown(paused)).toMatchObject({ status: 'PAUSED' })
    await second.advance(DAY_MS / 12)
    expect(await shown(paused)).toMatchObject({ status: 'APPROVED' })
    expect(await shown(moved)).toMatchObject({ category: 'UTILITY' })
    await second.advance(DAY_MS)
    expect(await shown(moved)).toMatchObject({ status: 'APPROVED', category: 'MARKETING' })
  })

  it('goes on reviewing templates', async () => {
    const path = await stateFile()
    const first = await startSandbox({ stateFile: path })
    const draft = { name: 'notice', language: 'en', category: 'UTILITY', components: [{ type: 'BODY', text: 'x' }] }
    const { body } = await call(first, 'POST', `/${WABA}/message_templates`, draft)
    await first.close()
    const second = await startSandbox({ stateFile: path, knobs: { templateApprovalMs: 0 } })
    await second.settled()
    expect((await call(second, 'GET', `/${String(body.id)}`)).body.status).toBe('APPROVED')
  })

  it('refuses a file it does not understand rather than overwrite it', async () => {
    const path = join(await stateFile(), '..', '..', 'other.json')
    await writeFile(path, '{"version":99}')
    await expect(startSandbox({ stateFile: path })).rejects.toThrow(/version 1/)
  })
})

describe('a sandbox without one', () => {
  it('gives other wamids at another start, so that they never meet in a client’s database', async () => {
    const first = await startSandbox({ clock: () => 1_795_000_000_000 })
    const second = await startSandbox({ clock: () => 1_795_000_000_001 })
    expect(wamidOf(await sendTemplate(first))).not.toBe(wamidOf(await sendTemplate(second)))
  })
})
