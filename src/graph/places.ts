/** Room for a bounded number of things at once, of which nobody gets more than a share. */
export interface Places {
  /** Null when there is no room, for anybody or for this holder; else gives the place back, once however often it is called. */
  take(holder: string): (() => void) | null
}

export function createPlaces(max: number, maxEach: number): Places {
  const taken = new Map<string, number>()
  let all = 0
  return {
    take(holder) {
      const own = taken.get(holder) ?? 0
      if (all >= max || own >= maxEach) return null
      all += 1
      taken.set(holder, own + 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        all -= 1
        const left = (taken.get(holder) ?? 1) - 1
        if (left > 0) taken.set(holder, left)
        else taken.delete(holder)
      }
    },
  }
}
