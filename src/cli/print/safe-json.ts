/** JSON that a terminal shows and does not obey. */

/** What JSON leaves as it is: DEL, C1, the marks that reorder a line or hide in it, and those that end one. */
const unescaped = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/**
 * The value as JSON on one line, every character that is not to be seen written as an escape: it reads as the same value.
 * @example safeJson('a\u009b2J') // '"a\\u009b2J"'
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(unescaped, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
