/** Text that others wrote, with what a terminal would obey or hide spelt out: nothing is lost, nothing is carried out. */

/** C0 and C1 but line feed, marks that reorder a line or hide in it, and halves of pairs. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * The text with escapes in place of characters that cannot be seen; line feeds stay.
 * @example visibleText('\u001b[31mred') // '\\x1b[31mred'
 */
export function visibleText(text: string): string {
  return text.replace(invisible, (unit) => {
    if (unit === '\t') return '\\t'
    if (unit === '\r') return '\\r'
    const code = unit.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** As `visibleText`, on one line. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', '\\n')
}
