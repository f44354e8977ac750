import { describe, expect, it } from 'vitest'
import { networkOf } from '../../src/http/buckets.ts'
import { limitGuessing } from '../../src/http/guessing.ts'
import { limitSignIns } from '../../src/http/sign-in-limits.ts'
import { READ_KEY, SENDER } from './fake-services.ts'
import { startServer } from './harness.ts'

const limits = { perAddress: { burst: 3, everyMs: 1_000 }, inAll: { burst: 5, everyMs: 1_000 }, gate: 1 }

function guard(known: string[] = ['right']) {
  let now = 0
  const asked: string[] = []
  const check = limitGuessing(
    async (key) => {
      asked.push(key)
      return known.includes(key) ? key : null
    },
    { limits, now: () => now },
  )
  const tries = async (key: string, address = '10.0.0.1') => {
    try {
      return (await check(key, address)) === null ? 'wrong' : 'in'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  const pass = (ms: number) => {
    now += ms
  }
  return { tries, asked, known, pass, check }
}

describe('guessing', () => {
  it('ends after a few wrong keys from an address, and begins again with time', async () => {
    const { tries, pass } = guard()
    for (const key of ['a', 'b', 'c']) expect(await tries(key)).toBe('wrong')
    expect(await tries('d')).toBe('rate_limited')
    expect(await tries('e', '10.0.0.2')).toBe('wrong')
    pass(1_000)
    expect(await tries('f')).toBe('wrong')
    expect(await tries('g')).toBe('rate_limited')
  })

  it('says when the next try is free', async () => {
    const { tries, check } = guard()
    for (const key of ['a', 'b', 'c']) await tries(key)
    await expect(check('d', '10.0.0.1')).rejects.toMatchObject({ status: 429, details: { retryAfterS: 1 } })
  })

  it('is limited for all addresses together', async () => {
    const { tries } = guard()
    for (let n = 0; n < 5; n++) expect(await tries(`k${n}`, `10.0.1.${n}`)).toBe('wrong')
    expect(await tries('last', '10.0.1.9')).toBe('rate_limited')
  })

  it('never keeps a right key out, known here or not', async () => {
    const { tries, known } = guard()
    expect(await tries('right')).toBe('in')
    for (const key of ['a', 'b', 'c', 'd']) await tries(key)
    known.push('new')
    for (let n = 0; n < 20; n++) expect(await tries('right')).toBe('in')
    expect(await tries('new')).toBe('in')
  })

  it('does not count right keys', async () => {
    const { tries, known } = guard()
    for (let n = 0; n < 20; n++) known.push(`k${n}`)
    for (let n = 0; n < 20; n++) expect(await tries(`k${n}`)).toBe('in')
    for (const key of ['a', 'b', 'c']) expect(await tries(key)).toBe('wrong')
  })

  it('counts tries that come at the same time', async () => {
    const { tries } = guard()
    const all = await Promise.all(Array.from({ length: 10 }, (_, n) => tries(`k${n}`)))
    expect(all.filter((answer) => answer === 'wrong')).toHaveLength(3)
  })

  it('asks the database once for a wrong key, and for a revoked one at once', async () => {
    const { tries, asked, known } = guard()
    await tries('a')
    await tries('a')
    expect(asked).toEqual(['a'])
    expect(await tries('right')).toBe('in')
    known.splice(0)
    expect(await tries('right')).toBe('wrong')
  })

  it('takes no more of the database than its gate, however many guess', async () => {
    let inside = 0
    let most = 0
    const check = limitGuessing(
      async () => {
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setImmediate(resolve))
        inside--
        return null
      },
      { limits: { ...limits, perAddress: { burst: 0, everyMs: 1_000 }, gate: 2 }, now: () => 0 },
    )
    await Promise.allSettled(Array.from({ length: 50 }, (_, n) => check(`k${n}`, '10.0.0.1')))
    expect(most).toBe(2)
  })

  it('is one for a whole IPv6 network, and for an IPv4 address in either spelling', async () => {
    const { tries } = guard()
    for (let n = 0; n < 3; n++) await tries(`k${n}`, `2001:db8:1:2::${n}`)
    expect(await tries('x', '2001:db8:1:2:ffff::1')).toBe('rate_limited')
    expect(await tries('y', '2001:db8:1:3::1')).toBe('wrong')
    const other = guard()
    for (let n = 0; n < 3; n++) await other.tries(`k${n}`, '::ffff:10.0.0.1')
    expect(await other.tries('x', '10.0.0.1')).toBe('rate_limited')
  })

  it('gives a try back when the database is away', async () => {
    let away = true
    const check = limitGuessing(
      async () => {
        if (away) throw new Error('away')
        return null
      },
      { limits, now: () => 0 },
    )
    for (let n = 0; n < 10; n++) await expect(check(`k${n}`, '10.0.0.1')).rejects.toThrow('away')
    away = false
    expect(await check('a', '10.0.0.1')).toBeNull()
  })
})

it('is answered 429 in the shape that was asked for, at every door', async () => {
  const { call } = await startServer()
  for (let n = 0; n < 20; n++) expect((await call('GET', '/v1/me', { key: `wrong-${n}` })).statusCode).toBe(401)
  const api = await call('GET', '/v1/me', { key: 'wrong-again' })
  expect([api.statusCode, api.json().error.code]).toEqual([429, 'rate_limited'])
  expect(Number(api.headers['retry-after'])).toBeGreaterThan(0)
  const dropIn = await call('GET', `/v25.0/${SENDER}`, { key: 'wrong-too' })
  expect([dropIn.statusCode, dropIn.json().error.code]).toEqual([429, 4])
  expect((await call('GET', '/v1/me', { key: READ_KEY })).statusCode).toBe(200)
})

describe('guessing passwords', () => {
  const narrow = { burst: 2, everyMs: 1_000_000 }

  function guard(inAll = { burst: 1_000_000, everyMs: 1 }) {
    const limited = limitSignIns({ perAddress: { burst: 1_000_000, everyMs: 1 }, perName: narrow, inAll }, () => 0)
    return async (name: string, address = '10.0.0.1') => {
      const wrong = limited(
        { address, name },
        async () => 'wrong',
        () => true,
      )
      return wrong.catch((error: { code: string }) => error.code)
    }
  }

  it('of one person is limited from all addresses together', async () => {
    const tries = guard()
    expect([await tries('ana', '10.0.0.1'), await tries('ana', '10.0.0.2')]).toEqual(['wrong', 'wrong'])
    expect(await tries('ana', '10.0.0.3')).toBe('rate_limited')
    expect(await tries('sam', '10.0.0.3')).toBe('wrong')
  })

  it('is not begun anew by names that cost nothing', async () => {
    const tries = guard({ burst: 2, everyMs: 1_000_000 })
    expect([await tries('ana'), await tries('ana')]).toEqual(['wrong', 'wrong'])
    for (let n = 0; n < 20_000; n++) expect(await tries(`nobody-${n}`)).toBe('rate_limited')
    expect(await tries('ana')).toBe('rate_limited')
  })
})

it('an IPv6 network is one address, however it is written', () => {
  for (const one of ['2001:db8::1', '2001:db8::2:0:0:9', '2001:0db8:0:0:ffff:1:2:3', '2001:DB8:0:0::']) {
    expect(networkOf(one), one).toBe('2001:db8:0:0')
  }
  expect(networkOf('2001:db8:1::1')).toBe('2001:db8:1:0')
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2')
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0')
  expect(networkOf('::1')).toBe('0:0:0:0')
  expect(networkOf('::ffff:10.0.0.1')).toBe('10.0.0.1')
  expect(networkOf('10.0.0.1')).toBe('10.0.0.1')
})
