import pc from 'picocolors'
import { expect, it } from 'vitest'
import { fields, table } from '../../src/cli/table.ts'

const plain = pc.createColors(false)

it('keeps what somebody is called in its row and in its field', () => {
  const rows = table(
    plain,
    ['ID', 'NAME'],
    [
      ['1', 'Ana\n2  Sam'],
      ['3', 'Kim\r\u2028Lee'],
    ],
  )
  expect(rows.split('\n')).toEqual(['ID  NAME', '1   Ana 2  Sam', '3   Kim  Lee'])
  expect(
    fields(plain, [
      ['name', 'Ana\nstate  active'],
      ['state', 'paused'],
    ]),
  ).toBe('name   Ana\n       state  active\nstate  paused')
})
