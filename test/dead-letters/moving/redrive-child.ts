/** A redrive in a process of its own, to be killed. Arguments: brokers, queue, description as JSON, job or nothing. */
import { redrive, resumeRedrive } from '../../../src/dead-letters/moving/redrive.ts'
import type { GraphDescription } from '../../../src/topology/describe-graph.ts'
import { clientOf } from './moves-world.ts'

const [brokers, queue, json, job] = process.argv.slice(2)
const description = JSON.parse(json!) as GraphDescription
const kafka = await clientOf(brokers!)
const onProgress = ({ job: id, moved }: { job: string; moved: number }): void => console.log(`${id} ${moved}`)
const { state, moved } =
  job === undefined
    ? await redrive(kafka, { queue: queue!, description, onProgress })
    : await resumeRedrive(kafka, job, { description, onProgress })
console.log(`ended ${state} ${moved}`)
await kafka.close()
