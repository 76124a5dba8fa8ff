import { createKeyValueStore } from '../../src/state/memory.ts'
import { createWindowStore } from '../../src/state/window-memory.ts'
import { testStores } from './contract.ts'

testStores('in memory', { keyValue: createKeyValueStore, window: createWindowStore })
