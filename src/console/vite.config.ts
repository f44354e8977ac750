import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run console` finds a Casement to ask. */
const CASEMENT = 'http://127.0.0.1:8080'
/** What the server answers itself, beside the console's own paths. */
const SERVED = ['/v1', '/docs', '/queues', '/openapi.json', '/healthz', '/readyz', '/metrics']

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  html: { cspNonce: '__NONCE__' },
  build: {
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    // An inline script otherwise, which the content security policy refuses.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
  },
  server: { proxy: Object.fromEntries(SERVED.map((path) => [path, { target: CASEMENT }])) },
})
