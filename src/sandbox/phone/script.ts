/** The behaviour of the customer's phone, for the browser. It talks to `/sandbox` and to nothing else. */
export const PHONE_SCRIPT = String.raw`
'use strict'
const $ = (id) => document.getElementById(id)
const state = { people: [], senders: [], phone: null, who: null, number: null, skewMs: 0, shown: '', atEnd: true }

function el(tag, attributes, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'onclick') node.onclick = value
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? '' : value)
  }
  node.append(...children.filter((child) => child !== null && child !== ''))
  return node
}

async function api(path, body, method) {
  const options = body === undefined ? {} : {
    method: method || 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' },
  }
  const answer = await fetch('/sandbox' + path, options)
  const data = await answer.json()
  if (!answer.ok) throw new Error(data.error ? data.error.message : 'HTTP ' + answer.status)
  return data
}

function say(text) {
  $('toast').textContent = text
  $('toast').hidden = false
  clearTimeout(say.timer)
  say.timer = setTimeout(() => { $('toast').hidden = true }, 6000)
}

function attempt(action) {
  return async (event) => {
    if (event && event.preventDefault) event.preventDefault()
    try { await action(event) } catch (error) { say(error.message) }
  }
}

// Loading. One load at a time; changes that come meanwhile lead to one more.
let loading = false
let again = false
async function load() {
  if (loading) { again = true; return }
  loading = true
  try {
    do {
      again = false
      const [people, senders] = await Promise.all([api('/customers?messages=1'), api('/senders')])
      state.people = people.data
      state.senders = senders.data
      state.skewMs = Date.parse(people.now) - Date.now()
      const first = people.data.find((one) => one.threads.length > 0) || people.data.at(-1)
      if (!state.who && first) state.who = first.key
      state.number = state.number || (senders.data[0] && senders.data[0].id)
      state.phone = state.who ? await api('/customers/' + encodeURIComponent(state.who)).catch(() => null) : null
      render()
    } while (again)
  } catch (error) { say('The sandbox does not answer: ' + error.message) } finally { loading = false }
}

const now = () => Date.now() + state.skewMs
const thread = () => state.phone && state.phone.threads.find((one) => one.phone_number_id === state.number)

function choose(key) {
  state.who = key
  location.hash = encodeURIComponent(key)
  state.shown = ''
  return load()
}

// Drawing
function render() {
  renderPeople()
  renderHead()
  renderFacts()
  tick()
  // Last, because the lines above it decide how tall the thread is.
  renderThread()
}

function initials(name) {
  return name.split(/\s+/).map((word) => word[0]).slice(0, 2).join('').toUpperCase()
}

function lastOf(person) {
  return person.threads.flatMap((one) => one.messages.slice(-1)).sort((a, b) => (a.at < b.at ? 1 : -1))[0]
}

function renderPeople() {
  const focused = document.activeElement && document.activeElement.dataset.key
  $('people').replaceChildren(...state.people.map((person) => {
    const last = lastOf(person)
    const unread = person.threads.reduce((sum, one) => sum + one.unread, 0)
    const current = state.phone && state.phone.key === person.key
    const preview = last ? last.text || last.header || last.type : (person.wa_id ? '+' + person.wa_id : person.user_id)
    return el('li', {}, el('button', {
      type: 'button', class: 'person', 'data-key': person.key, 'aria-current': current ? 'true' : null,
      onclick: attempt(() => choose(person.key)),
    },
      el('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(person.name)),
      el('b', {}, person.name),
      el('small', {}, preview),
      unread > 0 && !current ? el('span', { class: 'badge', 'aria-label': unread + ' unread' }, String(unread)) : null,
    ))
  }))
  if (focused) { const same = document.querySelector('[data-key="' + focused + '"]'); if (same) same.focus() }
}

function renderHead() {
  const sender = state.senders.find((one) => one.id === state.number)
  $('business').textContent = sender ? sender.verified_name : 'No business number'
  $('subtitle').textContent = sender ? '+' + sender.display_phone_number : ''
  $('number').hidden = state.senders.length < 2
  $('number').replaceChildren(...state.senders.map((one) =>
    el('option', { value: one.id, selected: one.id === state.number }, one.verified_name + ' +' + one.display_phone_number)))
}

const TIME = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat([], { weekday: 'short', day: 'numeric', month: 'short' })

function renderThread() {
  const current = thread()
  const shown = JSON.stringify([state.who, state.number, current && current.messages])
  if (shown === state.shown) return
  const box = $('thread')
  const follow = state.atEnd || state.shown === ''
  state.shown = shown
  if (!current || current.messages.length === 0) {
    box.replaceChildren(el('p', { class: 'empty' }, state.phone
      ? 'No messages with this business yet. Write something, or arrive from an ad.'
      : 'Pick a customer, or add one.'))
    return
  }
  const texts = Object.fromEntries(current.messages.map((one) => [one.wamid, one.text || one.header || one.type]))
  let day = ''
  box.replaceChildren(...current.messages.flatMap((message) => {
    const label = DAY.format(new Date(message.at))
    const rows = label === day ? [] : [el('p', { class: 'note', style: 'align-self:center' }, label)]
    day = label
    return rows.concat(bubble(message, texts))
  }))
  if (follow) box.scrollTop = box.scrollHeight
  markRead(current)
}

function bubble(message, texts) {
  const mine = message.direction === 'in'
  const failed = message.status === 'failed'
  return el('div', { class: 'row ' + (mine ? 'in' : 'out') + (failed ? ' failed' : '') },
    el('div', { class: 'bubble' },
      message.context_id && texts[message.context_id] ? el('span', { class: 'quote' }, texts[message.context_id]) : null,
      message.header ? el('span', { class: 'head' }, message.header) : null,
      message.text,
      message.footer ? el('span', { class: 'foot' }, message.footer) : null,
      el('span', { class: 'stamp' }, TIME.format(new Date(message.at)) + ' ', ticks(message.status)),
    ),
    failed || message.buttons.length === 0 ? null : el('div', { class: 'taps' }, ...message.buttons.map((button) => tapButton(message, button))),
    mine ? null : el('span', { class: 'note' }, noteOf(message)),
  )
}

const TICKS = { accepted: '🕓', held: '🕓', sent: '✓', delivered: '✓✓', read: '✓✓', failed: '⚠' }

function ticks(status) {
  return el('span', { class: 'tick ' + status, role: 'img', 'aria-label': status, title: status }, TICKS[status] || '')
}

function tapButton(message, button) {
  const leaves = ['url', 'call', 'copy_code'].includes(button.kind)
  const name = button.kind === 'row' && button.description ? button.label + ' · ' + button.description : button.label
  return el('button', {
    type: 'button', disabled: leaves, title: leaves ? 'Leads out of WhatsApp; nothing is sent to the business' : null,
    onclick: attempt(() => act('tap', { label: button.label, wamid: message.wamid })),
  }, name)
}

function noteOf(message) {
  const parts = [message.template ? message.template.toLowerCase() + ' template' : 'free-form']
  if (message.status === 'failed') return 'Never arrived: error ' + message.error + ' · ' + parts[0]
  if (message.status === 'accepted' || message.status === 'held') return 'On its way · ' + parts[0]
  if (message.pricing) parts.push(message.pricing.type === 'regular' ? 'charged' : message.pricing.type.replaceAll('_', ' '))
  return parts.join(' · ')
}

function markRead(current) {
  if (document.visibilityState === 'visible' && current.unread > 0) attempt(() => act('read', {}))()
}

function renderFacts() {
  const phone = state.phone
  const pressed = (name, on) => document.querySelector('[data-act="' + name + '"]').setAttribute('aria-pressed', String(!!on))
  pressed('marketing', phone && phone.marketing_stopped)
  pressed('power', phone && !phone.online)
  pressed('hide', phone && phone.phone_hidden)
  pressed('responder', thread() && thread().other_responder)
  for (const button of document.querySelectorAll('[data-act], #write input, #write button')) button.disabled = !phone
  const facts = phone ? [
    ['Name', phone.name], ['wa_id', phone.wa_id || 'none'], ['user_id', phone.user_id],
    ['Username', phone.username || 'none'], ['WhatsApp', phone.has_whatsapp ? 'yes' : 'no'],
  ] : []
  $('facts').replaceChildren(...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]))
}

function left(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const pad = (value) => String(value).padStart(2, '0')
  return Math.floor(seconds / 3600) + ':' + pad(Math.floor(seconds / 60) % 60) + ':' + pad(seconds % 60)
}

function tick() {
  $('clock').textContent = new Date(now()).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })
  const current = thread()
  const closesIn = current && current.window.expires_at ? Date.parse(current.window.expires_at) - now() : null
  const open = closesIn !== null && closesIn > 0
  $('window').classList.toggle('open', open)
  $('window-text').textContent = open
    ? 'The business may write freely for ' + left(closesIn)
    : closesIn === null ? 'You have not written yet: only templates may arrive' : 'The 24-hour window is closed: only templates may arrive'
  $('meter').style.width = open ? (closesIn / 864000) + '%' : '0'
  const entry = current && current.free_entry_point
  const free = entry && entry.open && entry.expires_at ? Date.parse(entry.expires_at) - now() : 0
  $('entry-text').hidden = !(free > 0)
  $('entry-text').textContent = 'Free entry point: messages cost nothing for ' + left(free)
  $('typing').textContent = current && current.typing ? 'typing…' : ''
  $('typing').hidden = !(current && current.typing)
}

// Doing
async function act(path, body) {
  if (!state.who) return
  await api('/customers/' + encodeURIComponent(state.who) + '/' + path, { phone_number_id: state.number, ...body })
  await load()
}

async function change(patch) {
  await api('/customers/' + encodeURIComponent(state.who), patch, 'PATCH')
  await load()
}

const ACTS = {
  'arrive-from-ad': () => act('arrive-from-ad', {}),
  call: () => act('call', {}),
  react: () => act('react', {}),
  stop: () => act('say', { text: 'STOP' }),
  marketing: () => act(state.phone.marketing_stopped ? 'resume-marketing' : 'stop-marketing', {}),
  power: () => change({ online: !state.phone.online }),
  hide: () => change({ phone_hidden: !state.phone.phone_hidden }),
  colleague: async () => {
    const text = prompt('What does the colleague write?', 'Hi, Sam here. How can I help?')
    if (text) await act('colleague-writes', { text })
  },
  responder: () => act(thread() && thread().other_responder ? 'other-responder-hands-back' : 'other-responder-takes-over', {}),
  recycle: async () => {
    const added = await api('/customers/' + encodeURIComponent(state.who) + '/recycle-number', {})
    await choose(added.key)
  },
  move: async () => {
    const given = prompt('The new number, with country code')
    const digits = (given || '').replace(/\D/g, '')
    if (!digits) return
    const key = state.phone.key
    await act('change-number', { wa_id: digits })
    await choose(key)
  },
}

for (const button of document.querySelectorAll('[data-act]')) button.onclick = attempt(() => ACTS[button.dataset.act]())
for (const button of document.querySelectorAll('[data-advance]')) {
  button.onclick = attempt(async () => { await api('/clock', { advance_ms: Number(button.dataset.advance) }); await load() })
}
$('thread').onscroll = ({ target }) => { state.atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 60 }
new ResizeObserver(([{ target }]) => { if (state.atEnd) target.scrollTop = target.scrollHeight }).observe($('thread'))
$('number').onchange = () => { state.number = $('number').value; state.shown = ''; render() }
$('write').onsubmit = attempt(async () => {
  const text = $('text').value.trim()
  if (!text) return
  $('text').value = ''
  await act('say', { text })
})
$('add').onsubmit = attempt(async () => {
  const form = new FormData($('add'))
  const name = String(form.get('name')).trim()
  const added = await api('/customers', { wa_id: String(form.get('wa_id')).replace(/\D/g, ''), ...(name ? { name } : {}) })
  $('add').reset()
  await choose(added.key)
  $('text').focus()
})

window.onhashchange = () => {
  const key = decodeURIComponent(location.hash.slice(1))
  if (key && key !== state.who) attempt(() => choose(key))()
}
document.addEventListener('visibilitychange', () => { const current = thread(); if (current) markRead(current) })
state.who = decodeURIComponent(location.hash.slice(1)) || null
new EventSource('/sandbox/events').addEventListener('change', load)
setInterval(tick, 1000)
load()
`
