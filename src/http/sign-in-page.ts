/* The plain way in for people, where the console is not built: a form, and a script that redeems the code of a link. */

/** Hidden until the script knows which of them to show. */
export const SIGN_IN_MARKUP = `<noscript><p>Signing in needs JavaScript.</p></noscript>
<section id="out" hidden>
<h2>Sign in</h2>
<form id="form">
<p><label>E-mail <input name="email" type="email" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p id="second" hidden><label>Code of your authenticator <input name="totp" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" title="Six digits" disabled required></label></p>
<p><button>Sign in</button></p>
</form>
<p id="wrong" role="alert"></p>
<p>No password yet? <code>casement start</code> prints a link that signs you in once, <code>npx casement user link</code> another one, and an administrator invites others.</p>
</section>
<section id="in" hidden>
<p>Signed in as <strong id="who"></strong>. <button id="leave" type="button">Sign out</button></p>
<form id="first" hidden>
<input id="own" type="text" autocomplete="username" hidden readonly>
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
  if (answer.ok) return json
  const error = json?.error ?? {}
  throw Object.assign(new Error(error.message ?? 'The server answered ' + answer.status), {
    code: error.code,
    waitS: Number(answer.headers.get('retry-after')),
  })
}

function say(text) {
  at('said').textContent = text
}

function complain(text) {
  at('wrong').textContent = text
}

// The field of the code comes once it is asked for: most people have none.
function askForCode(isAsked) {
  const field = at('form').elements.totp
  at('second').hidden = !isAsked
  field.disabled = !isAsked
  if (isAsked) field.focus()
}

function explain({ code, waitS, message }, isLink) {
  if (code === 'totp_required') return 'Enter the code that your authenticator shows.'
  if (code === 'rate_limited') return 'Too many tries. Wait ' + (waitS > 90 ? Math.ceil(waitS / 60) + ' minutes.' : waitS + ' seconds.')
  if (code !== 'unauthorized') return message
  return isLink ? 'This link was used already, or is too old. Ask for another one.' : 'That is not right. Each code of an authenticator is good once.'
}

function show(session) {
  at('out').hidden = session !== null
  at('in').hidden = session === null
  // No password stays behind on the page.
  at('form').reset()
  at('first').reset()
  askForCode(false)
  complain('')
  if (session === null) {
    localStorage.removeItem(KNOWN)
    return
  }
  localStorage.setItem(KNOWN, '1')
  token = session.csrf_token
  at('who').textContent = session.user.name + ' (' + session.user.email + '), ' + session.role + ' of ' + session.workspace
  at('first').hidden = session.has_password
  at('own').value = session.user.email
}

async function enter(body) {
  say('')
  complain('')
  try {
    show(await ask('POST', 'v1/session', body))
  } catch (error) {
    if (body.link) show(null)
    if (error.code === 'totp_required') askForCode(true)
    else at('form').elements.totp.value = ''
    complain(explain(error, body.link !== undefined))
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
    say('')
    show(null)
  } catch (error) {
    // Over already is over.
    if (error.code === 'unauthorized') show(null)
    else say(error.message)
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
