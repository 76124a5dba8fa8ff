#!/usr/bin/env node
/** The command `millrace`. What it imports, topologies too, is compiled at its first start and kept for the next ones. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { main } = await import('./command.ts')
const code = await main(process.argv.slice(2))
// Not left to the end of the event loop: what user code keeps open must not keep a worker alive that has left its group.
process.stdout.write('', () => process.exit(code))
