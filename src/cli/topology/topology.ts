/** `millrace topology describe FILE` */
import { compile, type DescribeFormat, describe } from '../../index.ts'
import { loadTopologies } from '../load.ts'

/** Prints every topology of the file. As JSON on one line: an object, or an array where there are several. */
export async function describeCommand(file: string, format: DescribeFormat): Promise<void> {
  const graphs = (await loadTopologies([file])).map(compile)
  const texts = graphs.map((graph) => describe(graph, format).trimEnd())
  if (format !== 'json') return console.log(texts.join('\n\n'))
  const descriptions = texts.map((text): unknown => JSON.parse(text))
  console.log(JSON.stringify(descriptions.length === 1 ? descriptions[0] : descriptions))
}
