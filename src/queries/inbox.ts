/** What a socket receives, in order, for one reader that takes its time. */
import type { WebSocket } from 'ws'

/** With more than this unread the socket is not read any further. */
const mostUnread = 1_000

export class Inbox {
  private readonly socket: WebSocket
  private readonly unread: string[] = []
  private ended: string | null = null
  private wake: () => void = () => undefined

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      this.unread.push(String(data))
      if (this.unread.length > mostUnread && !socket.isPaused) socket.pause()
      this.wake()
    })
    socket.on('close', (code, reason) => this.end(String(reason) || `the connection was closed with ${code}`))
    socket.on('error', (error) => this.end(error.message))
  }

  /** Nothing more comes, for this reason; what is unread still does. */
  end(why: string): void {
    this.ended ??= why
    this.wake()
  }

  /** The next message; null when nothing more comes. */
  async next(): Promise<string | null> {
    while (this.unread.length === 0) {
      if (this.ended !== null) return null
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    const message = this.unread.shift()!
    if (this.unread.length === 0 && this.socket.isPaused) this.socket.resume()
    return message
  }

  get why(): string {
    return this.ended ?? ''
  }
}
