import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { codeHelp } from '../../src/cli/code-help.ts'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { variables } from '../../src/environment/variables.ts'
import { errorCodes } from '../../src/faults.ts'
import { main, millrace } from './command.ts'

describe('help', () => {
  test('--help shows examples first, every noun, and fits a screen', async () => {
    const { code, stdout, stderr } = await millrace(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Examples:/)
    for (const noun of ['run', 'broker', 'topology', 'help']) expect(stdout).toMatch(new RegExp(`^ {2}${noun} `, 'm'))
    expect(stdout.split('\n').length).toBeLessThanOrEqual(30)
  })

  test('--version prints the version of the package', async () => {
    const { code, stdout } = await millrace(['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('topics are printed from the tables the program runs by', async () => {
    const [codes, environment] = await Promise.all([
      millrace(['help', 'exit-codes', '--json']),
      millrace(['help', 'env']),
    ])
    expect(JSON.parse(codes.stdout)).toEqual(JSON.parse(JSON.stringify(exitCodes)))
    for (const name of Object.keys(variables)) expect(environment.stdout).toContain(name)
  })

  test('an error code is explained', async () => {
    const { code, stdout } = await millrace(['help', 'MR2001'])
    expect(code).toBe(0)
    expect(stdout).toContain(`MR2001  ${errorCodes.MR2001.meaning}`)
    expect(stdout).toMatch(/^ {2}exit {4}5$/m)
  })

  test('every code has a page: what it means, how one gets there, what to do', async () => {
    const { stdout } = await millrace(['help', 'codes', '--json'])
    const listed = JSON.parse(stdout) as readonly { code: string }[]
    expect(listed.map(({ code }) => code)).toEqual(Object.keys(errorCodes))
    expect(Object.keys(codeHelp)).toEqual(Object.keys(errorCodes))
    for (const { cause, fix } of Object.values(codeHelp)) {
      expect(cause).toMatch(/\w.*\.$/)
      expect(fix).toMatch(/\w.*\.$/)
    }
  })

  test('a command is explained', async () => {
    const { stdout } = await millrace(['help', 'topology', 'describe'])
    expect(stdout).toContain('Usage: millrace topology describe')
  })
})

describe('what cannot be understood', () => {
  test.each([
    ['an unknown noun', ['topolgy'], "Unknown command 'topolgy'", 'Did you mean topology?'],
    ['an unknown verb', ['topology', 'descibe'], "Unknown command 'descibe'", 'Did you mean describe?'],
    ['an unknown flag', ['run', 'x.ts', '--brokrs', 'a:1'], "Unknown option '--brokrs'", 'Did you mean --brokers?'],
    ['a missing argument', ['run'], "Missing required argument 'file'", '--help'],
    ['a bad number', ['broker', '--port', '70000'], "'70000' is invalid", ''],
    ['a bad bound', ['run', 'x.ts', '--until', 'tomorrow'], "'tomorrow' is invalid", ''],
    ['a bad guarantee', ['run', 'x.ts', '--guarantee', 'maybe'], 'Allowed choices are exactly-once', ''],
    ['an unknown error code', ['help', 'MR7777'], 'There is no error code MR7777', 'millrace help codes'],
    ['an unknown help topic', ['help', 'weather'], 'There is no help on "weather"', 'exit-codes'],
  ])('%s ends with 2 and says what to do', async (_, words, what, fix) => {
    const { code, stdout, stderr } = await millrace(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error MR1001 {2}/)
    expect(stderr).toContain(what)
    expect(stderr).toContain(fix)
  })

  test('an address without a port names the flag', async () => {
    const { code, stderr } = await millrace(['run', 'x.ts', '--brokers', 'localhost'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error MR1003 {2}--brokers holds "localhost"/)
  })

  test('a noun without a verb shows its help on stderr', async () => {
    const { code, stdout, stderr } = await millrace(['topology'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('describe')
  })

  test.each([[['--json']], [['-o', 'json']], [['--output=json']]])(
    '%j gives the error as one object on stdout',
    async (words) => {
      const { code, stdout, stderr } = await millrace(['run', 'nowhere.ts', ...words])
      expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 2, lines: 1 })
      expect(stderr).not.toContain('MR1002')
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: 'MR1002', message: 'There is no file nowhere.ts', retryable: false },
      })
    },
  )
})

test('a reader that closes the pipe is no error', async () => {
  const child = spawn(process.execPath, [main, 'help', 'codes'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const complaints: Buffer[] = []
  child.stderr.on('data', (text: Buffer) => complaints.push(text))
  const [code]: unknown[] = await once(child, 'close')
  expect({ code, stderr: Buffer.concat(complaints).toString() }).toEqual({ code: 0, stderr: '' })
})

test('what --help loads stays small: a command is imported when it is asked for', () => {
  const loaded = [...staticImports(new URL('../../src/cli/command.ts', import.meta.url))].map(
    (url) => url.split('/src/')[1],
  )
  expect(loaded.sort()).toEqual([
    'cli/command.ts',
    'cli/dlq/dlq.ts',
    'cli/dlq/flags.ts',
    'cli/dlq/moves.ts',
    'cli/errors.ts',
    'cli/operate/grammar.ts',
    'cli/operate/who.ts',
    'cli/print/safe-json.ts',
    'cli/print/untrusted.ts',
    'cli/program.ts',
    'cli/sim/grammar.ts',
    'cli/store/grammar.ts',
    'cli/values.ts',
    'clock.ts',
    'duration.ts',
    'environment/values.ts',
    'faults.ts',
  ])
})

test('what waits beside the threads of a worker loads nothing of what they run', () => {
  const loaded = [...staticImports(new URL('../../src/cli/worker/run.ts', import.meta.url))]
  const rooms = loaded.map((url) => url.split('/src/')[1]!.split('/').slice(0, 2).join('/'))
  expect(loaded.map((url) => url.split('/src/')[1])).toContain('cli/worker/threads.ts')
  expect(rooms.filter((room) => /^(kafka|wire|operators|topology|state|serde|run\.ts)/.test(room))).toEqual([])
})

/** The files that importing one file loads; `import type` and `import(…)` load nothing. */
function staticImports(file: URL, found: Set<string> = new Set()): Set<string> {
  if (found.has(file.href)) return found
  found.add(file.href)
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type\b)[^'"]*?from '(\.[^']+)'/gm)
  for (const [, path = ''] of imports) staticImports(new URL(path, file), found)
  return found
}
