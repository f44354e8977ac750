import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { readCostSearch } from './costs/search.ts'
import { readIntentSearch } from './intents/search.ts'
import { readSettingsSearch } from './settings/search.ts'
import { Home } from './setup/home.tsx'
import { Shell } from './shell.tsx'
import { readTemplateSearch } from './templates/search.ts'
import { readChatSearch } from './whatsapp/search.ts'
import { WhatsApp } from './whatsapp/whatsapp.tsx'

/* Every page has an address, with what was chosen and searched on it, so that back returns to it and a link opens it. */

const root = createRootRoute({ component: Shell })

const page = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path })

const home = createRoute({ ...page('/'), component: Home })
const whatsapp = createRoute({ ...page('/whatsapp'), component: WhatsApp, validateSearch: readChatSearch })
const setup = createRoute({
  ...page('/setup'),
  component: lazyRouteComponent(() => import('./setup/setup.tsx'), 'Setup'),
})
const senders = createRoute({
  ...page('/senders'),
  component: lazyRouteComponent(() => import('./senders/senders.tsx'), 'Senders'),
})
const templates = createRoute({
  ...page('/templates'),
  component: lazyRouteComponent(() => import('./templates/templates.tsx'), 'Templates'),
  validateSearch: readTemplateSearch,
})
const intents = createRoute({
  ...page('/intents'),
  component: lazyRouteComponent(() => import('./intents/intents.tsx'), 'Intents'),
  validateSearch: readIntentSearch,
})
const costs = createRoute({
  ...page('/costs'),
  component: lazyRouteComponent(() => import('./costs/costs.tsx'), 'Costs'),
  validateSearch: readCostSearch,
})
const settings = createRoute({
  ...page('/settings'),
  component: lazyRouteComponent(() => import('./settings/settings.tsx'), 'Settings'),
  validateSearch: readSettingsSearch,
})
const unknown = createRoute({
  ...page('$'),
  beforeLoad: () => {
    throw redirect({ to: '/' })
  },
})

export const router = createRouter({
  routeTree: root.addChildren([home, whatsapp, templates, intents, senders, costs, setup, settings, unknown]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
