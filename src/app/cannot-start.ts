/** Something that has to run first does not, and the message tells the operator why. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}

/** For work whose plain errors are written for the operator. What the system reports, and bugs, pass as they are. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof Error && cause.constructor === Error && !('code' in cause)) {
      throw new CannotStart(cause.message, { cause })
    }
    throw cause
  }
}
