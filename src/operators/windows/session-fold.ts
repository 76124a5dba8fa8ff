/** Sessions: they grow, and merge (`semantics.md` 3.3). */

import { reject } from '../../faults.ts'
import type { Window } from '../../record.ts'
import type { SessionWindows } from '../../time/windows.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import { addTo } from '../fold.ts'
import { KeyBytes } from '../key-bytes.ts'
import type { Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { ClockedFold } from './clocked-fold.ts'
import { SessionRows } from './session-rows.ts'
import type { WindowRow } from './window-rows.ts'
import { timesOf } from './window-times.ts'

export class SessionFold extends ClockedFold {
  private readonly windows: SessionWindows
  private readonly sessions: SessionRows

  constructor(site: Site<AggregateNode>, windows: SessionWindows) {
    const { node, environment } = site
    const sessions = new SessionRows(
      orderedStore(environment, node.store),
      new KeyBytes(node.keySerde, `the fold ${node.store}`),
    )
    super(site, { rows: sessions, times: timesOf(windows, node.emit === 'updates' && !isHeldBack(site)) })
    this.windows = windows
    this.sessions = sessions
  }

  protected fold(key: unknown, value: unknown, time: number, window: Window | null): void {
    const { gap } = this.windows
    const touched = [...this.sessions.touching(key, time - gap, time + gap)]
    const start = touched.reduce((first, session) => Math.min(first, session.start), time)
    const end = touched.reduce((last, session) => Math.max(last, session.end), time)
    if (!this.isOpen(end)) {
      this.refuse(key, value, time, window, this.objects.of(time, time))
      return
    }
    this.context.window = this.objects.of(start, end)
    const merged = this.merged(touched)
    const row = touched.length === 0 ? undefined : { key, value: merged, time: end }
    const sum = addTo(this.site.node, row, value, this.context)
    this.replace(touched, { start, end, row: { key, value: sum, time: end } }, time)
    if (this.speaker.tells) this.speaker.changed(start, end, key, row?.value, sum, end)
  }

  private merged(touched: readonly WindowRow[]): unknown {
    const { merge, store } = this.site.node
    const [first, ...others] = touched.map(({ row }) => row.value)
    const merged = others.reduce((one, other) => merge!(one, other), first)
    if (touched.length > 0 && merged === undefined) {
      throw reject(`The merge of ${store} returned undefined`, { code: 'MR3002' })
    }
    return merged
  }

  /** The merged session in place of those that it is made of; alike a record right on a session of that one instant. */
  private replace(touched: readonly WindowRow[], session: WindowRow, time: number): void {
    const { start, end, row } = session
    if (start !== time || end !== time) {
      for (const old of touched) {
        this.sessions.delete(old)
        this.speaker.mergedAway(old, session)
      }
    }
    this.sessions.put(start, end, row.key, row.value, end)
  }
}

/** What is held back until its session closes must not be merged afterwards: it would be counted twice. */
function isHeldBack({ graphNode, receiver }: Site<AggregateNode>): boolean {
  return graphNode.outputs.some((to) => {
    const { node } = receiver(to)
    return node.kind === 'suppress' && node.until === 'close'
  })
}
