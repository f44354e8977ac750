import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { keyIdOf } from './token-vault.ts'

/*
 * Which workers are alive and which access tokens they can open. A sealed token names its key, so a process is described by the keys it
 * has, and by the few tokens that are damaged although it has their key. Nobody writes a row per number.
 */

export interface WorkerProcess {
  id: string
  keyIds: readonly string[]
  /** Numbers whose token it could not open although it has the key. */
  damaged: readonly PhoneNumberId[]
}

/** The process lives. */
export async function beat(db: Db, { id, keyIds, damaged }: WorkerProcess): Promise<void> {
  await sql`
    insert into worker_processes as p (id, key_ids, damaged, seen_at)
    values (${id}::uuid, ${[...keyIds]}::text[], ${[...damaged]}::text[], casement_now())
    on conflict (id) do update set key_ids = excluded.key_ids, damaged = excluded.damaged, seen_at = casement_now()`.execute(
    db,
  )
}

/** It stops, and opens nothing any more. */
export async function leave(db: Db, id: string): Promise<void> {
  await sql`delete from worker_processes where id = ${id}::uuid`.execute(db)
}

/** Processes that were killed leave their row behind. */
export async function forgetLostProcesses(db: Db): Promise<void> {
  await sql`delete from worker_processes where seen_at < casement_now() - interval '1 day'`.execute(db)
}

export interface LinkedToken {
  sender: PhoneNumberId
  /** Null: it is no sealed token at all. */
  keyId: string | null
  /** How it begins: its key and more than chance would repeat. */
  head: string
  version: Instant
  /** It is paused or restricted, so nothing of it is sent and no token is asked for. */
  standsStill: boolean
}

export async function readLinkedTokens(db: Db): Promise<LinkedToken[]> {
  const { rows } = await sql<{ phone_number_id: PhoneNumberId; head: string; updated_at: Instant; active: boolean }>`
    select phone_number_id, left(sealed_access_token, 40) as head, updated_at, state = 'active' as active from senders
    where sealed_access_token is not null`.execute(db)
  return rows.map(({ phone_number_id, head, updated_at, active }) => ({
    sender: phone_number_id,
    keyId: keyIdOf(head),
    head,
    version: updated_at,
    standsStill: !active,
  }))
}

export async function readSealedTokens(db: Db, senders: PhoneNumberId[]): Promise<Map<PhoneNumberId, string>> {
  if (senders.length === 0) return new Map()
  const { rows } = await sql<{ phone_number_id: PhoneNumberId; sealed_access_token: string }>`
    select phone_number_id, sealed_access_token from senders
    where phone_number_id = any (${senders}::text[]) and sealed_access_token is not null`.execute(db)
  return new Map(rows.map((row) => [row.phone_number_id, row.sealed_access_token]))
}

export interface TokenNews {
  /** Active numbers whose token no live process can open. */
  unreadable: PhoneNumberId[]
  /** Numbers restricted for that, whose token some live process can open. */
  readable: PhoneNumberId[]
}

/** @param aliveMs a process that was not heard of for so long is gone */
export async function readTokenNews(db: Db, aliveMs: number): Promise<TokenNews> {
  const { rows } = await sql<{ phone_number_id: PhoneNumberId; readable: boolean }>`
    select s.phone_number_id, r.readable
    from senders s cross join lateral (
      select exists (
        select from worker_processes p
        where p.seen_at > casement_now() - ${aliveMs} * interval '1 millisecond'
          and split_part(s.sealed_access_token, '.', 2) = any (p.key_ids) and s.phone_number_id <> all (p.damaged)) as readable
    ) r
    where s.sealed_access_token is not null
      and ((s.state = 'active' and not r.readable)
        or (s.state = 'restricted' and s.reason_code = 'token_unreadable' and r.readable))
    order by s.phone_number_id`.execute(db)
  const of = (readable: boolean) => rows.filter((row) => row.readable === readable).map((row) => row.phone_number_id)
  return { unreadable: of(false), readable: of(true) }
}

/** Live workers, and how many linked tokens each of them cannot open. */
export async function readWorkers(db: Db, aliveMs: number): Promise<{ id: string; unreadable: number }[]> {
  const { rows } = await sql<{ id: string; unreadable: number }>`
    select p.id, (
      select count(*)::int from senders s
      where s.sealed_access_token is not null
        and not (split_part(s.sealed_access_token, '.', 2) = any (p.key_ids) and s.phone_number_id <> all (p.damaged))) as unreadable
    from worker_processes p where p.seen_at > casement_now() - ${aliveMs} * interval '1 millisecond' order by p.id`.execute(
    db,
  )
  return rows
}
