/**
 * AlterConfigs.
 * Behaviour: replaces a topic's settings as a whole, at once and for good; nodes' settings can be read only.
 */
import { AlterConfigs } from '../../wire/apis/index.ts'
import { replacedConfigs } from '../configs/changes.ts'
import { alterResources, refusedResources } from '../configs/resources.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const alterConfigs: AnyHandler = handler({
  api: AlterConfigs,
  execute: ({ resources, validateOnly }, broker) => ({
    throttleTimeMs: 0,
    responses: alterResources(resources, validateOnly, broker, (_, { configs }) => replacedConfigs(configs)),
  }),
  refuse: ({ resources }, code) => ({ throttleTimeMs: 0, responses: refusedResources(resources, code) }),
})
