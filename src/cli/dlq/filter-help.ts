/** What `--filter` understands; the fields are those of the parser. */
import { filterFields } from '../../dead-letters/index.ts'

export const filterHelp: {
  readonly text: string
  readonly fields: Readonly<Record<string, { readonly meaning: string }>>
} = {
  fields: filterFields,
  text: `--filter is a condition that a dead letter must meet:

  stage == "process" && value.order.total > 100
  time > "-2h" && !(node == "tax" || message contains "timeout")
  value.order.id matches "eu-*" || headers["tenant"] == "acme"

==  !=  <  <=  >  >=            of unlike kinds nothing is equal, less or more
contains startsWith endsWith    of texts; a list contains its items
matches                         the whole text: * is any text, ? one character
&&  ||  !  ( )                  and, or, not
"text"  'text'  12  true  null  \\" is a quote in a text; what is missing is null

Fields:`,
}
