/** A connection whose other end has vanished looks like one where nothing happens: both ends make sure. */
import type { WebSocket } from 'ws'
import type { Clock, Timer } from '../clock.ts'

const beatMilliseconds = 30_000
/** Who reads slowly answers late: so many beats may be unanswered. */
const mostUnanswered = 4
const silenceMilliseconds = 90_000

/** The server's part: whoever leaves several beats unanswered has gone. */
export function beat(socket: WebSocket, clock: Clock): void {
  let unanswered = 0
  repeat(socket, { clock, milliseconds: beatMilliseconds }, () => {
    if (unanswered === mostUnanswered) return socket.terminate()
    unanswered++
    socket.ping()
  })
  socket.on('pong', () => {
    unanswered = 0
  })
}

/** The client's part: a server that has not been heard for so long has gone, unless nobody listened. */
export function expectBeats(socket: WebSocket, clock: Clock): void {
  let isHeard = true
  for (const event of ['open', 'ping', 'message'] as const) {
    socket.on(event, () => {
      isHeard = true
    })
  }
  repeat(socket, { clock, milliseconds: silenceMilliseconds }, () => {
    if (!isHeard && !socket.isPaused) socket.terminate()
    isHeard = false
  })
}

/** Until the socket is closed. */
function repeat(
  socket: WebSocket,
  { clock, milliseconds }: { readonly clock: Clock; readonly milliseconds: number },
  work: () => void,
): void {
  let timer: Timer = clock.after(milliseconds, again)
  function again(): void {
    timer = clock.after(milliseconds, again)
    work()
  }
  socket.on('close', () => timer.cancel())
}
