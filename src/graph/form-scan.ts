/** A head of a part is a few lines; a longer one is somebody's game. */
const MAX_HEAD = 8 * 1024

/**
 * Looks at a multipart form as it streams by, for parts that have no business in it: Graph takes orders from a form like from a query
 * (`method`, `batch`). It reads the separators as generously as anybody might, with and without carriage returns, so that no part is
 * seen by Meta and not here.
 */
export class FormScan {
  readonly #delimiter: Buffer
  readonly #names: readonly string[]
  /** What may be the beginning of a separator or of the end of a head. The first separator needs no line end in front. */
  #rest: Buffer = Buffer.from('\n')
  #inHead = false

  constructor(boundary: string, names: readonly string[]) {
    this.#delimiter = Buffer.from(`\n--${boundary}`, 'latin1')
    this.#names = names
  }

  /** Takes the next bytes; false once a part was seen that is not among the names, or cannot be read. */
  allows(chunk: Buffer): boolean {
    let bytes = Buffer.concat([this.#rest, chunk])
    for (;;) {
      if (this.#inHead) {
        const head = bytes.subarray(0, MAX_HEAD).toString('latin1')
        // The last separator has dashes behind it; what follows is no part.
        const end = head.startsWith('--') ? 2 : endOfHead(head)
        if (end === null) {
          this.#rest = bytes
          return bytes.length < MAX_HEAD
        }
        if (!head.startsWith('--') && !this.#names.includes(nameIn(head.slice(0, end)) ?? '')) return false
        this.#inHead = false
        // The line end that closes the head may begin the next separator.
        bytes = bytes.subarray(Math.max(0, end - 1))
      }
      const at = bytes.indexOf(this.#delimiter)
      if (at < 0) {
        this.#rest = bytes.subarray(Math.max(0, bytes.length - this.#delimiter.length))
        return true
      }
      bytes = bytes.subarray(at + this.#delimiter.length)
      this.#inHead = true
    }
  }
}

function endOfHead(head: string): number | null {
  const found = /\r?\n\r?\n/.exec(head)
  return found ? found.index + found[0].length : null
}

/**
 * The one name of a part; null where there is none, or where it could be read in two ways: a line that goes on in the next (`\r\n name=`),
 * or a name in another spelling (`name*=`).
 */
function nameIn(head: string): string | null {
  if (/\n[ \t\v\f]/.test(head) || /[;\s]name\s*\*/i.test(head)) return null
  const dispositions = head.match(/^content-disposition[^\n]*/gim) ?? []
  const names = [...(dispositions[0] ?? '').matchAll(/[;\s]name\s*=\s*(?:"([^"]*)"|([^\s;"]+))/gi)]
  return dispositions.length === 1 && names.length === 1 ? (names[0]?.[1] ?? names[0]?.[2] ?? null) : null
}

/** Of a `multipart/form-data` type; null where it has none. */
export function boundaryOf(type: string): string | null {
  const found = /boundary=(?:"([^"]{1,80})"|([^\s;"]{1,80}))/i.exec(type)
  return found?.[1] ?? found?.[2] ?? null
}
