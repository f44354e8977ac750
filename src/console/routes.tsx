import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { readCampaignSearch } from './campaigns/search.ts'
import { readCostSearch } from './costs/search.ts'
import { readFlowSearch } from './flows/search.ts'
import { readIntentSearch } from './intents/search.ts'
import { strictly } from './parts/strictly.ts'
import { readSettingsSearch } from './settings/search.ts'
import { Home } from './setup/home.tsx'
import { Shell } from './shell.tsx'
import { readTemplateSearch } from './templates/search.ts'
import { readChatSearch } from './whatsapp/search.ts'
import { WhatsApp } from './whatsapp/whatsapp.tsx'
import { PageWords } from './words/words.tsx'

/* Every page has an address, with what was chosen and searched on it, so that back returns to it and a link opens it. */

const root = createRootRoute({ component: Shell })

const page = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path })

/** Loaded when somebody goes there, and shown once its words are there. */
const lazyPage = (load: () => Promise<ComponentType>) =>
  lazyRouteComponent(async () => {
    const Content = await load()
    // biome-ignore lint/correctness/noComponentHookFactories: made once for each page, when it has come
    const Page = () => (
      <PageWords>
        <Content />
      </PageWords>
    )
    return { Page }
  }, 'Page')

const home = createRoute({ ...page('/'), component: Home })
const whatsapp = createRoute({ ...page('/whatsapp'), component: WhatsApp, validateSearch: strictly(readChatSearch) })
const setup = createRoute({
  ...page('/setup'),
  component: lazyPage(async () => (await import('./setup/setup.tsx')).Setup),
})
const senders = createRoute({
  ...page('/senders'),
  component: lazyPage(async () => (await import('./senders/senders.tsx')).Senders),
})
const templates = createRoute({
  ...page('/templates'),
  component: lazyPage(async () => (await import('./templates/templates.tsx')).Templates),
  validateSearch: strictly(readTemplateSearch),
})
const campaigns = createRoute({
  ...page('/campaigns'),
  component: lazyPage(async () => (await import('./campaigns/campaigns.tsx')).Campaigns),
  validateSearch: strictly(readCampaignSearch),
})
const flows = createRoute({
  ...page('/flows'),
  component: lazyPage(async () => (await import('./flows/flows.tsx')).Flows),
  validateSearch: strictly(readFlowSearch),
})
const intents = createRoute({
  ...page('/intents'),
  component: lazyPage(async () => (await import('./intents/intents.tsx')).Intents),
  validateSearch: strictly(readIntentSearch),
})
const costs = createRoute({
  ...page('/costs'),
  component: lazyPage(async () => (await import('./costs/costs.tsx')).Costs),
  validateSearch: strictly(readCostSearch),
})
const settings = createRoute({
  ...page('/settings'),
  component: lazyPage(async () => (await import('./settings/settings.tsx')).Settings),
  validateSearch: strictly(readSettingsSearch),
})
const unknown = createRoute({
  ...page('$'),
  beforeLoad: () => {
    throw redirect({ to: '/' })
  },
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    whatsapp,
    templates,
    campaigns,
    flows,
    intents,
    senders,
    costs,
    setup,
    settings,
    unknown,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
