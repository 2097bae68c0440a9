/** Makes text that an app, a log or a file name controls harmless; no other file of the outputs escapes anything. */

/** Control characters, bidi overrides and other invisible format characters, lone surrogates, line separators, non-characters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu
/** JSON itself has escaped newlines in texts; those that are left indent it, and there may be a million. */
const unprintableInJson = new RegExp(`(?!\\n)${unprintable.source}`, 'gu')
const colourSequence = /\u001b\[[0-9;:]*m/g
/** What Azure and TeamCity read as a command, wherever it stands. */
const command = /##(?=\w*\[)/g

/**
 * For people: colours go, every other control or invisible character becomes a visible escape. Newlines and tabs are
 * kept only with `lines`, where the text may span several lines.
 */
export function printable(text: string, options: { lines?: boolean } = {}): string {
  const plain = text.replace(colourSequence, '')
  const whole = options.lines === true ? plain.replaceAll('\r\n', '\n') : plain
  return whole.replace(unprintable, (character) =>
    options.lines === true && (character === '\n' || character === '\t') ? character : visible(character),
  )
}

function visible(character: string): string {
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  const code = character.codePointAt(0) ?? 0
  return named[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`)
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/**
 * Keeps a CI runner from taking a line of ours for a command of its own, whatever the app put into it:
 * GitHub reads `::` at the start of a line, Azure and TeamCity `##name[` anywhere.
 */
export function notACommand(text: string): string {
  return text.replace(/^([^\S\n\r\u2028\u2029]*)::/gm, '$1\\::').replace(command, '#\\#')
}

/** Text that is printed as it stands, like an error's message: several lines, harmless to terminals and CI runners. */
export const harmless = (text: string): string => notACommand(printable(text, { lines: true }))

/** Without halves of characters, of which no address and no encoded text can be made. */
export const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd')

/** For programs: JSON that a terminal or a CI's log may show. A reader gets the very values back. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent)
    .replace(unprintableInJson, escapeUnits)
    .replace(command, '#\\u0023')
}

function escapeUnits(character: string): string {
  return [...Array(character.length).keys()].map((at) => `\\u${hex(character.charCodeAt(at), 4)}`).join('')
}
