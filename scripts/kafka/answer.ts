/** Is a broker ready? A raw Metadata request (version 1, no topics), so that nothing under test is needed to ask. */
import { connect } from 'node:net'

// Size 14, API key 3, version 1, correlation id 1, client id null, an array of no topics.
const metadataRequest: Buffer = Buffer.from('0000000e' + '0003' + '0001' + '00000001' + 'ffff' + '00000000', 'hex')
const answerTimeoutMilliseconds = 1_000

/** True when the broker lists so many brokers: itself, registered and unfenced, among them. */
export function answersMetadata(port: number, brokers = 1): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ port, host: '127.0.0.1', timeout: answerTimeoutMilliseconds }, () =>
    socket.write(metadataRequest),
  )
  let answer = Buffer.alloc(0)
  const settle = (ready: boolean): void => {
    socket.destroy()
    resolve(ready)
  }
  socket.on('data', (bytes) => {
    answer = Buffer.concat([answer, bytes])
    // Four bytes of size, four of correlation id, four of the number of brokers.
    if (answer.length >= 12) settle(answer.readInt32BE(8) >= brokers)
  })
  socket.on('error', () => settle(false))
  socket.on('timeout', () => settle(false))
  socket.on('close', () => settle(false))
  return promise
}
