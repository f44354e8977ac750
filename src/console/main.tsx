import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiFailure } from './api/failure.ts'
import { App } from './app.tsx'
import { Toasts } from './parts/toast.tsx'
import { cssVariables, theme } from './theme.ts'
import { Words } from './words/words.tsx'
import './styles.ts'

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
// The component library's dialogs ask this one, and not the provider, for it.
setNonce(nonce)

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the API refused it will refuse again; only what did not arrive is worth another try.
      retry: (count, error) => !(error instanceof ApiFailure && error.status !== 0) && count < 2,
    },
  },
})

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <Words>
          <App />
          <Toasts />
        </Words>
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
)
