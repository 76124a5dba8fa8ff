/** Transactions that threads of this application left open when they went, before the present leader of the group led. */
import type { Clock } from '../../clock.ts'
import { sleep } from '../../clock.ts'
import { type GroupListing, type Kafka, KafkaError, type TransactionListing } from '../../kafka/port.ts'

/** The whole group waits for its leader meanwhile; without an answer those transactions end by their timeout. */
const patienceMilliseconds = 2_000

/** The ids of open transactions of this application whose threads are not members; none where Kafka won't say. */
export async function findLeftovers(
  kafka: Kafka,
  app: string,
  present: ReadonlySet<string>,
  clock: Clock,
): Promise<string[]> {
  const { admin } = kafka
  if (!admin.calls.has('transactions.list') || !admin.calls.has('groups.list')) return []
  const asked = Promise.all([admin.transactions.list(), admin.groups.list()])
  asked.catch(() => undefined)
  try {
    const answers = await Promise.race([asked, sleep(clock, patienceMilliseconds)])
    return answers ? leftoversOf(app, present, ...answers) : []
  } catch (error) {
    if (error instanceof KafkaError) return []
    throw error
  }
}

/**
 * A thread's id is `<app>-<instance>-<thread>`. Another application's name may begin with ours, and so do the ids of
 * redrives: what may be theirs is left alone.
 * @example leftoversOf('sums', new Set(['sums-a-0']), [{ id: 'sums-b-0', producerId: 4, state: 'Ongoing' }], []) // ['sums-b-0']
 */
export function leftoversOf(
  app: string,
  present: ReadonlySet<string>,
  transactions: readonly TransactionListing[],
  groups: readonly Pick<GroupListing, 'id'>[],
): string[] {
  const others = groups
    .map(({ id }) => `${id}-`)
    .filter((prefix) => prefix.startsWith(`${app}-`) && prefix !== `${app}-`)
  // Commands that move dead letters fence each other by themselves, and end within a minute.
  others.push(`${app}-redrive-`)
  return transactions
    .filter(({ id, state }) => state === 'Ongoing' && id.startsWith(`${app}-`) && !present.has(id))
    .map(({ id }) => id)
    .filter((id) => !others.some((prefix) => id.startsWith(prefix)))
}
