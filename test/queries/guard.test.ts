/** Who may ask, and what must not hurt: only 4xx for bad questions, and the next good one is answered. */
import { describe, expect, test } from 'vitest'
import { randomInteger, seededRandom } from '../../src/random.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'
import { ask, keys, pair, type Reply, served, subscribe } from './servers.ts'

const token = 'a-token-of-24-characters'
const all = [0, 1, 2, 3]

describe('who may ask', () => {
  test.each([
    ['127.0.0.1:1', 200],
    ['localhost', 200],
    ['[::1]:9', 200],
    ['queries.internal:80', 200],
    ['evil.example', 421],
    ['127.0.0.1.evil.example:80', 421],
  ])('host %s: %i', async (host, status) => {
    const one = await served(all, { hosts: ['Queries.internal'] })
    expect((await ask(one, '/stores', { headers: { host } })).status).toBe(status)
  })
  test.each([
    ['https://evil.example', 403],
    ['null', 403],
    ['http://localhost:3000', 200],
  ])('a page of %s: %i', async (origin, status) => {
    const one = await served(all)
    expect((await ask(one, '/stores', { headers: { origin } })).status).toBe(status)
  })
  test('a page of another place may not subscribe either', async () => {
    const one = await served(all)
    await expect(subscribe(one, '/stores/totals/live', { origin: 'https://evil.example' })).rejects.toThrow('403')
  })
  test.each([
    [undefined, 401],
    ['Bearer another-token-of-24-chars', 401],
    [`Basic ${token}`, 401],
    [`Bearer ${token}x`, 401],
    [`Bearer ${token}`, 200],
  ])('authorization %s: %i', async (authorization, status) => {
    const one = await served(all, { token })
    const headers = authorization === undefined ? {} : { authorization }
    expect((await ask(one, '/stores', { headers: headers as Record<string, string> })).status).toBe(status)
  })
  test('after ten wrong tokens in a minute an address has to wait', async () => {
    const clock = new VirtualClock(0)
    const one = await served(all, { token }, clock)
    const tried = async (word: string): Promise<number> =>
      (await ask(one, '/stores', { headers: { authorization: `Bearer ${word}` } })).status
    for (let at = 0; at < 10; at++) expect(await tried('wrong')).toBe(401)
    expect(await tried(token)).toBe(429)
  })
  test('workers send each other the token, and a subscription needs it', async () => {
    const [left, right] = await pair({ token })
    const headers = { authorization: `Bearer ${token}` }
    right.write({ [keys[2]!]: 5 })
    expect(await ask(left, `/stores/totals/${keys[2]}`, { headers })).toMatchObject({
      status: 200,
      body: { row: { value: 5 } },
    })
    const live = await subscribe(left, `/stores/totals/${keys[2]}/live`, headers)
    expect(await live.has(2)).toMatchObject([{ type: 'row', value: 5 }, { type: 'present' }])
    await expect(subscribe(left, '/stores/totals/live')).rejects.toThrow('401')
  })
  test.each([
    [{ port: 0, host: '0.0.0.0' }, /need a token/],
    [{ port: 0, host: '10.0.0.1' }, /need a token/],
    [{ port: 0, token: 'short' }, /token/],
    [{ port: 70_000 }, /port/],
    [{ port: -1 }, /port/],
  ])('settings %j are refused', async (options, what) => {
    await expect(served(all, options)).rejects.toMatchObject({ code: 'MR1003', message: expect.stringMatching(what) })
  })
  test('a port that is taken is an error that says so', async () => {
    const one = await served(all)
    const port = Number(new URL(one.server.address).port)
    await expect(served(all, { port })).rejects.toMatchObject({
      code: 'MR1003',
      text: { why: expect.stringContaining('EADDRINUSE') },
    })
  })
})

