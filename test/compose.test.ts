import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'

/* What the compose file gives out, and to whom. It is not run here. */

interface Service {
  image: string
  command?: string | string[]
  ports?: string[]
  networks: string[]
  environment?: Record<string, string | number>
  secrets?: string[]
  volumes?: string[]
  user?: string
  read_only?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
}

const root = fileURLToPath(new URL('..', import.meta.url))
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>
  secrets: Record<string, { file: string }>
}
const services = Object.entries(compose.services)

describe('the compose file', () => {
  it('lets the internet reach Caddy alone, and Caddy the webhooks alone', () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))
    expect(published.filter((port) => !port.includes(' 127.0.0.1:'))).toEqual([
      'caddy 80:80',
      'caddy 443:443',
      'caddy 443:443/udp',
    ])
    expect(compose.services.caddy?.networks).toEqual(['front'])
    expect(services.filter(([, { networks }]) => networks.includes('front')).map(([name]) => name)).toEqual([
      'caddy',
      'api',
    ])
    const caddyfile = readFileSync(join(root, 'compose/Caddyfile'), 'utf8')
    const upstreams = [...caddyfile.matchAll(/reverse_proxy (\S+)/g)].map(([, upstream]) => upstream)
    expect(upstreams).toEqual([`api:${compose.services.api?.environment?.WEBHOOK_PORT}`])
  })

  it('runs everything read-only, without capabilities but one, and in a fixed version', () => {
    for (const [name, service] of services) {
      expect(service, name).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        image: expect.stringMatching(/^casement$|:\d+\.\d+/),
      })
    }
    expect(services.flatMap(([name, { cap_add = [] }]) => cap_add.map((cap) => `${name} ${cap}`))).toEqual([
      'caddy NET_BIND_SERVICE',
    ])
    const bases = readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^FROM (\S+)/gm)
    for (const [, base] of bases) expect(base).toMatch(/:\d+\.\d+\.\d+-/)
  })

  it('hands on every setting of .env.example but those of places that are fixed in it', () => {
    const settings = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^#([A-Z_]+)=/gm)].map(
      ([, name]) => name,
    )
    const given = new Set(
      services.flatMap(([, { environment = {} }]) =>
        Object.keys(environment).map((name) => name.replace(/_FILE$/, '')),
      ),
    )
    given.add('CASEMENT_DOMAIN')
    expect(settings.filter((name) => !given.has(name as string))).toEqual([
      'DATABASE_DIRECT_URL',
      'HOST',
      'PORT',
      'CASEMENT_DATA_DIR',
      'CASEMENT_PG_PORT',
    ])
  })

  it('has no secret in an environment, and gives each service those that it uses', () => {
    for (const [name, { environment = {}, secrets = [] }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (
          /SECRET|KEY|PASSWORD|TOKEN|_URL/.test(variable) &&
          !['GRAPH_API_URL', 'CASEMENT_PUBLIC_URL'].includes(variable)
        ) {
          expect(variable, name).toMatch(/_FILE$/)
          expect(secrets, `${name} ${variable}`).toContain(String(value).replace('/run/secrets/', ''))
        }
      }
      if (name !== 'postgres') {
        const used = Object.values(environment).map(String).concat(String(compose.services[name]?.command))
        for (const secret of secrets) expect(used.join(), `${name} ${secret}`).toContain(`/run/secrets/${secret}`)
      }
    }
    expect(text).not.toMatch(/PASSWORD:-|postgres:\/\//)
    expect(compose.services.worker?.secrets).not.toContain('meta_app_secret')
    expect(compose.services.api?.environment?.DATABASE_URL_FILE).toBe('/run/secrets/database_url_app')
  })

  it('finds every secret that compose/make-secrets makes, once, for nobody else to read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'casement-compose-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    cpSync(join(root, 'compose'), join(directory, 'compose'), { recursive: true })
    const make = () =>
      spawnSync(join(directory, 'compose/make-secrets'), {
        env: { PATH: process.env.PATH, META_APP_SECRET: 'a'.repeat(32) },
        encoding: 'utf8',
      })
    expect(make()).toMatchObject({ status: 0, stderr: '' })
    const read = () => Object.values(compose.secrets).map(({ file }) => readFileSync(join(directory, file), 'utf8'))
    const made = read()
    expect(make().stdout).toBe('')
    expect(read()).toEqual(made)
    expect(statSync(join(directory, 'secrets')).mode & 0o777).toBe(0o700)
    expect(new Set(made).size).toBe(made.length)
    expect(made.every((one) => one.trim().length >= 32)).toBe(true)
  })
})
