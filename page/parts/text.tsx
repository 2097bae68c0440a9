import { Fragment, type ComponentChildren } from 'preact'
import { Icon } from './icon'

/** Text of the harness whose links can be followed; they end at white space, and without the sentence's own mark. */
export function WithLinks({ text }: { text: string }) {
  const parts = text.split(/(https:\/\/[^\s"'<>]+[^\s"'<>.,;:)])/)
  return (
    <>
      {parts.map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <a class="out" href={part} target="_blank" rel="noopener noreferrer">
            {hostOf(part)}
            <Icon name="out" />
          </a>
        ),
      )}
    </>
  )
}

/** What a reader wants to know of a link: where it leads. The whole address is what the browser shows. */
function hostOf(link: string): string {
  return URL.canParse(link) ? new URL(link).host : link
}

/** A text with the parts that were searched for marked. */
export function Marked({ text, query }: { text: string; query: string }) {
  const [word = ''] = query.trim().toLowerCase().split(/\s+/)
  const at = word === '' ? -1 : text.toLowerCase().indexOf(word)
  if (at === -1) return <>{text}</>
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + word.length)}</mark>
      {text.slice(at + word.length)}
    </>
  )
}

/** A text of the app's that breaks where its parts end, before it breaks anywhere. */
export function Breakable({ text }: { text: string }) {
  return (
    <>
      {text.split(/(?<=[./:(,;@=-])(?=\w)/).map((part, i) => (
        <Fragment key={i}>
          {i === 0 ? null : <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  )
}

/** A term and what is said of it; nothing where there is nothing to say. */
export function Term({ name, children }: { name: string; children: ComponentChildren }) {
  if (children === null || children === undefined || children === false || children === '') return null
  return (
    <div class="term">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
