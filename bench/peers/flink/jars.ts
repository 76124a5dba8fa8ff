/** Flink's jars. */
import { join } from 'node:path'
import { folderOf, jarsCache } from '../../../scripts/kafka/jars.ts'

const flink = { pom: join(import.meta.dirname, 'pom.xml'), home: join(jarsCache, 'flink-2.2.0') } as const

/** For a class path. It need not be there yet. */
export const flinkLibraries: string = join(flink.home, 'libs', '*')

/** @throws Error with Maven's words when it fails */
export function fetchFlink(): void {
  folderOf(flink)
}
