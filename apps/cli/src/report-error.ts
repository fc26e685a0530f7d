import { ProblemError } from '@trainyard/client'
import { type ErrorCode, errorMessage, ERRORS, ExpectedError } from '@trainyard/contracts'
import { flagOf, InvalidFlagsError } from '@trainyard/schema-fields'
import { CommanderError } from 'commander'
import { printable } from './terminal/text-table.ts'

interface Report {
  code: ErrorCode
  message: string
  /** What is wrong with which flag or field. */
  faults: readonly { at: string; detail: string }[]
  requestId?: string | undefined
}

/** Prints the error on stderr, as text or JSON; returns the exit code. Never prints a stack. */
export function reportError(error: unknown, { json, stderr }: { json: boolean; stderr: NodeJS.WritableStream }): number {
  if (error instanceof CommanderError && isHelp(error)) return error.exitCode === 0 ? 0 : ERRORS.INVALID_INPUT.exitCode
  const { faults, ...report } = reportOf(error)
  if (json) stderr.write(`${JSON.stringify({ error: { ...report, ...(faults.length > 0 && { faults }) } })}\n`)
  else {
    const head = faults.length > 0 ? ERRORS[report.code].title : report.message
    const lines = [`error: ${printable(head)}`, ...faults.map(({ at, detail }) => `  ${printable(at)} ${printable(detail)}`)]
    stderr.write(lines.map((line) => `${line}\n`).join(''))
  }
  return ERRORS[report.code].exitCode
}

/** Commander has already shown the help. */
const isHelp = ({ code }: CommanderError): boolean => ['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(code)

function reportOf(error: unknown): Report {
  if (error instanceof ProblemError) {
    const { errors = [], requestId } = error.problem
    return {
      code: error.code,
      message: error.message,
      faults: errors.map(({ pointer, detail }) => ({ at: placeOf(pointer), detail })),
      requestId,
    }
  }
  if (error instanceof InvalidFlagsError)
    return { code: error.code, message: error.message, faults: error.faults.map(({ flag, detail }) => ({ at: flag, detail })) }
  if (error instanceof ExpectedError) return { code: error.code, message: error.message, faults: [] }
  if (error instanceof CommanderError) return { code: 'INVALID_INPUT', message: error.message.replace(/^error: /, ''), faults: [] }
  const message = errorMessage(error)
  return { code: 'INTERNAL', message: `trainyard itself failed (${message}); please report it with the command you ran`, faults: [] }
}

/** `/layerSizes/0` → `--layer-sizes`; what is no pointer into the body is the name of a parameter. */
function placeOf(pointer: string): string {
  const [start, field] = pointer.split('/')
  return start === '' && field ? flagOf(field) : pointer
}