const refused: readonly (readonly [path: string, status: number])[] = [
  ['/', 404],
  ['/stores/', 200],
  ['/store', 404],
  ['/stores/totals/a/b', 404],
  ['/stores/totals/a/live', 404],
  ['/stores/none', 404],
  ['/stores/..', 404],
  ['/stores/..%2f..%2fetc%2fpasswd', 400],
  ['/stores/%00', 400],
  ['/stores/totals/%00', 404],
  ['/stores/totals/..%2f', 404],
  ['/stores/totals/%ff', 400],
  ['/stores/totals/%', 400],
  ['/stores/totals/%zz', 400],
  [`/stores/totals/${'x'.repeat(2_000)}`, 400],
  ['/stores/totals?limit=0', 400],
  ['/stores/totals?limit=10001', 400],
  ['/stores/totals?limit=1e3', 400],
  ['/stores/totals?limit=', 400],
  ['/stores/totals?limit=1&limit=2', 400],
  ['/stores/totals?unknown=1', 400],
  ['/stores/totals?__proto__=1', 400],
  ['/stores/totals?cursor=x', 400],
  ['/stores/totals?cursor=99', 400],
  ['/stores/totals?cursor=0.%00', 400],
  ['/stores/totals?partition=4', 400],
  ['/stores/totals?partition=-1', 400],
  ['/stores/totals?format=xml', 400],
  ['/stores/totals?at=5', 400],
  ['/stores/totals/a?from=b', 400],
  ['/stores/totals/a?at=yesterday', 400],
  ['/stores/totals/a?standby-ok=yes', 400],
  ['/stores/totals/*?keys=base64', 400],
  ['//stores', 404],
  ['/stores/totals?%ff=1', 400],
  ['*', 404],
]

describe('bad questions', () => {
  test.each(refused)('%s: %i', async (path, status) => {
    const one = await served(all)
    const reply = await ask(one, path)
    expect(reply.status).toBe(status)
    if (status >= 400 && !/%00$|%2f$/.test(path))
      expect(reply.body).toMatchObject({ error: { code: expect.any(String), retryable: false } })
  })
  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'QUERY'])(
    '%s is not allowed: nothing can be changed',
    async (method) => {
      const one = await served(all)
      expect(await ask(one, '/stores', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    },
  )
  test('HEAD has the headers of GET and no body', async () => {
    const one = await served(all)
    expect(await ask(one, '/stores', { method: 'HEAD' })).toMatchObject({ status: 200, body: null })
  })
  test('a body of 10 MB is not taken', async () => {
    const one = await served(all)
    const body = Buffer.alloc(10_000_000, 'x')
    const headers = { 'content-length': String(body.length) }
    const outcome = await ask(one, '/stores', { body, headers }).catch((error: NodeJS.ErrnoException) => error.code)
    // The answer may be lost where the rest of the body meets a closed connection.
    if (typeof outcome === 'object') expect(outcome.status).toBe(413)
    else expect(['ECONNRESET', 'EPIPE']).toContain(outcome)
    expect((await ask(one, '/stores')).status).toBe(200)
  })
  test('a path of 10 MB is not taken', async () => {
    const one = await served(all)
    const outcome = await ask(one, `/stores/${'x'.repeat(10_000_000)}`).catch(
      (error: NodeJS.ErrnoException) => error.code,
    )
    if (typeof outcome === 'object') expect(outcome.status).toBe(431)
    else expect(['ECONNRESET', 'EPIPE']).toContain(outcome)
    expect((await ask(one, '/stores')).status).toBe(200)
  })
  test('whatever is written, it is never the server that fails', async () => {
    const one = await served(all)
    one.write(Object.fromEntries(keys.map((key) => [key, 1])))
    const random = seededRandom(11)
    const parts = [
      '/stores',
      '/totals',
      '/k0',
      '/live',
      '/',
      '..',
      '%2f',
      '%00',
      '%ff',
      '%',
      '?',
      '&',
      '=',
      'limit',
      'from',
      'to',
      'at',
      'cursor',
      'keys',
      'base64',
      'format',
      'bytes',
      '0',
      '-1',
      '9'.repeat(20),
      'true',
      '.',
      '[',
      '"',
      '{}',
      "'",
      ';',
      '\u0080',
      '~',
    ]
    for (let turn = 0; turn < 400; turn++) {
      const length = randomInteger(random, 1, 12)
      const path = `/${Array.from({ length }, () => parts[randomInteger(random, 0, parts.length - 1)]).join('')}`
      const reply: Reply = await ask(one, encodeURI(path).replaceAll('%25', '%').replace(/\s/g, '+'))
      expect(reply.status, path).toBeLessThan(500)
    }
    expect((await ask(one, `/stores/totals/${keys[0]}`)).status).toBe(200)
  })
  test('a subscription to what is not there is refused before it opens', async () => {
    const one = await served(all)
    for (const [path, status] of [
      ['/stores/none/live', '404'],
      ['/stores/totals', '404'],
      ['/live', '404'],
      ['/stores/totals/%ff/live', '400'],
      ['/stores/totals/live?cursor=0', '400'],
    ] as const) {
      await expect(subscribe(one, path)).rejects.toThrow(status)
    }
  })
})
