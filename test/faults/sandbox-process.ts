import { flushCompileCache } from 'node:module'
import { createSandbox, DEFAULT_LINK } from '../../src/sandbox/sandbox.ts'

/*
 * The sandbox in a process of its own, so that it outlives whatever a fault suite kills: what Meta accepted stays accepted. Started by
 * fleet.ts; options come as one JSON argument, the address goes out as one line. Ends with its parent, whose pipe it reads.
 */

const { webhookUrl, appSecret, verifyToken, throughputMps } = JSON.parse(process.argv[2] as string)

const sandbox = await createSandbox({
  host: '127.0.0.1',
  port: 0,
  appSecret,
  verifyToken,
  webhookUrl,
  knobs: {
    throughputMps,
    webhookBatch: 50,
    webhookConcurrency: 16,
    // An API that was killed is back in a moment, and its statuses must not be minutes behind.
    webhookRetryBaseMs: 100,
    webhookRetries: 12,
    freeServiceMessages: 1_000_000,
  },
})
console.log(JSON.stringify({ url: sandbox.url, sender: DEFAULT_LINK }))
flushCompileCache() // it ends by being killed
process.stdin.resume()
process.stdin.once('end', () => process.exit())
