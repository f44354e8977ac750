/** Somebody else has it in hand: nothing of it was done, and a later try will find it free. */
export class Busy extends Error {}
