import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** What one process tells Prometheus. Counters start at zero with the process; states of intents are read from Postgres on demand. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] })

  return {
    registry,
    attempts: counter('casement_attempts_total', 'Calls to the Graph API by outcome.', ['outcome']),
    decisions: counter('casement_decisions_total', 'Decisions that led to no call, by kind.', ['kind']),
    relayed: counter('casement_relayed_total', 'Permits given out.'),
    permitsWaiting: gauge(
      'casement_permits_waiting',
      'Numbers with something due whose permit nobody has taken yet; told by the leader.',
    ),
    stranded: counter('casement_stranded_attempts_total', 'Attempts whose worker was lost.'),
    webhooks: counter('casement_webhooks_applied_total', 'Webhook payloads applied.'),
    webhooksFailed: counter('casement_webhooks_failed_total', 'Webhook payloads kept aside: they cannot be applied.'),
    webhooksLeft: counter(
      'casement_webhooks_left_total',
      'Webhook payloads left for a later round: a person or a row was busy.',
    ),
    webhookClashes: counter(
      'casement_webhook_clashes_total',
      'Deadlocks, tried again at once, and locks that were not free soon, while applying webhooks.',
      ['clash'],
    ),
    webhookErrors: counter('casement_webhook_errors_total', 'Rounds of applying webhooks that broke off.'),
    doubtsResent: counter('casement_doubts_resent_total', 'Doubts settled as not accepted and sent again.'),
    doubtsUnconfirmed: counter('casement_doubts_unconfirmed_total', 'Doubts settled as not accepted and given up.'),
    doubtsCancelled: counter(
      'casement_doubts_cancelled_total',
      'Doubts settled as not accepted and cancelled, as wished.',
    ),
    stampsAhead: counter(
      'casement_webhook_stamps_ahead_total',
      'Stamps of Meta’s more than two minutes ahead of the database’s clock: they open no window.',
    ),
    doubtsBlind: counter(
      'casement_doubts_blind_total',
      'Doubts settled without proof from their number’s webhooks: check the subscription.',
    ),
    doubtsWaiting: gauge(
      'casement_doubts_waiting',
      'Doubts past their grace that wait for the webhook channel to speak.',
    ),
    unreadableTokens: gauge(
      'casement_unreadable_tokens',
      'Linked numbers whose access token this process cannot open: compare CASEMENT_SECRET.',
    ),
    openLanes: gauge('casement_open_lanes', 'Numbers this process serves.'),
    leads: gauge('casement_relay_leads', '1 while this process has the lead.'),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
