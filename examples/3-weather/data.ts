/** The files of `data/` as typed rows. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Row } from '../stage/fill.ts'
import type { Plane, Weather } from './conditions.ts'

export const weatherFile: string = fileURLToPath(new URL('data/weather.csv.gz', import.meta.url))
export const planesFile: string = fileURLToPath(new URL('data/planes.csv', import.meta.url))

type Cells = Readonly<Record<string, string>>

const missing = 'NA'
/** So late may a report be; how late it is depends on its row alone. */
const longestDelayMinutes = 180
const scatter = 7_919
const minuteMilliseconds = 60_000

/**
 * Every report, keyed by airport, as of the hour it is about, in the order in which reports arrive. When that was the
 * file doesn't say: here each is up to three hours late, another span for each and always the same.
 */
export function weatherRows(file: string = weatherFile): Row[] {
  const reports = readCsv(gunzipSync(readFileSync(file)).toString())
  const arrivals = reports.map((cells, index) => {
    const time = Date.parse(cells.time_hour!)
    const row: Row = { key: cells.origin!, value: weatherOf(cells), time }
    return { row, arrival: time + ((index * scatter) % longestDelayMinutes) * minuteMilliseconds }
  })
  return arrivals.sort((one, other) => one.arrival - other.arrival).map(({ row }) => row)
}

/** The register of planes, keyed by tail number. */
export function planeRows(file: string = planesFile): Row[] {
  return readCsv(readFileSync(file, 'utf8')).map((cells) => ({ key: cells.tailnum!, value: planeOf(cells), time: 0 }))
}

function weatherOf(cells: Cells): Weather {
  const number = numbersOf(cells)
  return {
    time_hour: cells.time_hour!,
    temp: number('temp'),
    dewp: number('dewp'),
    humid: number('humid'),
    wind_dir: number('wind_dir'),
    wind_speed: number('wind_speed'),
    wind_gust: number('wind_gust'),
    precip: number('precip'),
    pressure: number('pressure'),
    visib: number('visib'),
  }
}

function planeOf(cells: Cells): Plane {
  const number = numbersOf(cells)
  const { type, manufacturer, model, engine } = cells as Record<'type' | 'manufacturer' | 'model' | 'engine', string>
  const numbers = { year: number('year'), engines: number('engines'), seats: number('seats'), speed: number('speed') }
  return { ...numbers, type, manufacturer, model, engine }
}

function numbersOf(cells: Cells): (column: string) => number | null {
  return (column) => (cells[column] === missing ? null : Number(cells[column]))
}

/** These files quote nothing. */
function readCsv(csv: string): Cells[] {
  const [head = '', ...lines] = csv.trimEnd().split('\n')
  const columns = head.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]!]))
  })
}
