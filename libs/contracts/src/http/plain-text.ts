import { z } from 'zod'

// written so that every language's regular expressions read them: the OpenAPI document has them, too
// oxlint-disable-next-line eslint/no-control-regex -- they are what is refused
const NO_CONTROLS = new RegExp('^[^\\u0000-\\u001f\\u007f-\\u009f]*$', 'u')
// oxlint-disable-next-line eslint/no-control-regex -- the same
const LINE_CONTROLS = new RegExp('^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$', 'u')
const REFUSED = 'must not contain control characters'

/** Half of a character cannot be written down as UTF-8. */
const isWellFormed = (text: string): boolean => text.isWellFormed()

/** What would break neither a terminal nor a log line. */
export const plainText = (): z.ZodString => z.string().regex(NO_CONTROLS, REFUSED).refine(isWellFormed, REFUSED)

/** The same with lines: tab and line feed are fine. */
export const textWithLines = (): z.ZodString => z.string().regex(LINE_CONTROLS, REFUSED).refine(isWellFormed, REFUSED)
