import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/*
 * A few workers share the files, so the run is over when the last file is. The few that take minutes begin first, or one of them would run
 * alone at the end; of the others the larger ones, which tend to take longer. A fresh clone knows no durations.
 */
const LONG = [
  'test/faults/kill',
  'test/faults/campaign-kill',
  'test/bench/',
  'test/faults/waits',
  'test/e2e/campaigns',
  'test/faults/network',
  'test/e2e/order',
  'test/faults/dispatch-faults',
  'test/e2e/doubt',
  'test/store/conversation-lists',
  'test/faults/',
  'test/e2e/',
  'test/cli/',
  'test/queue/',
  'test/embedded/',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = this.ctx.config.root
    const rankOf = (file: TestSpecification) => {
      const path = relative(root, file.moduleId).replaceAll('\\', '/')
      const rank = LONG.findIndex((prefix) => path.startsWith(prefix))
      return rank < 0 ? LONG.length : rank
    }
    const keyed = files.map((file) => ({ file, rank: rankOf(file), bytes: statSync(file.moduleId).size }))
    return keyed.sort((a, b) => a.rank - b.rank || b.bytes - a.bytes).map(({ file }) => file)
  }
}
