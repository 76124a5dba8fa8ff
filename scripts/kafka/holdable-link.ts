/** A TCP link that can be held: while it is, bytes wait on both sides and no connection breaks. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface HoldableLink {
  readonly port: number
  /** Nothing passes until `release`, in either direction. */
  hold(): void
  release(): void
  close(): Promise<void>
}

/** @example const link = await holdableLink(9095); link.hold(); …; link.release() */
export async function holdableLink(targetPort: number): Promise<HoldableLink> {
  const sockets = new Set<Socket>()
  let isHeld = false
  const server = createServer((near) => {
    const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    join(near, far)
    join(far, near)
  })
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (bytes) => to.write(bytes))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    if (isHeld) from.pause()
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    hold() {
      isHeld = true
      for (const socket of sockets) socket.pause()
    },
    release() {
      isHeld = false
      for (const socket of sockets) socket.resume()
    },
    async close() {
      const closed = once(server.close(), 'close')
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
