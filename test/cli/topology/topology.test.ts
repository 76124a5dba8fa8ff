import { expect, test } from 'vitest'
import { fixture, millrace } from '../command.ts'

test('text is the default', async () => {
  const { code, stdout, stderr } = await millrace(['topology', 'describe', fixture('shout.ts')])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const name of ['shout', 'words', 'shouts']) expect(stdout).toContain(name)
})

test('mermaid', async () => {
  const { code, stdout } = await millrace(['topology', 'describe', fixture('shout.ts'), '--format', 'mermaid'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^(flowchart|graph) /m)
})

test.each([[['--format', 'json']], [['--json']], [['-o', 'json']]])('%j is one object on one line', async (words) => {
  const { code, stdout } = await millrace(['topology', 'describe', fixture('shout.ts'), ...words])
  expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 1 })
  expect(JSON.parse(stdout)).toMatchObject({ topology: 'shout' })
})

test('another format is refused with the list', async () => {
  const { code, stderr } = await millrace(['topology', 'describe', fixture('shout.ts'), '--format', 'svg'])
  expect(code).toBe(2)
  expect(stderr).toContain('text, mermaid, json')
})
