/* Loaded before a process of Casement (`--import`): its clock is off by `WRONG_CLOCK_MS`. What it waits is as long as ever. */

const offMs = Number(process.env.WRONG_CLOCK_MS)
const Right = Date

class WrongDate extends Right {
  constructor(...args: []) {
    if (args.length === 0) super(WrongDate.now())
    else super(...args)
  }

  static override now(): number {
    return Right.now() + offMs
  }
}

globalThis.Date = WrongDate as DateConstructor
