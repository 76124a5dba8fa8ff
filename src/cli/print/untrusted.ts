/** Text that others wrote must not steer the terminal. */

/** OSC, DCS, SOS, PM and APC with their payload; each begins with ESC or with its 8-bit form. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const strings = /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g
/** CSI sequences: colours, cursor, erase. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const sequences = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g
/** The short escapes, such as ESC c, which resets the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const escapes = /\u001b[ -/]*[0-~]?/g
/** What is left of C0 and C1 but tab and line feed, and the marks that reorder a line or hide in it. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * The text without control characters, ANSI escapes and marks of direction; line feeds and tabs stay.
 * @example safeText('\u001b[31mred\u001b[0m') // 'red'
 */
export function safeText(text: string): string {
  const plain = [strings, sequences, escapes, invisible].reduce((rest, pattern) => rest.replace(pattern, ''), text)
  return plain.toWellFormed()
}

/** As `safeText`, on one line. */
export function safeLine(text: string): string {
  return safeText(text).replace(/\s*\n\s*/g, ' ')
}
