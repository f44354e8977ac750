let browsers = 0

/** A browser with a cookie jar for one server, somewhere of its own, since guesses count by address. */
export class Browser {
  readonly url: string
  address = `203.0.113.${++browsers}`
  cookie = ''
  token = ''

  constructor(url: string) {
    this.url = url
  }

  async ask(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        'x-forwarded-for': this.address,
        'x-csrf-token': this.token,
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const [given] = answer.headers.getSetCookie()
    if (given !== undefined) this.cookie = given.split(';')[0] as string
    const text = await answer.text()
    const json = text === '' ? null : JSON.parse(text)
    if (json?.csrf_token) this.token = json.csrf_token
    return { status: answer.status, body: json, code: json?.error?.code as string | undefined }
  }

  /** The same person at another process, with the same cookie: its name has the port of the first. */
  at(url: string): Browser {
    const other = new Browser(url)
    other.cookie = this.cookie.replace(/^casement_\d+/, `casement_${new URL(url).port}`)
    other.token = this.token
    return other
  }
}
