import { createServer } from 'node:http'
import { Text } from 'whatsapp-api-js/messages'
import { WhatsAppAPI } from 'whatsapp-api-js/middleware/node-http'

const { GRAPH_URL = 'https://graph.facebook.com', TOKEN, APP_SECRET, VERIFY_TOKEN, PORT = '3000' } = process.env
// This SDK has no option for its host.
const fetchFrom = (url, init) => fetch(String(url).replace('https://graph.facebook.com', GRAPH_URL), init)
const keys = { token: TOKEN, appSecret: APP_SECRET, webhookVerifyToken: VERIFY_TOKEN }
const bot = new WhatsAppAPI({ ...keys, v: 'v25.0', ponyfill: { fetch: fetchFrom } })
const sent = new Map()

bot.on.message = async ({ message, received, reply }) => {
  await received()
  const media = message[message.type]?.id
  const file = media && (await (await bot.fetchMedia((await bot.retrieveMedia(media)).url)).blob())
  const text = file ? `A ${message.type} of ${file.size} bytes.` : `You said: ${message.text?.body ?? message.type}`
  const { messages } = await reply(new Text(text), true, `answer ${sent.size + 1}`)
  sent.set(messages[0].id, text)
}
bot.on.status = ({ id, status, biz_opaque_callback_data: own }) => console.log(status, own, '-', sent.get(id))

createServer(async (request, response) => {
  if (request.method === 'POST') return response.writeHead(await bot.handle_post(request)).end()
  try {
    response.end(bot.handle_get(request))
  } catch (status) {
    response.writeHead(status).end()
  }
}).listen(Number(PORT), () => console.log('listening'))
