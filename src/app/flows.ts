import type { Deed, Doer } from '../domain/audit.ts'
import { identityOfBsuid, identityOfNumber } from '../domain/identity.ts'
import type { ContactId, PhoneNumberId } from '../domain/ids.ts'
import type { FlowServices } from '../http/flow-run-services.ts'
import { ensureConversations } from '../store/conversations/ensure.ts'
import { lockRun, setRunState, spreadDue } from '../store/flows/changes.ts'
import { insertEvent, lockPerson, newestPlace } from '../store/flows/events.ts'
import * as store from '../store/flows/flows.ts'
import { pokeRunsOf } from '../store/flows/pokes.ts'
import { findRun, listRunRows, readHistory } from '../store/flows/run-reads.ts'
import { beginTakeOver, isTakingOver } from '../store/flows/take-overs.ts'
import { readTemplateBook } from '../store/flows/templates.ts'
import { DUE_CHANNEL, findSenders } from '../store/intents/enqueue.ts'
import { releaseByIds, releaseForRun } from '../store/intents/waiting.ts'
import { readWaits } from '../store/intents/waits.ts'
import { findContact, readContact } from '../store/people/contacts.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import { resolveContacts } from '../store/people/resolve.ts'
import { type Db, inTransaction, type Postgres, retryingUncommitted } from '../store/pg/postgres.ts'
import { mapAnswer } from '../usecases/answer.ts'
import type { AttributesIo } from '../usecases/flows/change-attributes.ts'
import * as manage from '../usecases/flows/manage-flows.ts'
import * as runs from '../usecases/flows/manage-runs.ts'
import type { Place } from '../usecases/flows/start-run.ts'
import { takeOverSome } from '../usecases/flows/take-over-runs.ts'
import { type EventIo, type EventsIo, tellEvent } from '../usecases/flows/tell-event.ts'
import { mapPage } from '../usecases/paging.ts'
import { releaseFlowWaiters } from '../usecases/reconcile-waits.ts'
import type { OpenCourier } from './courier.ts'
import { deedsOn } from './deeds.ts'
import { type FlowMemory, flowIo } from './flow-io.ts'
import { PASSING_CHANNEL } from './passing-on.ts'
import { viewOfFlow, viewOfFlowInFull, viewOfRun, viewOfRunInFull } from './views/flow.ts'

export interface FlowDeps {
  postgres: Postgres
  optOuts: OptOutBook
  flows: FlowMemory
  /** Whom a flow may have called; absent where nobody writes flows. */
  courier?: Pick<OpenCourier, 'problemWithUrl'>
}

/** Flows and their runs, for whoever writes and starts them. */
export function flowServices(deps: FlowDeps): FlowServices {
  const flowsIo = manageIo(deps)
  const runsIo = manageRunsIo(deps)
  const eventsIo = tellingIo(deps)
  return {
    checkFlow: (caller, text) => manage.checkFlow(flowsIo, caller, text),
    deployFlow: (caller, deployment) => manage.deployFlow(flowsIo, caller, deployment),
    listFlows: async (caller, query) => mapPage(await manage.listFlows(flowsIo, caller, query), viewOfFlow),
    getFlow: async (caller, name) => mapAnswer(await manage.getFlow(flowsIo, caller, name), viewOfFlowInFull),
    pauseFlow: async (caller, name) =>
      mapAnswer(await manage.setFlowState(flowsIo, caller, name, 'paused'), viewOfFlow),
    resumeFlow: async (caller, name) =>
      mapAnswer(await manage.setFlowState(flowsIo, caller, name, 'active'), viewOfFlow),
    startFlow: (caller, name, input) => runs.startFlow(runsIo, caller, name, input),
    listRuns: async (caller, name, query) => mapPage(await runs.listRuns(runsIo, caller, name, query), viewOfRun),
    getRun: async (caller, id) => mapAnswer(await runs.getRun(runsIo, caller, id), viewOfRunInFull),
    stopRun: async (caller, id) => mapAnswer(await runs.stopRun(runsIo, caller, id), viewOfRunInFull),
    pauseRun: async (caller, id) => mapAnswer(await runs.setRunState(runsIo, caller, id, 'paused'), viewOfRunInFull),
    resumeRun: async (caller, id) => mapAnswer(await runs.setRunState(runsIo, caller, id, 'waiting'), viewOfRunInFull),
    tellEvent: (caller, input) => tellEvent(eventsIo, caller, input),
  }
}

/** Whoever waits for a flow waits for no window. */
const NO_WINDOW = 0

function manageIo({ postgres, flows, courier }: FlowDeps): manage.FlowsIo {
  const { db } = postgres
  const deeds = deedsOn(postgres)
  return {
    read: (purview, name) => store.readFlowRow(db, purview, name),
    list: (purview, after, limit) => store.listFlowRows(db, purview, after, limit),
    version: ({ id }, version) => store.readVersion(db, id, version),
    versions: ({ id }) => store.readVersions(db, id),
    count: ({ id }) => store.countRuns(db, id),
    isLinked: (purview, sender) => isLinked(db, purview, sender),
    enrolling: (purview) => store.readEnrolling(db, purview),
    templates: (purview, sender, names) => readTemplateBook(db, purview, sender, names),
    problemWithUrl: (url) => courier?.problemWithUrl(url) ?? null,
    async change(doer, name, change) {
      const { answer } = await deeds(
        doer,
        async (trx) => change(lockedIo(trx), await store.lockFlow(trx, doer, name)),
        ({ answer, did }) => (answer.ok && did !== null ? flowDeed(did, name) : null),
      )
      postgres.signals.send(DUE_CHANNEL)
      return answer
    },
    async takeOver(flow) {
      const page = () => inTransaction(postgres.pool, (trx) => takeOverSome(flowIo(flows, trx), flow, 'waits'))
      while (await retryingUncommitted(page));
      postgres.signals.send(DUE_CHANNEL)
    },
    stepsInUse: ({ id }) => store.stepsInUse(db, id),
    releaseHeld: () =>
      releaseFlowWaiters({
        waits: {
          read: (kind, after, limit) => readWaits(postgres.pool, kind, after, limit, NO_WINDOW),
          release: (ids) => releaseByIds(db, ids),
        },
        notifyDue: async () => postgres.signals.send(DUE_CHANNEL),
      }),
  }
}

