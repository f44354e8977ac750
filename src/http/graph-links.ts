import type { FastifyRequest } from 'fastify'
import type { Edge } from './graph-edges.ts'

/*
 * Addresses in Meta's answers that lead on: to the next page, to a file. A client follows them with the only token it has, a Casement
 * key, so they have to lead through Casement.
 */

declare module 'fastify' {
  interface FastifyInstance {
    publicUrl: string | null
  }
}

/** Where the client finds us, with the version it wrote: `https://casement.example/v25.0`. Null when nothing says where. */
export function baseOf(request: FastifyRequest): string | null {
  const { protocol, host, originalUrl } = request
  const { publicUrl } = request.server
  const [version = ''] = /^\/v\d+\.\d+(?=[/?]|$)/.exec(originalUrl) ?? []
  if (publicUrl !== null) return `${publicUrl}${version}`
  if (!/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(host ?? '')) return null
  return `${protocol}://${host}${version}`
}

/**
 * The answer with the links of its `paging` rewritten: same path as was asked for, the parameters of theirs that the edge knows, no
 * token. A link that leads anywhere else is left out; its cursors stay.
 */
export function withOwnPaging(json: unknown, base: string | null, path: string, edge: Edge): unknown {
  if (!isRecord(json) || !isRecord(json.paging)) return json
  const { next, previous, ...rest } = json.paging
  const own = (link: unknown) => (base === null ? null : ownLink(link, base, path, edge))
  const links = { next: own(next), previous: own(previous) }
  return {
    ...json,
    paging: {
      ...rest,
      ...(links.next === null ? {} : { next: links.next }),
      ...(links.previous === null ? {} : { previous: links.previous }),
    },
  }
}

function ownLink(link: unknown, base: string, path: string, { query: allowed = [] }: Edge): string | null {
  const url = typeof link === 'string' ? URL.parse(link) : null
  if (url === null || !url.pathname.replace(/\/+$/, '').endsWith(path)) return null
  const kept = [...url.searchParams].filter(([name]) => allowed.includes(name))
  const query = new URLSearchParams(kept).toString()
  return `${base}${path}${query === '' ? '' : `?${query}`}`
}

/** The answer about a medium, with an address of ours in place of Meta's, which takes only Meta's tokens. */
export function withOwnFile(json: unknown, base: string | null, id: string, query: URLSearchParams): unknown {
  if (!isRecord(json) || typeof json.url !== 'string') return json
  const { url: _theirs, ...rest } = json
  if (base === null) return rest
  const number = query.get('phone_number_id')
  return { ...rest, url: `${base}/${id}/content${number === null ? '' : `?phone_number_id=${number}`}` }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
