/* The plain way in for people, until the console takes its place: a form, and a script that redeems the code of a link. */

/** Hidden until the script knows which of them to show. */
export const SIGN_IN_MARKUP = `<section id="out" hidden>
<h2>Sign in</h2>
<form id="form">
<p><label>E-mail <input name="email" type="email" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><label>Code of your authenticator, if you have one <input name="totp" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}"></label></p>
<p><button>Sign in</button></p>
</form>
<p>No password yet? <code>casement start</code> prints a link that signs you in once, <code>npx casement user link</code> another one, and an administrator invites others.</p>
</section>
<section id="in" hidden>
<p>Signed in as <strong id="who"></strong>. <button id="leave" type="button">Sign out</button></p>
<form id="first" hidden>
<p><label>Set a password of at least 12 characters <input name="password" type="password" autocomplete="new-password" minlength="12" required></label> <button>Set it</button></p>
</form>
</section>
<p id="said" role="status"></p>
`

/** Served as a file of its own, since the page allows no script inside of it. */
export const SIGN_IN_SCRIPT = `'use strict'
const at = (id) => document.getElementById(id)
const KNOWN = 'casement-signed-in'
let token = ''

async function ask(method, path, body) {
  const headers = { 'x-csrf-token': token }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  const text = await answer.text()
  const json = text === '' ? null : JSON.parse(text)
  if (!answer.ok) throw new Error(json && json.error ? json.error.message : 'The server answered ' + answer.status)
  return json
}

function say(text) {
  at('said').textContent = text
}

function show(session) {
  at('out').hidden = session !== null
  at('in').hidden = session === null
  if (session === null) {
    localStorage.removeItem(KNOWN)
    return
  }
  localStorage.setItem(KNOWN, '1')
  token = session.csrf_token
  at('who').textContent = session.user.name + ' (' + session.user.email + '), ' + session.role + ' of ' + session.workspace
  at('first').hidden = session.has_password
}

async function enter(body) {
  say('')
  try {
    show(await ask('POST', 'v1/session', body))
  } catch (error) {
    show(null)
    say(error.message)
  }
}

function filled(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''))
}

at('form').addEventListener('submit', (event) => {
  event.preventDefault()
  enter(filled(event.target))
})
at('first').addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    await ask('POST', 'v1/me/password', filled(event.target))
    show(await ask('GET', 'v1/session'))
    say('The password is set.')
  } catch (error) {
    say(error.message)
  }
})
at('leave').addEventListener('click', async () => {
  try {
    await ask('DELETE', 'v1/session')
    show(null)
  } catch (error) {
    say(error.message)
  }
})

async function begin() {
  const code = /^#code=([A-Za-z0-9_-]+)$/.exec(location.hash)
  if (code) {
    // Out of the address bar and the history first: it is worth a session.
    history.replaceState(null, '', location.pathname)
    return enter({ link: code[1] })
  }
  // Only where there was a session: asking without one is a sign-in that failed.
  if (!localStorage.getItem(KNOWN)) return show(null)
  try {
    show(await ask('GET', 'v1/session'))
  } catch {
    show(null)
  }
}

addEventListener('hashchange', begin)
begin()
`