function lockedIo(trx: Db): manage.LockedFlowIo {
  return {
    version: ({ id }, version) => store.readVersion(trx, id, version),
    write: (known, made) => store.writeVersion(trx, known, made),
    setState: (flow, state) => store.setFlowState(trx, flow, state),
    spread: ({ id }) => spreadDue(trx, id),
    stepsInUse: ({ id }) => store.stepsInUse(trx, id),
    isTakingOver: ({ id }) => isTakingOver(trx, id),
    beginTakeOver: ({ id, version }, what) => beginTakeOver(trx, id, version, what),
  }
}

function manageRunsIo({ postgres, optOuts, flows }: FlowDeps): runs.RunsIo {
  const { db } = postgres
  const deeds = deedsOn(postgres)
  return {
    readFlow: (purview, name) => store.readFlowRow(db, purview, name),
    findRun: (purview, id) => findRun(db, purview, id),
    history: (id) => readHistory(db, id),
    list: (flow, purview, filter, limit) => listRunRows(db, flow, purview, filter, limit),
    async change(doer, run) {
      const { answer } = await deeds(
        doer,
        (trx) => run(runChangeIo(trx, optOuts, flows)),
        ({ answer, did }) => (answer.ok && did !== null ? runDeed(did.what, did.id) : null),
      )
      postgres.signals.send(DUE_CHANNEL)
      return answer
    },
  }
}

/** In whatever transaction it is: the API's own, or a producer's. */
export function runChangeIo(trx: Db, optOuts: OptOutBook, flows: FlowMemory): runs.RunChangeIo {
  return {
    ...flowIo(flows, trx),
    readFlow: (purview, name) => store.readFlowRow(trx, purview, name),
    isLinked: (purview, sender) => isLinked(trx, purview, sender),
    async activeFlow(purview, name) {
      const flow = await store.readFlowRow(trx, purview, name)
      if (flow?.state !== 'active') return null
      return { ...flow, program: await flows.program(trx, flow.id, flow.version) }
    },
    async placeOf({ workspace, ...purview }, sender, recipient) {
      const known = (await findSenders(trx, { workspace, senders: purview.senders }, [sender])).get(sender)
      if (!known) throw new Error('the number was unlinked while a run began')
      const identity =
        recipient.kind === 'bsuid'
          ? identityOfBsuid(recipient.bsuid, known.portfolioId)
          : identityOfNumber(recipient.waId)
      const [contact] = await resolveContacts(trx, workspace, [identity], optOuts)
      return placeBetween(trx, workspace, sender, contact as ContactId)
    },
    lockRun: (id) => lockRun(trx, id),
    setRunState: (id, state) => setRunState(trx, id, state),
    releaseHeld: (conversation) => releaseForRun(trx, conversation),
  }
}

/** In the transaction that changes a person. */
export function attributesIo(trx: Db, flows: FlowMemory): AttributesIo {
  return {
    ...flowIo(flows, trx),
    attributesOf: async (contact) => (await readContact(trx, contact))?.attributes ?? {},
    pokeRunsOf: (contact) => pokeRunsOf(trx, contact),
    placeOf: ({ workspace }, contact, sender) => newestPlace(trx, workspace, contact, sender),
  }
}

async function placeBetween(
  trx: Db,
  workspace: Place['workspace'],
  sender: PhoneNumberId,
  contactId: ContactId,
): Promise<Place> {
  const conversations = await ensureConversations(trx, workspace, [{ sender, contactId }])
  const conversation = conversations.get(`${sender} ${contactId}`)
  if (!conversation) throw new Error('the conversation vanished while it was opened')
  return { workspace, sender, contactId, conversationId: conversation.id }
}

function tellingIo({ postgres, flows }: FlowDeps): EventsIo {
  return {
    inTransaction: (run) => retryingUncommitted(() => inTransaction(postgres.pool, (trx) => run(eventIo(trx, flows)))),
    wake: () => postgres.signals.send(DUE_CHANNEL),
    announceCalls: () => postgres.signals.send(PASSING_CHANNEL),
  }
}

function eventIo(trx: Db, flows: FlowMemory): EventIo {
  return {
    ...flowIo(flows, trx),
    findContact: (workspace, key) => findContact(trx, workspace, key),
    lockPerson: (contact) => lockPerson(trx, contact),
    insertEvent: (contact, event) => insertEvent(trx, contact, event),
    async placeWith({ workspace, senders }, contact, sender) {
      if (sender === null) return newestPlace(trx, workspace, contact, null)
      return (await isLinked(trx, { workspace, senders }, sender))
        ? placeBetween(trx, workspace, sender, contact)
        : null
    },
  }
}

async function isLinked(db: Db, purview: Pick<Doer, 'workspace' | 'senders'>, sender: string): Promise<boolean> {
  return (await findSenders(db, purview, [sender as PhoneNumberId])).size > 0
}

function flowDeed(what: string, name: string): Deed {
  return { action: `flow.${what}`, object: { kind: 'flow', id: name } }
}

function runDeed(what: string, id: string): Deed {
  return { action: `flow_run.${what}`, object: { kind: 'flow_run', id } }
}
