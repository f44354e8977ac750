import { openListener } from '../../src/store/pg/listener.ts'

/* Takes the lead and says so, to be frozen by listener.test.ts. Ends with its parent, whose pipe it reads. */

const [url = ''] = process.argv.slice(2)
const listener = await openListener({ url, channels: ['news'], onError: () => {} })
console.log(await listener.tryLead())
process.stdin.resume()
process.stdin.once('end', () => process.exit())
