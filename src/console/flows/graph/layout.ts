/*
 * Where the boxes of a graph stand, from top to bottom: in layers, by the longest way from the start; in each layer in the order that
 * crosses fewest lines; below what leads to them. What leads back up is drawn beside. Pure.
 */

export interface Line {
  from: string
  to: string
}

export interface Point {
  x: number
  y: number
}

export interface Layout {
  /** The middle of the upper edge. */
  boxes: ReadonlyMap<string, Point>
  /** In the order of the lines that were given: through which points each goes. Of one that leads back up null. */
  ways: (Point[] | null)[]
  width: number
  height: number
}

export interface Sizes {
  width: number
  height: number
  /** Between boxes beside each other, and between layers. */
  gapX: number
  gapY: number
}

const SWEEPS = 8

interface Place {
  id: string
  layer: number
  x: number
  /** Of a line that passes through this layer, not of a box. */
  isPassing: boolean
  above: Place[]
  below: Place[]
}

/** @param ids in the order of the document, the start first */
export function layOut(ids: readonly string[], lines: readonly Line[], sizes: Sizes): Layout {
  const back = leadingBack(ids, lines)
  const layerOf = layersOf(
    ids,
    lines.filter((line) => !back.has(line)),
  )
  const places = new Map<string, Place>(ids.map((id) => [id, placeOf(id, layerOf.get(id) ?? 0, false)]))
  const layers: Place[][] = []
  const put = (place: Place) => {
    layers[place.layer] = [...(layers[place.layer] ?? []), place]
    return place
  }
  for (const place of places.values()) put(place)
  const through = lines.map((line) => (back.has(line) ? null : thread(line, places, put)))
  for (let sweep = 0; sweep < SWEEPS; sweep++) order(layers, sweep % 2 === 0)
  for (let sweep = 0; sweep <= SWEEPS; sweep++) shift(layers, sweep % 2 === 0, sizes)

  const all = layers.flat()
  const left = Math.min(0, ...all.map(({ x, isPassing }) => x - (isPassing ? 0 : sizes.width / 2)))
  const right = Math.max(0, ...all.map(({ x, isPassing }) => x + (isPassing ? 0 : sizes.width / 2)))
  const at = ({ x, layer }: Place): Point => ({ x: x - left, y: layer * (sizes.height + sizes.gapY) })
  return {
    boxes: new Map([...places].map(([id, place]) => [id, at(place)])),
    ways: through.map((way) => way?.map(at) ?? null),
    width: right - left,
    height: layers.length * (sizes.height + sizes.gapY) - sizes.gapY,
  }
}

function placeOf(id: string, layer: number, isPassing: boolean): Place {
  return { id, layer, x: 0, isPassing, above: [], below: [] }
}

/** Lines that close a circle, found by going down from the start in the order of the document. */
function leadingBack(ids: readonly string[], lines: readonly Line[]): Set<Line> {
  const from = Map.groupBy(lines, (line) => line.from)
  const back = new Set<Line>()
  const over = new Set<string>()
  const onWay = new Set<string>()
  const visit = (id: string) => {
    if (over.has(id)) return
    onWay.add(id)
    for (const line of from.get(id) ?? []) {
      if (onWay.has(line.to)) back.add(line)
      else visit(line.to)
    }
    onWay.delete(id)
    over.add(id)
  }
  for (const id of ids) visit(id)
  return back
}

/** The longest way from whatever nothing leads to. */
function layersOf(ids: readonly string[], lines: readonly Line[]): Map<string, number> {
  const to = Map.groupBy(lines, (line) => line.to)
  const known = new Map<string, number>()
  const layerOf = (id: string): number => {
    const found = known.get(id)
    if (found !== undefined) return found
    const layer = Math.max(-1, ...(to.get(id) ?? []).map((line) => layerOf(line.from))) + 1
    known.set(id, layer)
    return layer
  }
  for (const id of ids) layerOf(id)
  return known
}

/** A line over several layers has a place in each, so that no box stands on it. */
function thread({ from, to }: Line, places: ReadonlyMap<string, Place>, put: (place: Place) => Place): Place[] {
  const [begin, end] = [places.get(from) as Place, places.get(to) as Place]
  const passing = Array.from({ length: end.layer - begin.layer - 1 }, (_, index) =>
    put(placeOf('', begin.layer + 1 + index, true)),
  )
  const way = [begin, ...passing, end]
  way.slice(1).forEach((place, index) => {
    const former = way[index] as Place
    former.below.push(place)
    place.above.push(former)
  })
  return way
}

/** Each behind the middle of its neighbours in the layer before. */
function order(layers: Place[][], isDown: boolean): void {
  const rank = new Map<Place, number>()
  for (const layer of layers) for (const [index, place] of layer.entries()) rank.set(place, index)
  for (const layer of isDown ? layers : layers.toReversed()) {
    const weigh = (place: Place) => mean((isDown ? place.above : place.below).map((one) => rank.get(one) ?? 0))
    const weights = new Map(layer.map((place) => [place, weigh(place) ?? rank.get(place) ?? 0]))
    layer.sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0))
    for (const [index, place] of layer.entries()) rank.set(place, index)
  }
}

/** Each below, or above, the middle of its neighbours, as far as there is room. */
function shift(layers: Place[][], isDown: boolean, { width, gapX }: Sizes): void {
  const roomOf = (place: Place) => (place.isPassing ? gapX : width + gapX)
  for (const layer of isDown ? layers : layers.toReversed()) {
    const wished = layer.map((place) => mean((isDown ? place.above : place.below).map(({ x }) => x)) ?? place.x)
    let edge = Number.NEGATIVE_INFINITY
    for (const [index, place] of layer.entries()) {
      place.x = Math.max(wished[index] as number, edge + roomOf(place) / 2)
      edge = place.x + roomOf(place) / 2
    }
    const off = mean(layer.map((place, index) => place.x - (wished[index] as number))) ?? 0
    for (const place of layer) place.x -= off
  }
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0) / numbers.length
}
