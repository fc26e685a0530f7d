import { styleText } from 'node:util'
import { type Client, createClient } from '@trainyard/client'
import type { Command } from 'commander'
import { z } from 'zod'
import { type Column, tableLines } from './text-table.ts'

export type TerminalOutput = NodeJS.WritableStream & Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>

/** The output of a command, and the signal of Ctrl-C. */
interface Terminal {
  stdin: NodeJS.ReadableStream
  stdout: TerminalOutput
  stderr: TerminalOutput
  /** From this call on, Ctrl-C aborts the signal rather than the process. */
  listenForInterrupt(): AbortSignal
}

/** What every command is given. */
export interface CliDeps {
  terminal: Terminal
  /** Sent with every request, where the service needs one. */
  apiKey: string | undefined
  /** Runs a script of this repository with this terminal as its own; resolves with its exit code. */
  runScript(path: string, args: readonly string[]): Promise<number>
  setExitCode(code: number): void
}

/** What a command works with: the service, and how to answer. */
export interface Session {
  client: Client
  json: boolean
  terminal: Terminal
  print(...lines: readonly string[]): void
  printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void
  /** One JSON value: all that --json lets stdout show. */
  printJson(value: unknown): void
  warn(line: string): void
  /** Colours, on a terminal only. */
  style(format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string): string
}

export const GlobalOptions = z.object({ json: z.boolean().default(false), url: z.string() })

export function openSession(command: Command, { terminal, apiKey }: CliDeps): Session {
  const { json, url } = GlobalOptions.parse(command.optsWithGlobals())
  const { stdout, stderr } = terminal
  const print: Session['print'] = (...lines) => void stdout.write(lines.map((line) => `${line}\n`).join(''))
  const style: Session['style'] = (format, text) => styleText(format, text, { stream: stdout })
  return {
    client: createClient({ baseUrl: url, apiKey }),
    json,
    terminal,
    print,
    printTable(columns, rows) {
      const { header, lines } = tableLines(columns, rows)
      print(style('dim', header), ...lines)
    },
    printJson: (value) => stdout.write(`${JSON.stringify(value)}\n`),
    warn: (line) => stderr.write(json ? `${JSON.stringify({ warning: line })}\n` : `${line}\n`),
    style,
  }
}
