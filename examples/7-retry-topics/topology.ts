/** Parcels whose weight arrives late. `millrace run examples/7-retry-topics/topology.ts` */
import {
  deadLetter,
  from,
  json,
  retryLater,
  retryTopics,
  type Topology,
  text,
  topic,
  topology,
} from '../../src/index.ts'

export interface Parcel {
  readonly id: string
  readonly to: string
}

/** What the scales have said so far; in an application a database. */
export const weights = new Map<string, number>()

export const parcels = topic('parcels', { key: text, value: json<Parcel>() })
export const labels = topic('labels', { key: text, value: json<Parcel & { readonly grams: number }>() })

export const printLabels: Topology = topology(
  'print-labels',
  from(parcels)
    .map(
      (parcel) => {
        const grams = weights.get(parcel.id)
        if (grams === undefined) throw retryLater(`parcel ${parcel.id} has not been weighed yet`)
        return { ...parcel, grams }
      },
      // The others go on meanwhile: print-labels.retry.weighing.5s, then print-labels.retry.weighing.1m
      { onFailure: [retryTopics('weighing', [{ seconds: 5 }, { minutes: 1 }]), deadLetter('unweighed')] },
    )
    .to(labels),
)
