/** A risk server that can be made sick. `node examples/6-enrichment/server.ts`, then `curl -X PUT localhost:8099/health/down` */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `down` hangs up, `slow` takes longer than anyone waits, `flapping` is down every other half second. */
export const healths = ['well', 'down', 'slow', 'one in a hundred fails', 'flapping'] as const
export type Health = (typeof healths)[number]

export interface RiskServer {
  readonly address: string
  health: Health
  /** Questions so far. */
  readonly asked: number
  stop(): Promise<void>
}

const slowMilliseconds = 2_000
const flapMilliseconds = 500

export async function startRiskServer(port = 0): Promise<RiskServer> {
  let health: Health = 'well'
  let asked = 0
  const server = createServer((request, response) => {
    const asksForHealth = /^\/health\/(.+)$/.exec(decodeURI(request.url ?? ''))
    if (asksForHealth === null) answer(request, response, health, asked++)
    else {
      health = healths.find((each) => each === asksForHealth[1]) ?? health
      response.end(`${health}\n`)
    }
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get health() {
      return health
    },
    set health(next) {
      health = next
    },
    get asked() {
      return asked
    },
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function answer(request: IncomingMessage, response: ServerResponse, health: Health, number: number): void {
  const isDown =
    health === 'down' || (health === 'flapping' && Math.floor(performance.now() / flapMilliseconds) % 2 === 1)
  if (isDown) request.socket.destroy()
  else if (health === 'slow') setTimeout(() => tellRisk(request, response), slowMilliseconds)
  else if (health === 'one in a hundred fails' && number % 100 === 0) refuse(response, 503)
  else tellRisk(request, response)
}

/** An order that costs less than nothing is the order's own fault, however well the server is. */
function tellRisk(request: IncomingMessage, response: ServerResponse): void {
  const cents = Number(new URL(request.url!, 'http://localhost').searchParams.get('cents'))
  if (cents < 0) refuse(response, 422)
  else response.end(JSON.stringify({ risk: cents % 10 }))
}

function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.end(status === 422 ? 'it costs less than nothing' : 'try again')
}

if (import.meta.main) console.log(`ready ${(await startRiskServer(8099)).address}`)
