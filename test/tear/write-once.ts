/** `node test/tear/write-once.ts HOST:PORT`: the writer as a process of its own, since its client may be a copy with a patch. */
import { writeBehind } from './writer.ts'

console.log(JSON.stringify(await writeBehind(process.argv[2]!)))
