import { describe, expect, it, test } from 'vitest'
import { firstMessage, prove, readServerFirst, verify } from '../../src/kafka/native/sasl/scram.ts'

describe('the example of RFC 7677', () => {
  const nonce = 'rOprNGfwEbeRWgbNEkqO'
  const serverFirst = `r=${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`

  it('is reproduced to the last byte', async () => {
    const first = firstMessage('user', nonce)
    expect(first).toBe(`n=user,r=${nonce}`)
    const challenge = readServerFirst(serverFirst, nonce)
    const proof = await prove('SCRAM-SHA-256', 'pencil', first, serverFirst, challenge)
    expect(proof.finalMessage).toBe(
      `c=biws,r=${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    )
    verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', proof.serverSignature)
    expect(() => verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95F4=', proof.serverSignature)).toThrow('wrong')
    expect(() => verify('e=other-error', proof.serverSignature)).toThrow('other-error')
    expect(() => verify('', proof.serverSignature)).toThrow('wrong')
  })
})

test('a name keeps its commas and equals signs', () => {
  expect(firstMessage('a,b=c', 'x')).toBe('n=a=2Cb=3Dc,r=x')
})

describe('the first message of the broker', () => {
  it.each([
    ['a nonce that is not ours', 'r=other,s=AAAA,i=4096', 'does not go on'],
    ['our nonce with nothing added', 'r=mine,s=AAAA,i=4096', 'does not go on'],
    ['no salt', 'r=mineyours,s=,i=4096', 'no salt'],
    ['too few iterations', 'r=mineyours,s=AAAA,i=4095', '4095 iterations'],
    ['more iterations than one can bear', 'r=mineyours,s=AAAA,i=100000000', '100000000 iterations'],
    ['no iterations', 'r=mineyours,s=AAAA', 'undefined iterations'],
    ['an extension', 'm=x,r=mineyours,s=AAAA,i=4096', 'extension'],
    ['nothing', '', 'does not go on'],
  ])('is refused for %s', (_, text, why) => {
    expect(() => readServerFirst(text, 'mine')).toThrow(why)
  })
})
