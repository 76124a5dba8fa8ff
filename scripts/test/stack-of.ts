/** Where a Node process stands, also one whose loop never gives way: its inspector has a thread of its own. */
import { setTimeout as sleep } from 'node:timers/promises'

interface Frame {
  readonly functionName: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number }
}

interface Message {
  readonly method?: string
  readonly params?: { readonly callFrames?: readonly Frame[]; readonly scriptId?: string; readonly url?: string }
}

const samples = 20
const sampleMilliseconds = 500
const betweenMilliseconds = 20
const attempts = 50
const attemptMilliseconds = 100

/**
 * The innermost frames of what the process does: the deepest of several samples, since between two steps of a promise
 * nothing is to be seen.
 * @param inspectPort what it was started with as `--inspect-port`: its inspector begins to listen there
 * @returns nothing where it waits
 */
export async function stackOf(pid: number, inspectPort: number): Promise<string[]> {
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await debuggerAddress(inspectPort))
  const scripts = new Map<string, string>()
  const paused = pausesOf(socket, scripts)
  await new Promise((resolve) => {
    socket.onopen = resolve
  })
  send(socket, 'Debugger.enable')
  let deepest: readonly Frame[] = []
  for (let sample = 0; sample < samples; sample++) {
    send(socket, 'Debugger.pause')
    const frames = await Promise.race([paused(), sleep(sampleMilliseconds, [])])
    if (frames.length > deepest.length) deepest = frames
    send(socket, 'Debugger.resume')
    await sleep(betweenMilliseconds)
  }
  socket.close()
  return deepest.map(
    ({ functionName, location }) =>
      `${functionName || '(anonymous)'} ${scripts.get(location.scriptId)}:${location.lineNumber + 1}`,
  )
}

/** @returns what waits for the next pause */
function pausesOf(socket: WebSocket, scripts: Map<string, string>): () => Promise<readonly Frame[]> {
  let resume: (frames: readonly Frame[]) => void = () => undefined
  socket.onmessage = ({ data }) => {
    const { method, params } = JSON.parse(String(data)) as Message
    if (method === 'Debugger.scriptParsed') scripts.set(params!.scriptId!, params!.url!)
    if (method === 'Debugger.paused') resume(params!.callFrames!)
  }
  return () =>
    new Promise((resolve) => {
      resume = resolve
    })
}

let requests = 0

function send(socket: WebSocket, method: string): void {
  socket.send(JSON.stringify({ id: ++requests, method }))
}

async function debuggerAddress(port: number): Promise<string> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => null)
    const targets = (await answer?.json()) as { readonly webSocketDebuggerUrl: string }[] | undefined
    if (targets?.[0] !== undefined) return targets[0].webSocketDebuggerUrl
    await sleep(attemptMilliseconds)
  }
  throw new Error(`no inspector on port ${port}`)
}
