import { describe, expect, it } from 'vitest'
import { FormScan } from '../../src/graph/form-scan.ts'

const NAMES = ['file', 'type']
const part = (head: string) => `--x\r\n${head}\r\n\r\nvalue\r\n`
const named = (name: string) => part(`Content-Disposition: form-data; ${name}`)

function passes(form: string, at: number = form.length): boolean {
  const scan = new FormScan('x', NAMES)
  const bytes = Buffer.from(form, 'latin1')
  return scan.allows(bytes.subarray(0, at)) && scan.allows(bytes.subarray(at))
}

describe('a form', () => {
  it.each([
    ['a file', named('name="file"; filename="name=a.png"')],
    ['a file with a name in another script', named(`name="file"; filename="a.png"; filename*=utf-8''%e2%82%ac.png`)],
    ['a name without quotes', named('name=type')],
    ['line ends without carriage return', named('name="type"').replaceAll('\r', '')],
  ])('passes with %s', (_what, form) => {
    expect(passes(`${form}--x--\r\n`)).toBe(true)
  })

  it.each([
    ['a part that is an order', named('name="method"')],
    [
      'a name in the next line, where some read on',
      part('Content-Disposition: form-data; name="file"\r\n ; name="method"'),
    ],
    ['a line that is folded by a tab', part('Content-Disposition: form-data;\r\n\tname="file"')],
    ['a name in the spelling for other alphabets', named(`name="file"; name*=utf-8''method`)],
    ['two names', named('name="file"; name="method"')],
    [
      'two dispositions',
      part('Content-Disposition: form-data; name="file"\r\ncontent-disposition: form-data; name="method"'),
    ],
    ['no name', part('Content-Type: text/plain')],
    ['a part behind the last separator', `--x--\r\n${named('name="method"')}`],
    ['a head without end', `--x\r\nContent-Disposition: form-data; name="file"\r\nX: ${'x'.repeat(9_000)}`],
  ])('is stopped by %s, wherever it is cut', (_what, bad) => {
    const form = `${named('name="file"')}${bad}--x--\r\n`
    for (let at = 0; at <= Math.min(form.length, 400); at += 1) expect(passes(form, at), `cut at ${at}`).toBe(false)
  })
})
