/** SCRAM by the examples of RFC 5802's successor, and by what must not pass. */
import { describe, expect, test } from 'vitest'
import type { Exchange, Step } from '../../src/broker/sasl/exchange.ts'
import { plainMechanism } from '../../src/broker/sasl/plain.ts'
import { scramCredential, scramExchange } from '../../src/broker/sasl/scram.ts'

const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
const credentials = new Map([['user', scramCredential('sha256', 'pencil', salt, 4096)]])

/** RFC 7677, section 3. */
const example = {
  first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  challenge: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  final: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  signature: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
}

function exchange(): Exchange {
  return scramExchange('sha256', credentials, example.serverNonce)
}

async function say(to: Exchange, text: string): Promise<Step> {
  return await to.next(Buffer.from(text))
}

describe('SCRAM', () => {
  test('the exchange of RFC 7677', async () => {
    const begun = exchange()
    const challenge = await say(begun, example.first)
    expect(challenge).toEqual({ kind: 'challenge', bytes: Buffer.from(example.challenge) })
    const known = await say(begun, example.final)
    expect(known).toEqual({ kind: 'known', principal: 'user', expires: null, bytes: Buffer.from(example.signature) })
  })

  test.each([
    ['another proof', example.final.replace('p=dHzb', 'p=dHzc')],
    ['a proof of another length', `${example.final.slice(0, 80)},p=AAAA`],
    ['another nonce', example.final.replace('r=rOpr', 'r=rOps')],
    ['another channel binding', example.final.replace('c=biws', 'c=eSws')],
    ['nothing that is SCRAM', 'hello'],
    ['nothing', ''],
  ])('%s is refused', async (_, final) => {
    const begun = exchange()
    await say(begun, example.first)
    expect(await say(begun, final)).toMatchObject({ kind: 'refused' })
  })

  test.each([
    ['a stranger', 'n,,n=other,r=abc'],
    ['channel binding', 'p=tls-unique,,n=user,r=abc'],
    ['acting for another', 'n,a=other,n=user,r=abc'],
    ['no nonce', 'n,,n=user,r='],
    ['the name of a property', 'n,,n=__proto__,r=abc'],
    ['nothing', ''],
  ])('%s is refused at once', async (_, first) => {
    expect(await say(exchange(), first)).toMatchObject({ kind: 'refused' })
  })

  test('names with commas and equal signs', async () => {
    const odd = new Map([['a,b=c', scramCredential('sha512', 'pencil', salt, 4096)]])
    expect(await say(scramExchange('sha512', odd, 'server'), 'n,a=a=2Cb=3Dc,n=a=2Cb=3Dc,r=abc')).toMatchObject({
      kind: 'challenge',
    })
  })
})

describe('PLAIN', () => {
  test.each([
    ['name and password', '\0alice\0secret', 'known'],
    ['acting for oneself', 'alice\0alice\0secret', 'known'],
    ['acting for another', 'bob\0alice\0secret', 'refused'],
    ['a wrong password', '\0alice\0secre', 'refused'],
    ['no password', '\0alice\0', 'refused'],
    ['no name', '\0\0secret', 'refused'],
    ['a stranger with the empty password', '\0bob\0', 'refused'],
    ['the name of a property', '\0constructor\0secret', 'refused'],
    ['too many parts', '\0alice\0secret\0', 'refused'],
  ])('%s', async (_, said, kind) => {
    expect(await plainMechanism({ alice: 'secret' })().next(Buffer.from(said))).toMatchObject({ kind })
  })
})
