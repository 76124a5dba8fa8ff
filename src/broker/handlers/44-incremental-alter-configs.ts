/**
 * IncrementalAlterConfigs (KIP-339).
 * Behaviour: changes single settings of a topic, at once and for good; nodes' settings can be read only.
 */
import { IncrementalAlterConfigs } from '../../wire/apis/index.ts'
import { changedConfigs } from '../configs/changes.ts'
import { alterResources, refusedResources } from '../configs/resources.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const incrementalAlterConfigs: AnyHandler = handler({
  api: IncrementalAlterConfigs,
  execute: ({ resources, validateOnly }, broker) => ({
    throttleTimeMs: 0,
    responses: alterResources(resources, validateOnly, broker, (before, { configs }) =>
      changedConfigs(before, configs),
    ),
  }),
  refuse: ({ resources }, code) => ({ throttleTimeMs: 0, responses: refusedResources(resources, code) }),
})
