import { SIGN_IN_MARKUP } from './sign-in-page.ts'

export interface Landing {
  /** Null where no Bull Board is mounted. */
  queuesPath: string | null
  /** Null where messages go to Meta. */
  sandboxUrl: string | null
  hasDocs: boolean
}

/** `/` where the console is not built. */
export function landingPage({ queuesPath, sandboxUrl, hasDocs }: Landing): string {
  const links = [
    hasDocs && link('/docs', 'API reference', 'every route, with its OpenAPI document at <code>/openapi.json</code>'),
    queuesPath &&
      link(
        queuesPath,
        'Queues',
        'Bull Board; for admins of <code>default</code> who signed in, or any user name and an API key as password',
      ),
    sandboxUrl && link(sandboxUrl, "Customer's phone", 'the sandbox: play the customer, no message reaches Meta'),
    link('/readyz', 'Readiness', 'database and lanes'),
    link('/metrics', 'Metrics', 'for Prometheus'),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Casement</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 38rem; margin: 4rem auto; padding: 0 1rem; color: #1c2b33; background: #fff }
  h1 { font-size: 1.5rem } li { margin: .5rem 0 } a { color: #0a6b4f }
  form input { display: block; font: inherit; width: 20rem; max-width: 100%; box-sizing: border-box; margin: .2rem 0 .8rem; padding: .3rem }
  [hidden] { display: none } button { font: inherit; padding: .3rem .8rem } #wrong { color: #a3261a }
  @media (prefers-color-scheme: dark) { body { color: #e6ecef; background: #12181b } a { color: #5cc9a7 } #wrong { color: #ff9c8f } }
</style>
</head>
<body>
<h1>Casement</h1>
<p>Casement is running. It sends WhatsApp messages and knows, as each one leaves, whether its window is open.</p>
<ul>
${links.filter(Boolean).join('\n')}
</ul>
${SIGN_IN_MARKUP}<p>The web console is not built. In a checkout <code>npm run build</code> builds it.</p>
<script src="sign-in.js" defer></script>
</body>
</html>
`
}

/** `about` is markup of this file's own. */
function link(href: string, name: string, about: string): string {
  return `  <li><a href="${escapeHtml(href)}">${escapeHtml(name)}</a>: ${about}</li>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
